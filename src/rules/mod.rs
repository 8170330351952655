//! What can be asked of a password: one file a rule, and the one list of them.
//!
//! A rule is a [`Definition`]: a name, the codes it can give, what it costs, and a constructor that turns a table
//! of a policy into a [`Rule`]. An adopter's own rule is one more definition; the ones here have no privilege.

mod all;
mod any;
mod at_least;
mod breached;
mod character_set;
pub(crate) mod characters;
mod date;
mod history;
mod keyboard;
pub(crate) mod kinds;
mod length;
mod not;
mod pattern;
mod personal;
mod pinyin_name;
mod repetition;
mod requirement;
mod reversed_username;
mod sequence;
mod similarity;
mod strength;
mod variety;
mod words;

use std::borrow::Cow;
use std::sync::Arc;

use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::policy::Table;

pub use character_set::{CharacterSet, CharacterShape, ClassShape};
pub use kinds::{Kinds, Part};
pub use requirement::{Argument, Requirement, Shape};

/// One rule of one policy, its parameters validated.
pub trait Rule: Send + Sync {
    /// Looks at a candidate and says what is wrong with it.
    ///
    /// # Errors
    /// When the rule could not judge; the judgement then has no outcome.
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge>;

    /// What the rule saw, for somebody who asks why: codes that the message catalogue has, and figures.
    ///
    /// # Errors
    /// As those of [`Rule::check`].
    fn explain(&self, _: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        Ok(Vec::new())
    }

    /// What the rule demands, for a reader who has not typed anything yet.
    fn requirements(&self) -> Vec<Requirement> {
        Vec::new()
    }

    /// Whether it compares with what only the account holds, so that nothing can be said while somebody without one
    /// types.
    fn needs_account(&self) -> bool {
        false
    }

    /// What of it a regular expression or a password manager can know.
    fn shape(&self) -> Shape {
        Shape::default()
    }

    /// The shapes any one of which is enough, for a rule that can be met in several ways.
    fn ways(&self) -> Vec<Shape> {
        vec![self.shape()]
    }

    /// The dictionaries it looks things up in: name and SHA-256.
    fn dictionaries(&self) -> Vec<(String, [u8; 32])> {
        Vec::new()
    }

    /// The rules that it is made of.
    fn parts(&self) -> &[Part] {
        &[]
    }
}

/// How dear a check is: the cheap ones are made first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cost {
    /// One walk over the password.
    Walk,
    /// An estimate, a look into something large, or a rule of the host's own.
    Search,
    /// A password hash.
    Hash,
}

/// Turns a table into a rule; `None` only after a complaint about the table.
pub type Constructor = dyn Fn(&mut Table<'_>, &Kinds<'_>) -> Option<Box<dyn Rule>> + Send + Sync;

/// A kind of rule.
#[derive(Clone)]
pub struct Definition {
    /// What a policy calls it.
    pub kind: Cow<'static, str>,
    /// Every violation code it can give, in the order in which it gives them.
    pub codes: Cow<'static, [Cow<'static, str>]>,
    /// What a check costs.
    pub cost: Cost,
    /// The constructor.
    pub build: Arc<Constructor>,
}

impl std::fmt::Debug for Definition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Definition").field("kind", &self.kind).field("codes", &self.codes).finish_non_exhaustive()
    }
}

impl Definition {
    /// A definition from its parts.
    pub fn new(
        kind: impl Into<Cow<'static, str>>,
        codes: impl IntoIterator<Item = &'static str>,
        cost: Cost,
        build: impl Fn(&mut Table<'_>) -> Option<Box<dyn Rule>> + Send + Sync + 'static,
    ) -> Definition {
        Definition::composed(kind, codes, cost, move |table, _| build(table))
    }

    /// A definition of a rule that is made of rules: its constructor is given the kinds that the loader knows.
    ///
    /// The codes are its own; those of its parts, and what they cost, are added when a policy is compiled.
    pub fn composed(
        kind: impl Into<Cow<'static, str>>,
        codes: impl IntoIterator<Item = &'static str>,
        cost: Cost,
        build: impl Fn(&mut Table<'_>, &Kinds<'_>) -> Option<Box<dyn Rule>> + Send + Sync + 'static,
    ) -> Definition {
        Definition {
            kind: kind.into(),
            codes: codes.into_iter().map(Cow::Borrowed).collect(),
            cost,
            build: Arc::new(build),
        }
    }
}

/// The built-in kinds, in the order of judging and of the wire.
pub fn built_in() -> Vec<Definition> {
    vec![
        length::definition(),
        characters::definition(),
        variety::definition(),
        repetition::definition(),
        sequence::definition(),
        keyboard::definition(),
        date::definition(),
        reversed_username::definition(),
        personal::definition(),
        pinyin_name::definition(),
        words::definition(),
        pattern::definition(),
        similarity::definition(),
        strength::definition(),
        breached::definition(),
        history::definition(),
        all::definition(),
        any::definition(),
        not::definition(),
        at_least::definition(),
    ]
}
