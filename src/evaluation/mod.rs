//! Compiles policies and evaluates passwords: a [`Loader`] compiles a document to a [`Policy`], and the policy evaluates a
//! password to an [`Outcome`]. Messages and descriptions are derived from these and do not influence an evaluation.

mod account_terms;
mod compile;
mod description;
mod explanation;
mod json;
mod messages;
mod outcome;
mod password_rules;
mod policy;
mod regular_expression;
mod rule_info;
pub(crate) mod sections;

pub use crate::policy::standing::Expiry;
pub use compile::Loader;
pub(crate) use description::Way;
pub use description::{ChecklistItem, Description, escape_html};
pub use explanation::{Explanation, Reasoning};
pub use json::{hexadecimal, rounded};
pub use outcome::{Outcome, RuleViolation, Severity};
pub use policy::Policy;
pub use rule_info::RuleInfo;
