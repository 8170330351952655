//! The rule kind `history`.

use super::{Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, CannotJudgeKind, Facts, Findings, Note, Previous};
use crate::knowledge::stored_hash;
use crate::policy::parameter::{Count, OptionalCount};
use crate::policy::{Declared, Stricter, Table};
use crate::time::{DAY, Moment};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that the user has had before.",
    codes: &[Code::new("history.reused", &["depth"]), Code::new("history.reused_within", &["days"])],
    example: "\
[rules.history]
depth = 4     # PCI DSS 4.0.1, 8.3.7",
    why: "\
A password that was changed because it may be known must not be used again. PCI DSS 4.0.1 (8.3.7) requires the last four,
CIS the last five.",
    limits: "\
Compares only the hashes that the host provides. The module `knowledge::stored_hash` lists the supported formats, and a
host can provide its own verifier. A hash in an unknown format, a damaged one, or one with too high a cost is an error:
the password cannot be evaluated. So is a history of more than 100 hashes within `days`. Each comparison takes as long as a
login; the first match ends the search. A password without a known date counts as within `days`. Similar passwords are
not found.",
};

/// The maximum number of hashes that are compared: each takes as long as a login.
const MAX_COMPARED: usize = 100;

const DEPTH: Declared<Count> = Declared::count("depth", 5, 1..=MAX_COMPARED as u64)
    .unit("passwords")
    .stricter(Stricter::Higher)
    .doc("The number of previous passwords that are not allowed. The current one counts as one of them.");
const DAYS: Declared<OptionalCount> = Declared::optional_count("days", 1..=3660)
    .unit("days")
    .stricter(Stricter::Higher)
    .doc("Also rejects every password that was set within this many days.");

pub(super) fn definition() -> Definition {
    let parameters = vec![DEPTH.parameter(), DAYS.parameter()];
    Definition::built_in("history", Cost::Hash, &DOCUMENTATION, parameters, build)
}

struct History {
    depth: u64,
    days: Option<u64>,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    Some(Box::new(History { depth: table.read(&DEPTH), days: table.read(&DAYS) }))
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
        Ok(vec![Note::new("history.observed", &[("compared", compared as u64)])])
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
