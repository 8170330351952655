//! Analysis of policies: lint findings, comparison with standards and with other policies, statistics, generated passwords
//! and the rule catalogue.
//!
//! No evaluation of a password depends on this module.

pub mod catalogue;
pub mod comparison;
pub mod comply;
pub mod diff;
pub mod generate;
pub mod histogram;
pub mod lint;
mod schema;
pub mod tally;
mod view;

pub use comparison::Comparison;
pub use diff::Difference;
pub use generate::Generator;
pub use histogram::Histogram;
pub use schema::json_schema;
pub use tally::{RuleTally, Tally};
