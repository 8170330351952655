//! A policy beside a standard: for each requirement, whether the policy meets it, which line breaks it, or why that
//! cannot be decided from a policy.
//!
//! Standards are data (`rules/standards`): each requirement has the standard's own id, our words for it, and a check
//! with its figures. A rule that only warns, is on trial or does not refuse yet meets nothing; what an exemption can
//! lift, or a rule made of rules can do without, is not decided and never "met".

mod characters;
mod checks;
mod conflicts;
mod standard;

use serde_json::{Value, json};

use crate::evaluation::Policy;
use crate::policy::{Document, Span};
use crate::time::Moment;

pub use conflicts::{Conflict, conflicts};
pub use standard::{Check, Requirement, STANDARDS, Standard, Texts};

/// What was found about one requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The policy meets it.
    Met {
        /// By which line; `None` where nothing had to be written.
        place: Option<Span>,
    },
    /// Every policy meets it, by how the engine is made.
    MetByConstruction {
        /// How.
        why: Texts,
    },
    /// The policy breaks it.
    Broken {
        /// By which line; `None` where one is missing.
        place: Option<Span>,
        /// How.
        why: Texts,
    },
    /// A policy alone does not tell.
    NotDecidable {
        /// Why not.
        why: Texts,
    },
}

impl Verdict {
    /// Its name: `met`, `met-by-construction`, `broken`, `not-decidable`.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Met { .. } => "met",
            Verdict::MetByConstruction { .. } => "met-by-construction",
            Verdict::Broken { .. } => "broken",
            Verdict::NotDecidable { .. } => "not-decidable",
        }
    }

    /// The line that decides it.
    pub fn place(&self) -> Option<Span> {
        match self {
            Verdict::Met { place } | Verdict::Broken { place, .. } => *place,
            _ => None,
        }
    }

    /// Why, in words.
    pub fn why(&self) -> Option<&Texts> {
        match self {
            Verdict::Met { .. } => None,
            Verdict::MetByConstruction { why } | Verdict::Broken { why, .. } | Verdict::NotDecidable { why } => {
                Some(why)
            }
        }
    }
}

/// A requirement and what was found about it.
#[derive(Clone, Debug)]
pub struct RequirementResult {
    /// The requirement.
    pub requirement: Requirement,
    /// What was found.
    pub verdict: Verdict,
}

/// A policy beside one standard.
#[derive(Clone, Debug)]
pub struct Compliance {
    /// The standard's name: `nist-800-63b-4`.
    pub standard: String,
    /// Its title: `NIST SP 800-63B-4`.
    pub title: String,
    /// Every requirement, in the standard's order.
    pub judged: Vec<RequirementResult>,
}

impl Compliance {
    /// The requirements that are broken.
    pub fn broken(&self) -> impl Iterator<Item = &RequirementResult> {
        self.judged.iter().filter(|judged| matches!(judged.verdict, Verdict::Broken { .. }))
    }

    /// The comparison as an object: `standard`, `title`, `broken`, how many are; `requirements`, of objects with `id`,
    /// `clause`, `text`, `verdict`, `why` and `place` (`file:line:column`, or null).
    pub fn to_json(&self, document: &Document, tag: &str) -> Value {
        let requirement = |judged: &RequirementResult| {
            json!({
                "id": judged.requirement.id,
                "clause": judged.requirement.clause,
                "text": judged.requirement.text(tag),
                "verdict": judged.verdict.name(),
                "why": judged.verdict.why().map(|why| why.text(tag)),
                "place": judged.place(document),
            })
        };
        json!({
            "standard": self.standard,
            "title": self.title,
            "broken": self.broken().count(),
            "requirements": self.judged.iter().map(requirement).collect::<Vec<_>>(),
        })
    }
}

impl RequirementResult {
    /// Where in the policy it stands, as `file:line:column`.
    pub fn place(&self, document: &Document) -> Option<String> {
        let (file, line, column) = document.reporter.place(self.verdict.place()?);
        Some(format!("{file}:{line}:{column}"))
    }
}

impl Standard {
    /// Compares a policy with this standard, as it stands at `now`.
    pub fn compare(&self, policy: &Policy, document: &Document, now: Moment) -> Compliance {
        let facts = checks::ComplyContext::new(policy, document, now);
        let judge = |requirement: &Requirement| RequirementResult {
            requirement: requirement.clone(),
            verdict: facts.judge(&requirement.check),
        };
        Compliance {
            standard: self.name.clone(),
            title: self.title.clone(),
            judged: self.requirements.iter().map(judge).collect(),
        }
    }
}
