//! The rule kind `not`.

use super::kinds::{clauses, explain, met, read_parts, rules_parameter};
use super::{Code, Composition, Definition, Documentation, Kinds, Part, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::Table;

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that meet all of the rules inside.",
    codes: &[Code::new("not.met", &["rules"])],
    example: "\
[rules.no-lone-digits]
kind = \"not\"
[rules.no-lone-digits.rules]
characters = { min_classes = 1, allowed = [\"digit\"] }",
    why: "Some requirements are easier to write as their opposite: not only digits, not as short as a PIN.",
    limits: "\
`words` already rejects listed words; a `not` around it would require one. In the response, the violation has the protocol
code of the first rule inside. A policy can have at most 256 rules, including those inside others.",
};

pub(super) fn definition() -> Definition {
    Definition::composed("not", Composition::Not, &DOCUMENTATION, vec![rules_parameter()], build)
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
