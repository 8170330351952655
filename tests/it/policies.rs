//! The vectors of invalid policies through the Rust API.
#![allow(clippy::panic, clippy::expect_used)]

use kouling::Loader;
use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling_vector_runner::policies::{Case, Finding, run};

fn findings(case: &Case) -> Vec<Finding> {
    let mut source = Memory::default().with("policy.toml", case.policy.as_bytes());
    for (name, contents) in &case.files {
        source = source.with(name, contents.bytes());
    }
    match Loader::new().with_source(source).load(Start::Named("policy.toml")) {
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
