//! From a document and rules to a [`Policy`], and from a policy and a password to an [`Outcome`]; messages are made
//! from outcomes, and descriptions from policies, both outside the judgement.

mod compile;
mod description;
mod explanation;
mod json;
mod messages;
mod outcome;
mod policy;
mod rule_info;
pub(crate) mod sections;

pub use compile::Loader;
pub(crate) use description::Way;
pub use description::{ChecklistItem, Description};
pub use explanation::{Explanation, Reasoning};
pub use json::hexadecimal;
pub use messages::{LANGUAGES, Language};
pub use outcome::{Outcome, RuleViolation, Severity};
pub use policy::{Expiry, Policy};
pub use rule_info::RuleInfo;
