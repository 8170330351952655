//! The rule kind `at_least`.

use super::kinds::{clauses, explain, met, read_parts, rules_parameter};
use super::requirement::MAX_WAYS;
use super::{Code, Composition, Definition, Documentation, Kinds, Part, Requirement, Rule, Shape};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::parameter::Count;
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that meet fewer than `count` of the rules inside.",
    codes: &[Code::new("at_least.too_few", &["min", "met"])],
    example: "\
[rules.two-of-three]
kind = \"at_least\"
count = 2
[rules.two-of-three.rules]
length = { min = 16 }
characters = { min_classes = 3 }
strength = { min_score = 3 }",
    why: "Different requirements can substitute for each other, as the classes of `characters` do.",
    limits: "\
If one rule inside cannot be evaluated, neither can the whole, even if enough others are met. In the response, the
violation has the protocol code of the first rule inside. A policy can have at most 256 rules, including those inside
others.",
};

const COUNT: Declared<Count> = Declared::count("count", 1, 1..=256)
    .unit("rules")
    .stricter(Stricter::Higher)
    .doc("The minimum number of rules inside that the password must meet.");

pub(super) fn definition() -> Definition {
    let parameters = vec![rules_parameter(), COUNT.parameter()];
    Definition::composed("at_least", Composition::AtLeast, &DOCUMENTATION, parameters, build)
}

struct AtLeast {
    parts: Vec<Part>,
    count: u64,
}

fn build(table: &mut Table<'_>, kinds: &Kinds<'_>) -> Option<Box<dyn Rule>> {
    let parts = read_parts(table, kinds);
    let count = table.read(&COUNT);
    if !parts.is_empty() && count > parts.len() as u64 {
        let message = format!("`count` is {count}, but the rule contains only {} rules", parts.len());
        table.report("count", "conflict", message, None);
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
        // For each number of parts met so far, the ways to meet that number.
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
