//! Rejects passwords that are too short or too long.
//!
//! # Parameters
//! - `min` (8): the least length, 1 to 4096.
//! - `max` (64): the greatest length, 1 to 4096.
//! - `count` ("code-points"): what is counted: "code-points", "graphemes" (what a reader takes for one
//!   character, Unicode Standard Annex 29) or "bytes" (of UTF-8).
//!
//! # Violations
//! - `length.too_short` {min, max}
//! - `length.too_long` {min, max}
//!
//! # Example
//! ```toml
//! [rules.length]
//! min = 15
//! max = 128
//! ```
//!
//! # Why
//! Length is what makes guessing dear. NIST SP 800-63B-4 (section 3.1.1.2) asks for 15 where the password is the
//! only factor and 8 where it is not, allows at least 64, and counts each code point as one character.
//!
//! # Limits
//! Says nothing about how guessable a long password is: `strength` does.

use super::{Cost, Definition, Requirement, Rule, Shape};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    Definition::built_in("length", ["length.too_short", "length.too_long"], Cost::Walk, build)
}

struct Length {
    min: u64,
    max: u64,
    count: Count,
}

#[derive(Clone, Copy, PartialEq)]
enum Count {
    CodePoints,
    Graphemes,
    Bytes,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let min = table.count("min", 8, 1..=4096);
    let max = table.count("max", 64.max(min), 1..=4096);
    if min > max {
        let help = Some(format!("nothing is at least {min} and at most {max} long"));
        table.complain("min", "conflict", format!("`min` is greater than `max`, which is {max}"), help);
    }
    let counts = [("code-points", Count::CodePoints), ("graphemes", Count::Graphemes), ("bytes", Count::Bytes)];
    Some(Box::new(Length { min, max, count: table.choice("count", Count::CodePoints, &counts) }))
}

impl Length {
    fn length_of(&self, candidate: &Candidate) -> u64 {
        let length = match self.count {
            Count::CodePoints => candidate.code_points(),
            Count::Graphemes => candidate.graphemes(),
            Count::Bytes => candidate.text().len(),
        };
        length as u64
    }
}

impl Rule for Length {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let length = self.length_of(candidate);
        let numbers = [("min", self.min), ("max", self.max)];
        if length < self.min {
            findings.refuse("length.too_short", &numbers);
        } else if length > self.max {
            findings.refuse("length.too_long", &numbers);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        Ok(vec![Note::new("length.saw", &[("length", self.length_of(candidate))])])
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("length.requirement", &[("min", self.min), ("max", self.max)])]
    }

    fn shape(&self) -> Shape {
        match self.count {
            Count::CodePoints => {
                Shape { min_length: Some(self.min), max_length: Some(self.max), ..Shape::default() }
            }
            Count::Graphemes | Count::Bytes => Shape::default(),
        }
    }
}
