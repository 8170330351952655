//! A policy, compiled: immutable, shared between threads, and the same judgement for the same arguments always.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::messages::Language;
use super::outcome::{Outcome, RuleViolation, Severity};
use super::rule_info::RuleInfo;
use crate::candidate::{Candidate, CannotJudge, CannotJudgeKind, Facts, Findings, Note, Number, Preparation};
use crate::policy::ResetPolicy;
use crate::rules::{Part, Rule};
use crate::time::Moment;

/// A rule of a compiled policy.
pub(super) struct CompiledRule {
    pub(super) info: Arc<RuleInfo>,
    pub(super) codes: Vec<Cow<'static, str>>,
    /// The whole numbers that the author wrote for it: they may be said even when they stand in a password.
    pub(super) written: Vec<u64>,
    pub(super) severity: Severity,
    /// From when on the severity counts; before, a refusal is a warning.
    pub(super) from: Option<Moment>,
    pub(super) rule: Box<dyn Rule>,
}

/// A password need not obey `rules` when it breaks none of `when`.
pub(super) struct Exemption {
    pub(super) when: Vec<Part>,
    pub(super) rules: Vec<String>,
}

/// How long a password may be used; for hosts that ask for change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// Seconds that a password may be in use.
    pub max_age: u64,
    /// Seconds before the end from which its owner is told.
    pub warn_before: u64,
}

/// A compiled policy.
pub struct Policy {
    pub(super) name: String,
    pub(super) digest: [u8; 32],
    pub(super) dictionaries: Arc<[(String, [u8; 32])]>,
    pub(super) preparation: Preparation,
    pub(super) report_all: bool,
    pub(super) expiry: Option<Expiry>,
    pub(super) rules: Vec<CompiledRule>,
    pub(super) exemptions: Vec<Exemption>,
    pub(super) reset: ResetPolicy,
    pub(super) input: Arc<RuleInfo>,
}

impl Policy {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 over its layers and its dictionaries.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The dictionaries it looks things up in: name and SHA-256, sorted by name.
    pub fn dictionaries(&self) -> &[(String, [u8; 32])] {
        &self.dictionaries
    }

    /// What it says about the reset.
    pub fn reset(&self) -> &ResetPolicy {
        &self.reset
    }

    /// How long a password may be used; `None`: for ever.
    pub fn expiry(&self) -> Option<Expiry> {
        self.expiry
    }

    /// What it asks of a password before its rules do.
    pub fn preparation(&self) -> &Preparation {
        &self.preparation
    }

    /// The rules in the order of judging.
    pub fn rules(&self) -> impl Iterator<Item = &RuleInfo> {
        self.rules.iter().map(|rule| rule.info.as_ref())
    }

    /// The password as this policy judges it and as the host must hash it: normalised.
    ///
    /// # Errors
    /// When it is not UTF-8, holds a NUL, or the preparation refuses it.
    pub fn prepare(&self, password: &[u8]) -> Result<Candidate, CannotJudge> {
        let mut findings = Findings::default();
        Candidate::new(password, &self.preparation, &mut findings)?
            .ok_or_else(|| CannotJudge::new(CannotJudgeKind::Custom, "the password is refused before any rule"))
    }

    /// Judges a password.
    ///
    /// # Errors
    /// When no judgement is possible: the password is not UTF-8 or holds a NUL, the facts are beyond their bounds,
    /// a stored hash cannot be verified, or a rule of the host's own failed.
    pub fn evaluate(&self, password: &[u8], facts: &Facts<'_>) -> Result<Outcome, CannotJudge> {
        self.judge(password, facts, self.report_all, None, &mut |_| {})
    }

    /// Judges a password up to the first rule that refuses it: for a reader who is told one thing, and must not make
    /// the dear rules work for it. Accepts exactly what [`Policy::evaluate`] accepts.
    ///
    /// # Errors
    /// As there, as far as it came.
    pub fn evaluate_until_refused(&self, password: &[u8], facts: &Facts<'_>) -> Result<Outcome, CannotJudge> {
        self.judge(password, facts, false, None, &mut |_| {})
    }

    /// Judges a password by every rule, even where the policy reports the first refusal only: for those who study the
    /// policy. `watch` is told `None` before the first rule and then the place of each rule, as [`Policy::rules`]
    /// counts, when it has judged; the engine has no clock, a watcher may. Accepts exactly what [`Policy::evaluate`]
    /// accepts.
    ///
    /// # Errors
    /// As there, and also for what a rule behind the first refusal cannot judge.
    pub fn evaluate_all(
        &self,
        password: &[u8],
        facts: &Facts<'_>,
        watch: &mut dyn FnMut(Option<usize>),
    ) -> Result<Outcome, CannotJudge> {
        self.judge(password, facts, true, None, watch)
    }

    /// Judges a password as if the policy did not have this rule: to see what the rule is there for. The outcome says
    /// that the policy judged, so it is for nobody's password.
    ///
    /// # Errors
    /// As those of [`Policy::evaluate`].
    pub fn evaluate_without(
        &self,
        rule: &str,
        password: &[u8],
        facts: &Facts<'_>,
    ) -> Result<Outcome, CannotJudge> {
        self.judge(password, facts, self.report_all, Some(rule), &mut |_| {})
    }

    /// Every code that a rule of this policy can give, violations and notes; none when it has no such rule.
    pub fn codes(&self, rule: &str) -> impl Iterator<Item = &str> {
        let rule = self.rules.iter().find(|known| known.info.name == rule);
        rule.into_iter().flat_map(|rule| rule.codes.iter().map(AsRef::as_ref))
    }

    fn judge(
        &self,
        password: &[u8],
        facts: &Facts<'_>,
        report_all: bool,
        without: Option<&str>,
        watch: &mut dyn FnMut(Option<usize>),
    ) -> Result<Outcome, CannotJudge> {
        facts.check_bounds()?;
        let mut findings = Findings::default();
        let candidate = Candidate::new(password, &self.preparation, &mut findings)?;
        let mut outcome = Outcome {
            judged: Vec::new(),
            notes: Vec::new(),
            policy_digest: self.digest,
            dictionaries: self.dictionaries.clone(),
        };
        let Some(candidate) = candidate else {
            outcome.judged = self.refused_at_the_door(findings);
            return Ok(outcome);
        };
        let exempt = self.exempt(&candidate, facts)?;
        watch(None);
        for (place, rule) in self.rules.iter().enumerate() {
            let name = rule.info.name.as_str();
            if exempt.contains(&name) || without == Some(name) {
                continue;
            }
            let (judged, notes) = rule.judge(&candidate, facts)?;
            watch(Some(place));
            outcome.notes.extend(notes);
            outcome.judged.extend(judged);
            if !report_all && !outcome.accepted() {
                break;
            }
        }
        Ok(outcome)
    }

    /// What is refused before any rule.
    pub(super) fn refused_at_the_door(&self, findings: Findings) -> Vec<RuleViolation> {
        let (violations, _) = findings.into_parts();
        let judged = |violation| RuleViolation { rule: self.input.clone(), violation, severity: Severity::Refuse };
        violations.into_iter().map(judged).collect()
    }

    pub(super) fn exempt(&self, candidate: &Candidate, facts: &Facts<'_>) -> Result<Vec<&str>, CannotJudge> {
        let mut exempt = Vec::new();
        for exemption in &self.exemptions {
            let mut findings = Findings::default();
            for condition in &exemption.when {
                condition.rule.check(candidate, facts, &mut findings)?;
            }
            if findings.into_parts().0.is_empty() {
                exempt.extend(exemption.rules.iter().map(String::as_str));
            }
        }
        Ok(exempt)
    }
}

impl CompiledRule {
    /// From its day on a rule refuses; before, it does what its severity says, and one that is to refuse warns. A clock
    /// that cannot be right makes no refusal a warning.
    pub(super) fn severity_at(&self, now: Moment) -> Severity {
        match (self.severity, self.from) {
            (severity, None) => severity,
            (_, Some(from)) if now >= from || !now.is_plausible() => Severity::Refuse,
            (Severity::Refuse, Some(_)) => Severity::Warn,
            (severity, Some(_)) => severity,
        }
    }

    /// Runs the rule, and holds a rule of anybody's to what it declared: a code made up while judging could carry
    /// the secret out, and so could a number of three digits or more.
    pub(super) fn judge(
        &self,
        candidate: &Candidate,
        facts: &Facts<'_>,
    ) -> Result<(Vec<RuleViolation>, Vec<Note>), CannotJudge> {
        let mut findings = Findings::default();
        self.rule.check(candidate, facts, &mut findings)?;
        let (mut violations, mut notes) = findings.into_parts();
        let declared = |code: &str| self.codes.iter().any(|known| known == code);
        for found in &mut violations {
            self.restrict(&found.code, &mut found.numbers, candidate, declared)?;
        }
        for found in &mut notes {
            self.restrict(&found.code, &mut found.numbers, candidate, declared)?;
        }
        let severity = self.severity_at(facts.now);
        let judged = |violation| RuleViolation { rule: self.info.clone(), violation, severity };
        Ok((violations.into_iter().map(judged).collect(), notes))
    }

    /// What the rule saw, held to what the catalogue of messages knows.
    pub(super) fn explain(&self, candidate: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let mut seen = self.rule.explain(candidate, facts)?;
        let declared = |code: &str| {
            Language::ENGLISH.template(code).is_some() || self.codes.iter().any(|known| known == code)
        };
        for found in &mut seen {
            self.restrict(&found.code, &mut found.numbers, candidate, declared)?;
        }
        Ok(seen)
    }

    /// Rejects a code that the rule did not declare, and removes numbers that the password contains, unless the policy
    /// states them.
    fn restrict(
        &self,
        code: &str,
        numbers: &mut Vec<Number>,
        candidate: &Candidate,
        declared: impl Fn(&str) -> bool,
    ) -> Result<(), CannotJudge> {
        if !declared(code) {
            let message =
                format!("the rule `{}` reported a code that its definition does not declare", self.info.name);
            return Err(CannotJudge::new(CannotJudgeKind::Custom, message));
        }
        let reveals = |number: &u64| *number >= 100 && candidate.text().contains(&number.to_string());
        numbers.retain(|(_, number)| self.written.contains(number) || !reveals(number));
        Ok(())
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("name", &self.name)
            .field("rules", &self.rules.len())
            .finish_non_exhaustive()
    }
}
