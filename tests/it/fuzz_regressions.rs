//! The laws of the fuzz targets, held against everything that was ever found, the seeds, and a few random bytes.
//!
//! `fuzz/run` looks for more.
#![allow(clippy::panic, clippy::expect_used, clippy::unwrap_used, clippy::disallowed_methods, unreachable_pub)]

#[path = "../../fuzz/properties/mod.rs"]
mod properties;

use std::path::Path;

use properties::{dictionaries, evaluate, flow, policy, replay::replay, stored_hash, word_list};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn policy_texts() {
    replay(root(), "policy", policy::hold, &policy::seeds(), 200);
}

#[test]
fn judgements() {
    replay(root(), "evaluate", evaluate::hold, &evaluate::seeds(), 200);
}

#[test]
fn the_reset_flow() {
    replay(root(), "flow", flow::hold, &flow::seeds(), 200);
}

#[test]
fn word_lists() {
    replay(root(), "word_list", word_list::hold, &word_list::seeds(), 200);
}

#[test]
fn stored_hashes() {
    replay(root(), "stored_hash", stored_hash::hold, &stored_hash::seeds(), 200);
}

#[test]
fn dictionaries() {
    let policy = dictionaries::of("policy").expect("a dictionary");
    assert!(policy.contains("kind = \\\"length\\\"") && policy.contains("\"max_run = \""), "{policy}");
    assert!(dictionaries::of("evaluate").is_some_and(|words| words.lines().count() > policy.lines().count()));
    assert!(dictionaries::of("flow").is_none());
}
