//! The property of the C API, checked with all regressions, the seeds and some random input. `fuzz/run` searches for more,
//! with the address sanitizer.
#![allow(unsafe_code, unreachable_pub)] // the fuzz target calls the C API
#![allow(clippy::panic, clippy::expect_used, clippy::unwrap_used, clippy::disallowed_methods, missing_docs)]

#[path = "../../../fuzz/properties/c_api/mod.rs"]
mod c_api;
#[path = "../../../fuzz/properties/replay.rs"]
mod replay;

mod declarations;

use std::collections::BTreeSet;
use std::path::Path;

use declarations::Declarations;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn random_calls_have_no_undefined_behaviour() {
    replay::replay(root(), "c_api", c_api::hold, &c_api::seeds(), 200);
}

#[test]
fn actions_cover_every_function_of_the_header() {
    let header = std::fs::read_to_string(root().join("include/kouling.h")).expect("the header");
    let declared = Declarations::read(&header).functions;
    let names: BTreeSet<&str> = declared.iter().map(|function| function.name.as_str()).collect();
    let called: BTreeSet<&str> = c_api::functions().into_iter().filter(|name| *name != "threads").collect();
    assert_eq!(called, names);
    assert_eq!(c_api::functions().len(), names.len() + 1, "each function once, and the action `threads`");
    assert!(c_api::short_names_are_unique());
}
