//! The rule kind `reversed_username`.

use zeroize::Zeroizing;

use super::comparing::{self, read_transformations};
use super::{AttributesRead, Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, PreparationKey, User};
use crate::knowledge::comparison::{MatchLimits, Place, SearchTerms, Term, Transformations};
use crate::knowledge::folding::{composed, fold_case};
use crate::policy::parameter::{Count, Flag, Texts};
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that contain the reversed username.",
    codes: &[Code::new("reversed_username.contained", &[])],
    example: "[rules.reversed_username]",
    why: "It is the first thing that users try when the username is not allowed.",
    limits: "\
Compares in the readings that `read` selects; see `personal`. A username of two or three characters, or that is a
palindrome, counts only as the whole password or between boundaries: \"Canada\" does not contain the username `ada`. A
username that is a palindrome violates both this rule and `personal`.",
};

const MIN_LENGTH: Declared<Count> = Declared::count("min_length", 3, 2..=256)
    .unit("characters")
    .stricter(Stricter::Lower)
    .doc("The minimum length of a username. Shorter ones are ignored.");
const WHOLE: Declared<Flag> = Declared::flag("whole", false)
    .stricter(Stricter::False)
    .doc("Whether to reject only a password that is equal to the reversed username.");
const READ: Declared<Texts> = comparing::read(&["plain", "folded", "substituted", "separated"]);

pub(super) fn definition() -> Definition {
    let parameters = vec![MIN_LENGTH.parameter(), WHOLE.parameter(), READ.parameter()];
    Definition::built_in("reversed_username", Cost::Walk, &DOCUMENTATION, parameters, build)
}

/// The attribute that the rule reads.
const USERNAME: &str = "username";
/// The minimum length of a username that counts inside a word.
const MIN_INSIDE: usize = 4;

struct ReversedUsername {
    key: PreparationKey,
    min_length: usize,
    whole: bool,
    read: Transformations,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    Some(Box::new(ReversedUsername {
        key: PreparationKey::new(),
        min_length: table.read(&MIN_LENGTH) as usize,
        whole: table.read(&WHOLE),
        read: read_transformations(table, &READ),
    }))
}

impl ReversedUsername {
    /// Returns the texts to search for. They depend on the user alone.
    fn terms(&self, user: &User) -> SearchTerms {
        let mut terms = SearchTerms::default();
        for username in user.values(USERNAME) {
            let username = Zeroizing::new(fold_case(&composed(username.trim())));
            let length = username.chars().count();
            if length < self.min_length {
                continue;
            }
            let is_palindrome = username.chars().eq(username.chars().rev());
            let place = match () {
                () if self.whole => Place::Whole,
                () if length < MIN_INSIDE || is_palindrome => Place::Alone,
                () => Place::Anywhere,
            };
            terms.add(Term { text: &username, group: 0, place, reversed: true }, self.read);
        }
        terms.finish()
    }
}

impl Rule for ReversedUsername {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let terms = facts.user.prepared(self.key, |user| self.terms(user));
        if terms.find(candidate.readings(), &MatchLimits { read: self.read, max_share: 0 }) != 0 {
            findings.refuse("reversed_username.contained", &[]);
        }
        Ok(())
    }

    fn needs_account(&self) -> bool {
        true
    }

    fn attributes(&self) -> AttributesRead {
        AttributesRead { usual: vec![USERNAME.to_owned()], ..AttributesRead::default() }
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("reversed_username.requirement", &[])]
    }
}
