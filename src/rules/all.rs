//! Rejects passwords that break any of the rules inside: a group with one name, severity and wire code.
//!
//! # Parameters
//! - `rules`: a table of names and rules, written as the rules of the policy are.
//!
//! # Violations
//! Those of the rules inside.
//!
//! # Example
//! ```toml
//! [rules.from-next-year]
//! kind = "all"
//! from = 2027-01-01
//! [rules.from-next-year.rules]
//! length = { min = 12 }
//! variety = { min_distinct = 6 }
//! ```
//!
//! # Why
//! Several rules can be tried, warned of or switched on together, and `any` and `at_least` can count them as one.
//!
//! # Limits
//! What is wrong is told in the order in which the rules are written. A group is judged when the dearest of its
//! rules would be. A policy has 256 rules at most, those inside others counted; 16 that look things up or estimate,
//! and 4 that verify hashes. A rule inside another has no severity, date, message or wire code of its own.

use super::kinds::{explain, read_parts};
use super::{Composition, Definition, Kinds, Part, Requirement, Rule, Shape};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    Definition::composed("all", [], Composition::All, build)
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
