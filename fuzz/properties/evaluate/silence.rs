//! Nothing that is said about a password holds a piece of it: what is said, what may be said anyway, and what a piece is.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::LazyLock;

use kouling::evaluation::{Explanation, LANGUAGES};
use kouling::{CannotJudge, Facts, Moment, Policy, User};
use kouling_vector_runner::judgement::NOW;

use super::{Asked, EvaluationResult};

impl Asked {
    /// Nothing that is said holds a piece of the password, unless the policy or the catalogue says it anyway.
    pub(super) fn tells_nothing(
        &self,
        policy: &Policy,
        judged: &EvaluationResult,
        explained: &Result<Explanation, CannotJudge>,
    ) {
        let Ok(password) = std::str::from_utf8(&self.password) else { return };
        let known_figures = [policy.preparation().max_bytes, policy.preparation().hash_limit_bytes.unwrap_or(0)];
        for figure in figures(judged, explained).into_iter().filter(|figure| *figure >= 100) {
            let written = figure.to_string();
            // A policy may write a number in other ways, and a preset has numbers of its own.
            let is_known = known_figures.contains(&(figure as usize))
                || self.policy.contains(&written)
                || ["_", "0x", "0o", "0b", "extends"].iter().any(|other| self.policy.contains(other));
            assert!(is_known || !password.contains(&written), "{figure} stands in {password:?} and is said");
        }
        let said = said(judged, explained);
        let mut known = None;
        for piece in pieces(password) {
            if !said.contains(&piece) {
                continue;
            }
            let known = known.get_or_insert_with(|| self.sayable(policy));
            let plain = without_numbers(&piece);
            let is_known = known.contains(&piece) || (plain != piece && known.contains(&plain));
            assert!(is_known, "{piece:?} of {password:?} is said:\n{said}");
        }
    }

    /// What may be said whatever the password.
    fn sayable(&self, policy: &Policy) -> String {
        let mut known = format!("{}\n{:?}\n{policy:?}\n", self.policy, policy.rules().collect::<Vec<_>>());
        for language in LANGUAGES {
            _ = writeln!(known, "{:?}", policy.describe(language));
            known.extend(
                language.codes().map(|code| format!("{code} {}\n", language.template(code).unwrap_or_default())),
            );
        }
        // The form of what is said, and the digests in it.
        for password in ["", "Zz", "\u{1}"] {
            // A stored hash that cannot be checked is said to be so whatever the password.
            let facts = Facts::new(&self.user, self.now).with_previous(&self.previous);
            let (judged, explained) =
                (policy.evaluate(password.as_bytes(), &facts), policy.explain(password.as_bytes(), &facts));
            known += &said(&judged, &explained);
        }
        known += &ANYWAY;
        known += "accepted true false null violations warnings shadows seen found Refuse Warn Shadow exempt numbers message";
        for kind in ["NotUtf8", "Nul", "TooManyFacts", "StoredHash", "Custom"] {
            known += kind;
        }
        known += "the password is longer than this scheme can tell apart the password holds a NUL byte, where this ends";
        known += "CannotJudge kind message cannot check a stored hash more than stored hashes would have to be verified";
        let plain = without_numbers(&without_holes(&known));
        known + &plain
    }
}

/// What is said in every form: of a password that is refused for much, of one that is refused at the door, of an error.
static ANYWAY: LazyLock<String> = LazyLock::new(|| {
    let policy = Policy::preset("standard").expect("a preset");
    let user = User::new().with("username", "zhangsan");
    let facts = Facts::new(&user, Moment::from_unix(NOW));
    let of = |password: &[u8]| said(&policy.evaluate(password, &facts), &policy.explain(password, &facts));
    [of(b"zhangsan"), of(&[b'7'; 5000]), of(b"\xFF"), of(b"\0")].concat()
});

/// Everything that is said about a password.
fn said(judged: &EvaluationResult, explained: &Result<Explanation, CannotJudge>) -> String {
    let mut said = format!("{judged:?}\n{explained:?}\n");
    for language in LANGUAGES {
        if let Ok(outcome) = judged {
            _ = writeln!(said, "{}", outcome.to_json(language, |_| None));
        }
        for reasoning in explained.iter().flat_map(|explained| &explained.reasonings) {
            _ = writeln!(said, "{}", reasoning.demand(language));
            said.extend(reasoning.seen.iter().map(|note| language.note(note) + "\n"));
            said.extend(reasoning.found.iter().map(|found| found.message(language) + "\n"));
        }
    }
    if let Err(error) = judged {
        _ = writeln!(said, "{error}");
    }
    said
}

/// The figures of everything that was found and seen.
fn figures(judged: &EvaluationResult, explained: &Result<Explanation, CannotJudge>) -> BTreeSet<u64> {
    let mut figures = BTreeSet::new();
    if let Ok(outcome) = judged {
        let judged = outcome.violations().chain(outcome.warnings()).chain(outcome.shadows());
        figures.extend(judged.flat_map(|judged| judged.numbers()).map(|(_, number)| *number));
        figures.extend(outcome.notes().iter().flat_map(|note| &note.numbers).map(|(_, number)| *number));
    }
    for reasoning in explained.iter().flat_map(|explained| &explained.reasonings) {
        figures.extend(reasoning.seen.iter().flat_map(|note| &note.numbers).map(|(_, number)| *number));
        figures.extend(reasoning.found.iter().flat_map(|found| found.numbers()).map(|(_, number)| *number));
    }
    figures
}

/// The pieces of a password that nothing may repeat: three letters, or letters and digits, in a row. Signs are what every
/// text is full of, and of numbers only the whole figure tells anything.
fn pieces(password: &str) -> BTreeSet<String> {
    let characters: Vec<char> = password.chars().collect();
    let telling =
        |piece: &&[char]| piece.iter().all(|c| c.is_alphanumeric()) && !piece.iter().all(char::is_ascii_digit);
    characters.windows(3).filter(telling).map(|piece| piece.iter().collect()).collect()
}

/// Every number as one sign.
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

/// Every hole of a message as a number that fills it.
fn without_holes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        plain += before;
        match after.split_once('}') {
            Some((hole, after)) if hole.contains(['|', ':']) => {
                plain += "\n";
                plain += hole;
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
