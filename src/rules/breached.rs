//! The rule kind `breached`.

use super::{Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, CannotJudgeKind, Facts, Findings};
use crate::knowledge::breach_filter::{Filter, TIERS};
use crate::policy::parameter::{OptionalCount, Text};
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords found in a local database of breached passwords.",
    codes: &[
        Code { code: "breached.listed", numbers: &[], meaning: "An exact filter contains the password." },
        Code {
            code: "breached.probably_listed",
            numbers: &["one_in"],
            meaning: "A filter of fingerprints contains the password. It also matches one in `one_in` of the passwords that \
                      were never breached.",
        },
    ],
    example: "\
[rules.breached]
filter = \"./leaked.filter\"
min_count = 10",
    why: "\
Attackers try leaked passwords on every other service. NIST SP 800-63B-4 (section 3.1.1.2) and OWASP ASVS 5.0 (6.2.12)
require the check. Nothing leaves the host, not even a part of a hash.",
    limits: "\
Looks up the password as typed, after normalization; case counts. A filter is as complete as its source. If the source
has no counts, each password counts as seen once. Loading the policy verifies the header; each part of the rest is
verified when it is first used. A part that is unreadable or damaged is an error: the password cannot be evaluated.
Filters stay open, so replace a filter by renaming a new file over it; a file that is overwritten or truncated is an
error. A lookup reads a few blocks of the file and verifies them. The checksums take 4 bytes of memory per kilobyte of the
parts that were used. The module `knowledge::breach_filter` describes the file and creates it.",
};

const FILTER: Declared<Text> = Declared::text("filter")
    .stricter(Stricter::File)
    .doc("Required. The path of a breach filter, relative to the policy.");
// Without a count, the lowest count in the filter, and no count requires less.
const MIN_COUNT: Declared<OptionalCount> = Declared::optional_count("min_count", 1..=u64::MAX)
    .stricter(Stricter::LowerOrAbsent)
    .doc(
        "How often a password must have been seen in breaches to be rejected: 1, 10, 100 or 1000 times. Without it, every \
         password in the filter is rejected.",
    );

pub(super) fn definition() -> Definition {
    let parameters = vec![FILTER.parameter(), MIN_COUNT.parameter()];
    Definition::built_in("breached", Cost::Search, &DOCUMENTATION, parameters, build)
}

struct Breached {
    name: String,
    filter: Filter,
    /// The index of the lowest tier that counts.
    min_tier: usize,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let min_count = table.read(&MIN_COUNT);
    let tier = min_count.and_then(|count| tier(table, count));
    let Some(path) = table.read(&FILTER) else {
        if !table.has("filter") {
            let message = "the `breached` rule has no `filter`";
            table.report("filter", "missing-key", message, None);
        }
        return None;
    };
    let (name, blob) = table.open(&path)?;
    let filter = match Filter::open(blob) {
        Ok(filter) => filter,
        Err(error) => {
            table.report_at(path.span, "unreadable", format!("`{}`: {error}", path.value), None);
            return None;
        }
    };
    let has = filter.min_tier();
    let min_tier = tier.unwrap_or(has);
    if min_tier < has {
        let message = format!("the filter contains only passwords seen {} times or more", TIERS[has]);
        let help = Some(format!("set `min_count = {}`", TIERS[has]));
        table.report("min_count", "conflict", message, help);
    }
    if filter.status().passwords[min_tier..].iter().all(|&count| count == 0) {
        let message = format!("the filter contains no password seen {} times or more", TIERS[min_tier]);
        table.report("min_count", "conflict", message, None);
    }
    Some(Box::new(Breached { name, filter, min_tier }))
}

/// Returns the index of the tier that begins with a count. Reports an error if there is none.
fn tier(table: &Table<'_>, count: u64) -> Option<usize> {
    let found = TIERS.iter().position(|&start| start == count);
    if found.is_none() {
        let nearest = TIERS.iter().min_by_key(|start| start.abs_diff(count)).unwrap_or(&1);
        let help = Some(format!("the nearest value is {nearest}"));
        table.report("min_count", "out-of-range", "`min_count` must be 1, 10, 100 or 1000", help);
    }
    found
}

impl Rule for Breached {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let unavailable =
            |error| CannotJudge::new(CannotJudgeKind::Unavailable, format!("`{}`: {error}", self.name));
        let found =
            self.filter.find(candidate.text(), self.min_tier).map_err(|error| unavailable(error.to_string()))?;
        match (found, self.filter.one_in(self.min_tier)) {
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
