//! Compiled policies: immutable, usable from several threads, and deterministic.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::outcome::{Outcome, RuleViolation, Severity};
use super::rule_info::RuleInfo;
use crate::candidate::{
    Candidate, CannotJudge, CannotJudgeKind, Facts, Findings, Note, Number, Preparation, Violation,
};
use crate::language::Language;
use crate::policy::lint::LintSettings;
use crate::policy::standing::Expiry;
use crate::policy::{ResetPolicy, StandingPolicy};
use crate::rules::{AttributesRead, Part, Rule};
use crate::time::Moment;

/// A rule of a compiled policy.
pub(super) struct CompiledRule {
    pub(super) info: Arc<RuleInfo>,
    pub(super) codes: Vec<Cow<'static, str>>,
    /// The integers in the rule's table. They may be reported even if they also occur in the password.
    pub(super) written: Vec<u64>,
    /// The attributes that the policy names in the rule, with those of the rules inside it.
    pub(super) named_attributes: Vec<Arc<str>>,
    pub(super) severity: Severity,
    /// The time from which the rule refuses; before it, a refusal is a warning.
    pub(super) from: Option<Moment>,
    pub(super) rule: Box<dyn Rule>,
}

/// Lifts `rules` for a password that breaks none of `when`.
pub(super) struct Exemption {
    pub(super) when: Vec<Part>,
    pub(super) rules: Vec<String>,
}

/// A compiled password policy.
pub struct Policy {
    pub(super) name: String,
    pub(super) digest: [u8; 32],
    pub(super) dictionaries: Arc<[(String, [u8; 32])]>,
    pub(super) preparation: Preparation,
    pub(super) report_all: bool,
    pub(super) standing: StandingPolicy,
    pub(super) rules: Vec<CompiledRule>,
    pub(super) exemptions: Vec<Exemption>,
    /// The attributes that any rule or exemption reads.
    pub(super) attributes: AttributesRead,
    pub(super) known_attributes: Option<Vec<String>>,
    pub(super) reset: ResetPolicy,
    pub(super) lint: LintSettings,
    pub(super) input: Arc<RuleInfo>,
    pub(super) min_age: Arc<RuleInfo>,
}

impl Policy {
    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the SHA-256 digest over the layers and dictionaries.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Returns the name and SHA-256 digest of each dictionary, sorted by name.
    pub fn dictionaries(&self) -> &[(String, [u8; 32])] {
        &self.dictionaries
    }

    /// Returns the `[reset]` settings.
    pub fn reset(&self) -> &ResetPolicy {
        &self.reset
    }

    /// Returns the attributes that the host sends, as `[attributes]` states; `None` if the policy does not state them.
    pub fn known_attributes(&self) -> Option<&[String]> {
        self.known_attributes.as_deref()
    }

    /// Returns what the policy states for `lint`.
    pub fn lint_settings(&self) -> &LintSettings {
        &self.lint
    }

    /// Returns the `[expiry]` settings; `None` if passwords do not expire.
    pub fn expiry(&self) -> Option<Expiry> {
        self.standing.expiry
    }

    /// Returns the settings on accounts over time, which [`standing`](crate::standing) applies.
    pub fn standing(&self) -> &StandingPolicy {
        &self.standing
    }

    /// Returns the `[password]` settings, which apply before the rules.
    pub fn preparation(&self) -> &Preparation {
        &self.preparation
    }

    /// Returns the rules in evaluation order.
    pub fn rules(&self) -> impl Iterator<Item = &RuleInfo> {
        self.rules.iter().map(|rule| rule.info.as_ref())
    }

    /// Normalizes `password` as the rules see it and as the host must hash it.
    ///
    /// # Errors
    /// Returns an error if the password is not UTF-8, contains a NUL, or is refused by the `[password]` settings.
    pub fn prepare(&self, password: &[u8]) -> Result<Candidate, CannotJudge> {
        let mut findings = Findings::default();
        Candidate::new(password, &self.preparation, &mut findings)?.ok_or_else(|| {
            CannotJudge::new(CannotJudgeKind::Custom, "the password is refused by the `[password]` settings")
        })
    }

    /// Evaluates `password`, in UTF-8, against all rules. If the policy sets `report = "first"`, evaluation stops at the
    /// first rule that refuses it.
    ///
    /// # Errors
    /// Returns an error if the password cannot be evaluated: it is not UTF-8 or contains a NUL, the facts exceed their
    /// limits, a stored hash cannot be verified, a word list or filter cannot be read, or a custom rule failed. Never
    /// treat an error as acceptance.
    pub fn evaluate(&self, password: &[u8], facts: &Facts<'_>) -> Result<Outcome, CannotJudge> {
        self.run(password, facts, self.report_all, None, &mut |_| {})
    }

    /// Evaluates `password` and stops at the first rule that refuses it, so expensive rules are skipped. Accepts the same
    /// passwords as [`Policy::evaluate`].
    ///
    /// # Errors
    /// Returns the errors of [`Policy::evaluate`] for the rules that ran.
    pub fn evaluate_until_refused(&self, password: &[u8], facts: &Facts<'_>) -> Result<Outcome, CannotJudge> {
        self.run(password, facts, false, None, &mut |_| {})
    }

    /// Evaluates `password` against every rule, even if the policy sets `report = "first"`. Accepts the same passwords as
    /// [`Policy::evaluate`].
    ///
    /// `watch` is called with `None` before the first rule, and after each rule with its index in [`Policy::rules`]. A
    /// caller can use it to time the rules.
    ///
    /// # Errors
    /// Returns the errors of [`Policy::evaluate`], including those of rules after the first refusal.
    pub fn evaluate_all(
        &self,
        password: &[u8],
        facts: &Facts<'_>,
        watch: &mut dyn FnMut(Option<usize>),
    ) -> Result<Outcome, CannotJudge> {
        self.run(password, facts, true, None, watch)
    }

    /// Evaluates `password` as if the policy did not have the rule called `rule`, to measure the effect of that rule. The
    /// outcome still carries the digest of the whole policy: never use it to accept a password.
    ///
    /// # Errors
    /// Returns the errors of [`Policy::evaluate`].
    pub fn evaluate_without(
        &self,
        rule: &str,
        password: &[u8],
        facts: &Facts<'_>,
    ) -> Result<Outcome, CannotJudge> {
        self.run(password, facts, self.report_all, Some(rule), &mut |_| {})
    }

    /// Returns the codes of the violations and notes that the rule called `rule` can report. Empty if there is no such
    /// rule.
    pub fn codes(&self, rule: &str) -> impl Iterator<Item = &str> {
        let rule = self.rules.iter().find(|known| known.info.name == rule);
        rule.into_iter().flat_map(|rule| rule.codes.iter().map(AsRef::as_ref))
    }

    fn run(
        &self,
        password: &[u8],
        facts: &Facts<'_>,
        report_all: bool,
        without: Option<&str>,
        watch: &mut dyn FnMut(Option<usize>),
    ) -> Result<Outcome, CannotJudge> {
        facts.check_bounds(|name| self.attributes.contains(name))?;
        let mut findings = Findings::default();
        let candidate = Candidate::new(password, &self.preparation, &mut findings)?;
        let mut outcome = Outcome {
            reported: Vec::new(),
            notes: Vec::new(),
            guesses_log10: None,
            policy_digest: self.digest,
            dictionaries: self.dictionaries.clone(),
        };
        let Some(candidate) = candidate else {
            outcome.reported = self.input_violations(findings);
            return Ok(outcome);
        };
        outcome.notes.extend(self.shortened_attributes(facts));
        self.check_age(&candidate, facts, &mut outcome);
        if !report_all && !outcome.accepted() {
            return Ok(outcome);
        }
        let exempt = self.exempt(&candidate, facts)?;
        watch(None);
        for (place, rule) in self.rules.iter().enumerate() {
            let name = rule.info.name.as_str();
            if (!exempt.is_empty() && exempt.contains(&name)) || without == Some(name) {
                continue;
            }
            rule.rule.check(&candidate, facts, &mut findings)?;
            outcome.guesses_log10 = outcome.guesses_log10.or(findings.take_guesses());
            if !findings.is_empty() {
                rule.report(&mut findings, &candidate, facts, (&mut outcome.reported, &mut outcome.notes))?;
            }
            watch(Some(place));
            outcome.add_absent_attributes(rule, facts);
            if !report_all && !outcome.accepted() {
                break;
            }
        }
        Ok(outcome)
    }

    /// Applies the minimum age of the current password, if the host supplies when it was set. Adds a note if the host
    /// supplies other facts about the current password, but not this one.
    pub(super) fn check_age(&self, candidate: &Candidate, facts: &Facts<'_>, outcome: &mut Outcome) {
        if facts.password_set.is_none() {
            let has_password =
                facts.current.is_some_and(|current| !current.is_empty()) || !facts.previous.is_empty();
            if self.reset.min_password_age > 0 && has_password {
                outcome.notes.push(Note::new("min_password_age.unchecked", &[]));
            }
            return;
        }
        let retry_after = self.reset.changeable_in(facts.password_set, facts.now);
        if retry_after > 0 {
            let numbers = if reveals(candidate, retry_after) {
                Vec::new()
            } else {
                vec![("retry_after".into(), retry_after)]
            };
            let violation = Violation::new("min_password_age.too_soon", numbers);
            outcome.reported.push(RuleViolation {
                rule: self.min_age.clone(),
                violation,
                severity: Severity::Refuse,
            });
        }
    }

    /// Returns a note if only the beginning of an attribute that a rule reads is compared.
    pub(super) fn shortened_attributes(&self, facts: &Facts<'_>) -> Option<Note> {
        let is_read = facts.user.shortened().any(|name| self.attributes.contains(name));
        is_read.then(|| Note::new("attributes.shortened", &[]))
    }

    /// Returns the violations of the `[password]` settings.
    pub(super) fn input_violations(&self, findings: Findings) -> Vec<RuleViolation> {
        let (violations, _) = findings.into_parts();
        let reported =
            |violation| RuleViolation { rule: self.input.clone(), violation, severity: Severity::Refuse };
        violations.into_iter().map(reported).collect()
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

impl Outcome {
    /// Adds a note for each attribute that the policy names in `rule` and that the user does not have, once for each
    /// attribute. A host sends an empty value for an attribute that it knows to be empty.
    pub(super) fn add_absent_attributes(&mut self, rule: &CompiledRule, facts: &Facts<'_>) {
        for name in &rule.named_attributes {
            let is_noted = self.notes.iter().any(|note| note.attribute.as_ref() == Some(name));
            if !is_noted && facts.user.values(name).next().is_none() {
                self.notes.push(Note::about("attributes.absent", name.clone()));
            }
        }
    }
}

impl CompiledRule {
    /// Returns the severity at the time `now`. From its `from` date on a rule refuses; before it, a rule that would refuse
    /// warns. An implausible time does not turn a refusal into a warning (fail closed).
    pub(super) fn severity_at(&self, now: Moment) -> Severity {
        match (self.severity, self.from) {
            (severity, None) => severity,
            (_, Some(from)) if now >= from || !now.is_plausible() => Severity::Refuse,
            (Severity::Refuse, Some(_)) => Severity::Warn,
            (severity, Some(_)) => severity,
        }
    }

    /// Runs the rule. Sets `guesses_log10` if no earlier rule did. See [`CompiledRule::report`].
    pub(super) fn evaluate(
        &self,
        candidate: &Candidate,
        facts: &Facts<'_>,
        guesses_log10: &mut Option<f64>,
    ) -> Result<(Vec<RuleViolation>, Vec<Note>), CannotJudge> {
        let mut findings = Findings::default();
        self.rule.check(candidate, facts, &mut findings)?;
        *guesses_log10 = guesses_log10.or(findings.take_guesses());
        let (mut reported, mut notes) = (Vec::new(), Vec::new());
        self.report(&mut findings, candidate, facts, (&mut reported, &mut notes))?;
        Ok((reported, notes))
    }

    /// Moves what the rule found, and rejects codes that it did not declare, because a code built from the password would
    /// disclose it. Drops numbers of three or more digits that occur in the password, for the same reason.
    fn report(
        &self,
        findings: &mut Findings,
        candidate: &Candidate,
        facts: &Facts<'_>,
        (reported, notes): (&mut Vec<RuleViolation>, &mut Vec<Note>),
    ) -> Result<(), CannotJudge> {
        let (violations, found) = findings.drain();
        let declared = |code: &str| self.codes.iter().any(|known| known == code);
        let severity = self.severity_at(facts.now);
        for mut violation in violations {
            self.restrict(&violation.code, &mut violation.numbers, candidate, declared)?;
            reported.push(RuleViolation { rule: self.info.clone(), violation, severity });
        }
        for mut note in found {
            self.restrict(&note.code, &mut note.numbers, candidate, declared)?;
            notes.push(note);
        }
        Ok(())
    }

    /// Returns the observations of the rule, and rejects codes that neither the rule nor the message catalogue declares.
    pub(super) fn explain(&self, candidate: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let mut seen = self.rule.explain(candidate, facts)?;
        let declared = |code: &str| {
            (!code.contains('/') && Language::ENGLISH.text(code).is_some())
                || self.codes.iter().any(|known| known == code)
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
        numbers.retain(|(_, number)| self.written.contains(number) || !reveals(candidate, *number));
        Ok(())
    }
}

/// Returns whether a number has three or more digits that occur in the password.
fn reveals(candidate: &Candidate, number: u64) -> bool {
    number >= 100 && candidate.text().contains(&number.to_string())
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("name", &self.name)
            .field("rules", &self.rules.len())
            .finish_non_exhaustive()
    }
}
