//! Finds likely mistakes in a policy that loads: unsatisfiable policies, rules that never trigger, guessable reset codes,
//! and settings that NIST SP 800-63B-4 advises against.

mod alphabet;
mod contradictions;
mod expressions;
mod pages;
mod reset;
mod silent;
mod standing;
mod wording;

use crate::contract::Contract;
use crate::evaluation::Policy;
use crate::policy::{Diagnostic, Document, Span};
use crate::time::Moment;

use super::view::{self, ExemptionView, RuleView};
pub use pages::{LintPage, lint_page, lint_pages};

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The policy cannot be intended like this.
    Error,
    /// A probable mistake, or a setting that is advised against.
    Warning,
    /// Additional information.
    Note,
}

impl Level {
    /// Returns the name: `error`, `warning` or `note`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// A finding about a policy that loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The severity.
    pub level: Level,
    /// The problem, its location and a suggestion.
    pub diagnostic: Diagnostic,
}

/// Returns all findings about a policy, ordered by layer and line.
///
/// `document` is the document that `policy` was compiled from. The `wire` settings of the rules are checked against
/// `contract`; with `None` they are not checked. `now` decides which rules with a `from` date already refuse.
pub fn lint(policy: &Policy, document: &Document, contract: Option<&Contract>, now: Moment) -> Vec<Finding> {
    let mut context = LintContext {
        policy,
        document,
        rules: view::rules(document, now),
        exemptions: view::exemptions(document),
        letters: None,
        now,
        findings: Vec::new(),
    };
    context.letters = alphabet::alphabet(&context.refusing("characters"));
    contradictions::find(&mut context);
    expressions::find(&mut context);
    silent::find(&mut context);
    reset::find(&mut context);
    standing::find(&mut context);
    wording::find(&mut context, contract);
    if !context.findings.iter().any(|finding| finding.level == Level::Error) {
        contradictions::find_by_trying(&mut context);
    }
    let mut findings = context.findings;
    findings.sort_by_key(|finding| (finding.diagnostic.span, finding.level));
    findings.dedup();
    findings
}

/// A policy under analysis, and the findings so far.
struct LintContext<'a> {
    policy: &'a Policy,
    document: &'a Document,
    rules: Vec<RuleView<'a>>,
    exemptions: Vec<ExemptionView<'a>>,
    /// The permitted characters, sorted; `None` if nothing limits them.
    letters: Option<Vec<char>>,
    now: Moment,
    findings: Vec<Finding>,
}

impl<'a> LintContext<'a> {
    fn add(&mut self, id: &'static str, span: Span, message: String, help: impl Into<Option<String>>) {
        let (file, line, column) = self.document.reporter.place(span);
        let level = lint_page(id).map_or(Level::Error, |page| page.level);
        let help = help.into();
        let diagnostic = Diagnostic { id, file, line, column, span, message, help };
        self.findings.push(Finding { level, diagnostic });
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
