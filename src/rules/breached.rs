//! Rejects passwords that are known from a leak, by a filter on the host's own disk.
//!
//! # Parameters
//! - `filter` (required): the path of a breach filter, relative to the policy.
//! - `min_count` (1): how often a password must have been seen in leaks: 1, 10, 100 or 1000 times.
//!
//! # Violations
//! - `breached.listed` {}: an exact filter has it
//! - `breached.probably_listed` {one_in}: a filter of fingerprints has it, and so has it one in so many of the
//!   passwords that are in no leak
//!
//! # Example
//! ```toml
//! [rules.breached]
//! filter = "./leaked.filter"
//! min_count = 10
//! ```
//!
//! # Why
//! What was leaked once is tried at every other door. NIST SP 800-63B-4 (section 3.1.1.2) and OWASP ASVS 5.0 (6.2.12)
//! ask for it. Nothing leaves the host, not even a part of a hash.
//!
//! # Limits
//! A password is looked up as it was typed, normalised: capitals count. A filter is as good as what it was made of;
//! one without a count for each password takes each for seen once. When the policy loads, the head is verified; of
//! the rest each part when it is first asked. A part that cannot be read or is damaged is an error and not a "no": no
//! judgement is possible then. Filters stay open, so one is replaced by another under its name, not written over. In
//! memory are the parts that were asked, at most the whole file. The module `knowledge::breach_filter` describes the
//! file and makes it.

use super::{Cost, Definition, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, CannotJudgeKind, Facts, Findings};
use crate::knowledge::breach_filter::{Filter, TIERS};
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    Definition::built_in("breached", ["breached.listed", "breached.probably_listed"], Cost::Search, build)
}

struct Breached {
    name: String,
    filter: Filter,
    /// The least tier that counts.
    least: usize,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let min_count = table.optional_count("min_count", 1..=u64::MAX);
    let tier = min_count.and_then(|count| tier(table, count));
    let Some(path) = table.text("filter") else {
        if !table.has("filter") {
            let message = "a `breached` rule without a `filter` refuses nothing";
            table.complain("filter", "missing-key", message, None);
        }
        return None;
    };
    let (name, blob) = table.open(&path)?;
    let filter = match Filter::open(blob) {
        Ok(filter) => filter,
        Err(error) => {
            table.complain_at(path.span, "unreadable", format!("`{}`: {error}", path.value), None);
            return None;
        }
    };
    let has = filter.least_tier();
    let least = tier.unwrap_or(has);
    if least < has {
        let message = format!("the filter was made of what was seen {} times or more", TIERS[has]);
        let help = Some(format!("say `min_count = {}`", TIERS[has]));
        table.complain("min_count", "conflict", message, help);
    }
    if filter.status().passwords[least..].iter().all(|&count| count == 0) {
        let message = format!("the filter has nothing that was seen {} times or more", TIERS[least]);
        table.complain("min_count", "conflict", message, None);
    }
    Some(Box::new(Breached { name, filter, least }))
}

/// The tier that begins with a count.
fn tier(table: &Table<'_>, count: u64) -> Option<usize> {
    let found = TIERS.iter().position(|&least| least == count);
    if found.is_none() {
        let nearest = TIERS.iter().min_by_key(|least| least.abs_diff(count)).unwrap_or(&1);
        let help = Some(format!("the nearest is {nearest}"));
        table.complain("min_count", "out-of-range", "`min_count` must be 1, 10, 100 or 1000", help);
    }
    found
}

impl Rule for Breached {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let unavailable =
            |error| CannotJudge::new(CannotJudgeKind::Unavailable, format!("`{}`: {error}", self.name));
        let found =
            self.filter.find(candidate.text(), self.least).map_err(|error| unavailable(error.to_string()))?;
        match (found, self.filter.one_in(self.least)) {
            (None, _) => {}
            (Some(_), None) => findings.refuse("breached.listed", &[]),
            (Some(_), Some(one_in)) => findings.refuse("breached.probably_listed", &[("one_in", one_in)]),
        }
        Ok(())
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("breached.requirement", &[])]
    }

    fn dictionaries(&self) -> Vec<(String, [u8; 32])> {
        vec![(self.name.clone(), *self.filter.digest())]
    }
}
