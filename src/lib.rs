//! Kouling enforces password policies written in TOML and drives the password-reset flow.
//!
//! [`Policy::evaluate`] checks a password against every rule of a policy and returns an [`Outcome`]: all violations at
//! once, as stable codes and numbers. [`Language`] formats them as messages, and a [`Contract`] maps them to the error
//! codes of an existing client. [`flow`] implements the reset by e-mail or phone as a state machine without I/O, and
//! [`standing`] decides whether an account can sign in or must change its password.
//!
//! ```
//! use kouling::{Facts, Language, Moment, Policy, User};
//!
//! let policy = Policy::parse("format = 1\nextends = [\"standard\"]\n[rules.length]\nmin = 12")?;
//! let user = User::new().with("username", "zhangsan").with("name", "张三");
//! let outcome = policy.evaluate(b"nasgnahz", &Facts::new(&user, Moment::from_unix(1_795_392_000)))?;
//! for violation in outcome.violations() {
//!     println!("{}: {}", violation.code(), violation.message(Language::ENGLISH));
//! }
//! assert!(!outcome.accepted());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The engine has no clock, no randomness and no global state. It reads only files that a policy names, through a
//! [`policy::Source`]. The same arguments always give the same outcome. A password that cannot be evaluated is an error
//! ([`CannotJudge`]), and an error never counts as acceptance.
//!
//! The modules below are in dependency order: each imports only from modules above it.
#![deny(clippy::disallowed_methods)]

pub mod time;

pub mod blob;

pub mod language;

pub mod policy;

pub mod knowledge;

pub mod candidate;

pub mod rules;

pub mod evaluation;

pub mod flow;

pub mod standing;

pub mod contract;

pub mod analysis;

pub mod population;

pub mod guide;

pub use self::time::Moment;
pub use candidate::{CannotJudge, Facts, Previous, User};
pub use contract::Contract;
pub use evaluation::{Loader, Outcome, Policy};
pub use language::Language;
pub use policy::{Diagnostic, PolicyError};
pub use population::PolicySet;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
