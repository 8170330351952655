//! Checks that no output about a password contains a part of it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::LazyLock;

use kouling::evaluation::Explanation;
use kouling::language::LANGUAGES;
use kouling::{CannotJudge, Facts, Moment, Policy, User};
use kouling_vector_runner::evaluation::NOW;

use super::question::{EvaluationResult, Question};

impl Question {
    /// Checks that the output contains no part of the password, unless the part also occurs in the policy or the
    /// message catalogue.
    pub(super) fn check_leaks(
        &self,
        policy: &Policy,
        judged: &EvaluationResult,
        explained: &Result<Explanation, CannotJudge>,
    ) {
        let Ok(password) = std::str::from_utf8(&self.password) else { return };
        let policy_numbers = [policy.preparation().max_bytes, policy.preparation().hash_limit_bytes.unwrap_or(0)];
        for number in numbers(judged, explained).into_iter().filter(|number| *number >= 100) {
            let written = number.to_string();
            // A policy may use another notation for a number, and a preset has its own numbers.
            let is_allowed = policy_numbers.contains(&(number as usize))
                || self.policy.contains(&written)
                || ["_", "0x", "0o", "0b", "extends"].iter().any(|other| self.policy.contains(other));
            assert!(
                is_allowed || !password.contains(&written),
                "the number {number} occurs in {password:?} and in the output"
            );
        }
        let output = output(judged, explained);
        let mut allowed = None;
        for piece in pieces(password) {
            if !output.contains(&piece) {
                continue;
            }
            let allowed = allowed.get_or_insert_with(|| self.independent_text(policy));
            let plain = without_numbers(&piece);
            let is_allowed = allowed.contains(&piece) || (plain != piece && allowed.contains(&plain));
            assert!(is_allowed, "{piece:?} of {password:?} occurs in the output:\n{output}");
        }
    }

    /// Returns the text that the output may contain for any password.
    fn independent_text(&self, policy: &Policy) -> String {
        let mut allowed = format!("{}\n{:?}\n{policy:?}\n", self.policy, policy.rules().collect::<Vec<_>>());
        for language in LANGUAGES {
            _ = writeln!(allowed, "{:?}", policy.describe(language));
            allowed
                .extend(language.keys().map(|key| format!("{key} {}\n", language.text(key).unwrap_or_default())));
        }
        // The structure of the output, including digests.
        for password in ["", "Zz", "\u{1}"] {
            // An unreadable stored hash is reported for any password.
            let facts = Facts::new(&self.user, self.now).with_previous(&self.previous);
            let (judged, explained) =
                (policy.evaluate(password.as_bytes(), &facts), policy.explain(password.as_bytes(), &facts));
            allowed += &output(&judged, &explained);
        }
        allowed += &TYPICAL_OUTPUT;
        allowed += "accepted true false null violations warnings shadows seen found Refuse Warn Shadow exempt numbers message";
        for kind in ["NotUtf8", "Nul", "TooManyFacts", "StoredHash", "Custom"] {
            allowed += kind;
        }
        allowed += "the password exceeds the maximum length of the scheme the password contains a NUL byte, which does not support";
        allowed += "CannotJudge kind message cannot verify a stored hash more than stored hashes would have to be verified";
        let plain = without_numbers(&without_placeholders(&allowed));
        allowed + &plain
    }
}

/// Output for typical results: several violations, a rejection before the rules, an error.
static TYPICAL_OUTPUT: LazyLock<String> = LazyLock::new(|| {
    let policy = Policy::preset("standard").expect("a preset");
    let user = User::new().with("username", "zhangsan");
    let facts = Facts::new(&user, Moment::from_unix(NOW));
    let of = |password: &[u8]| output(&policy.evaluate(password, &facts), &policy.explain(password, &facts));
    [of(b"zhangsan"), of(&[b'7'; 5000]), of(b"\xFF"), of(b"\0")].concat()
});

/// Returns all output about a password.
fn output(judged: &EvaluationResult, explained: &Result<Explanation, CannotJudge>) -> String {
    let mut output = format!("{judged:?}\n{explained:?}\n");
    for language in LANGUAGES {
        if let Ok(outcome) = judged {
            _ = writeln!(output, "{}", outcome.to_json(language, |_| None));
        }
        for reasoning in explained.iter().flat_map(|explained| &explained.reasonings) {
            _ = writeln!(output, "{}", reasoning.requirement(language));
            output.extend(reasoning.observations.iter().map(|note| language.note(note) + "\n"));
            output.extend(reasoning.found.iter().map(|found| found.message(language) + "\n"));
        }
    }
    if let Err(error) = judged {
        _ = writeln!(output, "{error}");
    }
    output
}

/// Returns the numbers in all violations and notes.
fn numbers(judged: &EvaluationResult, explained: &Result<Explanation, CannotJudge>) -> BTreeSet<u64> {
    let mut numbers = BTreeSet::new();
    if let Ok(outcome) = judged {
        let judged = outcome.violations().chain(outcome.warnings()).chain(outcome.shadows());
        numbers.extend(judged.flat_map(|judged| judged.numbers()).map(|(_, number)| *number));
        numbers.extend(outcome.notes().iter().flat_map(|note| &note.numbers).map(|(_, number)| *number));
    }
    for reasoning in explained.iter().flat_map(|explained| &explained.reasonings) {
        numbers.extend(reasoning.observations.iter().flat_map(|note| &note.numbers).map(|(_, number)| *number));
        numbers.extend(reasoning.found.iter().flat_map(|found| found.numbers()).map(|(_, number)| *number));
    }
    numbers
}

/// Returns the parts of a password that must not occur: three alphanumeric characters in a row, not all digits.
/// Symbols are too common, and digits are checked as whole numbers.
fn pieces(password: &str) -> BTreeSet<String> {
    let characters: Vec<char> = password.chars().collect();
    let telling =
        |piece: &&[char]| piece.iter().all(|c| c.is_alphanumeric()) && !piece.iter().all(char::is_ascii_digit);
    characters.windows(3).filter(telling).map(|piece| piece.iter().collect()).collect()
}

/// Replaces every number by one symbol.
fn without_numbers(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_ascii_digit() {
            true if plain.ends_with('#') => {}
            true => plain.push('#'),
            false => plain.push(c),
        }
    }
    plain
}

/// Replaces every message placeholder by a number.
fn without_placeholders(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        plain += before;
        match after.split_once('}') {
            Some((placeholder, after)) if placeholder.contains(['|', ':']) => {
                plain += "\n";
                plain += placeholder;
                plain += "\n";
                rest = after;
            }
            Some((_, after)) => {
                plain += "7";
                rest = after;
            }
            None => rest = after,
        }
    }
    plain + rest
}
