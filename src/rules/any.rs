//! The rule kind `any`.

use super::kinds::{clauses, explain, met, read_parts, rules_parameter};
use super::{Code, Composition, Definition, Documentation, Kinds, Part, Requirement, Rule, Shape};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::Table;

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that violate every one of the rules inside: meeting one of them suffices.",
    codes: &[Code::new("any.none_met", &["rules"])],
    example: "\
[rules.long-or-mixed]
kind = \"any\"
[rules.long-or-mixed.rules]
length = { min = 20 }
characters = { min_classes = 3 }",
    why: "A long passphrase and a short mixed password can be equally hard to guess. Users accept either, but not both.",
    limits: "\
If one rule inside cannot be evaluated, neither can the whole, even if another one is met. In the response, the violation
has the protocol code of the first rule inside. A policy can have at most 256 rules, including those inside others.",
};

pub(super) fn definition() -> Definition {
    Definition::composed("any", Composition::Any, &DOCUMENTATION, vec![rules_parameter()], build)
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
