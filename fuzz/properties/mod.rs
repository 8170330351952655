//! Laws of the engine: what holds whatever comes in. Each takes any bytes and panics when it is broken.
//!
//! The fuzz targets hold them against what the fuzzer makes up, `tests/it/fuzz_regressions.rs` against everything that was
//! ever found, the seeds and a few random bytes. The law of the server is [`wire`](../wire.rs), and is included where the
//! server is known.
#![allow(dead_code, unreachable_pub, clippy::panic, clippy::expect_used, clippy::unwrap_used)]

pub mod dictionaries;
pub mod evaluate;
pub mod flow;
pub mod input;
pub mod policy;
pub mod replay;
pub mod stored_hash;
pub mod word_list;
