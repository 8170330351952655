//! What can be said about a policy itself: before it ships, beside another one, and against a standard.
//!
//! Nothing here judges anybody's password, and no judgement depends on it.

pub mod diff;
pub mod generate;

pub use diff::Difference;
pub use generate::Generator;
