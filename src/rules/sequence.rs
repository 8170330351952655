//! Rejects passwords that hold a sequence: letters or digits in their order.
//!
//! # Parameters
//! - `max_length` (4): the longest allowed sequence, 2 to 64.
//! - `alphabets` (["latin", "digits"]): whose order counts; further "cyrillic", "greek", "zhuyin" (ㄅㄆㄇㄈ), "numerals"
//!   (一二三四, 壹贰叁肆), "stems" (甲乙丙丁) and "branches" (子丑寅卯).
//!
//! # Violations
//! - `sequence.run` {max}
//! - `sequence.interleaved` {max}
//!
//! # Example
//! ```toml
//! [rules.sequence]
//! max_length = 3
//! alphabets = ["latin", "digits", "zhuyin"]
//! ```
//!
//! # Why
//! `abcdef`, `987654` and `13579` are what comes to mind when something has to be typed, and what is guessed first.
//!
//! # Limits
//! A sequence goes on by the same step of one to three places, forward or backward, in capitals or not, and round
//! the end of the alphabet (`yzab`, `8901`). It is interleaved where every second character goes on so
//! (`1x2q3z4p5`), or where two sequences of three characters or more take turns, of which one may stand still
//! (`1a2a3a`, `a1b2c3`, `aabbcc`); the two count together. Other orders than those of the alphabets are not known;
//! where an alphabet has two (with ё and without), the shorter way between two letters counts. With the defaults
//! 0.03 % of 63,875 English words are refused (`understudy` holds `rstu`, which is allowed), 0.3 % of passphrases
//! of four random words written together, and 0.02 % of random passwords of twelve small letters and digits.

use super::{Cost, Definition, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::knowledge::alphabet::{ALPHABETS, Alphabets};
use crate::policy::Table;
use crate::policy::diagnostic::suggestion;

pub(super) fn definition() -> Definition {
    Definition::built_in("sequence", ["sequence.run", "sequence.interleaved"], Cost::Walk, build)
}

/// Greater steps are no sequence that anyone types.
const GREATEST_STEP: i8 = 3;
/// Two sequences that take turns have so many characters together at least.
const MIN_IN_TURNS: u64 = 6;

struct Sequence {
    max_length: u64,
    alphabets: Alphabets,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let max_length = table.count("max_length", 4, 2..=64);
    let mut alphabets = Alphabets::default();
    let names = table.texts("alphabets");
    if names.is_none() {
        alphabets.add("latin");
        alphabets.add("digits");
    }
    if names.as_ref().is_some_and(Vec::is_empty) {
        table.complain("alphabets", "missing-key", "a `sequence` rule without an alphabet refuses nothing", None);
    }
    for name in names.iter().flatten() {
        if !alphabets.add(&name.value) {
            let known: Vec<&str> = ALPHABETS.iter().map(|(name, _)| *name).collect();
            let message = format!("`{}` is no alphabet", name.value);
            table.complain_at(name.span, "unknown-value", message, suggestion(&name.value, &known));
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
        Ok(vec![Note::new("sequence.saw", &[("length", longest.run.max(longest.interleaved))])])
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

/// Characters that go on by the same step, up to the present one.
#[derive(Clone, Copy, Default)]
struct Run {
    step: Option<i8>,
    length: u64,
}

impl Run {
    fn go_on(self, step: Option<i8>) -> Run {
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
    /// The longest sequences, in one walk that remembers two characters.
    fn longest(&self, text: &str) -> Longest {
        let step = |from: Option<char>, to| {
            self.alphabets.step(from?, to).filter(|step| step.unsigned_abs() <= GREATEST_STEP.unsigned_abs())
        };
        let mut longest = Longest::default();
        let (mut before, mut before_that) = (None, None);
        let mut run = Run::default();
        // Of every second character: the run that the one before this ended, and the run before that.
        let (mut other, mut own) = (Run::default(), Run::default());
        for c in text.chars() {
            run = run.go_on(step(before, c).filter(|step| *step != 0));
            let half = own.go_on(step(before_that, c));
            longest.run = longest.run.max(run.length);
            if half.moves() {
                longest.interleaved = longest.interleaved.max(half.length);
            }
            if half.moves() || other.moves() {
                // The later begun half decides, with one character of the other before it.
                let together = (2 * half.length).min(2 * other.length + 1);
                if together >= MIN_IN_TURNS {
                    longest.interleaved = longest.interleaved.max(together);
                }
            }
            (before_that, before) = (before, Some(c));
            (own, other) = (other, half);
        }
        longest
    }
}
