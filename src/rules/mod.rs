//! What can be asked of a password: one file a rule, and the one list of them.
//!
//! A rule is a [`Definition`]: a name, the codes it can give, what it costs, and a constructor that turns a table
//! of a policy into a [`Rule`]. An adopter's own rule is one more definition; the ones here have no privilege.

mod all;
mod any;
mod at_least;
mod breached;
pub(crate) mod characters;
mod date;
mod definition;
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

use std::sync::LazyLock;

use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};

pub use definition::{Composition, Constructor, Cost, Definition, DefinitionError};
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

/// Returns the built-in rule kinds, in evaluation and reporting order.
pub fn built_in() -> &'static [Definition] {
    static BUILT_IN: LazyLock<Vec<Definition>> = LazyLock::new(definitions);
    &BUILT_IN
}

/// Returns the definition of a built-in kind.
pub(crate) fn definition_of(kind: &str) -> Option<&'static Definition> {
    built_in().iter().find(|definition| definition.kind == kind)
}

/// Returns how a built-in kind combines the rules inside it.
pub(crate) fn composition_of(kind: &str) -> Composition {
    definition_of(kind).map_or(Composition::None, Definition::composition)
}

fn definitions() -> Vec<Definition> {
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
