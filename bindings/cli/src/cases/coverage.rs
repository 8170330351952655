//! Coverage: which rules of a policy the cases exercise, and which could be deleted with every case still passing.

use std::collections::BTreeMap;

use kouling::{Contract, Outcome, Policy};
use serde_json::{Value, json};

use super::Case;
use super::evaluate::Evaluation;

/// The coverage of one rule.
pub(crate) struct RuleCoverage {
    pub(crate) name: String,
    /// Number of cases that violate it, whatever its severity.
    pub(crate) found: u64,
    /// Number of cases that were evaluated and do not violate it.
    pub(crate) quiet: u64,
    /// Every code of the rule, with the number of cases that have it.
    pub(crate) codes: BTreeMap<String, u64>,
    /// Whether every case that passes would also pass without the rule.
    pub(crate) could_be_deleted: bool,
}

/// The coverage of each rule of a policy, in policy order. `cases` are the cases of this policy, each with its evaluation
/// and whether it passes.
pub(crate) fn coverage(
    policy: &Policy,
    cases: &[(&Case, &Evaluation, bool)],
    contract: &Contract,
) -> Vec<RuleCoverage> {
    policy.rules().map(|rule| rule_coverage(policy, rule.name(), cases, contract)).collect()
}

fn rule_coverage(
    policy: &Policy,
    name: &str,
    cases: &[(&Case, &Evaluation, bool)],
    contract: &Contract,
) -> RuleCoverage {
    let codes = policy.codes(name).map(|code| (code.to_owned(), 0)).collect();
    let mut rule = RuleCoverage { name: name.to_owned(), found: 0, quiet: 0, codes, could_be_deleted: true };
    for (case, evaluation, passes) in cases {
        let found = evaluation.as_ref().map(|outcome| codes_of(outcome, name)).unwrap_or_default();
        for code in &found {
            rule.codes.entry(code.clone()).and_modify(|count| *count += 1);
        }
        let notes = evaluation.iter().flat_map(|outcome| outcome.notes()).map(|note| note.code.as_ref());
        let notes: Vec<&str> = notes.filter(|code| rule.codes.contains_key(*code)).collect();
        for code in &notes {
            rule.codes.entry((*code).to_owned()).and_modify(|count| *count += 1);
        }
        if found.is_empty() {
            rule.quiet += u64::from(evaluation.is_ok());
        } else {
            rule.found += 1;
        }
        // Rules are independent: deleting a rule changes only the cases in which it reports something.
        let could_matter = !found.is_empty() || !notes.is_empty() || evaluation.is_err();
        if *passes && could_matter && rule.could_be_deleted {
            let without = case.evaluate(policy, Some(name));
            rule.could_be_deleted = case.expected.differences(&without, contract).is_empty();
        }
    }
    rule
}

/// The distinct codes of a rule in an outcome.
fn codes_of(outcome: &Outcome, rule: &str) -> Vec<String> {
    let all = outcome.violations().chain(outcome.warnings()).chain(outcome.shadows());
    let mut codes: Vec<String> = all
        .filter(|violation| violation.rule().name() == rule)
        .map(|violation| violation.code().to_owned())
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

impl RuleCoverage {
    /// Converts the coverage to a JSON object.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "found": self.found,
            "quiet": self.quiet,
            "codes": self.codes,
            "could_be_deleted": self.could_be_deleted,
        })
    }
}
