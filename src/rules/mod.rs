//! The rule kinds: one file each, and one list of them.
//!
//! A kind is a [`Definition`]: its name, its parameters, its violation codes, its cost, its documentation, and a
//! constructor that turns a table of a policy into a [`Rule`]. Custom kinds are defined in the same way and have the same
//! abilities.

mod all;
mod any;
mod at_least;
mod breached;
mod character_limits;
mod character_set;
pub(crate) mod characters;
mod comparing;
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
mod points;
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

pub use character_limits::CharacterLimits;
pub use character_set::{CharacterSet, CharacterShape, ClassShape};
pub use definition::{Code, Composition, Constructor, Cost, Definition, DefinitionError, Documentation};
pub use kinds::{Kinds, Part};
pub use requirement::{Alternative, Argument, Requirement, Shape};

/// A rule of a policy, with valid parameters.
pub trait Rule: Send + Sync {
    /// Checks a password and reports violations to `findings`.
    ///
    /// # Errors
    /// Returns an error if the password cannot be evaluated. The evaluation then has no outcome.
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge>;

    /// Returns what the rule found, for a reader who asks for reasons: codes of the message catalogue, with numbers.
    ///
    /// # Errors
    /// Returns an error under the conditions of [`Rule::check`].
    fn explain(&self, _: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        Ok(Vec::new())
    }

    /// Returns what the rule requires, for a user who has not typed a password yet.
    fn requirements(&self) -> Vec<Requirement> {
        Vec::new()
    }

    /// Returns whether the rule needs account data, and so cannot run as the user types.
    fn needs_account(&self) -> bool {
        false
    }

    /// Returns which attributes of the user the rule reads, without those of the rules inside it.
    fn attributes(&self) -> AttributesRead {
        AttributesRead::default()
    }

    /// Returns what a regular expression or a password manager can express of the rule.
    fn shape(&self) -> Shape {
        Shape::default()
    }

    /// Returns the shapes any one of which suffices, for a rule that can be met in several ways.
    fn ways(&self) -> Vec<Shape> {
        vec![self.shape()]
    }

    /// Returns the name and the SHA-256 digest of each word list or filter that the rule uses.
    fn dictionaries(&self) -> Vec<(String, [u8; 32])> {
        Vec::new()
    }

    /// Returns the rules inside this one.
    fn parts(&self) -> &[Part] {
        &[]
    }
}

/// The attributes of the user that a rule reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributesRead {
    /// Whether the rule reads every attribute.
    pub every: bool,
    /// The names that the rule reads by default.
    pub usual: Vec<String>,
    /// The names that the policy states. If the user does not have one of them, the outcome has the note
    /// `attributes.absent`.
    pub named: Vec<String>,
}

impl AttributesRead {
    /// Returns whether the rule reads the attribute `name`.
    pub fn contains(&self, name: &str) -> bool {
        self.every || self.usual.iter().chain(&self.named).any(|known| known == name)
    }

    /// Adds what a rule and the rules inside it read.
    pub(crate) fn add(&mut self, rule: &dyn Rule) {
        let AttributesRead { every, usual, named } = rule.attributes();
        self.every |= every;
        self.usual.extend(usual);
        self.named.extend(named);
        rule.parts().iter().for_each(|part| self.add(part.rule.as_ref()));
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
        points::definition(),
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
