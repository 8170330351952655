//! Integration tests of the engine, in one binary: it links once.
//!
//! Run one module: `cargo test -p kouling --test it reset::scenarios`.
#![allow(
    clippy::duplicate_mod,
    reason = "the fuzz properties, which have a crate of their own, include the model of the reset"
)]
#![allow(clippy::panic, clippy::expect_used, clippy::unwrap_used, reason = "a failed test panics")]

mod analysis;
mod architecture;
mod breached;
mod catalogue;
mod comparison;
mod contract;
mod custom_rule;
mod description;
mod diff;
mod evaluation;
mod explanation;
mod fake_host;
mod fuzz_regressions;
mod generate;
mod peers;
mod policies;
mod populations;
mod presets;
mod properties;
mod readme;
mod reference_model;
mod reset;
mod rules;
mod rules_pages;
mod standing;
mod style;
mod tally;
mod vector_files;
mod word_lists;
