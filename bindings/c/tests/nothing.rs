//! Every function of the header, called from C with NULL for each pointer and with empty and invalid texts. The calls are
//! generated from the header.
#![allow(clippy::panic, clippy::expect_used, missing_docs)]

mod declarations;
mod program;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use declarations::{Declarations, Function};
use program::build::{Compiler, Link, SANITIZERS, include, installed, library};

fn call(function: &Function, text: &str) -> String {
    let argument = |of: &str| match of {
        of if of.ends_with('*') => "NULL".to_owned(),
        "struct kouling_text" => text.to_owned(),
        // The first value of an enum.
        of if of.starts_with("kouling_") => format!("({of})0"),
        _ => "0".to_owned(),
    };
    let arguments: Vec<String> = function.parameters.iter().map(|parameter| argument(&parameter.of)).collect();
    format!("{}({})", function.name, arguments.join(", "))
}

/// The condition that a call must fulfil.
fn expectation(function: &Function, text: &str) -> String {
    let call = call(function, text);
    match (function.name.as_str(), function.result.as_str()) {
        ("kouling_abi", _) => format!("{call} == KOULING_ABI"),
        ("kouling_version", _) => format!("{call}.length > 0"),
        // A limit of 0 events allows none.
        ("kouling_retry_after", _) => format!("{call} == UINT64_MAX"),
        ("kouling_record_state", _) => format!("{call} == KOULING_RECORD_REVOKED"),
        // No decision refuses.
        ("kouling_decision_refuses_sign_in", _) => call,
        (_, "void") => format!("({call}, true)"),
        (_, "bool") => format!("!{call}"),
        (_, "struct kouling_text") => format!("!{call}.length"),
        (_, "kouling_status") => format!("{call} == KOULING_STATUS_INVALID_ARGUMENT"),
        (_, pointer) if pointer.ends_with('*') => format!("!{call}"),
        _ => format!("{call} == 0"),
    }
}

/// A program that makes every call and prints those with another result.
fn sweep(functions: &[Function]) -> String {
    let mut calls = String::new();
    for text in ["empty", "invalid"] {
        for function in functions {
            let (name, condition) = (&function.name, expectation(function, text));
            calls += &format!("    if (!({condition})) wrong(\"{name} with {text} texts\");\n");
        }
    }
    format!(
        "#include <stdio.h>\n#include \"kouling.h\"\n\nstatic int wrongs;\n\n\
         static void wrong(const char *call) {{\n    wrongs++;\n    printf(\"%s\\n\", call);\n}}\n\n\
         int main(void) {{\n    const struct kouling_text empty = {{NULL, 0}}, invalid = {{NULL, 5}};\n\
         {calls}    return wrongs != 0;\n}}\n"
    )
}

fn functions() -> Vec<Function> {
    Declarations::read(&fs::read_to_string(include().join("kouling.h")).expect("the header")).functions
}

#[test]
fn functions_accept_null_everywhere() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("nothing");
    fs::create_dir_all(&folder).expect("a folder");
    let source = folder.join("nothing.c");
    fs::write(&source, sweep(&functions())).expect("a source file");
    let program = Compiler::gcc().with(&SANITIZERS).build("nothing", &[source], Link::Shared);
    let output = Command::new(program).output().expect("the program starts");
    let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success() && printed.concat().is_empty(), "{}\n{}", output.status, printed.concat());
}

#[test]
fn library_exports_exactly_the_functions_of_the_header() {
    let output = installed("nm", "binutils")
        .args(["--dynamic", "--defined-only", "--format=just-symbols"])
        .arg(library("libkouling_c.so"))
        .output()
        .expect("nm");
    let mut exported: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    exported.sort();
    let mut declared: Vec<String> = functions().into_iter().map(|function| function.name).collect();
    declared.sort();
    assert_eq!(exported, declared);
}

#[test]
fn readme_blocks_compile() {
    let readme = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).expect("a README");
    let blocks: Vec<&str> =
        readme.split("```c\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0)).collect();
    assert!(blocks.len() > 2, "only {} blocks", blocks.len());
    for (number, block) in blocks.into_iter().enumerate() {
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("readme-{number}.c"));
        fs::write(&file, block).expect("a file");
        for compiler in [Compiler::gcc, Compiler::clang] {
            compiler().accepts(std::slice::from_ref(&file));
        }
    }
}
