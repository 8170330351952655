//! Rejects passwords that meet all of the rules inside.
//!
//! # Parameters
//! - `rules`: a table of names and rules, written as the rules of the policy are.
//!
//! # Violations
//! - `not.met` {rules}
//!
//! # Example
//! ```toml
//! [rules.no-lone-digits]
//! kind = "not"
//! [rules.no-lone-digits.rules]
//! characters = { min_classes = 1, allowed = ["digit"] }
//! ```
//!
//! # Why
//! Some demands are easier to write the other way round: not only digits, not as short as a PIN.
//!
//! # Limits
//! "Not a listed word" is what `words` says already; a `not` around it would demand a listed word. On the wire it is
//! what the first rule inside would be. A policy has 256 rules at most, those inside others counted.

use super::kinds::{clauses, explain, met, read_parts};
use super::{Composition, Definition, Kinds, Part, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    Definition::composed("not", ["not.met"], Composition::Not, build)
}

struct Not {
    parts: Vec<Part>,
}

fn build(table: &mut Table<'_>, kinds: &Kinds<'_>) -> Option<Box<dyn Rule>> {
    Some(Box::new(Not { parts: read_parts(table, kinds) }))
}

impl Rule for Not {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let met = met(&self.parts, candidate, facts, findings)?;
        if met == self.parts.len() as u64 {
            findings.refuse("not.met", &[("rules", met)]);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        explain(&self.parts, candidate, facts)
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("not.requirement", &[]).with("clauses", clauses(&self.parts))]
    }

    fn parts(&self) -> &[Part] {
        &self.parts
    }
}
