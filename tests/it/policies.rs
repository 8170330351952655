//! The vectors of invalid policies through the Rust API.
#![allow(clippy::panic, clippy::expect_used)]

use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::{Loader, Policy};
use kouling_vector_runner::policies::{Case, Finding, run};

fn findings(case: &Case) -> Vec<Finding> {
    let mut source = Memory::default().with("policy.toml", case.policy.as_bytes());
    for (name, contents) in &case.files {
        source = source.with(name, contents.bytes());
    }
    // A policy is a set with one population. Only the loader of sets reads a set.
    match Loader::new().with_source(source).load_set(Start::Named("policy.toml")) {
        Ok(_) => Vec::new(),
        Err(error) => error
            .diagnostics()
            .iter()
            .map(|d| Finding {
                at: format!("{}:{}:{}", d.file, d.line, d.column),
                id: d.id.to_owned(),
                message: d.message.clone(),
                help: d.help.clone(),
            })
            .collect(),
    }
}

#[test]
fn invalid_policies_are_reported_as_their_vectors_state() {
    run(findings).finish(0);
}

#[test]
fn set_is_not_a_policy() {
    let set = "format = 1\n[[population]]\nname = \"all\"\npolicy = \"minimal\"\n";
    let error = Policy::parse(set).expect_err("a set").to_string();
    assert!(error.starts_with("policy:2:3: `population` makes this file a policy set"), "{error}");
    assert_eq!(error.lines().count(), 2, "{error}");
}

#[test]
fn missing_file_has_no_place() {
    let error = Policy::load("no-such-folder/policy.toml").expect_err("no file");
    let [diagnostic] = error.diagnostics() else { panic!("{error}") };
    assert_eq!((diagnostic.line, diagnostic.column), (0, 0));
    assert!(error.to_string().starts_with("the policy `no-such-folder/policy.toml` cannot be read: "), "{error}");
}

#[test]
fn unknown_preset_lists_the_presets() {
    let error = Policy::preset("nope").expect_err("no preset").to_string();
    assert!(error.starts_with("unknown preset `nope`; available: standard, "), "{error}");
    assert!(!error.contains("1:1"), "{error}");
}
