//! An outcome is everything that is wrong with one password under one policy.

use std::sync::Arc;

use super::messages::Language;
use super::rule_info::RuleInfo;
use crate::candidate::{Note, Number, Violation};

/// What becomes of a password that breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It is refused.
    Refuse,
    /// It is accepted, and its owner is told.
    Warn,
    /// It is accepted, nobody is told, and the host may count it: for trying a rule before it ships.
    Shadow,
}

impl Severity {
    /// As a policy writes it.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Refuse => "refuse",
            Severity::Warn => "warn",
            Severity::Shadow => "shadow",
        }
    }
}

/// A violation with the rule that found it.
#[derive(Clone, Debug)]
pub struct RuleViolation {
    pub(super) rule: Arc<RuleInfo>,
    pub(super) violation: Violation,
    pub(super) severity: Severity,
}

impl RuleViolation {
    /// The stable code: `length.too_short`.
    pub fn code(&self) -> &str {
        &self.violation.code
    }

    /// The named numbers.
    pub fn numbers(&self) -> &[Number] {
        &self.violation.numbers
    }

    /// A number by its name.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.violation.number(name)
    }

    /// The rule: its name in the policy, its kind, and what the author says about it.
    pub fn rule(&self) -> &RuleInfo {
        &self.rule
    }

    /// What becomes of the password.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The violation in words: the author's message, or the catalogue's.
    pub fn message(&self, language: Language) -> String {
        match self.rule.message(language) {
            Some(message) => language.fill_numbers(message, self.numbers(), &self.rule.requirements),
            None => match language.template(self.code()) {
                Some(template) => language.fill_numbers(template, self.numbers(), &self.rule.requirements),
                None => self.code().to_owned(),
            },
        }
    }
}

/// What a policy says about a password. Holds codes and figures, and nothing of the password.
#[derive(Clone, Debug)]
#[must_use]
pub struct Outcome {
    pub(super) judged: Vec<RuleViolation>,
    pub(super) notes: Vec<Note>,
    pub(super) policy_digest: [u8; 32],
    pub(super) dictionaries: Arc<[(String, [u8; 32])]>,
}

impl Outcome {
    /// Whether no rule refuses the password.
    pub fn accepted(&self) -> bool {
        self.violations().next().is_none()
    }

    /// Everything the password is refused for, in policy order.
    pub fn violations(&self) -> impl Iterator<Item = &RuleViolation> {
        self.of(Severity::Refuse)
    }

    /// Everything its owner should be told though it is accepted.
    pub fn warnings(&self) -> impl Iterator<Item = &RuleViolation> {
        self.of(Severity::Warn)
    }

    /// Everything that rules on trial would have refused.
    pub fn shadows(&self) -> impl Iterator<Item = &RuleViolation> {
        self.of(Severity::Shadow)
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &RuleViolation> {
        self.judged.iter().filter(move |judged| judged.severity == severity)
    }

    /// The limits of this judgement: that an estimator saw only a part, for instance.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// SHA-256 of the policy that judged, its layers and its dictionaries.
    pub fn policy_digest(&self) -> &[u8; 32] {
        &self.policy_digest
    }

    /// The dictionaries of the policy that judged: name and SHA-256, sorted by name.
    pub fn dictionaries(&self) -> &[(String, [u8; 32])] {
        &self.dictionaries
    }
}
