//! The rule kind `sequence`.

use zeroize::Zeroizing;

use super::{Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::knowledge::alphabet::{ALPHABETS, Alphabets};
use crate::policy::diagnostic::suggestion;
use crate::policy::parameter::{Count, Flag, OptionalCount, Texts};
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
        Code::new("sequence.duplicate", &["max"]),
    ],
    example: "\
[rules.sequence]
max_length = 3
alphabets = [\"latin\", \"digits\", \"zhuyin\"]",
    why: "`abcdef`, `987654` and `13579` are what users type when they must type something, and are guessed first.",
    limits: "\
A sequence continues by the same step of up to `max_step` positions, forward or backward, in upper or lower case, and past
the end of the alphabet (`yzab`, `8901`) unless `wrap` is false. A sequence is interleaved if every second character
continues it (`1x2q3z4p5`), or if two sequences of three or more characters alternate. One of the two can stay the same
(`1a2a3a`, `a1b2c3`, `aabbcc`). Their lengths are added. Only the orders of the alphabets are known: signs have none. Where
an alphabet of another script has two orders (with and without ё), the shorter distance between two letters counts. The
Latin alphabets are compared one after the other.

With the defaults, the rule rejects 0.03 % of 63,875 English words (`understudy` contains `rstu`, which is allowed),
0.3 % of passphrases of four random words without spaces, and 0.02 % of random passwords of twelve lower-case letters
and digits.",
};

const MAX_LENGTH: Declared<Count> = Declared::count("max_length", 4, 2..=64)
    .unit("characters")
    .stricter(Stricter::Lower)
    .doc("The maximum length of a sequence.");
// Alphabets that share characters are searched separately, so one more alphabet only adds sequences.
const ALPHABET_NAMES: Declared<Texts> =
    Declared::texts("alphabets", &["latin", "digits"]).stricter(Stricter::LongerList).doc(
        "The alphabets whose order counts. Also available: \"polish\" (aąbcćd), \"czech\" (aábcčd), \"german\" (xyzäöüß), \
         \"cyrillic\", \"greek\", \"zhuyin\" (ㄅㄆㄇㄈ), \"numerals\" (一二三四, 壹贰叁肆), \"stems\" (甲乙丙丁) and \
         \"branches\" (子丑寅卯).",
    );
const MAX_STEP: Declared<Count> = Declared::count("max_step", 3, 1..=3)
    .unit("positions")
    .stricter(Stricter::Higher)
    .doc("The maximum distance between two characters of a sequence: with 1, `2468` is none.");
const WRAP: Declared<Flag> = Declared::flag("wrap", true)
    .stricter(Stricter::True)
    .doc("Whether a sequence can continue at the other end of the alphabet.");
const INTERLEAVED: Declared<Flag> =
    Declared::flag("interleaved", true).stricter(Stricter::True).doc("Whether to look for interleaved sequences.");
const MAX_DUPLICATE: Declared<OptionalCount> =
    Declared::optional_count("max_duplicate", 1..=64).unit("characters").stricter(Stricter::Lower).doc(
        "The maximum length of a sequence that can occur twice: of a longer one, as many first characters must not occur \
         again after them. Without it, sequences can occur several times.",
    );

pub(super) fn definition() -> Definition {
    let parameters = vec![
        MAX_LENGTH.parameter(),
        ALPHABET_NAMES.parameter(),
        MAX_STEP.parameter(),
        WRAP.parameter(),
        INTERLEAVED.parameter(),
        MAX_DUPLICATE.parameter(),
    ];
    Definition::built_in("sequence", Cost::Walk, &DOCUMENTATION, parameters, build)
}

/// The minimum length of two alternating sequences together.
const MIN_INTERLEAVED: u64 = 6;

struct Sequence {
    max_length: u64,
    /// Sets of alphabets without a common character, so that two characters have one distance in each.
    alphabets: Vec<Alphabets>,
    max_step: u64,
    wrap: bool,
    interleaved: bool,
    max_duplicate: Option<u64>,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let max_length = table.read(&MAX_LENGTH);
    let names = table.read(&ALPHABET_NAMES);
    if names.as_ref().is_some_and(Vec::is_empty) {
        table.report(
            "alphabets",
            "missing-key",
            "a `sequence` rule without an alphabet never rejects a password",
            None,
        );
    }
    let known: Vec<&str> = ALPHABETS.iter().map(|(name, _)| *name).collect();
    for name in names.iter().flatten().filter(|name| !known.contains(&name.value.as_str())) {
        let message = format!("unknown alphabet `{}`", name.value);
        table.report_at(name.span, "unknown-value", message, suggestion(&name.value, &known));
    }
    let alphabets = match &names {
        None => Alphabets::disjoint(ALPHABET_NAMES.default().iter().copied()),
        Some(names) => Alphabets::disjoint(names.iter().map(|name| name.value.as_str())),
    };
    Some(Box::new(Sequence {
        max_length,
        alphabets,
        max_step: table.read(&MAX_STEP),
        wrap: table.read(&WRAP),
        interleaved: table.read(&INTERLEAVED),
        max_duplicate: table.read(&MAX_DUPLICATE),
    }))
}

impl Rule for Sequence {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let longest = self.longest(candidate.text());
        let numbers = [("max", self.max_length)];
        if longest.run > self.max_length {
            findings.refuse("sequence.run", &numbers);
        } else if self.interleaved && longest.interleaved > self.max_length {
            findings.refuse("sequence.interleaved", &numbers);
        }
        if let Some(max) = self.max_duplicate.filter(|max| self.has_duplicate(candidate.folded(), *max as usize)) {
            findings.refuse("sequence.duplicate", &[("max", max)]);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let longest = self.longest(candidate.text());
        let interleaved = if self.interleaved { longest.interleaved } else { 0 };
        Ok(vec![Note::new("sequence.observed", &[("length", longest.run.max(interleaved))])])
    }

    fn requirements(&self) -> Vec<Requirement> {
        let length = Requirement::new("sequence.requirement", &[("max", self.max_length)]);
        let duplicate = |max| Requirement::new("sequence.duplicate_requirement", &[("max", max)]);
        std::iter::once(length).chain(self.max_duplicate.map(duplicate)).collect()
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
    /// Returns the step from one character to the next if a sequence can have it, or 0 if both are the same.
    fn step(&self, alphabets: &Alphabets, from: Option<char>, to: char) -> Option<i8> {
        alphabets.step(from?, to, self.wrap).filter(|step| u64::from(step.unsigned_abs()) <= self.max_step)
    }

    fn longest(&self, text: &str) -> Longest {
        let each = self.alphabets.iter().map(|alphabets| self.longest_in(alphabets, text));
        each.fold(Longest::default(), |one, other| Longest {
            run: one.run.max(other.run),
            interleaved: one.interleaved.max(other.interleaved),
        })
    }

    /// Returns the longest sequences, in one pass that retains two characters.
    fn longest_in(&self, alphabets: &Alphabets, text: &str) -> Longest {
        let step = |from, to| self.step(alphabets, from, to);
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

    /// Returns whether the first `max` characters of a longer sequence occur again after them. The text is folded.
    fn has_duplicate(&self, text: &str, max: usize) -> bool {
        let characters: Zeroizing<Vec<char>> = Zeroizing::new(text.chars().collect());
        let mut starts: Vec<usize> = Vec::new();
        for alphabets in &self.alphabets {
            let mut run = Run::default();
            let mut before = None;
            for (at, c) in characters.iter().enumerate() {
                run = run.extend(self.step(alphabets, before, *c).filter(|step| *step != 0));
                starts.extend((run.length > max as u64).then(|| at - max));
                before = Some(*c);
            }
        }
        // Sorted, so that each start is compared only with equal texts.
        let part = |start: usize| characters.get(start..start + max);
        let mut parts: Vec<usize> = (0..(characters.len() + 1).saturating_sub(max)).collect();
        parts.sort_unstable_by(|a, b| part(*a).cmp(&part(*b)).then(a.cmp(b)));
        starts.into_iter().any(|start| {
            let later = parts.partition_point(|other| (part(*other), *other) < (part(start), start + max));
            parts.get(later).is_some_and(|other| part(*other) == part(start))
        })
    }
}
