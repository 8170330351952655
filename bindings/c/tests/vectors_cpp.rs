//! Every vector through `kouling.hpp` by a program in C++: also under sanitizers, and without exceptions.
#![allow(clippy::panic, clippy::expect_used, missing_docs)]

mod program;

use std::path::{Path, PathBuf};
use std::process::Command;

use program::build::{Compiler, Link, SANITIZERS, sources};
use program::cases;
use program::{Program, Record};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../cpp/tests/driver")
}

fn start(path: &Path) -> Program {
    let mut program = Program::start(&mut Command::new(path));
    let mut answer = program.ask(Record::new("version")).of("version");
    assert_eq!(
        (answer.text(), answer.text(), answer.text()),
        ("0".into(), "0".into(), env!("CARGO_PKG_VERSION").into())
    );
    program
}

#[test]
fn vectors_pass() {
    let driver = Compiler::gpp().build("driver-cpp", &sources(&folder(), "cpp"), Link::Shared);
    cases::all(start(&driver), "cpp");
}

#[test]
fn vectors_pass_under_sanitizers() {
    let compiler = Compiler::gpp().with(&SANITIZERS);
    let driver = compiler.build("driver-cpp-sanitized", &sources(&folder(), "cpp"), Link::Shared);
    for (fault, seen) in [
        ("overflow", "AddressSanitizer: heap-buffer-overflow"),
        ("undefined", "runtime error: signed integer overflow"),
        ("leak", "LeakSanitizer: detected memory leaks"),
    ] {
        let mut program = start(&driver);
        let _ = program.try_ask(Record::new("break").with(fault));
        let ending = program.finish();
        assert!(!ending.status.success() && ending.stderr.contains(seen), "{fault}: {ending:?}");
    }
    cases::all(start(&driver), "cpp-sanitized");
}

#[test]
fn evaluation_vectors_pass_without_exceptions() {
    let sources = ["driver.cpp", "evaluate.cpp", "standing.cpp"].map(|name| folder().join(name));
    let compiler = Compiler::gpp().with(&["-fno-exceptions", "-fno-rtti"]);
    let program = start(&compiler.build("driver-cpp-plain", &sources, Link::Shared));
    cases::without_a_world(program, "cpp-plain").finish_well();
}
