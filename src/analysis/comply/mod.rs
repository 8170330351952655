//! Compares a policy with a standard: for each requirement, whether the policy meets it, which setting violates it, or why
//! the policy alone does not decide it.
//!
//! Standards are data (`rules/standards`). Each requirement has the id of the standard, a paraphrase, and a check with its
//! parameters. A rule that only warns, is in shadow mode or does not refuse yet meets no requirement. A rule that an
//! exemption can lift, or that an enclosing rule does not need, leaves a requirement undecided.

mod characters;
mod checks;
mod conflicts;
mod standard;

use serde_json::{Value, json};

use crate::evaluation::Policy;
use crate::language::Language;
use crate::policy::{Document, Span};
use crate::time::Moment;

pub use conflicts::{Conflict, conflicts};
pub use standard::{Check, Reason, Requirement, STANDARDS, Standard};

/// The result for one requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The policy meets it.
    Met {
        /// The setting that meets it; `None` if a default does.
        place: Option<Span>,
    },
    /// The policy states it, and the host enforces it by a call that is not part of an evaluation.
    MetByHost {
        /// The setting that states it.
        place: Option<Span>,
        /// The call.
        why: Reason,
    },
    /// Every policy meets it, because of how the engine works.
    MetByConstruction {
        /// The explanation.
        why: Reason,
    },
    /// The policy violates it.
    Broken {
        /// The setting that violates it; `None` if a setting is missing.
        place: Option<Span>,
        /// The explanation.
        why: Reason,
    },
    /// The policy alone does not decide it.
    NotDecidable {
        /// The explanation.
        why: Reason,
    },
}

/// The names of the verdicts.
const VERDICTS: [&str; 5] = ["met", "met-by-construction", "met-by-host", "broken", "not-decidable"];

impl Verdict {
    /// Returns the name: `met`, `met-by-construction`, `met-by-host`, `broken` or `not-decidable`.
    pub fn name(&self) -> &'static str {
        VERDICTS[match self {
            Verdict::Met { .. } => 0,
            Verdict::MetByConstruction { .. } => 1,
            Verdict::MetByHost { .. } => 2,
            Verdict::Broken { .. } => 3,
            Verdict::NotDecidable { .. } => 4,
        }]
    }

    /// Returns the label, such as `NOT MET`, padded with spaces to the length of the longest label.
    pub fn label(&self, language: Language) -> String {
        let label = |name: &str| language.message(&format!("standards/verdict.{name}"), &[]);
        let width = VERDICTS.map(|name| label(name).chars().count()).into_iter().max().unwrap_or_default();
        format!("{:width$}", label(self.name()))
    }

    /// Returns the location of the setting that decides the verdict, if there is one.
    pub fn place(&self) -> Option<Span> {
        match self {
            Verdict::Met { place } | Verdict::MetByHost { place, .. } | Verdict::Broken { place, .. } => *place,
            _ => None,
        }
    }

    /// Returns the explanation; `None` if the requirement is met.
    pub fn why(&self) -> Option<&Reason> {
        match self {
            Verdict::Met { .. } => None,
            Verdict::MetByConstruction { why }
            | Verdict::MetByHost { why, .. }
            | Verdict::Broken { why, .. }
            | Verdict::NotDecidable { why } => Some(why),
        }
    }
}

/// A requirement and its verdict.
#[derive(Clone, Debug)]
pub struct RequirementResult {
    /// The requirement.
    pub requirement: Requirement,
    /// The verdict.
    pub verdict: Verdict,
}

/// The comparison of a policy with one standard.
#[derive(Clone, Debug)]
pub struct Compliance {
    /// The name of the standard, such as `nist-800-63b-4`.
    pub standard: String,
    /// The title of the standard, such as `NIST SP 800-63B-4`.
    pub title: String,
    /// The results, in the order of the standard.
    pub results: Vec<RequirementResult>,
}

impl Compliance {
    /// Returns the violated requirements.
    pub fn broken(&self) -> impl Iterator<Item = &RequirementResult> {
        self.results.iter().filter(|result| matches!(result.verdict, Verdict::Broken { .. }))
    }

    /// Returns the requirements that the host meets if it makes a call.
    pub fn by_host(&self) -> impl Iterator<Item = &RequirementResult> {
        self.results.iter().filter(|result| matches!(result.verdict, Verdict::MetByHost { .. }))
    }

    /// Returns the comparison as a JSON object: `standard`, `title`, `broken` (the number of violated requirements),
    /// `by_host` (the number of requirements that the host meets if it makes a call), and `requirements`, a list of objects with `id`, `clause`, `text`, `verdict`, `why` and `place` (`file:line:column` or
    /// null). The texts are in `language`.
    pub fn to_json(&self, document: &Document, language: Language) -> Value {
        let requirement = |result: &RequirementResult| {
            json!({
                "id": result.requirement.id,
                "clause": result.requirement.clause,
                "text": result.requirement.text(language),
                "verdict": result.verdict.name(),
                "why": result.verdict.why().map(|why| why.text(language)),
                "place": result.place(document),
            })
        };
        json!({
            "standard": self.standard,
            "title": self.title,
            "broken": self.broken().count(),
            "by_host": self.by_host().count(),
            "requirements": self.results.iter().map(requirement).collect::<Vec<_>>(),
        })
    }
}

impl RequirementResult {
    /// Returns the location of the deciding setting as `file:line:column`, if there is one.
    pub fn place(&self, document: &Document) -> Option<String> {
        let (file, line, column) = document.reporter.place(self.verdict.place()?);
        Some(format!("{file}:{line}:{column}"))
    }
}

impl Standard {
    /// Compares `policy`, compiled from `document`, with this standard. `now` decides which rules with a `from` date already
    /// refuse.
    pub fn compare(&self, policy: &Policy, document: &Document, now: Moment) -> Compliance {
        let context = checks::ComplyContext::new(policy, document, now);
        let evaluate = |requirement: &Requirement| RequirementResult {
            requirement: requirement.clone(),
            verdict: context.evaluate(&requirement.check),
        };
        Compliance {
            standard: self.name.clone(),
            title: self.title.clone(),
            results: self.requirements.iter().map(evaluate).collect(),
        }
    }
}
