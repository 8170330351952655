//! The rule kind `strength`.

use std::ops::Range;

use super::comparing::read_attributes;
use super::{AttributesRead, Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Attacker, Candidate, CannotJudge, Facts, Findings, Note, PreparationKey, User};
use crate::knowledge::strength::{
    Estimate, MAX_INPUTS, MAX_POWER, PieceKind, dictionaries, estimate_by_zxcvbn, warm_up_zxcvbn, zxcvbn_digest,
};
use crate::policy::parameter::{Choice, Count, OptionalCount, Texts};
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that are too easy to guess.",
    codes: &[
        Code::new("strength.too_guessable", &["score", "min_score"]),
        Code::new("strength.too_few_guesses", &["power", "min_power"]),
        Code {
            code: "strength.judged_part",
            numbers: &["judged"],
            meaning: "A note, not a rejection: the estimate covers only the first `judged` characters.",
        },
    ],
    example: "\
[rules.strength]
min_score = 3
words = [\"acme\", \"widget\"]",
    why: "\
Rules about characters do not distinguish `P@ssw0rd1` from a strong password. They only approximate the number
of guesses, which this rule estimates. `tests/benches/README.md` states how accurately, compared with zxcvbn.",
    limits: "\
The module `knowledge::strength` describes what the estimator knows: what people choose, learned from leaked passwords;
words of English and Chinese, names, products and places, pinyin and Zhuyin, keyboard walks, repeats, sequences, dates and
numbers of daily life. It evaluates the first 128 characters. What is learned covers printable ASCII; other passwords are
estimated by what is known beforehand. One more character at the end can complete a word, and so turn acceptance into
rejection.

With the estimator \"zxcvbn\", an outcome is not reproducible: the crate chooses between covers at random, takes the year
from the clock instead of the facts, and has no digest, so the outcome names its version. It knows no Chinese, counts to
10¹⁹, and leaves parts of the password in memory. It evaluates 32 characters, and fewer if they contain many different
substitutions (eleven of `({[<1!|7694@$5+`), so that no password takes more than 10 ms. The note states how many. Loading
the policy takes 15 ms longer.",
};

const MIN_SCORE: Declared<Count> = Declared::count("min_score", 2, 1..=4)
    .stricter(Stricter::HigherWithout("min_guesses"))
    .doc("The minimum score: 1 to 4 for 10³, 10⁶, 10⁸ or 10¹⁰ guesses.");
const MIN_GUESSES: Declared<OptionalCount> = Declared::optional_count("min_guesses", 1..=30)
    .stricter(Stricter::HigherInsteadOf("min_score"))
    .doc("The minimum number of guesses, as a power of ten. Replaces `min_score`.");
const ATTRIBUTES: Declared<Texts> = Declared::texts("attributes", &["*"])
    .doc("The attributes of the user that an attacker would try first. \"*\" means every attribute.");
const WORDS: Declared<Texts> = Declared::texts("words", &[])
    .doc("Further words that an attacker would try first, such as the company and its products.");
const ESTIMATOR: Declared<Choice<Estimator>> = Declared::choice(
    "estimator",
    Estimator::Kouling,
    &[("kouling", Estimator::Kouling), ("zxcvbn", Estimator::Zxcvbn)],
)
.doc("The estimator: Kouling's, or the crate `zxcvbn`.");

pub(super) fn definition() -> Definition {
    let parameters = vec![
        MIN_SCORE.parameter(),
        MIN_GUESSES.parameter(),
        ATTRIBUTES.parameter(),
        WORDS.parameter(),
        ESTIMATOR.parameter(),
    ];
    Definition::built_in("strength", Cost::Search, &DOCUMENTATION, parameters, build)
}

struct Strength {
    key: PreparationKey,
    estimator: Estimator,
    minimum: Minimum,
    attributes: AttributesRead,
    words: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Estimator {
    Kouling,
    Zxcvbn,
}

enum Minimum {
    Score(u64),
    PowerOfTen(u64),
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    if table.has("min_score") && table.has("min_guesses") {
        let help = Some("remove one of the two".to_owned());
        table.report(MIN_GUESSES.key(), "conflict", "`min_guesses` and `min_score` exclude each other", help);
    }
    let estimator = table.read(&ESTIMATOR);
    let score = table.read(&MIN_SCORE);
    let minimum = table.read(&MIN_GUESSES).map_or(Minimum::Score(score), Minimum::PowerOfTen);
    let beyond = matches!(minimum, Minimum::PowerOfTen(power) if power > MAX_POWER);
    if estimator == Estimator::Zxcvbn && beyond {
        let message =
            format!("no password is accepted: the estimator `zxcvbn` counts only to 10^{MAX_POWER} guesses");
        table.report(MIN_GUESSES.key(), "conflict", message, None);
    }
    let attributes = read_attributes(table, &ATTRIBUTES);
    let words: Vec<String> = table.read(&WORDS).unwrap_or_default().into_iter().map(|word| word.value).collect();
    if words.len() > MAX_INPUTS / 2 {
        table.report("words", "too-large", format!("at most {} words are allowed", MAX_INPUTS / 2), None);
    }
    if estimator == Estimator::Zxcvbn {
        warm_up_zxcvbn();
    }
    Some(Box::new(Strength { key: PreparationKey::new(), estimator, minimum, attributes, words }))
}

impl Rule for Strength {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let attacker = facts.user.prepared(self.key, |user| self.attacker(user));
        let found = self.estimate(candidate.text(), &attacker, facts);
        findings.set_guesses(found.guesses_log10);
        match self.minimum {
            Minimum::Score(least) if u64::from(found.score) < least => {
                let numbers = [("score", u64::from(found.score)), ("min_score", least)];
                findings.refuse("strength.too_guessable", &numbers);
            }
            Minimum::PowerOfTen(least) if found.guesses_log10 < least as f64 => {
                let numbers = [("power", found.guesses_log10 as u64), ("min_power", least)];
                findings.refuse("strength.too_few_guesses", &numbers);
            }
            _ => {}
        }
        if !found.complete {
            findings.note("strength.judged_part", &[("judged", found.evaluated as u64)]);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let attacker = facts.user.prepared(self.key, |user| self.attacker(user));
        let found = self.estimate(candidate.text(), &attacker, facts);
        let parts = match self.estimator {
            Estimator::Kouling => attacker.parts(candidate.text(), facts.now),
            Estimator::Zxcvbn => Vec::new(),
        };
        Ok(observations(&found, parts))
    }

    fn attributes(&self) -> AttributesRead {
        self.attributes.clone()
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("strength.requirement", &[])]
    }

    fn dictionaries(&self) -> Vec<(String, [u8; 32])> {
        match self.estimator {
            Estimator::Kouling => dictionaries().collect(),
            Estimator::Zxcvbn => vec![zxcvbn_digest()],
        }
    }
}

impl Strength {
    fn estimate(&self, password: &str, attacker: &Attacker, facts: &Facts<'_>) -> Estimate {
        match self.estimator {
            Estimator::Kouling => attacker.estimate(password, facts.now),
            Estimator::Zxcvbn => estimate_by_zxcvbn(password, &attacker.words()),
        }
    }

    fn attacker(&self, user: &User) -> Attacker {
        Attacker::new(user, &self.words, |name| self.attributes.contains(name))
    }
}

/// Returns what an explanation reports about an estimate: the guesses, and the kind and place of each part.
pub(super) fn observations(estimate: &Estimate, parts: Vec<(Range<usize>, PieceKind)>) -> Vec<Note> {
    let guesses = [("power", estimate.guesses_log10 as u64), ("score", u64::from(estimate.score))];
    let part = |(place, kind): (Range<usize>, PieceKind)| {
        let place = [("from", place.start as u64 + 1), ("to", place.end as u64)];
        Note::new(format!("strength.observed_{}", kind.name()), &place)
    };
    std::iter::once(Note::new("strength.observed", &guesses)).chain(parts.into_iter().map(part)).collect()
}
