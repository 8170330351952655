//! Evaluating a case and comparing the result with what it expects.

use std::collections::BTreeMap;
use std::fmt::Debug;

use kouling::Language;
use kouling::evaluation::RuleViolation;
use kouling::{CannotJudge, Contract, Facts, Outcome, Policy, User};

use super::{Case, Expected};

/// A part of a result that differs from what the case expects.
pub(crate) struct Difference {
    /// The key of the case, such as `refused`.
    pub(crate) what: String,
    pub(crate) expected: String,
    pub(crate) actual: String,
}

/// The result of evaluating a password.
pub(crate) type Evaluation = Result<Outcome, CannotJudge>;

impl Case {
    /// The user of the case.
    pub(crate) fn user(&self) -> User {
        self.user.iter().fold(User::new(), |user, (name, value)| user.with(name, value))
    }

    /// Evaluates the password of the case; with `without`, as if the policy did not have that rule.
    pub(crate) fn evaluate(&self, policy: &Policy, without: Option<&str>) -> Evaluation {
        let user = self.user();
        let facts = Facts::new(&user, self.now).with_previous(&self.previous);
        let facts = self.current.as_ref().map_or(facts, |current| facts.with_current(current.as_bytes()));
        let facts = self.password_set.map_or(facts, |at| facts.with_password_set(at));
        match without {
            None => policy.evaluate(&self.password, &facts),
            Some(rule) => policy.evaluate_without(rule, &self.password, &facts),
        }
    }
}

impl Expected {
    /// The difference between the populations that a set selects and the expected ones.
    pub(crate) fn selection_difference(&self, selected: &[&str]) -> Option<Difference> {
        let mut differences = Vec::new();
        if let Some(expected) = &self.selected {
            compare(
                &mut differences,
                "selected",
                &expected.iter().map(String::as_str).collect(),
                &selected.to_vec(),
            );
        }
        differences.pop()
    }

    /// All differences between an evaluation and the expected result.
    pub(crate) fn differences(&self, evaluation: &Evaluation, contract: &Contract) -> Vec<Difference> {
        let mut differences = Vec::new();
        let error = evaluation.as_ref().err().map(|error| error.kind().name().to_owned());
        compare(&mut differences, "error", &list(&self.error), &list(&error));
        let refused: Vec<&RuleViolation> = evaluation.iter().flat_map(Outcome::violations).collect();
        let code = |violation: &&RuleViolation| violation.code().to_owned();
        let expected = self.refused.clone().unwrap_or_default();
        compare(&mut differences, "refused", &expected, &refused.iter().map(code).collect());
        let warned = evaluation.iter().flat_map(Outcome::warnings);
        compare(
            &mut differences,
            "warned",
            &self.warned,
            &warned.map(|violation| violation.code().to_owned()).collect(),
        );
        if let Some(notes) = &self.notes {
            let actual = evaluation.iter().flat_map(|outcome| outcome.notes());
            compare(&mut differences, "notes", notes, &actual.map(|note| note.code.to_string()).collect());
        }
        if let Some(numbers) = &self.numbers {
            let actual = |violation: &&RuleViolation| -> BTreeMap<String, u64> {
                violation.numbers().iter().map(|(name, number)| (name.to_string(), *number)).collect()
            };
            compare(&mut differences, "numbers", numbers, &refused.iter().map(actual).collect());
        }
        for (tag, messages) in &self.messages {
            let actual = refused.iter().map(|violation| violation.message(Language::from_tag(tag))).collect();
            compare(&mut differences, &format!("messages.{tag}"), messages, &actual);
        }
        if let Some(wire) = &self.wire {
            let codes = refused.iter().map(|violation| contract.violation_code(violation).to_owned()).collect();
            compare(&mut differences, "wire", wire, &codes);
        }
        differences
    }
}

fn list(error: &Option<String>) -> Vec<String> {
    error.iter().cloned().collect()
}

fn compare<T: PartialEq + Debug>(
    differences: &mut Vec<Difference>,
    what: &str,
    expected: &Vec<T>,
    actual: &Vec<T>,
) {
    if expected != actual {
        let (expected, actual) = (format!("{expected:?}"), format!("{actual:?}"));
        differences.push(Difference { what: what.to_owned(), expected, actual });
    }
}
