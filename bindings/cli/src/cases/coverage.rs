//! Coverage: which rules of a policy the cases exercise, and which of them no case would miss.

use std::collections::BTreeMap;

use kouling::{Contract, Outcome, Policy};
use serde_json::{Value, json};

use super::Case;
use super::judge::Judgement;

/// What the cases show about one rule.
pub(crate) struct RuleCoverage {
    pub(crate) name: String,
    /// Cases in which it found something, refusing, warning or on trial.
    pub(crate) found: u64,
    /// Cases that were judged and in which it found nothing.
    pub(crate) quiet: u64,
    /// Every code that it can give, and in how many cases it did.
    pub(crate) codes: BTreeMap<String, u64>,
    /// Whether every case that passes would pass without it too.
    pub(crate) could_be_deleted: bool,
}

/// What the cases show about each rule of a policy, in policy order. `judged`: the cases of this policy, with what it
/// says about each and whether the case passes.
pub(crate) fn coverage(
    policy: &Policy,
    judged: &[(&Case, &Judgement, bool)],
    contract: &Contract,
) -> Vec<RuleCoverage> {
    policy.rules().map(|rule| of_rule(policy, rule.name(), judged, contract)).collect()
}

fn of_rule(
    policy: &Policy,
    name: &str,
    judged: &[(&Case, &Judgement, bool)],
    contract: &Contract,
) -> RuleCoverage {
    let codes = policy.codes(name).map(|code| (code.to_owned(), 0)).collect();
    let mut rule = RuleCoverage { name: name.to_owned(), found: 0, quiet: 0, codes, could_be_deleted: true };
    for (case, judgement, passes) in judged {
        let given = judgement.as_ref().map(|outcome| codes_of(outcome, name)).unwrap_or_default();
        for code in &given {
            rule.codes.entry(code.clone()).and_modify(|count| *count += 1);
        }
        let notes = judgement.iter().flat_map(|outcome| outcome.notes()).map(|note| note.code.as_ref());
        let notes: Vec<&str> = notes.filter(|code| rule.codes.contains_key(*code)).collect();
        for code in &notes {
            rule.codes.entry((*code).to_owned()).and_modify(|count| *count += 1);
        }
        if given.is_empty() {
            rule.quiet += u64::from(judgement.is_ok());
        } else {
            rule.found += 1;
        }
        // Rules are independent: one that says nothing about a password is not missed there.
        let could_matter = !given.is_empty() || !notes.is_empty() || judgement.is_err();
        if *passes && could_matter && rule.could_be_deleted {
            let without = case.judge(policy, Some(name));
            rule.could_be_deleted = case.expected.differences(&without, contract).is_empty();
        }
    }
    rule
}

/// Each code that a rule gave in an outcome, once.
fn codes_of(outcome: &Outcome, rule: &str) -> Vec<String> {
    let all = outcome.violations().chain(outcome.warnings()).chain(outcome.shadows());
    let mut codes: Vec<String> =
        all.filter(|judged| judged.rule().name() == rule).map(|judged| judged.code().to_owned()).collect();
    codes.sort();
    codes.dedup();
    codes
}

impl RuleCoverage {
    /// As an object.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "found": self.found,
            "quiet": self.quiet,
            "codes": self.codes,
            "could_be_deleted": self.could_be_deleted,
        })
    }
}
