//! The rule kind `all`.

use super::kinds::{explain, read_parts, rules_parameter};
use super::{Composition, Definition, Documentation, Kinds, Part, Requirement, Rule, Shape};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::Table;

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that violate any of the rules inside: a group with one name, severity and protocol code.",
    codes: &[],
    example: "\
[rules.from-next-year]
kind = \"all\"
from = 2027-01-01
[rules.from-next-year.rules]
length = { min = 12 }
variety = { min_distinct = 6 }",
    why: "\
Several rules can be tested, reported as warnings or enabled together, and `any` and `at_least` can count them as one.",
    limits: "\
Reports the violations of the rules inside, in the order of the policy. A group runs with the most expensive of its rules.
A policy can have at most 256 rules, including those inside others; 16 that search or estimate, and 4 that verify
hashes. A rule inside another has no severity, date, message or protocol code of its own.",
};

pub(super) fn definition() -> Definition {
    Definition::composed("all", Composition::All, &DOCUMENTATION, vec![rules_parameter()], build)
}

struct All {
    parts: Vec<Part>,
}

fn build(table: &mut Table<'_>, kinds: &Kinds<'_>) -> Option<Box<dyn Rule>> {
    Some(Box::new(All { parts: read_parts(table, kinds) }))
}

impl Rule for All {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        self.parts.iter().try_for_each(|part| part.rule.check(candidate, facts, findings))
    }

    fn explain(&self, candidate: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        explain(&self.parts, candidate, facts)
    }

    fn requirements(&self) -> Vec<Requirement> {
        self.parts.iter().flat_map(|part| part.rule.requirements()).collect()
    }

    fn shape(&self) -> Shape {
        self.parts.iter().fold(Shape::default(), |shape, part| shape.and(part.rule.shape()))
    }

    fn ways(&self) -> Vec<Shape> {
        self.parts.iter().fold(vec![Shape::default()], |ways, part| Shape::pairs(&ways, &part.rule.ways()))
    }

    fn parts(&self) -> &[Part] {
        &self.parts
    }
}
