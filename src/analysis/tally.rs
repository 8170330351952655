//! Statistics over the outcomes of many passwords: how many a policy refuses, by which rules, and which rules overlap.
//!
//! Outcomes are added one by one, and tallies of parts of a corpus are merged. A tally contains counts and codes, but no
//! part of a password. Its size does not depend on the number of passwords.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::candidate::CannotJudgeKind;
use crate::evaluation::{Outcome, Policy, RuleViolation, hexadecimal};

/// The maximum number of rules, from the start of the policy, whose overlap is counted.
pub const MAX_OVERLAPPING: usize = 64;

/// The statistics of one rule, in numbers of passwords.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleTally {
    /// The name of the rule in the policy; `input` for the `[password]` settings.
    pub name: String,
    /// The kind of the rule.
    pub kind: String,
    /// Passwords that the rule refuses.
    pub refused: u64,
    /// Passwords that only this rule refuses, and that would be accepted without it.
    pub sole_cause: u64,
    /// Passwords with a violation of the rule while it only warns.
    pub warned: u64,
    /// Passwords with a violation of the rule while it is in shadow mode.
    pub shadowed: u64,
    /// Accepted passwords with a violation of the rule while it warns or is in shadow mode: those that it would
    /// additionally refuse.
    pub in_addition: u64,
    /// The codes that the rule reported, and the number of passwords with each, whatever the outcome.
    pub codes: Vec<(String, u64)>,
    /// The number of timed checks and their total time in nanoseconds.
    pub timed: (u64, u64),
}

impl RuleTally {
    /// Returns the mean time of a check in nanoseconds; `None` if no check was timed.
    pub fn mean_time(&self) -> Option<f64> {
        let (checks, nanoseconds) = self.timed;
        (checks > 0).then(|| nanoseconds as f64 / checks as f64)
    }

    fn to_json(&self) -> Value {
        let codes: Map<String, Value> =
            self.codes.iter().map(|(code, count)| (code.clone(), (*count).into())).collect();
        json!({
            "kind": self.kind,
            "refused": self.refused,
            "sole_cause": self.sole_cause,
            "warned": self.warned,
            "shadowed": self.shadowed,
            "in_addition": self.in_addition,
            "time_ns": self.mean_time().map(|mean| (mean * 10.0).round() / 10.0),
            "codes": codes,
        })
    }
}

/// The statistics of a policy over many passwords.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    policy: String,
    digest: String,
    dictionaries: BTreeMap<String, String>,
    accepted: u64,
    refused: u64,
    cannot_judge: BTreeMap<String, u64>,
    codes: BTreeMap<String, u64>,
    /// `input` first, then the rules in policy order.
    rules: Vec<RuleTally>,
    /// The lower half of the overlap matrix of the first rules, including the diagonal, row by row.
    overlap: Vec<u64>,
}

impl Tally {
    /// Creates an empty tally for outcomes of `policy`.
    pub fn new(policy: &Policy) -> Tally {
        let named = |name: &str, kind: &str| RuleTally {
            name: name.to_owned(),
            kind: kind.to_owned(),
            ..RuleTally::default()
        };
        let rules: Vec<RuleTally> = std::iter::once(named(INPUT, INPUT))
            .chain(policy.rules().map(|rule| named(rule.name(), rule.kind())))
            .collect();
        let overlapping = rules.len().min(MAX_OVERLAPPING);
        let dictionaries =
            policy.dictionaries().iter().map(|(name, digest)| (name.clone(), hexadecimal(digest))).collect();
        Tally {
            policy: policy.name().to_owned(),
            digest: hexadecimal(policy.digest()),
            dictionaries,
            accepted: 0,
            refused: 0,
            cannot_judge: BTreeMap::new(),
            codes: BTreeMap::new(),
            rules,
            overlap: vec![0; overlapping * (overlapping + 1) / 2],
        }
    }

    /// Adds the outcome of a password that occurs `weight` times. Use the outcome of [`Policy::evaluate_all`]: an outcome
    /// that stops at the first violation counts only one rule.
    pub fn add(&mut self, outcome: &Outcome, weight: u64) {
        let accepted = outcome.accepted();
        let count = if accepted { &mut self.accepted } else { &mut self.refused };
        *count = count.saturating_add(weight);
        let mut refusing = Vec::new();
        self.walk(outcome.violations(), weight, |rule, place| {
            rule.refused = rule.refused.saturating_add(weight);
            refusing.push(place);
        });
        if let [only] = refusing.as_slice() {
            let sole_cause = &mut self.rules[*only].sole_cause;
            *sole_cause = sole_cause.saturating_add(weight);
        }
        for (at, row) in refusing.iter().enumerate() {
            for column in &refusing[..=at] {
                if let Some(both) = self.overlap.get_mut(cell(*row, *column)).filter(|_| *row < MAX_OVERLAPPING) {
                    *both = both.saturating_add(weight);
                }
            }
        }
        let in_addition = if accepted { weight } else { 0 };
        self.walk(outcome.warnings(), weight, |rule, _| {
            rule.warned = rule.warned.saturating_add(weight);
            rule.in_addition = rule.in_addition.saturating_add(in_addition);
        });
        self.walk(outcome.shadows(), weight, |rule, _| {
            rule.shadowed = rule.shadowed.saturating_add(weight);
            rule.in_addition = rule.in_addition.saturating_add(in_addition);
        });
        let mut codes: Vec<&str> = Vec::new();
        for violation in outcome.violations() {
            if !codes.contains(&violation.code()) {
                codes.push(violation.code());
                add_to(&mut self.codes, violation.code(), weight);
            }
        }
    }

    /// Calls `visit` once for each rule that reported a violation, and counts its codes. Violations are in policy order, so
    /// a single pass over the rules is enough.
    fn walk<'o>(
        &mut self,
        found: impl Iterator<Item = &'o RuleViolation>,
        weight: u64,
        mut visit: impl FnMut(&mut RuleTally, usize),
    ) {
        let mut place = 0;
        let mut visited = None;
        let mut codes: Vec<&str> = Vec::new();
        for violation in found {
            while self.rules.get(place).is_some_and(|rule| rule.name != violation.rule().name()) {
                place += 1;
            }
            let Some(rule) = self.rules.get_mut(place) else { return };
            if visited != Some(place) {
                visited = Some(place);
                codes.clear();
                visit(rule, place);
            }
            if !codes.contains(&violation.code()) {
                codes.push(violation.code());
                match rule.codes.iter_mut().find(|(known, _)| known == violation.code()) {
                    Some((_, count)) => *count = count.saturating_add(weight),
                    None => rule.codes.push((violation.code().to_owned(), weight)),
                }
            }
        }
    }

    /// Adds a password that occurs `weight` times and that could not be evaluated.
    pub fn add_error(&mut self, kind: CannotJudgeKind, weight: u64) {
        self.add_unreadable(kind.name(), weight);
    }

    /// Adds a password that occurs `weight` times and that could not be read, with the reason `why`.
    pub fn add_unreadable(&mut self, why: &str, weight: u64) {
        add_to(&mut self.cannot_judge, why, weight);
    }

    /// Adds the time of one check of the rule with the index `place` in [`Policy::rules`].
    pub fn add_time(&mut self, place: usize, nanoseconds: u64) {
        if let Some(rule) = self.rules.get_mut(place + 1) {
            rule.timed.0 += 1;
            rule.timed.1 = rule.timed.1.saturating_add(nanoseconds);
        }
    }

    /// Adds the numbers of another tally of the same policy.
    pub fn merge(&mut self, other: &Tally) {
        let add = |sum: &mut u64, more: u64| *sum = sum.saturating_add(more);
        add(&mut self.accepted, other.accepted);
        add(&mut self.refused, other.refused);
        other.cannot_judge.iter().for_each(|(why, count)| add_to(&mut self.cannot_judge, why, *count));
        other.codes.iter().for_each(|(code, count)| add_to(&mut self.codes, code, *count));
        for (rule, more) in self.rules.iter_mut().zip(&other.rules) {
            add(&mut rule.refused, more.refused);
            add(&mut rule.sole_cause, more.sole_cause);
            add(&mut rule.warned, more.warned);
            add(&mut rule.shadowed, more.shadowed);
            add(&mut rule.in_addition, more.in_addition);
            add(&mut rule.timed.0, more.timed.0);
            add(&mut rule.timed.1, more.timed.1);
            for (code, count) in &more.codes {
                match rule.codes.iter_mut().find(|(known, _)| known == code) {
                    Some((_, sum)) => add(sum, *count),
                    None => rule.codes.push((code.clone(), *count)),
                }
            }
        }
        self.overlap.iter_mut().zip(&other.overlap).for_each(|(sum, more)| add(sum, *more));
    }

    /// Returns the name of the policy.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// Returns the SHA-256 digest of the policy in hexadecimal digits.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Returns the name and SHA-256 digest, in hexadecimal digits, of each dictionary of the policy.
    pub fn dictionaries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.dictionaries.iter().map(|(name, digest)| (name.as_str(), digest.as_str()))
    }

    /// Returns the number of all passwords.
    pub fn total(&self) -> u64 {
        self.accepted.saturating_add(self.refused).saturating_add(self.could_not_judge())
    }

    /// Returns the number of accepted passwords.
    pub fn accepted(&self) -> u64 {
        self.accepted
    }

    /// Returns the number of refused passwords.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// Returns the number of passwords that could not be evaluated, and so were neither accepted nor refused.
    pub fn could_not_judge(&self) -> u64 {
        self.cannot_judge.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Returns the reasons why passwords could not be evaluated, and the number of passwords for each.
    pub fn reasons(&self) -> impl Iterator<Item = (&str, u64)> {
        self.cannot_judge.iter().map(|(why, count)| (why.as_str(), *count))
    }

    /// Returns the share of refused passwords among the evaluated ones, from 0 to 1; `None` if none was evaluated.
    pub fn refusal_rate(&self) -> Option<f64> {
        let evaluated = self.accepted.saturating_add(self.refused);
        (evaluated > 0).then(|| self.refused as f64 / evaluated as f64)
    }

    /// Returns the number of refused passwords for each violation code.
    pub fn codes(&self) -> impl Iterator<Item = (&str, u64)> {
        self.codes.iter().map(|(code, count)| (code.as_str(), *count))
    }

    /// Returns the statistics of each rule in policy order, preceded by those of `input` if it refused a password.
    pub fn rules(&self) -> &[RuleTally] {
        match self.rules.as_slice() {
            [input, rules @ ..] if input.refused == 0 => rules,
            rules => rules,
        }
    }

    /// Returns the number of passwords that both rules refuse. Returns `None` for unknown rules and for rules after the first
    /// [`MAX_OVERLAPPING`].
    pub fn refused_by_both(&self, one: &str, other: &str) -> Option<u64> {
        let place = |name: &str| self.rules.iter().position(|rule| rule.name == name);
        let (one, other) = (place(one)?, place(other)?);
        let row = one.max(other);
        (row < MAX_OVERLAPPING).then(|| self.overlap.get(cell(row, one.min(other))).copied()).flatten()
    }

    /// Returns each pair of rules that refuse the same passwords, in policy order, and the number of these passwords.
    pub fn overlap(&self) -> Vec<(&str, &str, u64)> {
        let rules = &self.rules[..self.rules.len().min(MAX_OVERLAPPING)];
        let mut pairs = Vec::new();
        for (column, one) in rules.iter().enumerate() {
            for (row, other) in rules.iter().enumerate().skip(column + 1) {
                let both = self.overlap.get(cell(row, column)).copied().unwrap_or(0);
                if both > 0 {
                    pairs.push((one.name.as_str(), other.name.as_str(), both));
                }
            }
        }
        pairs
    }

    /// Returns the tally as a JSON object: `policy` (`name`, `digest`), `dictionaries`, `total`, `accepted`, `refused`,
    /// `could_not_judge`, `could_not_judge_by`, `refusal_rate`, `rules` (names in policy order), `by_rule`, `codes`,
    /// `overlap` (a list of objects with `rules` and `refused`).
    pub fn to_json(&self) -> Value {
        let rules = self.rules();
        let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
        let by_rule: Map<String, Value> = rules.iter().map(|rule| (rule.name.clone(), rule.to_json())).collect();
        let overlap: Vec<Value> = self
            .overlap()
            .into_iter()
            .map(|(one, other, both)| json!({ "rules": [one, other], "refused": both }))
            .collect();
        json!({
            "policy": { "name": self.policy, "digest": self.digest },
            "dictionaries": self.dictionaries,
            "total": self.total(),
            "accepted": self.accepted,
            "refused": self.refused,
            "could_not_judge": self.could_not_judge(),
            "could_not_judge_by": self.cannot_judge,
            "refusal_rate": self.refusal_rate(),
            "rules": names,
            "by_rule": by_rule,
            "codes": self.codes,
            "overlap": overlap,
        })
    }
}

/// The pseudo-rule of the `[password]` settings.
const INPUT: &str = "input";

/// Returns the index of a cell in the lower half of the matrix; `column` is at most `row`.
fn cell(row: usize, column: usize) -> usize {
    row * (row + 1) / 2 + column
}

fn add_to(counts: &mut BTreeMap<String, u64>, key: &str, weight: u64) {
    match counts.get_mut(key) {
        Some(count) => *count = count.saturating_add(weight),
        None => {
            counts.insert(key.to_owned(), weight);
        }
    }
}
