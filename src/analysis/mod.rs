//! What can be said about a policy itself: before it ships, beside another one, and against a standard.
//!
//! Nothing here judges anybody's password, and no judgement depends on it.

pub mod catalogue;
mod schema;

pub use schema::json_schema;
