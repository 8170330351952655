//! Rejects passwords that meet fewer than so many of the rules inside.
//!
//! # Parameters
//! - `rules`: a table of names and rules, written as the rules of the policy are.
//! - `count` (1): how many of them must be met.
//!
//! # Violations
//! - `at_least.too_few` {min, met}
//!
//! # Example
//! ```toml
//! [rules.two-of-three]
//! kind = "at_least"
//! count = 2
//! [rules.two-of-three.rules]
//! length = { min = 16 }
//! characters = { min_classes = 3 }
//! strength = { min_score = 3 }
//! ```
//!
//! # Why
//! Demands of several kinds can stand in for each other, as the classes of `characters` do.
//!
//! # Limits
//! What one rule inside could not judge is no judgement, even where enough others are met. On the wire it is what the
//! first rule inside would be. A policy has 256 rules at most, those inside others counted.

use super::kinds::{clauses, explain, met, read_parts};
use super::requirement::MAX_WAYS;
use super::{Composition, Definition, Kinds, Part, Requirement, Rule, Shape};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    Definition::composed("at_least", ["at_least.too_few"], Composition::AtLeast, build)
}

struct AtLeast {
    parts: Vec<Part>,
    count: u64,
}

fn build(table: &mut Table<'_>, kinds: &Kinds<'_>) -> Option<Box<dyn Rule>> {
    let parts = read_parts(table, kinds);
    let count = table.count("count", 1, 1..=256);
    if !parts.is_empty() && count > parts.len() as u64 {
        let message = format!("`count` is {count}, and there are only {} rules inside", parts.len());
        table.complain("count", "conflict", message, None);
    }
    Some(Box::new(AtLeast { parts, count }))
}

impl Rule for AtLeast {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let met = met(&self.parts, candidate, facts, findings)?;
        if met < self.count {
            findings.refuse("at_least.too_few", &[("min", self.count), ("met", met)]);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        explain(&self.parts, candidate, facts)
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![
            Requirement::new("at_least.requirement", &[("min", self.count)]).with("clauses", clauses(&self.parts)),
        ]
    }

    fn ways(&self) -> Vec<Shape> {
        // For every number of parts met so far, the ways to have met so many.
        let mut met: Vec<Vec<Shape>> = vec![vec![Shape::default()]];
        for part in &self.parts {
            let ways = part.rule.ways();
            met.push(Vec::new());
            for count in (1..met.len()).rev() {
                let with = Shape::pairs(&met[count - 1], &ways);
                met[count].extend(with);
                met[count].truncate(MAX_WAYS);
            }
        }
        met.into_iter().nth(self.count as usize).unwrap_or_default()
    }

    fn parts(&self) -> &[Part] {
        &self.parts
    }
}
