//! Rejects passwords that take too few guesses.
//!
//! # Parameters
//! - `min_score` (2): 1 to 4, for 10³, 10⁶, 10⁸ or 10¹⁰ guesses.
//! - `min_guesses`: instead of a score, a power of ten, 1 to 30.
//! - `attributes` (["*"]): the attributes of the user that a guesser would try first; "*" means every one.
//! - `words`: further words that a guesser would try first: the company, the product.
//!
//! # Violations
//! - `strength.too_guessable` {score, min_score}
//! - `strength.too_few_guesses` {power, min_power}
//! - `strength.judged_part` {judged}: a note, not a refusal: the estimate is of the first so many characters.
//!
//! # Example
//! ```toml
//! [rules.strength]
//! min_score = 3
//! words = ["acme", "widget"]
//! ```
//!
//! # Why
//! Rules about characters do not tell `P@ssw0rd1` from a strong password; how many guesses one takes is what they
//! stand for. The model is that of zxcvbn (Wheeler, USENIX Security 2016).
//!
//! # Limits
//! The module `knowledge::strength` says what is known: words of English, passwords of leaks, what is common in
//! Chinese, names, keyboards, repeats, sequences, dates. The first 128 characters are judged. A 汉字 counts as any
//! character, ten guesses, which is too few. One more character at the end can complete a word, so it can turn
//! acceptance into refusal.

use super::{Cost, Definition, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, User};
use crate::knowledge::chinese_name::{Form, NameOptions, spellings};
use crate::knowledge::strength::{MOST_INPUTS, digest, estimate};
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    let codes = ["strength.too_guessable", "strength.too_few_guesses", "strength.judged_part"];
    Definition::new("strength", codes, Cost::Search, build)
}

/// Of one attribute this many parts are tried beside the whole.
const MOST_PARTS: usize = 4;
/// Of one name in 汉字 this many spellings are tried.
const MOST_SPELLINGS: usize = 8;

struct Strength {
    least: Least,
    attributes: Option<Vec<String>>,
    words: Vec<String>,
}

enum Least {
    Score(u64),
    PowerOfTen(u64),
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    if table.has("min_score") && table.has("min_guesses") {
        let help = Some("give one of the two".to_owned());
        table.complain("min_guesses", "conflict", "`min_score` says already how many guesses are needed", help);
    }
    let score = table.count("min_score", 2, 1..=4);
    let least = table.optional_count("min_guesses", 1..=30).map_or(Least::Score(score), Least::PowerOfTen);
    let attributes = match table.texts("attributes") {
        None => None,
        Some(names) if names.iter().any(|name| name.value == "*") => None,
        Some(names) => Some(names.into_iter().map(|name| name.value).collect()),
    };
    let words: Vec<String> = table.texts("words").unwrap_or_default().into_iter().map(|word| word.value).collect();
    if words.len() > MOST_INPUTS / 2 {
        table.complain("words", "too-large", format!("{} words at most", MOST_INPUTS / 2), None);
    }
    Some(Box::new(Strength { least, attributes, words }))
}

impl Rule for Strength {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let tried = self.tried_first(facts.user);
        let tried: Vec<&str> = tried.iter().map(String::as_str).collect();
        // A clock that cannot be right would make every year far away.
        let year = if facts.now.is_plausible() { facts.now.year() as i32 } else { 2026 };
        let found = estimate(candidate.text(), &tried, year);
        match self.least {
            Least::Score(least) if u64::from(found.score) < least => {
                let numbers = [("score", u64::from(found.score)), ("min_score", least)];
                findings.refuse("strength.too_guessable", &numbers);
            }
            Least::PowerOfTen(least) if found.guesses_log10 < least as f64 => {
                let numbers = [("power", found.guesses_log10 as u64), ("min_power", least)];
                findings.refuse("strength.too_few_guesses", &numbers);
            }
            _ => {}
        }
        if !found.whole {
            findings.note("strength.judged_part", &[("judged", found.judged as u64)]);
        }
        Ok(())
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("strength.requirement", &[])]
    }

    fn dictionaries(&self) -> Vec<(String, [u8; 32])> {
        vec![("ranked".to_owned(), digest())]
    }
}

impl Strength {
    /// What a guesser of this user's password would try first: the likeliest first, no more than are used.
    fn tried_first(&self, user: &User) -> Vec<String> {
        let mut tried = Vec::new();
        let mut add = |text: &str| {
            if text.chars().nth(1).is_some() && !tried.iter().any(|known| known == text) {
                tried.push(text.to_owned());
            }
        };
        let wanted = |name: &str| self.attributes.as_ref().is_none_or(|names| names.iter().any(|n| n == name));
        self.words.iter().for_each(|word| add(word));
        for (_, value) in user.attributes().filter(|(name, _)| wanted(name)) {
            add(value);
            let divided = |c: char| !c.is_alphanumeric();
            if value.contains(divided) {
                value.split(divided).take(MOST_PARTS).for_each(&mut add);
                add(&value.replace(divided, ""));
            }
            let spellings = spellings(value, &NameOptions::default());
            let full = [Form::FamilyGiven, Form::GivenFamily, Form::Given];
            let spelled = full.iter().flat_map(|form| spellings.iter().filter(move |known| known.form == *form));
            spelled.take(MOST_SPELLINGS).for_each(|spelling| add(spelling.text));
        }
        tried.truncate(MOST_INPUTS);
        tried
    }
}
