//! Rejects passwords in which a character, or a block of them, comes again and again.
//!
//! # Parameters
//! - `max_run` (3): the longest allowed run of one character, 1 to 4096; 1 means no equal neighbours.
//! - `max_occurrences` (none): how often one character may occur at all.
//! - `max_block_repeats` (none): how often a block of two or more characters may stand directly after itself;
//!   2 allows `abab` and refuses `ababab`.
//!
//! # Violations
//! - `repetition.run` {max}
//! - `repetition.occurrences` {max}
//! - `repetition.block` {max}
//!
//! # Example
//! ```toml
//! [rules.repetition]
//! max_run = 3
//! max_block_repeats = 2
//! ```
//!
//! # Why
//! `aaaaaaaa` and `abcabcabc` are long and worth nothing: a guesser tries them first.
//!
//! # Limits
//! Compares characters as they are: `aAaA` is no run. Blocks are looked for up to 32 characters long.

use super::{Cost, Definition, Requirement, Rule, Shape};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    let codes = ["repetition.run", "repetition.occurrences", "repetition.block"];
    Definition::built_in("repetition", codes, Cost::Walk, build)
}

/// Longer blocks are not looked for, so that the work stays linear in the length of the password.
const LONGEST_BLOCK: usize = 32;

struct Repetition {
    max_run: u64,
    max_occurrences: Option<u64>,
    max_block_repeats: Option<u64>,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    Some(Box::new(Repetition {
        max_run: table.count("max_run", 3, 1..=4096),
        max_occurrences: table.optional_count("max_occurrences", 1..=4096),
        max_block_repeats: table.optional_count("max_block_repeats", 1..=4096),
    }))
}

impl Rule for Repetition {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let text = candidate.text();
        if longest_run(text.chars()) > self.max_run {
            findings.refuse("repetition.run", &[("max", self.max_run)]);
        }
        if let Some(max) = self.max_occurrences.filter(|max| most_occurrences(text) > *max) {
            findings.refuse("repetition.occurrences", &[("max", max)]);
        }
        if let Some(max) = self.max_block_repeats.filter(|max| most_block_repeats(text) > *max) {
            findings.refuse("repetition.block", &[("max", max)]);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let run = longest_run(candidate.text().chars());
        Ok(vec![Note::new("repetition.saw", &[("run", run), ("times", most_occurrences(candidate.text()))])])
    }

    fn requirements(&self) -> Vec<Requirement> {
        let mut requirements = vec![Requirement::new("repetition.run_requirement", &[("max", self.max_run)])];
        if let Some(max) = self.max_occurrences {
            requirements.push(Requirement::new("repetition.occurrences_requirement", &[("max", max)]));
        }
        if let Some(max) = self.max_block_repeats {
            requirements.push(Requirement::new("repetition.block_requirement", &[("max", max)]));
        }
        requirements
    }

    fn shape(&self) -> Shape {
        Shape { max_run: Some(self.max_run), ..Shape::default() }
    }
}

fn longest_run<T: PartialEq>(items: impl Iterator<Item = T>) -> u64 {
    let (mut longest, mut run, mut last) = (0, 0, None);
    for item in items {
        run = if last.as_ref() == Some(&item) { run + 1 } else { 1 };
        longest = longest.max(run);
        last = Some(item);
    }
    longest
}

fn most_occurrences(text: &str) -> u64 {
    let mut characters: zeroize::Zeroizing<Vec<char>> = zeroize::Zeroizing::new(text.chars().collect());
    characters.sort_unstable();
    longest_run(characters.iter())
}

/// How often a block stands directly after itself, itself counted, for the block where that is most.
///
/// A block of length `n` repeated `k` times is a stretch in which `(k - 1) * n` characters in a row equal the
/// one `n` places before; so one walk per block length finds it.
fn most_block_repeats(text: &str) -> u64 {
    let characters: zeroize::Zeroizing<Vec<char>> = zeroize::Zeroizing::new(text.chars().collect());
    let mut most = 1;
    for length in 2..=LONGEST_BLOCK.min(characters.len() / 2) {
        let mut equal = 0;
        for at in length..characters.len() {
            equal = if characters[at] == characters[at - length] { equal + 1 } else { 0 };
            most = most.max(1 + (equal / length) as u64);
        }
    }
    most
}
