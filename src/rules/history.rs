//! Rejects passwords that the user has had before.
//!
//! # Parameters
//! - `depth` (5): how many of the last passwords, 1 to 100. The current one counts as one of them.
//! - `days`: also every password that was set in the last so many days, 1 to 3660.
//!
//! # Violations
//! - `history.reused` {depth}
//! - `history.reused_within` {days}
//!
//! # Example
//! ```toml
//! [rules.history]
//! depth = 4     # PCI DSS 4.0.1, 8.3.7
//! ```
//!
//! # Why
//! A password that is changed because it may be known must not come back. PCI DSS 4.0.1 (8.3.7) asks for the last
//! four, CIS for five.
//!
//! # Limits
//! Only what the host gives can be compared, and only as the host stores it: the module `knowledge::stored_hash`
//! names the forms, and a host may bring a verifier of its own. A hash of an unknown form, a damaged one, or one
//! dearer to check than any should be, is an error and not a "no". So is a history of more than a hundred hashes
//! within `days`. Each comparison costs as much as a login; the first that matches is the last. A password whose
//! date the host does not know counts as within `days`. What is only similar is not found.

use super::{Cost, Definition, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, CannotJudgeKind, Facts, Findings, Note, Previous};
use crate::knowledge::stored_hash;
use crate::policy::Table;
use crate::time::{DAY, Moment};

pub(super) fn definition() -> Definition {
    Definition::built_in("history", ["history.reused", "history.reused_within"], Cost::Hash, build)
}

/// More hashes are not compared: each costs as much as a login.
const MAX_COMPARED: usize = 100;

struct History {
    depth: u64,
    days: Option<u64>,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let depth = table.count("depth", 5, 1..=MAX_COMPARED as u64);
    Some(Box::new(History { depth, days: table.optional_count("days", 1..=3660) }))
}

impl Rule for History {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let mut compared = 0;
        for (place, previous) in facts.previous.iter().enumerate() {
            let by_depth = (place as u64) < self.depth;
            let by_days = self.days.filter(|&days| is_within(previous, days, facts.now));
            if !by_depth && by_days.is_none() {
                continue;
            }
            compared += 1;
            if compared > MAX_COMPARED {
                let message = format!("more than {MAX_COMPARED} stored hashes would have to be verified");
                return Err(CannotJudge::new(CannotJudgeKind::TooManyFacts, message));
            }
            if is_same(candidate, previous, facts)? {
                match by_days {
                    Some(days) if !by_depth => findings.refuse("history.reused_within", &[("days", days)]),
                    _ => findings.refuse("history.reused", &[("depth", self.depth)]),
                }
                return Ok(());
            }
        }
        Ok(())
    }

    fn explain(&self, _: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let to_compare = |(place, previous): &(usize, &Previous)| {
            (*place as u64) < self.depth || self.days.is_some_and(|days| is_within(previous, days, facts.now))
        };
        let compared = facts.previous.iter().enumerate().filter(to_compare).count();
        Ok(vec![Note::new("history.saw", &[("compared", compared as u64)])])
    }

    fn needs_account(&self) -> bool {
        true
    }

    fn requirements(&self) -> Vec<Requirement> {
        let mut requirements = vec![Requirement::new("history.requirement", &[("depth", self.depth)])];
        requirements.extend(self.days.map(|days| Requirement::new("history.reused_within", &[("days", days)])));
        requirements
    }
}

fn is_within(previous: &Previous, days: u64, now: Moment) -> bool {
    previous.at.is_none_or(|at| now.since(at).is_none_or(|age| age <= days * DAY))
}

fn is_same(candidate: &Candidate, previous: &Previous, facts: &Facts<'_>) -> Result<bool, CannotJudge> {
    let password = candidate.text().as_bytes();
    if let Some(verifier) = facts.verifier
        && let Some(answer) = verifier.verify(password, &previous.hash)?
    {
        return Ok(answer);
    }
    stored_hash::may_be(password, &previous.hash)
        .map_err(|error| CannotJudge::new(CannotJudgeKind::StoredHash, error.to_string()))
}
