//! Guides: complete tutorials with examples that run as tests.
//!
//! * [`policies`]: write a policy, load it, evaluate passwords, read the result.
//! * [`populations`]: different policies for different users, in one file.
//! * [`reset_flow`]: implement "forgot password" with your own store and mail server.
//! * [`standing`]: expiry, lockout and temporary passwords at a sign-in.
//! * [`own_rules`]: add a rule kind in Rust, with parameters, messages and tests.
//! * [`embedding`]: run the engine in a service: sharing, reloading, files, errors, secrets.

#[doc = include_str!("policies.md")]
pub mod policies {}

#[doc = include_str!("populations.md")]
pub mod populations {}

#[doc = include_str!("reset_flow.md")]
pub mod reset_flow {}

#[doc = include_str!("standing.md")]
pub mod standing {}

#[doc = include_str!("own_rules.md")]
pub mod own_rules {}

#[doc = include_str!("embedding.md")]
pub mod embedding {}
