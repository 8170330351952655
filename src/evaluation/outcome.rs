//! Outcomes: the result of evaluating one password under one policy.

use std::sync::Arc;

use super::rule_info::RuleInfo;
use crate::candidate::{Note, Number, Violation};
use crate::language::Language;

/// The effect of a violation of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The password is refused.
    Refuse,
    /// The password is accepted, and the user is warned.
    Warn,
    /// The password is accepted and the user is not warned. The host can count the violation, to try a rule before it
    /// takes effect.
    Shadow,
}

impl Severity {
    /// Returns the name used in policies, such as `warn`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Refuse => "refuse",
            Severity::Warn => "warn",
            Severity::Shadow => "shadow",
        }
    }
}

/// A violation and the rule that reported it.
#[derive(Clone, Debug)]
pub struct RuleViolation {
    pub(super) rule: Arc<RuleInfo>,
    pub(super) violation: Violation,
    pub(super) severity: Severity,
}

impl RuleViolation {
    /// Returns the stable code, such as `length.too_short`.
    pub fn code(&self) -> &str {
        &self.violation.code
    }

    /// Returns the named numbers.
    pub fn numbers(&self) -> &[Number] {
        &self.violation.numbers
    }

    /// Returns the number called `name`, if the violation has it.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.violation.number(name)
    }

    /// Returns the rule's name, kind and settings.
    pub fn rule(&self) -> &RuleInfo {
        &self.rule
    }

    /// Returns the severity of the rule at the time of the evaluation.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns the message in `language`: the one in the policy, or else the one in the catalogue.
    pub fn message(&self, language: Language) -> String {
        match self.rule.message(language) {
            Some(message) => language.fill_numbers(message, self.numbers(), &self.rule.requirements),
            None => match language.text(self.code()) {
                Some(text) => language.fill_numbers(text, self.numbers(), &self.rule.requirements),
                None => self.code().to_owned(),
            },
        }
    }
}

/// The result of an evaluation. Contains codes and numbers, and no part of the password.
#[derive(Clone, Debug)]
#[must_use]
pub struct Outcome {
    pub(super) reported: Vec<RuleViolation>,
    pub(super) notes: Vec<Note>,
    pub(super) guesses_log10: Option<f64>,
    pub(super) policy_digest: [u8; 32],
    pub(super) dictionaries: Arc<[(String, [u8; 32])]>,
}

impl Outcome {
    /// Returns whether no rule refuses the password.
    pub fn accepted(&self) -> bool {
        self.violations().next().is_none()
    }

    /// Returns the violations for which the password is refused, in evaluation order.
    pub fn violations(&self) -> impl Iterator<Item = &RuleViolation> {
        self.of(Severity::Refuse)
    }

    /// Returns the violations of rules that only warn, in evaluation order.
    pub fn warnings(&self) -> impl Iterator<Item = &RuleViolation> {
        self.of(Severity::Warn)
    }

    /// Returns the violations of rules in shadow mode, in evaluation order.
    pub fn shadows(&self) -> impl Iterator<Item = &RuleViolation> {
        self.of(Severity::Shadow)
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &RuleViolation> {
        self.reported.iter().filter(move |reported| reported.severity == severity)
    }

    /// Returns remarks on the evaluation, for example that the strength of only a part was estimated.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Returns the number of guesses that the first `strength` rule of the policy estimated, as a decimal logarithm. `None`
    /// if no such rule ran; a rule inside another rule does not count.
    pub fn guesses_log10(&self) -> Option<f64> {
        self.guesses_log10
    }

    /// Returns the SHA-256 digest of the policy, including its layers and dictionaries.
    pub fn policy_digest(&self) -> &[u8; 32] {
        &self.policy_digest
    }

    /// Returns the name and SHA-256 digest of each dictionary of the policy, sorted by name.
    pub fn dictionaries(&self) -> &[(String, [u8; 32])] {
        &self.dictionaries
    }
}
