//! Kouling, the password and password-reset policy engine.
#![deny(clippy::disallowed_methods)]

pub mod knowledge;
