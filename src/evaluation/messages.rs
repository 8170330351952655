//! The messages of violations, notes and requirements.

use crate::candidate::{Note, Number, Violation};
use crate::language::{Language, MessageValue};
use crate::rules::{Argument, Requirement};

impl Language {
    /// Returns the message of a violation. Without a message for its code, as for a custom rule, returns the code.
    pub fn violation(self, violation: &Violation) -> String {
        self.found(&violation.code, &violation.numbers)
    }

    /// Returns the message of a note, or its code if there is no message for it.
    pub fn note(self, note: &Note) -> String {
        let text = self.found(&note.code, &note.numbers);
        match &note.attribute {
            Some(name) => self
                .format(&text, &|placeholder| (placeholder == "attribute").then(|| MessageValue::from(&**name))),
            None => text,
        }
    }

    fn found(self, code: &str, numbers: &[Number]) -> String {
        match self.text(code) {
            Some(text) => self.fill_numbers(text, numbers, &[]),
            None => code.to_owned(),
        }
    }

    /// Fills the placeholders of a text with numbers, and `{clauses}` with the requirements of the rule's parts.
    pub(super) fn fill_numbers(self, text: &str, numbers: &[Number], of: &[Requirement]) -> String {
        self.format(text, &|name| {
            let number = numbers.iter().find(|(known, _)| *known == name);
            number.map(|(_, number)| MessageValue::Number(*number)).or_else(|| {
                let arguments = of.iter().flat_map(|requirement| &requirement.arguments);
                arguments.filter(|(known, _)| *known == name).find_map(|(_, argument)| match argument {
                    Argument::Clauses(clauses) => Some(self.alternatives(clauses).into()),
                    _ => None,
                })
            })
        })
    }

    /// Joins the requirements of several rules as alternatives. A rule that does not describe itself appears by name.
    fn alternatives(self, clauses: &[(String, Vec<Requirement>)]) -> String {
        let alternatives: Vec<String> = clauses
            .iter()
            .map(|(name, requirements)| match requirements.as_slice() {
                [] => name.clone(),
                some => self.join(&some.iter().map(|clause| self.requirement(clause)).collect::<Vec<_>>()),
            })
            .collect();
        alternatives.join(self.text("term.alternative_separator").unwrap_or(" / "))
    }

    /// Formats a requirement as a clause. Returns its code if the language has no text for it.
    pub fn requirement(self, requirement: &Requirement) -> String {
        let Some(text) = self.text(requirement.code) else { return requirement.code.to_owned() };
        self.format(text, &|name| {
            let (_, argument) = requirement.arguments.iter().find(|(known, _)| *known == name)?;
            Some(match argument {
                Argument::Number(number) => MessageValue::Number(*number),
                Argument::Terms(terms) => {
                    let words: Vec<&str> =
                        terms.iter().map(|term| self.text(&format!("term.{term}")).unwrap_or(term)).collect();
                    words.join(self.text("term.separator").unwrap_or(", ")).into()
                }
                Argument::Text(text) => text.clone().into(),
                Argument::Clauses(clauses) => self.alternatives(clauses).into(),
            })
        })
    }

    /// Joins several clauses to one.
    pub fn join(self, clauses: &[String]) -> String {
        clauses.join(self.text("term.clause_separator").unwrap_or("; "))
    }
}
