//! Every vector through the C API by a program in C: with the shared and the static library, under sanitizers, and under
//! valgrind.
#![allow(clippy::panic, clippy::expect_used, missing_docs)]

mod program;

use std::path::Path;
use std::process::Command;

use program::build::{Compiler, Link, SANITIZERS, c_driver, installed};
use program::cases;
use program::{Program, Record};

fn version(program: &mut Program) {
    let mut answer = program.ask(Record::new("version")).of("version");
    assert_eq!(
        (answer.text(), answer.text(), answer.text()),
        ("0".into(), "0".into(), env!("CARGO_PKG_VERSION").into())
    );
}

fn start(path: &Path) -> Program {
    Program::start(&mut Command::new(path))
}

#[test]
fn vectors_pass_with_the_shared_library() {
    let driver = Compiler::gcc().build("driver-shared", &c_driver(), Link::Shared);
    let mut program = start(&driver);
    version(&mut program);
    cases::all(program, "shared");
}

#[test]
fn vectors_pass_with_the_static_library() {
    let driver = Compiler::gcc().build("driver-static", &c_driver(), Link::Static);
    let mut program = start(&driver);
    version(&mut program);
    cases::all(program, "static");
}

#[test]
fn driver_compiles_without_warnings_with_clang() {
    Compiler::clang().accepts(&c_driver());
}

#[test]
fn vectors_pass_under_sanitizers() {
    let driver = Compiler::gcc().with(&SANITIZERS).build("driver-sanitized", &c_driver(), Link::Shared);
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
    cases::all(start(&driver), "sanitized");
}

fn under_valgrind(driver: &Path) -> Program {
    let mut valgrind = installed("valgrind", "valgrind");
    let known = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/driver/valgrind.supp");
    valgrind
        .args([
            "--quiet",
            "--error-exitcode=99",
            "--leak-check=full",
            "--num-callers=60",
            "--errors-for-leak-kinds=definite,possible",
        ])
        .arg(format!("--suppressions={}", known.display()))
        .arg(driver);
    Program::start(&mut valgrind)
}

#[test]
fn vectors_pass_under_valgrind() {
    let driver = Compiler::gcc().build("driver-valgrind", &c_driver(), Link::Shared);
    for fault in ["overflow", "leak"] {
        let mut program = under_valgrind(&driver);
        let _ = program.try_ask(Record::new("break").with(fault));
        let ending = program.finish();
        assert_eq!(ending.status.code(), Some(99), "{fault}: {ending:?}");
    }
    cases::all(under_valgrind(&driver), "valgrind");
}
