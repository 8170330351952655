//! `kouling.hpp` covers `kouling.h`, compiles without warnings, and behaves as documented.
#![allow(clippy::panic, clippy::expect_used, missing_docs)]

mod program;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use program::build::{Compiler, Link, SANITIZERS, include, sources};

const STRICT: [&str; 3] = ["-Wconversion", "-Wshadow", "-pthread"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../cpp")
}

fn tests(names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(|name| folder().join("tests").join(name)).collect()
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The lines of a header without comments.
fn code(file: &str) -> Vec<String> {
    let text = fs::read_to_string(include().join(file)).expect("a header");
    text.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned()).collect()
}

fn names(lines: &[String]) -> BTreeSet<&str> {
    lines.iter().flat_map(|line| line.split(|c| !is_word(c))).collect()
}

#[test]
fn cpp_header_covers_the_c_header() {
    let (c, cpp) = (code("kouling.h"), code("kouling.hpp"));
    let used = names(&cpp);
    let text = cpp.join("\n");
    // A NUL-terminated string converts to a `std::string_view`.
    let c_only = ["kouling_text_of", "kouling_enums_have_32_bits", "KOULING_H"];
    let wanted = names(&c).into_iter().filter(|name| {
        let is_function = c.iter().any(|line| line.contains(&format!("{name}(")));
        (name.starts_with("kouling_") && is_function || name.starts_with("KOULING_")) && !c_only.contains(name)
    });
    let wanted: Vec<&str> = wanted.collect();
    assert!(wanted.len() > 160, "only {} names", wanted.len());
    let missing: Vec<_> = wanted.iter().filter(|name| !used.contains(*name)).collect();
    assert!(missing.is_empty(), "not in kouling.hpp: {missing:?}");

    let mut fields = BTreeSet::new();
    let mut within = false;
    for line in &c {
        within = (within || line.starts_with("typedef struct") && line.ends_with('{')) && !line.starts_with('}');
        let name = match line.split_once("(*") {
            Some((_, rest)) => rest.split(')').next(),
            None => line.trim_end().strip_suffix(';').and_then(|line| line.rsplit(|c| !is_word(c)).next()),
        };
        if let (true, Some(name)) = (within && line.starts_with("  ") && !line.starts_with("   "), name) {
            fields.insert(name);
        }
    }
    assert!(fields.len() > 50, "only {fields:?}");
    let is_used = |field: &&str| {
        let at = format!(".{field}");
        text.match_indices(&at).any(|(place, _)| !text[place + at.len()..].starts_with(is_word))
    };
    let missing: Vec<_> = fields.iter().filter(|field| !is_used(field)).collect();
    assert!(missing.is_empty(), "fields that kouling.hpp does not fill in or read: {missing:?}");
}

#[test]
fn headers_compile_with_and_without_exceptions() {
    for compiler in [Compiler::gpp, Compiler::clangpp] {
        for standard in ["-std=c++17", "-std=c++20"] {
            for without in [&[][..], &["-fno-exceptions"], &["-fno-rtti"], &["-fno-exceptions", "-fno-rtti"]] {
                let compiler = || compiler().with(&STRICT).with(&[standard]).with(without);
                compiler().accepts(&tests(&["shapes.cpp", "results.cpp"]));
                if !without.contains(&"-fno-exceptions") {
                    compiler().accepts(&tests(&["throwing.cpp"]));
                    compiler().accepts(&sources(&folder().join("examples"), "cpp"));
                }
            }
        }
    }
}

#[test]
fn driver_compiles_without_warnings() {
    for compiler in [Compiler::gpp, Compiler::clangpp] {
        compiler().with(&STRICT).accepts(&sources(&folder().join("tests/driver"), "cpp"));
    }
}

/// Builds and runs a program. Returns its standard output.
fn run(compiler: Compiler, name: &str, files: &[PathBuf]) -> String {
    let program = compiler.with(&STRICT).build(name, files, Link::Shared);
    let output = Command::new(&program).output().expect("the program starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{name}: {}\n{errors}", output.status);
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn results_work_with_exceptions() {
    let files = tests(&["shapes.cpp", "results.cpp"]);
    run(Compiler::gpp().with(&SANITIZERS), "results", &files);
}

#[test]
fn results_work_without_exceptions() {
    let files = tests(&["shapes.cpp", "results.cpp"]);
    run(Compiler::gpp().with(&["-fno-exceptions", "-fno-rtti", "-O2"]), "results-plain", &files);
    run(Compiler::clangpp().with(&["-std=c++20", "-O2"]), "results-clang", &files);
}

#[test]
fn values_throw() {
    let files = tests(&["throwing.cpp"]);
    run(Compiler::gpp().with(&SANITIZERS), "throwing", &files);
    run(Compiler::clangpp().with(&["-fno-rtti", "-O2"]), "throwing-without-types", &files);
}

#[test]
fn example_runs() {
    let compiler = Compiler::gpp().with(&SANITIZERS);
    let printed = run(compiler, "evaluate_and_reset", &sources(&folder().join("examples"), "cpp"));
    for text in ["characters.too_few_classes", "至少要包含3种", "reset: done", "signed in: yes"] {
        assert!(printed.contains(text), "{text}\n{printed}");
    }
}

#[test]
fn readme_blocks_compile() {
    let readme = fs::read_to_string(folder().join("README.md")).expect("a README");
    let blocks: Vec<&str> =
        readme.split("```cpp\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0)).collect();
    assert!(blocks.len() > 3, "only {} blocks", blocks.len());
    let mut text = String::from(
        "#include <kouling.hpp>\n#include <algorithm>\n#include <ctime>\n#include <iostream>\n\
         extern const kouling::policy policy;\nextern const kouling::facts facts;\nextern std::string_view password;\n",
    );
    let is_program = |block: &&&str| block.contains("int main(");
    for (number, block) in blocks.iter().filter(|block| !is_program(block)).enumerate() {
        let block = block.replace("const bool accepted", "[[maybe_unused]] const bool accepted");
        text += &format!("void block_{number}();\nvoid block_{number}() {{\n{block}}}\n");
    }
    let programs = blocks.iter().filter(is_program).map(|program| (*program).to_owned());
    for (number, text) in programs.chain([text]).enumerate() {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("readme-{number}.cpp"));
        fs::write(&file, text).expect("a file");
        for compiler in [Compiler::gpp, Compiler::clangpp] {
            compiler().accepts(std::slice::from_ref(&file));
        }
    }
}
