//! Searches for passwords that one of two policies accepts and the other rejects.

use std::collections::BTreeSet;

use super::candidates::{Sample, candidates};
use super::{Change, Direction};
use crate::candidate::Facts;
use crate::evaluation::Policy;
use crate::language::Language;
use crate::time::Moment;

/// The maximum number of passwords that are evaluated.
const MAX_JUDGED: usize = 12_000;

/// A password that one of the two policies accepts and the other rejects.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// The password. It is generated.
    pub password: String,
    /// Tighter: accepted by the old policy and rejected by the new one. Looser: the reverse.
    pub direction: Direction,
    /// The violations reported by the policy that rejects it.
    pub refusals: Vec<Refusal>,
}

/// A violation of a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The rule's name in the policy.
    pub rule: String,
    /// The stable code.
    pub code: String,
    /// The message in English.
    pub message: String,
}

pub(super) struct WitnessSearch {
    pub(super) witnesses: Vec<Witness>,
    pub(super) evaluated: u64,
}

/// Searches for one witness for each direction and each rule with a change.
pub(super) fn search(old: &Policy, new: &Policy, changes: &[Change], now: Moment) -> WitnessSearch {
    let mut wanted: BTreeSet<(Direction, Option<String>)> = BTreeSet::new();
    for change in changes {
        let ways: &[Direction] = match change.direction {
            Direction::None => &[],
            Direction::Tighter => &[Direction::Tighter],
            Direction::Looser => &[Direction::Looser],
            Direction::Unknown => &[Direction::Tighter, Direction::Looser],
        };
        wanted.extend(ways.iter().map(|way| (*way, change.rule().map(str::to_owned))));
    }
    let mut found = WitnessSearch { witnesses: Vec::new(), evaluated: 0 };
    if wanted.is_empty() {
        return found;
    }
    let sample = Sample::new(now);
    let facts = sample.facts(now);
    for password in candidates(old, new, changes, &facts).into_iter().take(MAX_JUDGED) {
        found.evaluated += 1;
        let accepts = |policy: &Policy| {
            policy.evaluate_until_refused(password.as_bytes(), &facts).ok().map(|outcome| outcome.accepted())
        };
        let (direction, refusing) = match (accepts(old), accepts(new)) {
            (Some(true), Some(false)) => (Direction::Tighter, new),
            (Some(false), Some(true)) => (Direction::Looser, old),
            _ => continue,
        };
        let refusals = refusals(refusing, &password, &facts);
        let mut shows = false;
        for rule in refusals.iter().map(|refusal| Some(refusal.rule.clone())).chain([None]) {
            shows |= wanted.remove(&(direction, rule));
        }
        let first = !found.witnesses.iter().any(|witness| witness.direction == direction);
        if shows || first {
            found.witnesses.push(Witness { password, direction, refusals });
        }
        if wanted.is_empty() {
            break;
        }
    }
    found
}

fn refusals(policy: &Policy, password: &str, facts: &Facts<'_>) -> Vec<Refusal> {
    let Ok(outcome) = policy.evaluate(password.as_bytes(), facts) else { return Vec::new() };
    let refusal = |judged: &crate::evaluation::RuleViolation| Refusal {
        rule: judged.rule().name().to_owned(),
        code: judged.code().to_owned(),
        message: judged.message(Language::ENGLISH),
    };
    outcome.violations().map(refusal).collect()
}
