//! The generated files: `include/kouling.h` from the source by cbindgen; from that `include/kouling.hpp` and the
//! declarations of the fuzz target. With `KOULING_WRITE=1` the tests write them.
#![allow(clippy::panic, clippy::expect_used, missing_docs)]

mod declarations;
mod generate;

use std::fs;
use std::path::{Path, PathBuf};

use declarations::Declarations;

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The source files in the order in which `lib.rs`, and each module, lists its public modules.
fn sources() -> Vec<PathBuf> {
    modules(&folder().join("src"), "lib.rs")
}

fn modules(within: &Path, file: &str) -> Vec<PathBuf> {
    let text = fs::read_to_string(within.join(file)).expect("a source file");
    let names = text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    names
        .flat_map(|name| match within.join(name).is_dir() {
            true => modules(&within.join(name), "mod.rs"),
            false => vec![within.join(name).with_extension("rs")],
        })
        .collect()
}

fn c_header() -> String {
    let config = cbindgen::Config::from_file(folder().join("cbindgen.toml")).expect("cbindgen.toml");
    let builder = sources()
        .into_iter()
        .fold(cbindgen::Builder::new().with_config(config), |builder, source| builder.with_src(source));
    let mut header = Vec::new();
    builder.generate().expect("a header").write(&mut header);
    generate::c_header(&String::from_utf8(header).expect("UTF-8"), &sources())
}

/// Compares a committed file with what it is generated to, or writes it.
fn check(file: &str, generated: &str) {
    let path = folder().join("../..").join(file);
    if std::env::var_os("KOULING_WRITE").is_some() {
        fs::write(&path, generated).expect("written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated,
        "{file} is not up to date: run `KOULING_WRITE=1 cargo test -p kouling-c --test header`"
    );
}

#[test]
fn c_header_matches_the_source() {
    check("include/kouling.h", &c_header());
}

#[test]
fn cpp_header_matches_the_c_header() {
    let template = fs::read_to_string(folder().join("../cpp/kouling.hpp.in")).expect("the template");
    check("include/kouling.hpp", &generate::cpp::header(&template, &Declarations::read(&c_header())));
}

#[test]
fn fuzz_declarations_match_the_c_header() {
    let target = folder().join("../../fuzz/properties/c_api");
    let declarations = Declarations::read(&c_header());
    check("fuzz/properties/c_api/declared.rs", &generate::fuzz::declared(&declarations));
    check("fuzz/properties/c_api/lookups.rs", &generate::fuzz::lookups(&declarations, &target));
}

#[test]
fn header_declares_every_exported_function() {
    let declarations = Declarations::read(&c_header());
    let mut seen = 0;
    for source in sources() {
        let text = fs::read_to_string(&source).expect("a source file");
        for part in text.split("extern \"C\" fn kouling_").skip(1) {
            let name = format!("kouling_{}", part.split('(').next().unwrap_or_default());
            declarations.function(&name);
            seen += 1;
        }
    }
    assert!(seen > 100, "only {seen} functions");
    assert_eq!(seen, declarations.functions.len());
}

#[test]
fn every_comment_of_the_header_states_its_errors() {
    let declarations = Declarations::read(&c_header());
    for function in &declarations.functions {
        let (name, doc) = (&function.name, function.doc.replace('\n', " "));
        assert!(doc.len() > 20, "{name} has no comment");
        if function.result == "kouling_status" {
            assert!(
                doc.contains("Returns `KOULING_STATUS_OK`") || doc.contains("Returns the statuses of"),
                "{name}: {doc}"
            );
        } else if function.parameters.iter().any(|parameter| parameter.of.ends_with('*')) {
            assert!(doc.contains("NULL"), "{name} does not say what NULL does: {doc}");
        }
    }
    for value in declarations.enums.iter().flat_map(|family| &family.values) {
        assert!(!value.1.is_empty(), "{} has no comment", value.0);
    }
}
