//! Properties of the engine. Each is a function of arbitrary bytes that panics if the property is violated.
//!
//! The fuzz targets run them on generated input, and `tests/it/fuzz_regressions.rs` on the regression inputs, the
//! seeds and a few random inputs. The properties of the HTTP server and of the importers are in `http.rs` and
//! `importers.rs`, for the crates that depend on them.
#![allow(dead_code, unreachable_pub, clippy::panic, clippy::expect_used, clippy::unwrap_used)]

pub mod comparison;
pub mod dictionaries;
pub mod evaluate;
pub mod flow;
pub mod input;
pub mod policy;
pub mod population;
pub mod replay;
pub mod standing;
pub mod stored_hash;
pub mod word_list;
