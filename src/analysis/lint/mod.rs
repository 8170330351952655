//! What is wrong with a policy that loads: rules that contradict each other or never act, codes that can be guessed,
//! and what a standard advises against. A function a kind of finding.

mod alphabet;
mod contradictions;
mod expressions;
mod pages;
mod reset;
mod silent;
mod wording;

use crate::contract::Contract;
use crate::evaluation::Policy;
use crate::policy::{Diagnostic, Document, Span};
use crate::time::Moment;

use super::view::{self, ExemptionView, RuleView};
pub use pages::{LintPage, lint_page, lint_pages};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The policy cannot be meant like this.
    Error,
    /// Something is probably not as meant, or is advised against.
    Warning,
    /// Something to know.
    Note,
}

impl Level {
    /// Its name: `error`, `warning`, `note`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// One finding about a policy that loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub level: Level,
    /// What, where, and what would be better.
    pub diagnostic: Diagnostic,
}

/// Looks for everything that is wrong with a policy. `contract` is the one whose codes its rules may ask for.
///
/// The findings stand in the order of layers and lines.
pub fn lint(policy: &Policy, document: &Document, contract: Option<&Contract>, now: Moment) -> Vec<Finding> {
    let mut look = LintContext {
        policy,
        document,
        rules: view::rules(document, now),
        exemptions: view::exemptions(document),
        letters: None,
        now,
        findings: Vec::new(),
    };
    look.letters = alphabet::alphabet(&look.refusing("characters"));
    contradictions::find(&mut look);
    expressions::find(&mut look);
    silent::find(&mut look);
    reset::find(&mut look);
    wording::find(&mut look, contract);
    if !look.findings.iter().any(|finding| finding.level == Level::Error) {
        contradictions::find_by_trying(&mut look);
    }
    let mut findings = look.findings;
    findings.sort_by_key(|finding| (finding.diagnostic.span, finding.level));
    findings.dedup();
    findings
}

/// A policy being looked at.
struct LintContext<'a> {
    policy: &'a Policy,
    document: &'a Document,
    rules: Vec<RuleView<'a>>,
    exemptions: Vec<ExemptionView<'a>>,
    /// The characters that may occur; `None` where nothing limits them.
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

    /// The rules of a kind that refuse every password that breaks them.
    fn refusing(&self, kind: &str) -> Vec<RuleView<'a>> {
        self.rules.iter().filter(|rule| rule.refuses(kind)).cloned().collect()
    }

    /// Where a setting outside the rules stands; the beginning of the policy where it was not written.
    fn span_of(&self, path: &[&str]) -> Span {
        match view::find(self.document, path) {
            Some(entry) => entry.node.span,
            None => Span { end: self.document.root.span.start, ..self.document.root.span },
        }
    }

    /// The greatest number that bounds the length in code points from below, and from above, with what says so.
    fn lengths(&self) -> (Bound, Bound) {
        let bytes = self.policy.preparation();
        let limit = ("hash_limit_bytes", bytes.hash_limit_bytes.unwrap_or(usize::MAX));
        let (key, most) = if limit.1 < bytes.max_bytes { limit } else { ("max_bytes", bytes.max_bytes) };
        let mut least = Bound { value: 0, span: self.document.root.span, said: String::new() };
        let mut greatest = Bound {
            value: most as u64,
            span: self.span_of(&["password", key]),
            said: format!("`{key}`, which is {most}"),
        };
        for rule in self.refusing("length") {
            let count = rule.text("count").unwrap_or("code-points");
            let (min, max) = (rule.min_length(), rule.max_length());
            let min_points = if count == "bytes" { min.div_ceil(4) } else { min };
            if min_points > least.value {
                let said = format!("`{}`, whose `min` is {min}", rule.name);
                least = Bound { value: min_points, span: rule.span_of("min"), said };
            }
            if count != "graphemes" && max < greatest.value {
                let said = format!("`{}`, whose `max` is {max}", rule.name);
                greatest = Bound { value: max, span: rule.span_of("max"), said };
            }
        }
        (least, greatest)
    }
}

/// A bound on the length, where it stands and how it is called.
struct Bound {
    value: u64,
    span: Span,
    said: String,
}
