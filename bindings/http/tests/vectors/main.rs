//! Every vector through HTTP: the router with the real store in a temporary folder, and a clock that the cases set.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests panic on failure")]

mod exchanges;
mod judgements;
mod test_server;
