//! Rejects passwords that are made of too few different characters.
//!
//! # Parameters
//! - `min_distinct` (5): how many different characters there must be, 1 to 64.
//!
//! # Violations
//! - `variety.too_few_different` {min}
//!
//! # Example
//! ```toml
//! [rules.variety]
//! min_distinct = 6
//! ```
//!
//! # Why
//! `ababbabaabab` is long, has no run and no repeated block, and two characters.
//!
//! # Limits
//! Compares characters as typed: `a` and `A` are two, as whoever counts them expects, and so are an emoji and the sign
//! that colours it. Says nothing about how they are arranged: `abcde` has five.

use zeroize::Zeroizing;

use super::{Cost, Definition, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    Definition::built_in("variety", ["variety.too_few_different"], Cost::Walk, build)
}

/// More is not asked for, so that the work stays linear in the length of the password.
const MOST: u64 = 64;

struct Variety {
    min_distinct: u64,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    Some(Box::new(Variety { min_distinct: table.count("min_distinct", 5, 1..=MOST) }))
}

impl Rule for Variety {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        if !has_different(candidate.text(), self.min_distinct as usize) {
            findings.refuse("variety.too_few_different", &[("min", self.min_distinct)]);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let mut characters = Zeroizing::new(Vec::with_capacity(candidate.code_points()));
        characters.extend(candidate.text().chars());
        characters.sort_unstable();
        characters.dedup();
        Ok(vec![Note::new("variety.saw", &[("distinct", characters.len() as u64)])])
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("variety.requirement", &[("min", self.min_distinct)])]
    }
}

/// Whether there are so many different characters. Looks no further than to the last that is needed.
fn has_different(text: &str, wanted: usize) -> bool {
    let mut seen = Zeroizing::new(Vec::with_capacity(wanted));
    for c in text.chars() {
        if !seen.contains(&c) {
            seen.push(c);
        }
        if seen.len() >= wanted {
            return true;
        }
    }
    false
}
