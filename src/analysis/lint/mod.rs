//! Finds likely mistakes in a policy that loads: unsatisfiable policies, now or on a later date; rules that never trigger;
//! guessable reset codes; and settings that a chosen standard advises against.
//!
//! A policy is checked at one time and, for the reasons why it accepts no password, on every later date that it names: at
//! most [`MAX_DATES`]. Whether it accepts a password is tried as [`generate`](super::generate) does, with at most about
//! 9,000 passwords of 60,000 characters together each time. After [`MAX_TRIED`] in total, no further date is tried. A password that was accepted at an
//! earlier time is tried first.

mod alphabet;
mod contradictions;
mod expressions;
mod finding;
mod looser;
mod reset;
mod silent;
mod standing;
mod wording;

use crate::candidate::{Facts, User};
use crate::contract::Contract;
use crate::evaluation::Policy;
use crate::policy::document::Value;
pub use crate::policy::findings::{Level, LintPage, lint_page, lint_pages};
use crate::policy::{Document, LintSettings, Node, Span};
use crate::time::{DAY, Moment};

use super::generate::{CannotGenerate, Reproducible, example};
use super::view::{self, ExemptionView, RuleView};
pub use finding::{Finding, distinct};
pub(crate) use finding::{unused, waive};

/// The maximum number of later dates that are tried: the earliest ones.
pub const MAX_DATES: usize = 32;
/// The number of evaluated passwords after which no further date is tried.
pub const MAX_TRIED: u64 = 60_000;

/// Returns all findings about a policy, ordered by layer and line.
///
/// `document` is the document that `policy` was compiled from. The `wire` settings of the rules are checked against
/// `contract`; with `None` they are not checked. `now` decides which rules with a `from` date already refuse, and which
/// waivers are expired.
pub fn lint(policy: &Policy, document: &Document, contract: Option<&Contract>, now: Moment) -> Vec<Finding> {
    let LintSettings { standards, waivers } = policy.lint_settings();
    let mut findings = check(
        policy,
        document,
        now,
        &Scope::Everything { contract, standards: standards.as_deref().unwrap_or_default() },
    );
    let used = waive(&mut findings, waivers, now);
    findings.extend(unused(document, waivers, &used));
    distinct(findings)
}

/// What [`check`] looks for.
pub(crate) enum Scope<'s> {
    /// Everything.
    Everything {
        /// The contract whose codes `wire` can name.
        contract: Option<&'s Contract>,
        /// The standards whose advice counts.
        standards: &'s [String],
    },
    /// The reasons why the policy accepts no password.
    Impossible,
}

/// Returns all findings about a policy, before waivers.
pub(crate) fn check(policy: &Policy, document: &Document, now: Moment, scope: &Scope<'_>) -> Vec<Finding> {
    let mut tried = Tried::default();
    let mut context = LintContext::new(policy, document, now);
    if let Scope::Everything { contract, standards } = scope {
        silent::find(&mut context);
        reset::find(&mut context);
        standing::find(&mut context);
        wording::find(&mut context, *contract, standards);
        looser::find(&mut context);
    }
    context.impossible(&mut tried);
    let mut found = context.found;
    if matches!(scope, Scope::Impossible) {
        found.retain(is_impossible);
    }
    let mut findings: Vec<Finding> = found.iter().map(|found| found.finding(document)).collect();

    let mut dates = later_dates(document, now);
    let mut left_out = dates.split_off(dates.len().min(MAX_DATES));
    for date in dates {
        if tried.evaluated > MAX_TRIED {
            left_out.insert(0, date);
            break;
        }
        let mut context = LintContext::new(policy, document, date);
        context.impossible(&mut tried);
        for new in context.found.into_iter().filter(is_impossible) {
            if !found.contains(&new) {
                findings.push(new.finding(document).on(date));
                found.push(new);
            }
        }
    }
    if let Some(date) = left_out.first() {
        let message = format!("the policy was not tried from {} on", date.to_date());
        let help = Some(format!("run `lint --now {}`", date.to_date()));
        let start = Span { end: document.root.span.start, ..document.root.span };
        findings.push(Finding::new(document, "dates-not-tried", start, message, help));
    }
    findings.sort_by_key(|finding| (finding.diagnostic.span, finding.level));
    findings
}

fn is_impossible(found: &Found) -> bool {
    lint_page(found.id).is_some_and(|page| page.on_dates)
}

/// Returns the dates after `now` on which the policy can change, in order: those that it names, and the days after those
/// that it names as the last ones.
fn later_dates(document: &Document, now: Moment) -> Vec<Moment> {
    fn collect(node: &Node, key: &str, dates: &mut Vec<Moment>) {
        match &node.value {
            Value::Date(year, month, day) => dates.extend(
                Moment::from_date(*year, *month, *day).map(
                    |date| {
                        if key == "until" { date.plus(DAY) } else { date }
                    },
                ),
            ),
            Value::Array(items) => items.iter().for_each(|item| collect(item, key, dates)),
            Value::Table(entries) => entries.iter().for_each(|entry| collect(&entry.node, &entry.key, dates)),
            _ => {}
        }
    }
    let mut dates = Vec::new();
    collect(&document.root, "", &mut dates);
    dates.retain(|date| *date > now);
    dates.sort_unstable();
    dates.dedup();
    dates
}

/// The passwords that were tried so far.
#[derive(Default)]
struct Tried {
    /// A password that was accepted at another time.
    accepted: Option<zeroize::Zeroizing<String>>,
    evaluated: u64,
}

/// A finding, before its place for the author is known.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    id: &'static str,
    span: Span,
    message: String,
    help: Option<String>,
}

impl Found {
    fn finding(&self, document: &Document) -> Finding {
        Finding::new(document, self.id, self.span, self.message.clone(), self.help.clone())
    }
}

/// A policy under analysis at one time, and the findings so far.
struct LintContext<'a> {
    policy: &'a Policy,
    document: &'a Document,
    rules: Vec<RuleView<'a>>,
    exemptions: Vec<ExemptionView<'a>>,
    /// The permitted characters, sorted; `None` if nothing limits them.
    letters: Option<Vec<char>>,
    now: Moment,
    found: Vec<Found>,
}

impl<'a> LintContext<'a> {
    fn new(policy: &'a Policy, document: &'a Document, now: Moment) -> LintContext<'a> {
        let mut context = LintContext {
            policy,
            document,
            rules: view::rules(document, now),
            exemptions: view::exemptions(document),
            letters: None,
            now,
            found: Vec::new(),
        };
        context.letters = alphabet::alphabet(&context.refusing("characters"));
        context
    }

    /// Looks for reasons why the policy accepts no password: contradictions and, if there is none, by trying.
    fn impossible(&mut self, tried: &mut Tried) {
        contradictions::find(self);
        expressions::find(self);
        let is_known =
            self.found.iter().any(|found| lint_page(found.id).is_some_and(|page| page.level == Level::Error));
        if !is_known && !contradictions::find_by_trying(self) {
            self.search(tried);
        }
    }

    /// Tries to find an accepted password.
    fn search(&mut self, tried: &mut Tried) {
        let user = User::new();
        let facts = Facts::new(&user, self.now);
        if let Some(known) = &tried.accepted {
            tried.evaluated += 1;
            match self.policy.evaluate_until_refused(known.as_bytes(), &facts) {
                Ok(outcome) if outcome.accepted() => return,
                _ => {}
            }
        }
        let mut source = Reproducible(1);
        let found = example(self.policy, facts, &mut |bytes| {
            source.fill(bytes);
            Ok(())
        });
        tried.evaluated += found.evaluated;
        let span = self.span_of(&["rules"]);
        match found.result {
            Ok(password) => tried.accepted = Some(password),
            Err(CannotGenerate::Unsatisfiable { rules, why }) => {
                let help = (!rules.is_empty()).then(|| format!("relax `{}`", rules.join("` or `")));
                self.add("nothing-accepted", span, format!("no password satisfies the policy: {why}"), help);
            }
            Err(CannotGenerate::NotFound { tries }) if tries > 0 => {
                let most = found.refusals.iter().max_by_key(|(_, refused)| **refused);
                let span = most.map_or(span, |(rule, _)| match view::find(self.document, &["rules", rule]) {
                    Some(entry) => entry.key_span,
                    None => span,
                });
                let message = format!("could not find an accepted password in {tries} tries");
                let help = most.map(|(rule, refused)| format!("`{rule}` refused {refused} of them"));
                self.add("nothing-found", span, message, help);
            }
            // What could not be evaluated was not refused.
            Err(_) => {}
        }
    }

    fn add(&mut self, id: &'static str, span: Span, message: String, help: impl Into<Option<String>>) {
        let found = Found { id, span, message, help: help.into() };
        if !self.found.contains(&found) {
            self.found.push(found);
        }
    }

    /// Returns the rules of a kind that refuse every password that breaks them.
    fn refusing(&self, kind: &str) -> Vec<RuleView<'a>> {
        self.rules.iter().filter(|rule| rule.refuses(kind)).cloned().collect()
    }

    /// Returns the location of a setting outside the rules; the start of the policy if it is not set.
    fn span_of(&self, path: &[&str]) -> Span {
        match view::find(self.document, path) {
            Some(entry) => entry.node.span,
            None => Span { end: self.document.root.span.start, ..self.document.root.span },
        }
    }

    /// Returns the tightest lower and upper bounds on the length, in code points.
    fn lengths(&self) -> (Bound, Bound) {
        let bytes = self.policy.preparation();
        let limit = ("hash_limit_bytes", bytes.hash_limit_bytes.unwrap_or(usize::MAX));
        let (key, most) = if limit.1 < bytes.max_bytes { limit } else { ("max_bytes", bytes.max_bytes) };
        let mut least = Bound { value: 0, span: self.document.root.span, label: String::new() };
        let mut greatest = Bound {
            value: most as u64,
            span: self.span_of(&["password", key]),
            label: format!("`{key}` = {most}"),
        };
        for rule in self.refusing("length") {
            let count = rule.text("count").unwrap_or("code-points");
            let (min, max) = (rule.min_length(), rule.max_length());
            let min_points = if count == "bytes" { min.div_ceil(4) } else { min };
            if min_points > least.value {
                let label = format!("`{}` (`min` = {min})", rule.name);
                least = Bound { value: min_points, span: rule.span_of("min"), label };
            }
            if count != "graphemes" && max < greatest.value {
                let label = format!("`{}` (`max` = {max})", rule.name);
                greatest = Bound { value: max, span: rule.span_of("max"), label };
            }
        }
        (least, greatest)
    }
}

/// A bound on the length in code points.
struct Bound {
    value: u64,
    /// Where the bound is set.
    span: Span,
    /// The setting and its value, for messages: `` `length` (`min` = 12) ``.
    label: String,
}
