//! The rule kind `sequence`.

use super::{Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::knowledge::alphabet::{ALPHABETS, Alphabets};
use crate::policy::diagnostic::suggestion;
use crate::policy::parameter::{Count, Texts};
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that contain a sequence: letters or digits in alphabetical or numerical order.",
    codes: &[
        Code::new("sequence.run", &["max"]),
        Code {
            code: "sequence.interleaved",
            numbers: &["max"],
            meaning: "Two sequences alternate, or every second character continues a sequence.",
        },
    ],
    example: "\
[rules.sequence]
max_length = 3
alphabets = [\"latin\", \"digits\", \"zhuyin\"]",
    why: "`abcdef`, `987654` and `13579` are what users type when they must type something, and are guessed first.",
    limits: "\
A sequence continues by the same step of one to three positions, forward or backward, in upper or lower case, and past
the end of the alphabet (`yzab`, `8901`). A sequence is interleaved if every second character continues it
(`1x2q3z4p5`), or if two sequences of three or more characters alternate. One of the two can stay the same (`1a2a3a`,
`a1b2c3`, `aabbcc`). Their lengths are added. Only the orders of the alphabets are known. Where an alphabet has two
orders (with and without ё), the shorter distance between two letters counts.

With the defaults, the rule rejects 0.03 % of 63,875 English words (`understudy` contains `rstu`, which is allowed),
0.3 % of passphrases of four random words without spaces, and 0.02 % of random passwords of twelve lower-case letters
and digits.",
};

const MAX_LENGTH: Declared<Count> = Declared::count("max_length", 4, 2..=64)
    .unit("characters")
    .stricter(Stricter::Lower)
    .doc("The maximum length of a sequence.");
// No character is in two alphabets, so one more alphabet only adds sequences.
const ALPHABET_NAMES: Declared<Texts> =
    Declared::texts("alphabets", &["latin", "digits"]).stricter(Stricter::LongerList).doc(
        "The alphabets whose order counts. Also available: \"cyrillic\", \"greek\", \"zhuyin\" (ㄅㄆㄇㄈ), \"numerals\" \
         (一二三四, 壹贰叁肆), \"stems\" (甲乙丙丁) and \"branches\" (子丑寅卯).",
    );

pub(super) fn definition() -> Definition {
    let parameters = vec![MAX_LENGTH.parameter(), ALPHABET_NAMES.parameter()];
    Definition::built_in("sequence", Cost::Walk, &DOCUMENTATION, parameters, build)
}

/// The maximum step of a sequence. Users do not type sequences with larger steps.
const MAX_STEP: i8 = 3;
/// The minimum length of two alternating sequences together.
const MIN_INTERLEAVED: u64 = 6;

struct Sequence {
    max_length: u64,
    alphabets: Alphabets,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let max_length = table.read(&MAX_LENGTH);
    let mut alphabets = Alphabets::default();
    let names = table.read(&ALPHABET_NAMES);
    if names.is_none() {
        ALPHABET_NAMES.default().iter().for_each(|name| _ = alphabets.add(name));
    }
    if names.as_ref().is_some_and(Vec::is_empty) {
        table.report(
            "alphabets",
            "missing-key",
            "a `sequence` rule without an alphabet never rejects a password",
            None,
        );
    }
    for name in names.iter().flatten() {
        if !alphabets.add(&name.value) {
            let known: Vec<&str> = ALPHABETS.iter().map(|(name, _)| *name).collect();
            let message = format!("unknown alphabet `{}`", name.value);
            table.report_at(name.span, "unknown-value", message, suggestion(&name.value, &known));
        }
    }
    Some(Box::new(Sequence { max_length, alphabets }))
}

impl Rule for Sequence {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let longest = self.longest(candidate.text());
        let numbers = [("max", self.max_length)];
        if longest.run > self.max_length {
            findings.refuse("sequence.run", &numbers);
        } else if longest.interleaved > self.max_length {
            findings.refuse("sequence.interleaved", &numbers);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let longest = self.longest(candidate.text());
        Ok(vec![Note::new("sequence.observed", &[("length", longest.run.max(longest.interleaved))])])
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("sequence.requirement", &[("max", self.max_length)])]
    }
}

#[derive(Default)]
struct Longest {
    run: u64,
    interleaved: u64,
}

/// A run of characters with the same step, up to the current character.
#[derive(Clone, Copy, Default)]
struct Run {
    step: Option<i8>,
    length: u64,
}

impl Run {
    fn extend(self, step: Option<i8>) -> Run {
        let length = match step {
            Some(_) if step == self.step => self.length + 1,
            Some(_) => 2,
            None => 1,
        };
        Run { step, length }
    }

    fn moves(self) -> bool {
        self.step.is_some_and(|step| step != 0)
    }
}

impl Sequence {
    /// Returns the longest sequences, in one pass that retains two characters.
    fn longest(&self, text: &str) -> Longest {
        let step = |from: Option<char>, to| {
            self.alphabets.step(from?, to).filter(|step| step.unsigned_abs() <= MAX_STEP.unsigned_abs())
        };
        let mut longest = Longest::default();
        let (mut before, mut before_that) = (None, None);
        let mut run = Run::default();
        // The runs over every second character: the one that ended at the previous character, and the one before it.
        let (mut other, mut own) = (Run::default(), Run::default());
        for c in text.chars() {
            run = run.extend(step(before, c).filter(|step| *step != 0));
            let half = own.extend(step(before_that, c));
            longest.run = longest.run.max(run.length);
            if half.moves() {
                longest.interleaved = longest.interleaved.max(half.length);
            }
            if half.moves() || other.moves() {
                // The half that began later decides, with one character of the other before it.
                let together = (2 * half.length).min(2 * other.length + 1);
                if together >= MIN_INTERLEAVED {
                    longest.interleaved = longest.interleaved.max(together);
                }
            }
            (before_that, before) = (before, Some(c));
            (own, other) = (other, half);
        }
        longest
    }
}
