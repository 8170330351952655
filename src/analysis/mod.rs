//! What can be said about a policy itself: before it ships, beside another one, and against a standard.
//!
//! Nothing here judges anybody's password, and no judgement depends on it.

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
