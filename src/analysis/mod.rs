//! What can be said about a policy itself: before it ships, beside another one, and against a standard.
//!
//! Nothing here judges anybody's password, and no judgement depends on it.

pub mod catalogue;
pub mod comparison;
pub mod histogram;
mod schema;
pub mod tally;

pub use comparison::Comparison;
pub use histogram::Histogram;
pub use schema::json_schema;
pub use tally::{RuleTally, Tally};
pub mod comply;
pub mod lint;
mod view;
