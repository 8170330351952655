//! Explanations: an outcome, and for every rule its requirement, its observations and its violations.

use super::outcome::{Outcome, RuleViolation, Severity};
use super::policy::Policy;
use super::rule_info::RuleInfo;
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::language::Language;
use std::sync::Arc;

/// The outcome of an evaluation with the reasons. Contains codes and numbers, and no part of the password except positions
/// in it.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The outcome, the same as that of [`Policy::evaluate_all`].
    pub outcome: Outcome,
    /// Every rule in evaluation order. Empty if the password is refused before any rule runs.
    pub reasonings: Vec<Reasoning>,
}

/// The contribution of one rule to an outcome.
#[derive(Clone, Debug)]
pub struct Reasoning {
    rule: Arc<RuleInfo>,
    /// The severity of the rule at the time of the evaluation.
    pub severity: Severity,
    /// Whether an exemption lifts the rule for this password.
    pub exempt: bool,
    /// The observations of the rule.
    pub observations: Vec<Note>,
    /// The violations of the rule. If the password is exempt, those that it would otherwise have.
    pub found: Vec<RuleViolation>,
}

impl Reasoning {
    /// Returns the name and kind of the rule.
    pub fn rule(&self) -> &RuleInfo {
        &self.rule
    }

    /// Returns the requirement in plain language; the rule's name if the rule does not describe itself.
    pub fn requirement(&self, language: Language) -> String {
        let clauses: Vec<String> =
            self.rule.requirements().iter().map(|requirement| language.requirement(requirement)).collect();
        if clauses.is_empty() { self.rule.name().to_owned() } else { language.join(&clauses) }
    }
}

impl Policy {
    /// Evaluates `password` and explains the outcome. Slower than [`Policy::evaluate`]. Every rule runs, even if the policy
    /// reports only the first violation.
    ///
    /// # Errors
    /// Returns the errors of [`Policy::evaluate_all`].
    pub fn explain(&self, password: &[u8], facts: &Facts<'_>) -> Result<Explanation, CannotJudge> {
        facts.check_bounds(|name| self.attributes.contains(name))?;
        let mut findings = Findings::default();
        let candidate = Candidate::new(password, self.preparation(), &mut findings)?;
        let mut outcome = Outcome {
            reported: Vec::new(),
            notes: Vec::new(),
            guesses_log10: None,
            policy_digest: *self.digest(),
            dictionaries: self.dictionaries.clone(),
        };
        let Some(candidate) = candidate else {
            outcome.reported = self.input_violations(findings);
            return Ok(Explanation { outcome, reasonings: Vec::new() });
        };
        outcome.notes.extend(self.shortened_attributes(facts));
        self.check_age(&candidate, facts, &mut outcome);
        let exempted = self.exempt(&candidate, facts)?;
        let mut reasonings = Vec::new();
        for rule in &self.rules {
            let exempt = exempted.contains(&rule.info.name());
            let mut guesses_log10 = outcome.guesses_log10;
            let reported = rule
                .evaluate(&candidate, facts, &mut guesses_log10)
                .and_then(|reported| Ok((reported, rule.explain(&candidate, facts)?)));
            // An error of an exempt rule does not affect the outcome.
            let ((found, notes), observations) = match reported {
                Err(_) if exempt => Default::default(),
                reported => reported?,
            };
            if !exempt {
                outcome.guesses_log10 = guesses_log10;
                outcome.add_absent_attributes(rule, facts);
                outcome.notes.extend(notes);
                outcome.reported.extend(found.iter().cloned());
            }
            reasonings.push(Reasoning {
                rule: rule.info.clone(),
                severity: rule.severity_at(facts.now),
                exempt,
                observations,
                found,
            });
        }
        Ok(Explanation { outcome, reasonings })
    }
}
