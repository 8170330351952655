//! The law of the border, held against everything that was ever found, the seeds, and a few random bytes.
//!
//! `fuzz/run` looks for more, under the address sanitizer.
#![allow(unsafe_code, unreachable_pub)] // C would be no safer
#![allow(clippy::panic, clippy::expect_used, clippy::unwrap_used, clippy::disallowed_methods, missing_docs)]

#[path = "../../../fuzz/properties/c_api/mod.rs"]
mod c_api;
#[path = "../../../fuzz/properties/replay.rs"]
mod replay;

use std::collections::BTreeSet;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn programs_of_calls() {
    replay::replay(root(), "c_api", c_api::hold, &c_api::seeds(), 200);
}

/// The functions of the header, each with the names of its parameters.
fn header() -> Vec<(String, Vec<String>)> {
    let header = std::fs::read_to_string(root().join("include/kouling.h")).expect("the header");
    let code: Vec<&str> = header.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code = code.join("\n");
    let declarations = code.split("extern \"C\" {").nth(1).expect("declarations").split(';');
    let name = |text: &str| text.rsplit([' ', '*']).next().unwrap_or_default().trim().to_owned();
    let functions = declarations.filter_map(|declaration| {
        let (before, parameters) = declaration.split_once('(')?;
        let name_of = before.trim().rsplit([' ', '*', '\n']).next()?.to_owned();
        let parameters = parameters.split(')').next()?.split(',').map(|parameter| name(parameter.trim()));
        let parameters = parameters.filter(|parameter| parameter != "void").collect();
        name_of.starts_with("kouling_").then_some((name_of, parameters))
    });
    // After them comes what is written in the header itself.
    functions.filter(|(name, _)| name != "kouling_text_of").collect()
}

#[test]
fn programs_call_every_function_of_the_header() {
    let header = header();
    assert!(header.len() > 100, "{header:?}");
    let declared: Vec<(String, Vec<String>)> = c_api::declared::DECLARED
        .iter()
        .map(|(name, parameters)| ((*name).to_owned(), parameters.iter().map(|name| (*name).to_owned()).collect()))
        .collect();
    assert_eq!(declared, header);
    let names: BTreeSet<&str> = header.iter().map(|(name, _)| name.as_str()).collect();
    let called: BTreeSet<&str> = c_api::functions().into_iter().filter(|name| *name != "threads").collect();
    assert_eq!(called, names);
    assert_eq!(c_api::functions().len(), names.len() + 1, "each once, and the one that is shared");
    assert!(c_api::has_a_short_name_each());
}
