//! The rule kind `strength`.

use super::comparing::read_attributes;
use super::{AttributesRead, Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note, PreparationKey, User};
use crate::knowledge::chinese_name::{NameForm, NameOptions, spellings};
use crate::knowledge::folding::key;
use crate::knowledge::strength::{
    DEFAULT_YEAR, Estimate, Inputs, MAX_INPUTS, MAX_POWER, PieceKind, decompose, dictionaries, estimate_by_zxcvbn,
    estimate_with, warm_up_zxcvbn, zxcvbn_digest,
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

/// The maximum number of parts of one attribute that are tried, besides the whole.
const MAX_PARTS: usize = 4;
/// The maximum number of spellings of one name in 汉字 that are tried.
const MAX_SPELLINGS: usize = 8;

/// What an attacker would try first for a user.
struct Tried {
    words: Vec<String>,
    inputs: Inputs,
}

impl Tried {
    fn words(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).collect()
    }
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

/// Returns the year of the evaluation.
fn year(facts: &Facts<'_>) -> i32 {
    if facts.now.is_plausible() { facts.now.year() as i32 } else { DEFAULT_YEAR }
}

impl Rule for Strength {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let tried = facts.user.prepared(self.key, |user| self.tried_first(user));
        let found = self.estimate(candidate.text(), &tried, facts);
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
        let tried = facts.user.prepared(self.key, |user| self.tried_first(user));
        let found = self.estimate(candidate.text(), &tried, facts);
        let guesses = [("power", found.guesses_log10 as u64), ("score", u64::from(found.score))];
        let mut seen = vec![Note::new("strength.observed", &guesses)];
        if self.estimator == Estimator::Kouling {
            for (part, what) in decompose(candidate.text(), &tried.words(), year(facts)) {
                let code = match what {
                    PieceKind::Word => "strength.observed_word",
                    PieceKind::Input => "strength.observed_input",
                    PieceKind::Pinyin => "strength.observed_pinyin",
                    PieceKind::Zhuyin => "strength.observed_zhuyin",
                    PieceKind::Number => "strength.observed_number",
                    PieceKind::Walk => "strength.observed_walk",
                    PieceKind::Sequence => "strength.observed_sequence",
                    PieceKind::Date => "strength.observed_date",
                    PieceKind::Repeat => "strength.observed_repeat",
                    PieceKind::Unknown => "strength.observed_unknown",
                };
                seen.push(Note::new(code, &[("from", part.start as u64 + 1), ("to", part.end as u64)]));
            }
        }
        Ok(seen)
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
    fn estimate(&self, password: &str, tried: &Tried, facts: &Facts<'_>) -> Estimate {
        match self.estimator {
            Estimator::Kouling => {
                let typed = estimate_with(password, &tried.inputs, year(facts));
                if password.is_ascii() {
                    return typed;
                }
                // Full width, invisible characters and letters of other scripts disguise nothing.
                let folded = estimate_with(&key(password), &tried.inputs, year(facts));
                if folded.guesses_log10 < typed.guesses_log10 {
                    Estimate { guesses_log10: folded.guesses_log10, score: folded.score, ..typed }
                } else {
                    typed
                }
            }
            Estimator::Zxcvbn => estimate_by_zxcvbn(password, &tried.words()),
        }
    }

    /// Returns what an attacker would try first for this user, the most likely first, at most [`MAX_INPUTS`].
    fn tried_first(&self, user: &User) -> Tried {
        let mut tried: Vec<String> = Vec::new();
        let mut add = |text: &str| {
            if text.chars().nth(1).is_some() && !tried.iter().any(|known| known == text) {
                tried.push(text.to_owned());
            }
        };
        self.words.iter().for_each(|word| add(word));
        for (_, value) in user.attributes().filter(|(name, _)| self.attributes.contains(name)) {
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
        let words: Vec<&str> = tried.iter().map(String::as_str).collect();
        Tried { inputs: Inputs::new(&words), words: tried }
    }
}
