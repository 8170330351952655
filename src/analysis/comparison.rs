//! Counts the passwords that a new policy and a reference policy evaluate differently.

use serde_json::{Map, Value, json};

use crate::evaluation::{Outcome, Policy};

/// The numbers of passwords that two policies accept and refuse.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Passwords that both policies accept.
    pub both_accept: u64,
    /// Passwords that both policies refuse.
    pub both_refuse: u64,
    /// Passwords that only the new policy refuses.
    pub newly_refused: u64,
    /// Passwords that only the new policy accepts.
    pub newly_accepted: u64,
    /// Passwords that at least one of the policies could not evaluate.
    pub could_not_judge: u64,
    /// The rules of the new policy, and how many of the newly refused passwords each refuses.
    refused_by: Vec<(String, u64)>,
    /// The rules of the reference policy, and how many of the newly accepted passwords each refuses.
    no_longer_by: Vec<(String, u64)>,
}

impl Comparison {
    /// Creates an empty comparison of `policy`, the new one, with the reference policy `against`.
    pub fn new(policy: &Policy, against: &Policy) -> Comparison {
        let names = |policy: &Policy| {
            let rules = policy.rules().map(|rule| rule.name().to_owned());
            std::iter::once("input".to_owned()).chain(rules).map(|name| (name, 0)).collect()
        };
        Comparison { refused_by: names(policy), no_longer_by: names(against), ..Comparison::default() }
    }

    /// Adds the outcomes of both policies for a password that occurs `weight` times.
    pub fn add(&mut self, outcome: &Outcome, against: &Outcome, weight: u64) {
        let count = match (outcome.accepted(), against.accepted()) {
            (true, true) => &mut self.both_accept,
            (false, false) => &mut self.both_refuse,
            (false, true) => {
                add_rules(&mut self.refused_by, outcome, weight);
                &mut self.newly_refused
            }
            (true, false) => {
                add_rules(&mut self.no_longer_by, against, weight);
                &mut self.newly_accepted
            }
        };
        *count = count.saturating_add(weight);
    }

    /// Adds a password that occurs `weight` times and that a policy could not evaluate.
    pub fn add_error(&mut self, weight: u64) {
        self.could_not_judge = self.could_not_judge.saturating_add(weight);
    }

    /// Adds the numbers of another comparison of the same two policies.
    pub fn merge(&mut self, other: &Comparison) {
        let add = |sum: &mut u64, more: u64| *sum = sum.saturating_add(more);
        add(&mut self.both_accept, other.both_accept);
        add(&mut self.both_refuse, other.both_refuse);
        add(&mut self.newly_refused, other.newly_refused);
        add(&mut self.newly_accepted, other.newly_accepted);
        add(&mut self.could_not_judge, other.could_not_judge);
        let rules = self.refused_by.iter_mut().zip(&other.refused_by);
        let rules = rules.chain(self.no_longer_by.iter_mut().zip(&other.no_longer_by));
        rules.for_each(|((_, sum), (_, more))| add(sum, *more));
    }

    /// Returns the rules of the new policy that refuse newly refused passwords, and how many.
    pub fn refused_by(&self) -> impl Iterator<Item = (&str, u64)> {
        some(&self.refused_by)
    }

    /// Returns the rules of the reference policy that refuse newly accepted passwords, and how many.
    pub fn no_longer_by(&self) -> impl Iterator<Item = (&str, u64)> {
        some(&self.no_longer_by)
    }

    /// Returns the comparison as a JSON object with all numbers, `newly_refused_by_rule` and `newly_accepted_by_rule`.
    pub fn to_json(&self) -> Value {
        let object = |counts: &mut dyn Iterator<Item = (&str, u64)>| -> Map<String, Value> {
            counts.map(|(name, count)| (name.to_owned(), count.into())).collect()
        };
        json!({
            "both_accept": self.both_accept,
            "both_refuse": self.both_refuse,
            "newly_refused": self.newly_refused,
            "newly_accepted": self.newly_accepted,
            "could_not_judge": self.could_not_judge,
            "newly_refused_by_rule": object(&mut self.refused_by()),
            "newly_accepted_by_rule": object(&mut self.no_longer_by()),
        })
    }
}

fn some(counts: &[(String, u64)]) -> impl Iterator<Item = (&str, u64)> {
    counts.iter().filter(|(_, count)| *count > 0).map(|(name, count)| (name.as_str(), *count))
}

/// Adds `weight` to each rule that refuses, once for each rule.
fn add_rules(counts: &mut [(String, u64)], outcome: &Outcome, weight: u64) {
    let mut last = None;
    for name in outcome.violations().map(|violation| violation.rule().name()) {
        if last != Some(name)
            && let Some((_, count)) = counts.iter_mut().find(|(known, _)| known == name)
        {
            *count = count.saturating_add(weight);
        }
        last = Some(name);
    }
}
