//! The laws of the fuzz targets, held against everything that was ever found, the seeds, and a few random bytes.
//!
//! `fuzz/run` looks for more.
#![allow(clippy::panic, clippy::expect_used, clippy::unwrap_used, clippy::disallowed_methods, unreachable_pub)]

#[path = "../fuzz/laws/mod.rs"]
mod laws;

use std::path::Path;

use laws::{dictionaries, evaluate, flow, policy, replay::replay, stored_hash, word_list};

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
fn the_dictionaries_are_those_of_the_grammar() {
    let mut stale = Vec::new();
    for (name, words) in dictionaries::all() {
        let path = root().join("fuzz/dictionaries").join(format!("{name}.dict"));
        let text = dictionaries::file(&words);
        if std::fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            std::fs::write(&path, text).expect("fuzz/dictionaries can be written to");
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "written anew, look at the difference and commit it: {stale:?}");
}
