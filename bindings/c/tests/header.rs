//! `include/kouling.h` is what cbindgen makes of the source, and no more is exported than it declares.
#![allow(clippy::panic, clippy::expect_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The source files in the order in which `lib.rs`, and each module, has its modules.
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

fn generated() -> String {
    let config = cbindgen::Config::from_file(folder().join("cbindgen.toml")).expect("cbindgen.toml");
    let builder = sources()
        .into_iter()
        .fold(cbindgen::Builder::new().with_config(config), |builder, source| builder.with_src(source));
    let mut header = Vec::new();
    builder.generate().expect("a header").write(&mut header);
    String::from_utf8(header).expect("UTF-8")
}

#[test]
fn the_header_is_what_the_source_says() {
    let path = folder().join("../../include/kouling.h");
    let generated = generated();
    if std::env::var_os("KOULING_WRITE").is_some() {
        fs::write(&path, &generated).expect("written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "include/kouling.h is not up to date: run the tests with KOULING_WRITE=1");
}

#[test]
fn every_exported_function_is_in_the_header() {
    let header = generated();
    let mut seen = 0;
    for source in sources() {
        let text = fs::read_to_string(&source).expect("a source file");
        for part in text.split("extern \"C\" fn ").skip(1) {
            let name = part.split('(').next().unwrap_or_default();
            assert!(name.starts_with("kouling_"), "{name}");
            assert!(header.contains(&format!("{name}(")), "{name} is not in the header");
            seen += 1;
        }
    }
    assert!(seen > 100, "only {seen} functions");
}
