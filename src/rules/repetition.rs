//! The rule kind `repetition`.

use super::{Code, Cost, Definition, Documentation, Requirement, Rule, Shape};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::parameter::{Count, Flag, OptionalCount};
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that repeat a character or a block of characters, or are palindromes.",
    codes: &[
        Code::new("repetition.run", &["max"]),
        Code::new("repetition.runs", &["max", "allowed"]),
        Code::new("repetition.occurrences", &["max"]),
        Code::new("repetition.block", &["max"]),
        Code::new("repetition.palindrome", &[]),
    ],
    example: "\
[rules.repetition]
max_run = 3
max_block_repeats = 2",
    why: "`aaaaaaaa` and `abcabcabc` are long and easy to guess: an attacker tries them first.",
    limits: "\
Compares characters as typed: `aAaA` is not a run. Finds blocks of up to 32 characters. A palindrome ignores case.",
};

const MAX_RUN: Declared<Count> = Declared::count("max_run", 3, 1..=4096)
    .unit("characters")
    .stricter(Stricter::Lower)
    .doc("The maximum length of a run of one character. 1 forbids equal adjacent characters.");
const MAX_LONG_RUNS: Declared<Count> = Declared::count("max_long_runs", 0, 0..=4096)
    .unit("runs")
    .stricter(Stricter::Lower)
    .doc("The number of runs that can be longer than `max_run`.");
const MAX_OCCURRENCES: Declared<OptionalCount> = Declared::optional_count("max_occurrences", 1..=4096)
    .stricter(Stricter::Lower)
    .doc("The maximum number of times that one character can occur. Without it, there is no limit.");
const MAX_BLOCK_REPEATS: Declared<OptionalCount> =
    Declared::optional_count("max_block_repeats", 1..=4096).stricter(Stricter::Lower).doc(
        "The maximum number of times that a block of two or more characters can occur in a row: 2 allows `abab` and \
         rejects `ababab`. Without it, there is no limit.",
    );
const PALINDROME: Declared<Flag> = Declared::flag("palindrome", false)
    .stricter(Stricter::True)
    .doc("Whether to reject a password of two or more characters that reads the same in both directions.");

pub(super) fn definition() -> Definition {
    let parameters = vec![
        MAX_RUN.parameter(),
        MAX_LONG_RUNS.parameter(),
        MAX_OCCURRENCES.parameter(),
        MAX_BLOCK_REPEATS.parameter(),
        PALINDROME.parameter(),
    ];
    Definition::built_in("repetition", Cost::Walk, &DOCUMENTATION, parameters, build)
}

/// The maximum length of a block. It keeps the work linear in the length of the password.
const MAX_BLOCK: usize = 32;

struct Repetition {
    max_run: u64,
    max_long_runs: u64,
    max_occurrences: Option<u64>,
    max_block_repeats: Option<u64>,
    palindrome: bool,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    Some(Box::new(Repetition {
        max_run: table.read(&MAX_RUN),
        max_long_runs: table.read(&MAX_LONG_RUNS),
        max_occurrences: table.read(&MAX_OCCURRENCES),
        max_block_repeats: table.read(&MAX_BLOCK_REPEATS),
        palindrome: table.read(&PALINDROME),
    }))
}

impl Rule for Repetition {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let text = candidate.text();
        // Of ASCII, the bytes are the characters.
        let run = if candidate.is_ascii() { longest_run(text.bytes()) } else { longest_run(text.chars()) };
        if run > self.max_run {
            let numbers = [("max", self.max_run), ("allowed", self.max_long_runs)];
            match self.max_long_runs {
                0 => findings.refuse("repetition.run", &numbers[..1]),
                allowed if long_runs(text, self.max_run) > allowed => findings.refuse("repetition.runs", &numbers),
                _ => {}
            }
        }
        if let Some(max) = self.max_occurrences.filter(|max| most_occurrences(text) > *max) {
            findings.refuse("repetition.occurrences", &[("max", max)]);
        }
        if let Some(max) = self.max_block_repeats.filter(|max| most_block_repeats(text) > *max) {
            findings.refuse("repetition.block", &[("max", max)]);
        }
        if self.palindrome && candidate.code_points() >= 2 && candidate.folded() == candidate.reversed() {
            findings.refuse("repetition.palindrome", &[]);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let run = longest_run(candidate.text().chars());
        Ok(vec![Note::new("repetition.observed", &[("run", run), ("times", most_occurrences(candidate.text()))])])
    }

    fn requirements(&self) -> Vec<Requirement> {
        let numbers = [("max", self.max_run), ("allowed", self.max_long_runs)];
        let mut requirements = vec![match self.max_long_runs {
            0 => Requirement::new("repetition.run_requirement", &numbers[..1]),
            _ => Requirement::new("repetition.runs_requirement", &numbers),
        }];
        if let Some(max) = self.max_occurrences {
            requirements.push(Requirement::new("repetition.occurrences_requirement", &[("max", max)]));
        }
        if let Some(max) = self.max_block_repeats {
            requirements.push(Requirement::new("repetition.block_requirement", &[("max", max)]));
        }
        if self.palindrome {
            requirements.push(Requirement::new("repetition.palindrome_requirement", &[]));
        }
        requirements
    }

    fn shape(&self) -> Shape {
        match self.max_long_runs {
            0 => Shape { max_run: Some(self.max_run), ..Shape::default() },
            allowed => Shape { max_long_runs: vec![(self.max_run, allowed)], ..Shape::default() },
        }
    }
}

fn longest_run<T: PartialEq>(mut items: impl Iterator<Item = T>) -> u64 {
    let Some(mut last) = items.next() else { return 0 };
    let (mut longest, mut run) = (1, 1);
    for item in items {
        run = if last == item { run + 1 } else { 1 };
        longest = longest.max(run);
        last = item;
    }
    longest
}

/// Returns the number of runs of one character that are longer than `max`.
fn long_runs(text: &str, max: u64) -> u64 {
    let (mut last, mut run, mut long) = (None, 0, 0);
    for c in text.chars() {
        run = if last == Some(c) { run + 1 } else { 1 };
        // Counted once, when it becomes too long.
        long += u64::from(run == max + 1);
        last = Some(c);
    }
    long
}

fn most_occurrences(text: &str) -> u64 {
    let mut characters: zeroize::Zeroizing<Vec<char>> = zeroize::Zeroizing::new(text.chars().collect());
    characters.sort_unstable();
    longest_run(characters.iter())
}

/// Returns the maximum number of times that a block occurs in a row.
///
/// A block of length `n` that occurs `k` times in a row is a range in which `(k - 1) * n` characters in a row equal the
/// one `n` positions before. One pass per block length finds it.
fn most_block_repeats(text: &str) -> u64 {
    let characters: zeroize::Zeroizing<Vec<char>> = zeroize::Zeroizing::new(text.chars().collect());
    let mut most = 1;
    for length in 2..=MAX_BLOCK.min(characters.len() / 2) {
        let mut equal = 0;
        for at in length..characters.len() {
            equal = if characters[at] == characters[at - length] { equal + 1 } else { 0 };
            most = most.max(1 + (equal / length) as u64);
        }
    }
    most
}
