//! Rejects passwords that are the username backwards, or hold it backwards.
//!
//! # Parameters
//! - `min_length` (3): shorter usernames are not looked for, 2 to 256.
//! - `whole` (false): true refuses only the password that *is* the username backwards.
//!
//! # Violations
//! - `reversed_username.contained` {}
//!
//! # Example
//! ```toml
//! [rules.reversed_username]
//! ```
//!
//! # Why
//! It is the first thing that somebody tries who was told not to use the username.
//!
//! # Limits
//! Compares after folding case, not after substitutions. A username that reads the same both ways is refused here
//! as well as by `personal`.

use unicode_normalization::UnicodeNormalization;

use super::{Cost, Definition, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings};
use crate::knowledge::folding::fold_case;
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    Definition::built_in("reversed_username", ["reversed_username.contained"], Cost::Walk, build)
}

struct ReversedUsername {
    min_length: usize,
    whole: bool,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    Some(Box::new(ReversedUsername {
        min_length: table.count("min_length", 3, 2..=256) as usize,
        whole: table.flag("whole", false),
    }))
}

impl Rule for ReversedUsername {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let found = facts.user.values("username").any(|username| {
            let username = fold_case(&username.trim().nfc().collect::<String>());
            let long_enough = username.chars().take(self.min_length).count() == self.min_length;
            long_enough
                && if self.whole {
                    candidate.reversed() == username
                } else {
                    candidate.reversed().contains(&username)
                }
        });
        if found {
            findings.refuse("reversed_username.contained", &[]);
        }
        Ok(())
    }

    fn needs_account(&self) -> bool {
        true
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("reversed_username.requirement", &[])]
    }
}
