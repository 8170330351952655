//! The server through its router, with the real store in a temporary folder and a clock that the tests set.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod bad_input;
mod client;
mod operation;
mod outbox;
mod races;
mod refusals;
mod whole_flows;
