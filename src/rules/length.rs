//! The rule kind `length`.

use super::{CharacterSet, Code, Cost, Definition, Documentation, Requirement, Rule, Shape};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::parameter::{Choice, Count, OptionalCount};
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that are too short or too long, or have too few or too many words.",
    codes: &[
        Code::new("length.too_short", &["min", "max"]),
        Code::new("length.too_long", &["min", "max"]),
        Code::new("length.too_few_words", &["min"]),
        Code::new("length.too_many_words", &["max"]),
    ],
    example: "\
[rules.length]
min = 15
max = 128",
    why: "\
Length is the main factor in resistance to guessing. NIST SP 800-63B-4 (section 3.1.1.2) requires 15 characters where
the password is the only factor and 8 where it is not, requires a maximum of at least 64, and counts each code point as
one character.",
    limits: "\
Does not measure guessability; see `strength`. A word is a run of letters and marks, of any script and any length: `aBc` is one
word, `a-b c` is three, and 汉字 without spaces are one.",
};

const MIN: Declared<Count> = Declared::count("min", 8, 1..=4096)
    .stricter(Stricter::Higher)
    .doc("The minimum length, counted as `count` states.");
const MAX: Declared<Count> = Declared::count("max", 64, 1..=4096)
    .default_at_least(&MIN)
    .stricter(Stricter::Lower)
    .doc("The maximum length, counted as `count` states.");
const COUNT: Declared<Choice<Counted>> = Declared::choice(
    "count",
    Counted::CodePoints,
    &[("code-points", Counted::CodePoints), ("graphemes", Counted::Graphemes), ("bytes", Counted::Bytes)],
)
.doc(
    "What is counted. Graphemes are the characters that a reader sees (Unicode Standard Annex 29). Bytes are those of \
     UTF-8.",
);

const MIN_WORDS: Declared<OptionalCount> = Declared::optional_count("min_words", 1..=1024)
    .unit("words")
    .stricter(Stricter::Higher)
    .doc("The minimum number of words; see Limits. Without it, words do not count.");
const MAX_WORDS: Declared<OptionalCount> = Declared::optional_count("max_words", 1..=1024)
    .unit("words")
    .stricter(Stricter::Lower)
    .doc("The maximum number of words. Without it, there is no limit.");

pub(super) fn definition() -> Definition {
    let parameters =
        vec![MIN.parameter(), MAX.parameter(), COUNT.parameter(), MIN_WORDS.parameter(), MAX_WORDS.parameter()];
    Definition::built_in("length", Cost::Walk, &DOCUMENTATION, parameters, build)
}

struct Length {
    min: u64,
    max: u64,
    count: Counted,
    min_words: Option<u64>,
    max_words: Option<u64>,
}

#[derive(Clone, Copy, PartialEq)]
enum Counted {
    CodePoints,
    Graphemes,
    Bytes,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let (min, max) = (table.read(&MIN), table.read(&MAX));
    if min > max {
        let help = Some(format!("no password has at least {min} and at most {max} characters"));
        table.report("min", "conflict", format!("`min` is greater than `max`, which is {max}"), help);
    }
    let (min_words, max_words) = (table.read(&MIN_WORDS), table.read(&MAX_WORDS));
    if let (Some(min), Some(most)) = (min_words, max_words)
        && min > most
    {
        table.report(
            "min_words",
            "conflict",
            format!("`min_words` is greater than `max_words`, which is {most}"),
            None,
        );
    }
    // Between two words is at least one other character.
    if let Some(words) = min_words.filter(|words| 2 * words - 1 > max) {
        let message = format!("{words} words have at least {} characters, more than `max`", 2 * words - 1);
        table.report("min_words", "conflict", message, Some("raise `max`".to_owned()));
    }
    Some(Box::new(Length { min, max, count: table.read(&COUNT), min_words, max_words }))
}

impl Length {
    fn counts_words(&self) -> bool {
        self.min_words.is_some() || self.max_words.is_some()
    }

    fn length_of(&self, candidate: &Candidate) -> u64 {
        let length = match self.count {
            Counted::CodePoints => candidate.code_points(),
            Counted::Graphemes => candidate.graphemes(),
            Counted::Bytes => candidate.text().len(),
        };
        length as u64
    }
}

/// A word and what is between two words, as regular expressions that take every character beyond ASCII for a letter. With
/// exact classes, the automata of `generate` would be large.
const WORD: &str = r"[A-Za-z[^\x00-\x7F]]+";
const BETWEEN: &str = r"[\x00-\x7F&&[^A-Za-z]]+";

/// Returns the number of runs of letters and marks.
fn words(text: &str) -> u64 {
    let letters = CharacterSet::letters();
    let (mut words, mut inside) = (0, false);
    for c in text.chars() {
        let is_letter = letters.contains(c);
        words += u64::from(is_letter && !inside);
        inside = is_letter;
    }
    words
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
        if self.counts_words() {
            let words = words(candidate.text());
            if let Some(min) = self.min_words.filter(|min| words < *min) {
                findings.refuse("length.too_few_words", &[("min", min)]);
            }
            if let Some(max) = self.max_words.filter(|max| words > *max) {
                findings.refuse("length.too_many_words", &[("max", max)]);
            }
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let length = Note::new("length.observed", &[("length", self.length_of(candidate))]);
        let words = || Note::new("length.observed_words", &[("words", words(candidate.text()))]);
        Ok(std::iter::once(length).chain(self.counts_words().then(words)).collect())
    }

    fn requirements(&self) -> Vec<Requirement> {
        let length = Requirement::new("length.requirement", &[("min", self.min), ("max", self.max)]);
        let min_words = self.min_words.map(|min| Requirement::new("length.min_words", &[("min", min)]));
        let max_words = self.max_words.map(|max| Requirement::new("length.max_words", &[("max", max)]));
        std::iter::once(length).chain(min_words).chain(max_words).collect()
    }

    fn shape(&self) -> Shape {
        let (min, max) = (Some(self.min), Some(self.max));
        // In ASCII, bytes and graphemes count like code points.
        let words = |count: u64| format!("(?s){WORD}(?:{BETWEEN}{WORD}){{{}}}", count.saturating_sub(1));
        let shape = Shape {
            min_ascii_length: min,
            max_ascii_length: max,
            min_words: self.min_words,
            max_words: self.max_words,
            must_match: self.min_words.map(words).into_iter().collect(),
            must_not_match: self.max_words.map(|max| words(max + 1)).into_iter().collect(),
            ..Shape::default()
        };
        match self.count {
            Counted::CodePoints => Shape { min_length: min, max_length: max, ..shape },
            Counted::Graphemes | Counted::Bytes => shape,
        }
    }
}
