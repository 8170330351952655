//! Every function of the header, called from C with nothing: NULL for every pointer, texts that are NULL, also with a
//! length. None is forgotten, for the calls are made of the header.
#![allow(clippy::panic, clippy::expect_used, missing_docs)]

mod program;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use program::build::{Compiler, Link, SANITIZERS, include, installed, library};

/// A function as the header declares it.
#[derive(Debug)]
struct Function {
    result: String,
    name: String,
    /// The types of its arguments.
    arguments: Vec<String>,
}

/// What a line of the header says without its comments.
fn declarations(header: &str) -> Vec<Function> {
    let code: String = header
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .filter(|line| !line.starts_with('#'))
        .collect::<Vec<_>>()
        .join(" ");
    let begin = code.find("extern \"C\" {").expect("the functions");
    code[begin + "extern \"C\" {".len()..].split(';').filter_map(function).collect()
}

fn function(declaration: &str) -> Option<Function> {
    let (head, rest) = declaration.split_once('(')?;
    let (arguments, end) = rest.rsplit_once(')')?;
    let at = head.rfind("kouling_").filter(|_| end.trim().is_empty() && !head.contains('='))?;
    let (result, name) = head.split_at(at);
    let kind = |argument: &str| {
        let argument = argument.trim();
        let end = argument.rfind(|c: char| !c.is_alphanumeric() && c != '_').expect("a type and a name") + 1;
        argument[..end].split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let arguments = match arguments.trim() {
        "void" => Vec::new(),
        arguments => arguments.split(',').map(kind).collect(),
    };
    let result = result.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(Function { result, name: name.trim().to_owned(), arguments })
}

/// Numbers of 32 bits that are no status.
const LOOKED_UP: [&str; 6] = [
    "kouling_abi",
    "kouling_record_state",
    "kouling_step_kind",
    "kouling_step_purpose",
    "kouling_step_channel",
    "kouling_sending_channel",
];

impl Function {
    /// A status: every other number is what is looked up.
    fn gives_a_status(&self) -> bool {
        self.result == "uint32_t" && !LOOKED_UP.contains(&self.name.as_str())
    }

    fn call(&self, text: &str) -> String {
        let nothing = |kind: &String| match kind.as_str() {
            kind if kind.ends_with('*') => "NULL",
            "struct kouling_text" => text,
            _ => "0",
        };
        let arguments: Vec<&str> = self.arguments.iter().map(nothing).collect();
        format!("{}({})", self.name, arguments.join(", "))
    }

    /// What must be true of a call.
    fn expectation(&self, text: &str) -> String {
        let call = self.call(text);
        match (self.name.as_str(), self.result.as_str()) {
            ("kouling_abi", _) => format!("{call} == KOULING_ABI"),
            ("kouling_version", _) => format!("{call}.length > 0"),
            // A limit of nothing lets nothing through.
            ("kouling_retry_after", _) => format!("{call} == UINT64_MAX"),
            ("kouling_record_state", _) => format!("{call} == KOULING_REVOKED"),
            (_, "void") => format!("({call}, true)"),
            (_, "bool") => format!("!{call}"),
            (_, "struct kouling_text") => format!("!{call}.length"),
            _ if self.gives_a_status() => format!("{call} == KOULING_INVALID_ARGUMENT"),
            (_, pointer) if pointer.ends_with('*') => format!("!{call}"),
            _ => format!("{call} == 0"),
        }
    }
}

/// A program that makes every call and says which answers are wrong.
fn sweep(functions: &[Function]) -> String {
    let mut calls = String::new();
    for text in ["nothing", "nowhere"] {
        for function in functions {
            let name = &function.name;
            calls += &format!("    if (!({})) wrong(\"{name} of {text}\");\n", function.expectation(text));
        }
    }
    format!(
        "#include <stdio.h>\n#include \"kouling.h\"\n\nstatic int wrongs;\n\n\
         static void wrong(const char *call) {{\n    wrongs++;\n    printf(\"%s\\n\", call);\n}}\n\n\
         int main(void) {{\n    const struct kouling_text nothing = {{NULL, 0}}, nowhere = {{NULL, 5}};\n\
         {calls}    return wrongs != 0;\n}}\n"
    )
}

fn header() -> Vec<Function> {
    declarations(&fs::read_to_string(include().join("kouling.h")).expect("the header"))
}

#[test]
fn every_function_is_called_with_nothing() {
    let functions = header();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("nothing");
    fs::create_dir_all(&folder).expect("a folder");
    let source = folder.join("nothing.c");
    fs::write(&source, sweep(&functions)).expect("a source file");
    let program = Compiler::gcc().with(&SANITIZERS).build("nothing", &[source], Link::Shared);
    let output = Command::new(program).output().expect("the program starts");
    let told = [output.stdout, output.stderr].map(|told| String::from_utf8_lossy(&told).into_owned());
    assert!(output.status.success() && told.concat().is_empty(), "{}\n{}", output.status, told.concat());
}

#[test]
fn what_is_exported_is_what_the_header_declares() {
    let output = installed("nm", "binutils")
        .args(["--dynamic", "--defined-only", "--format=just-symbols"])
        .arg(library("libkouling_c.so"))
        .output()
        .expect("nm");
    let mut exported: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    exported.sort();
    let mut declared: Vec<String> = header().into_iter().map(|function| function.name).collect();
    declared.sort();
    assert_eq!(exported, declared);
}
