//! Violations: stable codes with named numbers. They never contain text, nor any part of the password, the user's data
//! or the password history.

use std::borrow::Cow;

/// A named number of a violation, such as `("min", 8)`.
pub type Number = (&'static str, u64);

/// One reason why a password breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The stable code, such as `length.too_short`.
    pub code: Cow<'static, str>,
    /// The numbers of the message, in the order that the rule documents.
    pub numbers: Vec<Number>,
}

impl Violation {
    /// Creates a violation from a code and its numbers.
    pub fn new(code: impl Into<Cow<'static, str>>, numbers: &[Number]) -> Violation {
        Violation { code: code.into(), numbers: numbers.to_vec() }
    }

    /// Returns the number called `name`, if the violation has it.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.numbers.iter().find(|(known, _)| *known == name).map(|(_, number)| *number)
    }
}

/// A remark about an evaluation that is not a violation, such as `strength.judged_part`.
pub type Note = Violation;

/// Collects the violations and notes of a rule.
#[derive(Debug, Default)]
pub struct Findings {
    violations: Vec<Violation>,
    notes: Vec<Note>,
}

impl Findings {
    /// Adds a violation.
    pub fn refuse(&mut self, code: impl Into<Cow<'static, str>>, numbers: &[Number]) {
        self.violations.push(Violation::new(code, numbers));
    }

    /// Adds a note.
    pub fn note(&mut self, code: impl Into<Cow<'static, str>>, numbers: &[Number]) {
        self.notes.push(Note::new(code, numbers));
    }

    /// Returns the violations and the notes, each in the order in which they were added.
    pub fn into_parts(self) -> (Vec<Violation>, Vec<Note>) {
        (self.violations, self.notes)
    }
}
