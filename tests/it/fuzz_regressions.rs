//! Runs the fuzz properties on the regression inputs, the seeds and a few random inputs.
//!
//! `fuzz/run` runs the fuzzer.
#![allow(clippy::panic, clippy::expect_used, clippy::unwrap_used, clippy::disallowed_methods, unreachable_pub)]

#[path = "../../fuzz/properties/mod.rs"]
pub(crate) mod properties;

use std::path::Path;

use properties::{
    comparison, dictionaries, evaluate, flow, policy, population, replay::replay, standing, stored_hash, word_list,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn policy_property_holds() {
    replay(root(), "policy", policy::check, &policy::seeds(), 200);
}

#[test]
fn population_property_holds() {
    replay(root(), "population", population::check, &population::seeds(), 200);
}

#[test]
fn standing_property_holds() {
    replay(root(), "standing", standing::check, &standing::seeds(), 200);
}

#[test]
fn evaluate_property_holds() {
    replay(root(), "evaluate", evaluate::check, &evaluate::seeds(), 200);
}

#[test]
fn comparison_property_holds() {
    replay(root(), "comparison", comparison::check, &comparison::seeds(), 200);
}

#[test]
fn flow_property_holds() {
    replay(root(), "flow", flow::check, &flow::seeds(), 200);
}

#[test]
fn word_list_property_holds() {
    replay(root(), "word_list", word_list::check, &word_list::seeds(), 200);
}

#[test]
fn stored_hash_property_holds() {
    replay(root(), "stored_hash", stored_hash::check, &stored_hash::seeds(), 200);
}

#[test]
fn dictionaries_contain_policy_keywords() {
    let policy = dictionaries::of("policy").expect("a dictionary");
    assert!(policy.contains("kind = \\\"length\\\"") && policy.contains("\"max_run = \""), "{policy}");
    assert!(dictionaries::of("evaluate").is_some_and(|words| words.lines().count() > policy.lines().count()));
    assert!(dictionaries::of("flow").is_none());
}
