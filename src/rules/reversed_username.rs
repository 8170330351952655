//! The rule kind `reversed_username`.

use unicode_normalization::UnicodeNormalization;

use super::{Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings};
use crate::knowledge::folding::fold_case;
use crate::policy::parameter::{Count, Flag};
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that contain the reversed username.",
    codes: &[Code::new("reversed_username.contained", &[])],
    example: "[rules.reversed_username]",
    why: "It is the first thing that users try when the username is not allowed.",
    limits: "\
Ignores case, but does not undo substitutions such as `4` for `a`. A username that is a palindrome violates both this
rule and `personal`.",
};

const MIN_LENGTH: Declared<Count> = Declared::count("min_length", 3, 2..=256)
    .unit("characters")
    .stricter(Stricter::Lower)
    .doc("The minimum length of a username. Shorter ones are ignored.");
const WHOLE: Declared<Flag> = Declared::flag("whole", false)
    .stricter(Stricter::False)
    .doc("Whether to reject only a password that is equal to the reversed username.");

pub(super) fn definition() -> Definition {
    let parameters = vec![MIN_LENGTH.parameter(), WHOLE.parameter()];
    Definition::built_in("reversed_username", Cost::Walk, &DOCUMENTATION, parameters, build)
}

struct ReversedUsername {
    min_length: usize,
    whole: bool,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    Some(Box::new(ReversedUsername { min_length: table.read(&MIN_LENGTH) as usize, whole: table.read(&WHOLE) }))
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
