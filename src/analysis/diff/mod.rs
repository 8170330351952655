//! The differences between two policies, with their directions, and passwords that demonstrate them.
//!
//! The documents are compared rule by rule. If the declared directions of all changed parameters agree, the verdict is
//! proven: *tighter* means that no password is accepted by the new policy and rejected by the old one. If the directions
//! differ or one is unknown (a regular expression, a normalization, a custom rule), passwords are evaluated by both
//! policies: *neither* is then proven by one witness in each direction, and any other verdict is only observed.
//!
//! A *witness* is a password that one of the two accepts and the other rejects. It is generated deterministically from the
//! two policies and their changes, and evaluated for a sample user. It is not the password of a real user.

mod candidates;
mod elsewhere;
mod files;
pub(crate) mod parameters;
pub(crate) mod reading;
pub(crate) mod rules;
mod witnesses;

use crate::evaluation::{Loader, Policy};
use crate::policy::document::Start;
use crate::policy::{Document, PolicyError};
use crate::time::Moment;
pub use candidates::sample_user;
pub use reading::Place;
pub use witnesses::{Refusal, Witness};

/// The direction of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// More passwords are rejected; none that was rejected is accepted.
    Tighter,
    /// Fewer passwords are rejected; none that was accepted is rejected.
    Looser,
    /// The same passwords are accepted: a message or a warning changes.
    None,
    /// The direction is unknown without evaluating passwords.
    Unknown,
}

impl Direction {
    /// Returns a stable name.
    pub fn name(self) -> &'static str {
        match self {
            Direction::Tighter => "tighter",
            Direction::Looser => "looser",
            Direction::None => "none",
            Direction::Unknown => "unknown",
        }
    }

    fn reversed(self) -> Direction {
        match self {
            Direction::Tighter => Direction::Looser,
            Direction::Looser => Direction::Tighter,
            other => other,
        }
    }
}

/// One difference between two policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path of what differs: `rules.length.min`.
    pub path: String,
    /// The old value. `None` if it was absent.
    pub old: Option<String>,
    /// The new value. `None` if it is absent.
    pub new: Option<String>,
    /// The place of the old value.
    pub old_place: Option<Place>,
    /// The place of the new value.
    pub new_place: Option<Place>,
    /// The direction of the change.
    pub direction: Direction,
}

impl Change {
    fn of(path: &str, [old, new]: [Option<String>; 2], direction: Direction) -> Change {
        Change { path: path.to_owned(), old, new, old_place: None, new_place: None, direction }
    }

    /// Returns the rule that contains the change. `None` for a change outside the rules.
    pub fn rule(&self) -> Option<&str> {
        self.path.strip_prefix("rules.")?.split('.').next()
    }
}

/// How the set of accepted passwords changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same passwords are accepted.
    Same,
    /// Some passwords that were accepted are rejected, and none the other way round.
    Tighter,
    /// Some passwords that were rejected are accepted, and none the other way round.
    Looser,
    /// Both of these occur.
    Neither,
}

impl Verdict {
    /// Returns a stable name.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::Tighter => "tighter",
            Verdict::Looser => "looser",
            Verdict::Neither => "neither",
        }
    }
}

/// One of the two policies, with the document that it was compiled from.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// Its document.
    pub document: &'a Document,
}

/// The differences between two policies.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// How the set of accepted passwords changes. If `exact`, "tighter" and "looser" exclude the other direction.
    pub verdict: Verdict,
    /// Whether the verdict is proven by the parameters or by witnesses in both directions, and not only observed.
    pub exact: bool,
    /// The changes of the rules and of the preparation of passwords.
    pub changes: Vec<Change>,
    /// The other changes: expiry, reset, name.
    pub elsewhere: Vec<Change>,
    /// Passwords that demonstrate the changes: at most one for each rule and direction.
    pub witnesses: Vec<Witness>,
    /// The number of passwords that both policies evaluated.
    pub evaluated: u64,
}

impl Difference {
    /// Loads and compares two policies. `now` determines which rules are in force.
    ///
    /// # Errors
    /// Returns every error of the first policy that does not load.
    pub fn load(loader: &Loader, old: Start<'_>, new: Start<'_>, now: Moment) -> Result<Difference, PolicyError> {
        let (old_policy, old_document) = loader.load_with_document(old)?;
        let (new_policy, new_document) = loader.load_with_document(new)?;
        let old = Side { policy: &old_policy, document: &old_document };
        let new = Side { policy: &new_policy, document: &new_document };
        Ok(Difference::between(old, new, now))
    }

    /// Compares two policies. `now` determines which rules are in force.
    pub fn between(old: Side<'_>, new: Side<'_>, now: Moment) -> Difference {
        let changes = Difference::changes(old, new, now);
        let elsewhere = elsewhere::rest(old, new);
        let found = witnesses::search(old.policy, new.policy, &changes, now);
        let shown = |direction| found.witnesses.iter().any(|witness| witness.direction == direction);
        let (verdict, exact) = match Difference::proven(&changes) {
            Some(verdict) => (verdict, true),
            None => match (shown(Direction::Tighter), shown(Direction::Looser)) {
                (true, true) => (Verdict::Neither, true),
                (true, false) => (Verdict::Tighter, false),
                (false, true) => (Verdict::Looser, false),
                (false, false) => (Verdict::Same, false),
            },
        };
        Difference { verdict, exact, changes, elsewhere, witnesses: found.witnesses, evaluated: found.evaluated }
    }

    /// Returns the changes of the rules and of the preparation of passwords, without evaluating any password.
    pub fn changes(old: Side<'_>, new: Side<'_>, now: Moment) -> Vec<Change> {
        let mut changes = rules::compare_policies(old, new, now);
        changes.extend(elsewhere::preparation(old, new));
        changes
    }

    /// Returns the changes of the rules and of all settings, without evaluating any password.
    pub(crate) fn all_changes(old: Side<'_>, new: Side<'_>, now: Moment) -> Vec<Change> {
        let mut changes = Difference::changes(old, new, now);
        changes.extend(elsewhere::rest(old, new));
        changes
    }

    /// Returns the verdict that the changes alone prove. `None` if their directions differ or one is unknown.
    pub fn proven(changes: &[Change]) -> Option<Verdict> {
        let points = |direction| changes.iter().any(|change| change.direction == direction);
        if points(Direction::Unknown) {
            return None;
        }
        match (points(Direction::Tighter), points(Direction::Looser)) {
            (false, false) => Some(Verdict::Same),
            (true, false) => Some(Verdict::Tighter),
            (false, true) => Some(Verdict::Looser),
            (true, true) => None,
        }
    }

    /// Returns whether a rejected password is now accepted, or a setting of the reset or the expiry is looser. `None` if
    /// unknown.
    pub fn loosens(&self) -> Option<bool> {
        if self.elsewhere.iter().any(|change| change.direction == Direction::Looser) {
            return Some(true);
        }
        match (self.verdict, self.exact) {
            (Verdict::Looser | Verdict::Neither, _) => Some(true),
            (Verdict::Same | Verdict::Tighter, true) => Some(false),
            (Verdict::Same | Verdict::Tighter, false) => None,
        }
    }
}
