//! Rejects passwords that take too few guesses.
//!
//! # Parameters
//! - `min_score` (2): 1 to 4, for 10³, 10⁶, 10⁸ or 10¹⁰ guesses.
//! - `min_guesses`: instead of a score, a power of ten, 1 to 30.
//! - `attributes` (["*"]): the attributes of the user that a guesser would try first; "*" means every one.
//! - `words`: further words that a guesser would try first: the company, the product.
//! - `estimator` ("kouling"): "kouling": the engine's own; "zxcvbn": the crate of that name.
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
//!
//! With the estimator "zxcvbn" an outcome cannot be reproduced: the crate decides by chance between covers, takes the
//! year from the clock, not from the facts, and has no digest, so the outcome names its version. It knows no
//! Chinese, counts to 10¹⁹, and leaves pieces of the password in memory. It sees 32 characters, and fewer of what
//! holds many different substitutions (of `({[<1!|7694@$5+` eleven), so that none costs it more than 10 ms; the note
//! says how many. Loading the policy takes 15 ms more.

use super::{Cost, Definition, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note, User};
use crate::knowledge::chinese_name::{NameForm, NameOptions, spellings};
use crate::knowledge::strength::{
    Estimate, MAX_INPUTS, MAX_POWER, What, digest, dissect, estimate, estimate_by_zxcvbn, warm_up_zxcvbn,
    zxcvbn_digest,
};
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    let codes = ["strength.too_guessable", "strength.too_few_guesses", "strength.judged_part"];
    Definition::built_in("strength", codes, Cost::Search, build)
}

/// Of one attribute this many parts are tried beside the whole.
const MAX_PARTS: usize = 4;
/// Of one name in 汉字 this many spellings are tried.
const MAX_SPELLINGS: usize = 8;

/// The year that stands in for a clock that cannot be right: that of the first release. It has to be some year near
/// ours, since those are what people type; any year of a true clock is nearer than 1970.
const YEAR_WITHOUT_CLOCK: i32 = 2026;

struct Strength {
    estimator: Estimator,
    least: Least,
    attributes: Option<Vec<String>>,
    words: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Estimator {
    Kouling,
    Zxcvbn,
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
    let estimators = [("kouling", Estimator::Kouling), ("zxcvbn", Estimator::Zxcvbn)];
    let estimator = table.choice("estimator", Estimator::Kouling, &estimators);
    let score = table.count("min_score", 2, 1..=4);
    let least = table.optional_count("min_guesses", 1..=30).map_or(Least::Score(score), Least::PowerOfTen);
    let beyond = matches!(least, Least::PowerOfTen(power) if power > MAX_POWER);
    if estimator == Estimator::Zxcvbn && beyond {
        let message =
            format!("the estimator `zxcvbn` counts to 10 to the power of {MAX_POWER}: nothing would be accepted");
        table.complain("min_guesses", "conflict", message, None);
    }
    let attributes = match table.texts("attributes") {
        None => None,
        Some(names) if names.iter().any(|name| name.value == "*") => None,
        Some(names) => Some(names.into_iter().map(|name| name.value).collect()),
    };
    let words: Vec<String> = table.texts("words").unwrap_or_default().into_iter().map(|word| word.value).collect();
    if words.len() > MAX_INPUTS / 2 {
        table.complain("words", "too-large", format!("{} words at most", MAX_INPUTS / 2), None);
    }
    if estimator == Estimator::Zxcvbn {
        warm_up_zxcvbn();
    }
    Some(Box::new(Strength { estimator, least, attributes, words }))
}

/// The year of judging.
fn year(facts: &Facts<'_>) -> i32 {
    if facts.now.is_plausible() { facts.now.year() as i32 } else { YEAR_WITHOUT_CLOCK }
}

impl Rule for Strength {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let tried = self.tried_first(facts.user);
        let tried: Vec<&str> = tried.iter().map(String::as_str).collect();
        let found = self.estimate(candidate.text(), &tried, facts);
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

    fn explain(&self, candidate: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let tried = self.tried_first(facts.user);
        let tried: Vec<&str> = tried.iter().map(String::as_str).collect();
        let found = self.estimate(candidate.text(), &tried, facts);
        let guesses = [("power", found.guesses_log10 as u64), ("score", u64::from(found.score))];
        let mut seen = vec![Note::new("strength.saw", &guesses)];
        if self.estimator == Estimator::Kouling {
            for (part, what) in dissect(candidate.text(), &tried, year(facts)) {
                let code = match what {
                    What::Word => "strength.saw_word",
                    What::Input => "strength.saw_input",
                    What::Walk => "strength.saw_walk",
                    What::Sequence => "strength.saw_sequence",
                    What::Date => "strength.saw_date",
                    What::Repeat => "strength.saw_repeat",
                    What::Unknown => "strength.saw_unknown",
                };
                seen.push(Note::new(code, &[("from", part.start as u64 + 1), ("to", part.end as u64)]));
            }
        }
        Ok(seen)
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("strength.requirement", &[])]
    }

    fn dictionaries(&self) -> Vec<(String, [u8; 32])> {
        match self.estimator {
            Estimator::Kouling => vec![("ranked".to_owned(), digest())],
            Estimator::Zxcvbn => vec![zxcvbn_digest()],
        }
    }
}

impl Strength {
    fn estimate(&self, password: &str, tried: &[&str], facts: &Facts<'_>) -> Estimate {
        match self.estimator {
            Estimator::Kouling => estimate(password, tried, year(facts)),
            Estimator::Zxcvbn => estimate_by_zxcvbn(password, tried),
        }
    }

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
                value.split(divided).take(MAX_PARTS).for_each(&mut add);
                add(&value.replace(divided, ""));
            }
            let spellings = spellings(value, &NameOptions::default());
            let full = [NameForm::FamilyGiven, NameForm::GivenFamily, NameForm::Given];
            let spelled = full.iter().flat_map(|form| spellings.iter().filter(move |known| known.form == *form));
            spelled.take(MAX_SPELLINGS).for_each(|spelling| add(spelling.text));
        }
        tried.truncate(MAX_INPUTS);
        tried
    }
}
