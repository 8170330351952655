//! What changes between two policies: every difference with its direction, and passwords that show it.
//!
//! The documents are compared rule by rule. Where every change points one way by what its parameter means, the verdict
//! is proven: *tighter* means that no password at all is accepted by the new policy and refused by the old one. Where
//! changes point both ways or a parameter's direction is not known (a regular expression, a normalisation, a rule of
//! the host's own), passwords are tried: *neither* is then proven by one witness each way, and anything else is only what
//! was seen.
//!
//! A *witness* is a password that one of the two accepts and the other refuses. It is made here, deterministically, from
//! what both policies accept and what the changes say, and judged by both for a sample user; it is nobody's password.
//! The same two policies give the same answer always.

mod candidates;
mod elsewhere;
mod files;
mod parameters;
mod reading;
mod rules;
mod witnesses;

use crate::evaluation::{Loader, Policy};
use crate::policy::document::Start;
use crate::policy::{Document, PolicyError};
use crate::time::Moment;
pub use candidates::sample_user;
pub use reading::Place;
pub use witnesses::{Refusal, Witness};

/// Which way a change points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// It refuses more, and nothing that was refused is accepted.
    Tighter,
    /// It refuses less, and nothing that was accepted is refused.
    Looser,
    /// It changes no judgement: a message, a warning.
    None,
    /// What it means for a password is not known without judging it.
    Unknown,
}

impl Direction {
    /// As a stable word.
    pub fn name(self) -> &'static str {
        match self {
            Direction::Tighter => "tighter",
            Direction::Looser => "looser",
            Direction::None => "none",
            Direction::Unknown => "unknown",
        }
    }

    fn turned(self) -> Direction {
        match self {
            Direction::Tighter => Direction::Looser,
            Direction::Looser => Direction::Tighter,
            other => other,
        }
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What differs: `rules.length.min`.
    pub path: String,
    /// What it was, `None` if there was none.
    pub old: Option<String>,
    /// What it is.
    pub new: Option<String>,
    /// Where it stood.
    pub old_place: Option<Place>,
    /// Where it stands.
    pub new_place: Option<Place>,
    /// Which way it points.
    pub direction: Direction,
}

impl Change {
    fn of(path: &str, [old, new]: [Option<String>; 2], direction: Direction) -> Change {
        Change { path: path.to_owned(), old, new, old_place: None, new_place: None, direction }
    }

    /// The rule that it is in, for a change of a rule of the policy.
    pub fn rule(&self) -> Option<&str> {
        self.path.strip_prefix("rules.")?.split('.').next()
    }
}

/// What becomes of the set of accepted passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same passwords are accepted.
    Same,
    /// Only some that were accepted are refused.
    Tighter,
    /// Only some that were refused are accepted.
    Looser,
    /// Both.
    Neither,
}

impl Verdict {
    /// As a stable word.
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

/// What changes between two policies.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What becomes of the accepted passwords. Of "tighter" and "looser", when exact, the other way is impossible; that
    /// way itself is shown by a witness or follows from the parameters alone.
    pub verdict: Verdict,
    /// Whether it is proven, by the parameters or by witnesses both ways, and not only what was seen.
    pub exact: bool,
    /// What changes about which passwords are accepted, and what rules say.
    pub changes: Vec<Change>,
    /// What changes beside: expiry, reset, name.
    pub elsewhere: Vec<Change>,
    /// Passwords that show it: one for each rule and way that was found.
    pub witnesses: Vec<Witness>,
    /// How many passwords were judged by both.
    pub judged: u64,
}

impl Difference {
    /// Reads and compares two policies; rules count as they do at `now`.
    ///
    /// # Errors
    /// When one of them does not load.
    pub fn load(loader: &Loader, old: Start<'_>, new: Start<'_>, now: Moment) -> Result<Difference, PolicyError> {
        let (old_policy, old_document) = loader.load_with_document(old)?;
        let (new_policy, new_document) = loader.load_with_document(new)?;
        let old = Side { policy: &old_policy, document: &old_document };
        let new = Side { policy: &new_policy, document: &new_document };
        Ok(Difference::between(old, new, now))
    }

    /// Compares two policies; rules count as they do at `now`.
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
        Difference { verdict, exact, changes, elsewhere, witnesses: found.witnesses, judged: found.judged }
    }

    /// What changes about which passwords are accepted, and what rules say, without trying any.
    pub fn changes(old: Side<'_>, new: Side<'_>, now: Moment) -> Vec<Change> {
        let mut changes = rules::compare_policies(old, new, now);
        changes.extend(elsewhere::preparation(old, new));
        changes
    }

    /// What the parameters prove alone: `None` when they point both ways, or not certainly one way.
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

    /// Whether anything that was refused is accepted now, or a reset or an expiry is plainly looser: `None` when it could
    /// not be told.
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
