//! Kouling, the password and password-reset policy engine.
//!
//! A security team writes a [`Policy`] in TOML. [`Policy::evaluate`] judges a password by it and gives an [`Outcome`]:
//! everything that is wrong, as codes and figures, which [`Language`] turns into words and a [`Contract`] into what an
//! existing client reads. [`flow`] decides the whole reset by e-mail or phone as a state machine without I/O.
//!
//! ```
//! use kouling::{Facts, Language, Moment, Policy, User};
//!
//! let policy = Policy::preset("standard")?;
//! let user = User::new().with("username", "zhangsan").with("name", "张三");
//! let outcome = policy.evaluate(b"nasgnahz", &Facts::new(&user, Moment::from_unix(1_795_392_000)))?;
//! for violation in outcome.violations() {
//!     println!("{}: {}", violation.code(), violation.message(Language::ENGLISH));
//! }
//! assert!(!outcome.accepted());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The engine has no clock, no randomness and no global state, and reads files only where a policy names them, through a
//! [`policy::Source`]. The same arguments give the same judgement. An error is never a way to "accepted".
//!
//! The modules stand here in reading order; each imports only from those above it.
#![deny(clippy::disallowed_methods)]

pub mod time;

pub mod blob;

pub mod policy;

pub mod knowledge;

pub mod candidate;

pub mod rules;

pub mod evaluation;

pub mod flow;

pub mod contract;

pub mod analysis;

pub mod guide;

pub use candidate::{CannotJudge, Facts, Previous, User};
pub use contract::Contract;
pub use evaluation::{Language, Loader, Outcome, Policy};
pub use policy::{Diagnostic, PolicyError};
pub use time::Moment;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
