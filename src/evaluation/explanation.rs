//! An explanation is an outcome with its reasons: for every rule what it demands, what it saw and what it found, the
//! rules that found nothing too.

use super::messages::Language;
use super::outcome::{Outcome, RuleViolation, Severity};
use super::policy::Policy;
use super::rule_info::RuleInfo;
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use std::sync::Arc;

/// A password judged, with the reasons. Holds codes and figures, and nothing of the password but places in it.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The judgement itself.
    pub outcome: Outcome,
    /// Every rule, in the order of judging. Empty when the password is refused before any rule.
    pub reasonings: Vec<Reasoning>,
}

/// One rule's part in a judgement.
#[derive(Clone, Debug)]
pub struct Reasoning {
    rule: Arc<RuleInfo>,
    /// What becomes of a password that breaks it, at the moment of judging.
    pub severity: Severity,
    /// Whether this password need not obey it.
    pub exempt: bool,
    /// What it saw, in figures.
    pub seen: Vec<Note>,
    /// What it found; what it would have found, where the password is exempt.
    pub found: Vec<RuleViolation>,
}

impl Reasoning {
    /// The rule.
    pub fn rule(&self) -> &RuleInfo {
        &self.rule
    }

    /// What the rule demands, in words; its name, where it cannot say.
    pub fn demand(&self, language: Language) -> String {
        let clauses: Vec<String> =
            self.rule.requirements().iter().map(|requirement| language.requirement(requirement)).collect();
        if clauses.is_empty() { self.rule.name().to_owned() } else { language.join(&clauses) }
    }
}

impl Policy {
    /// Judges a password and says why. Takes longer than [`Policy::evaluate`], and lets every rule judge, also where
    /// the policy reports the first refusal only.
    ///
    /// # Errors
    /// As those of [`Policy::evaluate`].
    pub fn explain(&self, password: &[u8], facts: &Facts<'_>) -> Result<Explanation, CannotJudge> {
        facts.check_bounds()?;
        let mut findings = Findings::default();
        let candidate = Candidate::new(password, self.preparation(), &mut findings)?;
        let mut outcome = Outcome {
            judged: Vec::new(),
            notes: Vec::new(),
            policy_digest: *self.digest(),
            dictionaries: self.dictionaries.clone(),
        };
        let Some(candidate) = candidate else {
            outcome.judged = self.refused_at_the_door(findings);
            return Ok(Explanation { outcome, reasonings: Vec::new() });
        };
        let exempted = self.exempt(&candidate, facts)?;
        let mut reasonings = Vec::new();
        for rule in &self.rules {
            let exempt = exempted.contains(&rule.info.name());
            let judged =
                rule.judge(&candidate, facts).and_then(|judged| Ok((judged, rule.explain(&candidate, facts)?)));
            // What an exempted rule cannot judge is no obstacle to the judgement, and so none here.
            let ((found, notes), seen) = match judged {
                Err(_) if exempt => Default::default(),
                judged => judged?,
            };
            if !exempt {
                outcome.notes.extend(notes);
                outcome.judged.extend(found.iter().cloned());
            }
            reasonings.push(Reasoning {
                rule: rule.info.clone(),
                severity: rule.severity_at(facts.now),
                exempt,
                seen,
                found,
            });
        }
        Ok(Explanation { outcome, reasonings })
    }
}
