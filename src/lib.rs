//! Kouling, the password and password-reset policy engine.
//!
//! The modules in reading order; each imports only from those above it.
#![deny(clippy::disallowed_methods)]

pub mod time;

pub mod policy;

pub mod knowledge;

pub mod candidate;

pub mod rules;

pub mod evaluation;

pub mod flow;

pub mod contract;

pub use candidate::{CannotJudge, Facts, Previous, User};
pub use contract::Contract;
pub use evaluation::{Language, Loader, Outcome, Policy};
pub use policy::{Diagnostic, PolicyError};
pub use time::Moment;
