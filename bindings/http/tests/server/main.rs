//! The server through its router, with the real store in a temporary folder and a clock that the tests set.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests panic on failure")]

mod bad_input;
mod delivery;
mod operation;
mod outbox;
mod populations;
mod races;
mod refusals;
mod standing;
mod store_conformance;
mod test_server;
mod whole_flows;
