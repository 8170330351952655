//! What rules report: stable codes with named numbers. Never prose, and never a part of the password, of the user's
//! data or of the history.

use std::borrow::Cow;
use std::sync::Arc;

/// A named number of a violation or a note: `("min", 8)`.
pub type Number = (Cow<'static, str>, u64);

/// One reason to reject a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The stable code, such as `length.too_short`.
    pub code: Cow<'static, str>,
    /// The numbers that fill the placeholders of the message, in the order in which the rule declares them.
    pub numbers: Vec<Number>,
}

impl Violation {
    /// Creates a violation from a code and its numbers.
    pub fn new(code: impl Into<Cow<'static, str>>, numbers: Vec<Number>) -> Violation {
        Violation { code: code.into(), numbers }
    }

    /// Returns the number called `name`.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.numbers.iter().find(|(known, _)| known == name).map(|(_, number)| *number)
    }
}

/// A remark on an evaluation: what a rule saw, or a limit of its check, such as `strength.judged_part`. A note never
/// rejects a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The stable code, which is also the key of the message.
    pub code: Cow<'static, str>,
    /// The numbers that fill the placeholders of the message.
    pub numbers: Vec<Number>,
    /// The attribute that the note is about, by its name in the policy. It fills the placeholder `{attribute}`.
    pub attribute: Option<Arc<str>>,
}

impl Note {
    /// Creates a note from a code and its numbers.
    pub fn new(code: impl Into<Cow<'static, str>>, numbers: &[(&'static str, u64)]) -> Note {
        Note { code: code.into(), numbers: named(numbers), attribute: None }
    }

    /// Creates a note about an attribute that the policy names.
    pub(crate) fn about(code: &'static str, attribute: Arc<str>) -> Note {
        Note { attribute: Some(attribute), ..Note::new(code, &[]) }
    }
}

fn named(numbers: &[(&'static str, u64)]) -> Vec<Number> {
    numbers.iter().map(|(name, number)| (Cow::Borrowed(*name), *number)).collect()
}

/// Collects what a rule reports about one password.
#[derive(Debug, Default)]
pub struct Findings {
    violations: Vec<Violation>,
    notes: Vec<Note>,
    guesses_log10: Option<f64>,
}

impl Findings {
    /// Adds a violation: the rule rejects the password.
    pub fn refuse(&mut self, code: impl Into<Cow<'static, str>>, numbers: &[(&'static str, u64)]) {
        self.violations.push(Violation::new(code, named(numbers)));
    }

    /// Adds a violation whose names are known only at run time, such as those of a rule kind written in C or Python.
    pub fn add(&mut self, violation: Violation) {
        self.violations.push(violation);
    }

    /// Adds a note: the evaluation has this limit.
    pub fn note(&mut self, code: impl Into<Cow<'static, str>>, numbers: &[(&'static str, u64)]) {
        self.notes.push(Note::new(code, numbers));
    }

    /// Adds a note that another rule reported.
    pub(crate) fn add_note(&mut self, note: Note) {
        self.notes.push(note);
    }

    /// Records the estimated number of guesses, as a decimal logarithm.
    pub(crate) fn set_guesses(&mut self, guesses_log10: f64) {
        self.guesses_log10 = Some(guesses_log10);
    }

    /// Takes the estimated number of guesses, if a rule recorded it.
    pub(crate) fn take_guesses(&mut self) -> Option<f64> {
        self.guesses_log10.take()
    }

    /// Returns whether there are no violations and no notes.
    pub(crate) fn is_empty(&self) -> bool {
        self.violations.is_empty() && self.notes.is_empty()
    }

    /// Removes the violations and the notes, each in the order in which they were added.
    pub(crate) fn drain(&mut self) -> (impl Iterator<Item = Violation>, impl Iterator<Item = Note>) {
        (self.violations.drain(..), self.notes.drain(..))
    }

    /// Returns the violations and the notes, each in the order in which they were added.
    pub fn into_parts(self) -> (Vec<Violation>, Vec<Note>) {
        (self.violations, self.notes)
    }
}
