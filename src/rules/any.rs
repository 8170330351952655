//! Rejects passwords that break every one of the rules inside: to meet one of them is enough.
//!
//! # Parameters
//! - `rules`: a table of names and rules, written as the rules of the policy are.
//!
//! # Violations
//! - `any.none_met` {rules}
//!
//! # Example
//! ```toml
//! [rules.long-or-mixed]
//! kind = "any"
//! [rules.long-or-mixed.rules]
//! length = { min = 20 }
//! characters = { min_classes = 3 }
//! ```
//!
//! # Why
//! A long passphrase and a short mixture can be equally hard to guess; who asks for both gets neither.
//!
//! # Limits
//! What one rule inside could not judge is no judgement, even where another is met. On the wire it is what the first
//! rule inside would be. A policy has 256 rules at most, those inside others counted.

use super::kinds::{clauses, explain, met, read_parts};
use super::{Composition, Definition, Kinds, Part, Requirement, Rule, Shape};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    Definition::composed("any", ["any.none_met"], Composition::Any, build)
}

struct Any {
    parts: Vec<Part>,
}

fn build(table: &mut Table<'_>, kinds: &Kinds<'_>) -> Option<Box<dyn Rule>> {
    Some(Box::new(Any { parts: read_parts(table, kinds) }))
}

impl Rule for Any {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let met = met(&self.parts, candidate, facts, findings)?;
        if met == 0 {
            findings.refuse("any.none_met", &[("rules", self.parts.len() as u64)]);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        explain(&self.parts, candidate, facts)
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("any.requirement", &[]).with("clauses", clauses(&self.parts))]
    }

    fn ways(&self) -> Vec<Shape> {
        self.parts.iter().flat_map(|part| part.rule.ways()).collect()
    }

    fn parts(&self) -> &[Part] {
        &self.parts
    }
}
