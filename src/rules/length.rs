//! The rule kind `length`.

use super::{Code, Cost, Definition, Documentation, Requirement, Rule, Shape};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::parameter::{Choice, Count};
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that are too short or too long.",
    codes: &[Code::new("length.too_short", &["min", "max"]), Code::new("length.too_long", &["min", "max"])],
    example: "\
[rules.length]
min = 15
max = 128",
    why: "\
Length is the main factor in resistance to guessing. NIST SP 800-63B-4 (section 3.1.1.2) requires 15 characters where
the password is the only factor and 8 where it is not, requires a maximum of at least 64, and counts each code point as
one character.",
    limits: "Does not measure guessability; see `strength`.",
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

pub(super) fn definition() -> Definition {
    let parameters = vec![MIN.parameter(), MAX.parameter(), COUNT.parameter()];
    Definition::built_in("length", Cost::Walk, &DOCUMENTATION, parameters, build)
}

struct Length {
    min: u64,
    max: u64,
    count: Counted,
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
    Some(Box::new(Length { min, max, count: table.read(&COUNT) }))
}

impl Length {
    fn length_of(&self, candidate: &Candidate) -> u64 {
        let length = match self.count {
            Counted::CodePoints => candidate.code_points(),
            Counted::Graphemes => candidate.graphemes(),
            Counted::Bytes => candidate.text().len(),
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
        Ok(vec![Note::new("length.observed", &[("length", self.length_of(candidate))])])
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("length.requirement", &[("min", self.min), ("max", self.max)])]
    }

    fn shape(&self) -> Shape {
        let (min, max) = (Some(self.min), Some(self.max));
        // In ASCII, bytes and graphemes count like code points.
        let shape = Shape { min_ascii_length: min, max_ascii_length: max, ..Shape::default() };
        match self.count {
            Counted::CodePoints => Shape { min_length: min, max_length: max, ..shape },
            Counted::Graphemes | Counted::Bytes => shape,
        }
    }
}
