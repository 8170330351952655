//! The rule kind `variety`.

use zeroize::Zeroizing;

use super::{Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::parameter::Count;
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords with too few different characters.",
    codes: &[Code::new("variety.too_few_different", &["min"])],
    example: "\
[rules.variety]
min_distinct = 6",
    why: "\
`ababbabaabab` is long and contains no run and no repeated block, but only two different characters.",
    limits: "\
Compares characters as typed: `a` and `A` are different, and so are an emoji and its colour modifier. Ignores their order:
`abcde` has five different characters.",
};

/// The upper bound keeps the work linear in the length of the password.
const MIN_DISTINCT: Declared<Count> = Declared::count("min_distinct", 5, 1..=64)
    .unit("characters")
    .stricter(Stricter::Higher)
    .doc("The minimum number of different characters.");

pub(super) fn definition() -> Definition {
    Definition::built_in("variety", Cost::Walk, &DOCUMENTATION, vec![MIN_DISTINCT.parameter()], build)
}

struct Variety {
    min_distinct: u64,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    Some(Box::new(Variety { min_distinct: table.read(&MIN_DISTINCT) }))
}

impl Rule for Variety {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        if !has_different(candidate.text(), self.min_distinct as usize) {
            findings.refuse("variety.too_few_different", &[("min", self.min_distinct)]);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let mut characters = Zeroizing::new(Vec::with_capacity(candidate.code_points()));
        characters.extend(candidate.text().chars());
        characters.sort_unstable();
        characters.dedup();
        Ok(vec![Note::new("variety.observed", &[("distinct", characters.len() as u64)])])
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("variety.requirement", &[("min", self.min_distinct)])]
    }
}

/// Returns whether the text has at least `wanted` different characters. Stops at the last one that is needed.
fn has_different(text: &str, wanted: usize) -> bool {
    let mut seen = Zeroizing::new(Vec::with_capacity(wanted));
    for c in text.chars() {
        if !seen.contains(&c) {
            seen.push(c);
        }
        if seen.len() >= wanted {
            return true;
        }
    }
    false
}
