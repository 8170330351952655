//! A tally counts what a policy says about many passwords: how many it refuses, which rule does it, which rule alone
//! does it, and which rules do it together.
//!
//! Outcomes are added one by one; tallies of parts of a corpus are merged. It holds counts and codes, and nothing of
//! any password, and takes the same room whatever the number of passwords.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::candidate::CannotJudgeKind;
use crate::evaluation::{Outcome, Policy, RuleViolation, hexadecimal};

/// The overlap is counted between this many rules, the first ones of a policy.
pub const MAX_OVERLAPPING: usize = 64;

/// What was counted about one rule, in passwords.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleTally {
    /// Its name in the policy; `input` for what is refused before any rule.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Refused by it.
    pub refused: u64,
    /// Refused by it and by no other rule: what would be accepted without it.
    pub sole_cause: u64,
    /// Found something in, while it only warns.
    pub warned: u64,
    /// Found something in, while it is on trial.
    pub shadowed: u64,
    /// Accepted, though it, warning or on trial, found something in them: what it would refuse in addition.
    pub in_addition: u64,
    /// Each code that it gave, and in how many passwords, whatever became of them.
    pub codes: Vec<(String, u64)>,
    /// How many of its checks were timed, and the nanoseconds of all of these together.
    pub timed: (u64, u64),
}

impl RuleTally {
    /// The mean time of a check in nanoseconds, where any was timed.
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

/// What a policy said about many passwords.
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
    /// Row by row the lower half of the matrix, diagonal included, of the first rules.
    overlap: Vec<u64>,
}

impl Tally {
    /// An empty tally for the outcomes of this policy.
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

    /// Counts what the policy says about a password that so many people have. The outcome should be one of
    /// [`Policy::evaluate_all`]: where the judging ended at the first refusal, no other rule is counted.
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
        for judged in outcome.violations() {
            if !codes.contains(&judged.code()) {
                codes.push(judged.code());
                add_to(&mut self.codes, judged.code(), weight);
            }
        }
    }

    /// Tells each rule that found something, once, and counts its codes. What is found stands in policy order, so one
    /// walk over the rules finds all of them.
    fn walk<'o>(
        &mut self,
        found: impl Iterator<Item = &'o RuleViolation>,
        weight: u64,
        mut tell: impl FnMut(&mut RuleTally, usize),
    ) {
        let mut place = 0;
        let mut told = None;
        let mut codes: Vec<&str> = Vec::new();
        for judged in found {
            while self.rules.get(place).is_some_and(|rule| rule.name != judged.rule().name()) {
                place += 1;
            }
            let Some(rule) = self.rules.get_mut(place) else { return };
            if told != Some(place) {
                told = Some(place);
                codes.clear();
                tell(rule, place);
            }
            if !codes.contains(&judged.code()) {
                codes.push(judged.code());
                match rule.codes.iter_mut().find(|(known, _)| known == judged.code()) {
                    Some((_, count)) => *count = count.saturating_add(weight),
                    None => rule.codes.push((judged.code().to_owned(), weight)),
                }
            }
        }
    }

    /// Counts a password that could not be judged.
    pub fn add_error(&mut self, kind: CannotJudgeKind, weight: u64) {
        self.add_unreadable(kind.name(), weight);
    }

    /// Counts a password that could not even be read, and the word for why.
    pub fn add_unreadable(&mut self, why: &str, weight: u64) {
        add_to(&mut self.cannot_judge, why, weight);
    }

    /// Counts a timed check of the rule at this place of [`Policy::rules`].
    pub fn add_time(&mut self, place: usize, nanoseconds: u64) {
        if let Some(rule) = self.rules.get_mut(place + 1) {
            rule.timed.0 += 1;
            rule.timed.1 = rule.timed.1.saturating_add(nanoseconds);
        }
    }

    /// Counts what another tally of the same policy has counted.
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

    /// The policy's name.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The policy's digest in hexadecimal digits.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The dictionaries of the policy: name and digest.
    pub fn dictionaries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.dictionaries.iter().map(|(name, digest)| (name.as_str(), digest.as_str()))
    }

    /// All passwords.
    pub fn total(&self) -> u64 {
        self.accepted.saturating_add(self.refused).saturating_add(self.could_not_judge())
    }

    /// The accepted ones.
    pub fn accepted(&self) -> u64 {
        self.accepted
    }

    /// The refused ones.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// Those that could not be judged: neither accepted nor refused.
    pub fn could_not_judge(&self) -> u64 {
        self.cannot_judge.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Why passwords could not be judged, and how many.
    pub fn reasons(&self) -> impl Iterator<Item = (&str, u64)> {
        self.cannot_judge.iter().map(|(why, count)| (why.as_str(), *count))
    }

    /// The refused ones among those that were judged, where any was.
    pub fn refusal_rate(&self) -> Option<f64> {
        let judged = self.accepted.saturating_add(self.refused);
        (judged > 0).then(|| self.refused as f64 / judged as f64)
    }

    /// How many passwords were refused with each code.
    pub fn codes(&self) -> impl Iterator<Item = (&str, u64)> {
        self.codes.iter().map(|(code, count)| (code.as_str(), *count))
    }

    /// What was counted about each rule, in policy order; `input` stands first when it refused anything.
    pub fn rules(&self) -> &[RuleTally] {
        match self.rules.as_slice() {
            [input, rules @ ..] if input.refused == 0 => rules,
            rules => rules,
        }
    }

    /// How many passwords two rules both refuse; none for rules beyond the first [`MAX_OVERLAPPING`].
    pub fn refused_by_both(&self, one: &str, other: &str) -> Option<u64> {
        let place = |name: &str| self.rules.iter().position(|rule| rule.name == name);
        let (one, other) = (place(one)?, place(other)?);
        let row = one.max(other);
        (row < MAX_OVERLAPPING).then(|| self.overlap.get(cell(row, one.min(other))).copied()).flatten()
    }

    /// Every pair of rules that both refuse some passwords, in policy order, and how many.
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

    /// All of it as an object: `policy` (`name`, `digest`), `dictionaries`, `total`, `accepted`, `refused`,
    /// `could_not_judge`, `could_not_judge_by`, `refusal_rate`, `rules` (names in policy order), `by_rule`, `codes`,
    /// `overlap` (a list of `rules` and `refused`).
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

/// What refuses before any rule does.
const INPUT: &str = "input";

/// The place of a cell in the lower half of the matrix; `column` is at most `row`.
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
