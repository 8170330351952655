//! A violation is a stable code and named numbers: never prose, never a piece of the password, of the user's
//! data or of the history.

use std::borrow::Cow;

/// A named number of a violation: `min = 8`.
pub type Number = (&'static str, u64);

/// One thing wrong with a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The stable code: `length.too_short`.
    pub code: Cow<'static, str>,
    /// What the message says in figures, in the order that the rule states.
    pub numbers: Vec<Number>,
}

impl Violation {
    /// A code and its figures.
    pub fn new(code: impl Into<Cow<'static, str>>, numbers: &[Number]) -> Violation {
        Violation { code: code.into(), numbers: numbers.to_vec() }
    }

    /// A number by its name.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.numbers.iter().find(|(known, _)| *known == name).map(|(_, number)| *number)
    }
}

/// Something about how a password was judged that a reader of the outcome should know: `strength.judged_prefix`.
pub type Note = Violation;

/// Where a rule puts what it finds.
#[derive(Debug, Default)]
pub struct Findings {
    violations: Vec<Violation>,
    notes: Vec<Note>,
}

impl Findings {
    /// The password is refused for this.
    pub fn refuse(&mut self, code: impl Into<Cow<'static, str>>, numbers: &[Number]) {
        self.violations.push(Violation::new(code, numbers));
    }

    /// The judgement has this limit.
    pub fn note(&mut self, code: impl Into<Cow<'static, str>>, numbers: &[Number]) {
        self.notes.push(Note::new(code, numbers));
    }

    /// What was found: violations, then notes.
    pub fn into_parts(self) -> (Vec<Violation>, Vec<Note>) {
        (self.violations, self.notes)
    }
}
