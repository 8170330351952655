//! Enforces the dependency order: a module of the engine imports only from modules that `src/lib.rs` lists before it.
#![allow(clippy::panic, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Returns the modules in the order of `lib.rs`.
fn modules() -> Vec<String> {
    let lib = fs::read_to_string(source_folder().join("lib.rs")).expect("src/lib.rs");
    let lines = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    lines.map(str::to_owned).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// Returns the modules that a line of code imports by `crate::`.
fn imported<'m>(line: &'m str, modules: &'m [String]) -> impl Iterator<Item = &'m str> {
    let code = line.split("//").next().unwrap_or_default();
    code.match_indices("crate::").filter_map(|(at, _)| {
        let rest = &code[at + "crate::".len()..];
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        modules.iter().find(|module| **module == name).map(String::as_str)
    })
}

#[test]
fn imports_follow_dependency_order() {
    let modules = modules();
    assert!(modules.len() >= 7, "only these modules were found in lib.rs: {modules:?}");
    let mut import_count = 0;
    let mut violations = Vec::new();
    for (position, module) in modules.iter().enumerate() {
        let folder = source_folder().join(module);
        let files = if folder.is_dir() { rust_files(&folder) } else { vec![folder.with_extension("rs")] };
        for file in files {
            let text = fs::read_to_string(&file).expect("a source file");
            for (number, line) in text.lines().enumerate() {
                // `crate::{…}` lists would hide imports from this test.
                if line.contains("crate::{") {
                    violations.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
                }
                for target in imported(line, &modules) {
                    import_count += 1;
                    let target_position = modules.iter().position(|m| m == target).expect("a known module");
                    if target_position > position {
                        violations.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
                    }
                }
            }
        }
    }
    assert!(import_count > 40, "only {import_count} imports found");
    assert!(violations.is_empty(), "imports that violate the dependency order:\n{}", violations.join("\n"));
}

#[test]
fn knowledge_submodules_do_not_import_each_other() {
    let knowledge = source_folder().join("knowledge");
    for file in rust_files(&knowledge) {
        let own = file
            .strip_prefix(&knowledge)
            .expect("a file below `knowledge`")
            .components()
            .next()
            .expect("a submodule");
        let own = Path::new(own.as_os_str()).with_extension("");
        let text = fs::read_to_string(&file).expect("a source file");
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for (at, _) in line.match_indices("crate::") {
                let path = &line[at + "crate::".len()..];
                let target = path.strip_prefix("knowledge::").unwrap_or_default();
                let same = target.starts_with(&*own.to_string_lossy());
                // Shared helpers are single files in `knowledge`.
                let file_name: String = target.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let helper = !file_name.is_empty() && knowledge.join(file_name).with_extension("rs").is_file();
                // `time` and `blob` are single files below all modules.
                let base: String = path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let base = source_folder().join(base).with_extension("rs").is_file();
                assert!(same || helper || base, "{}: {}", file.display(), line.trim());
            }
        }
    }
}

#[test]
fn engine_does_not_depend_on_bindings() {
    for file in rust_files(&source_folder()) {
        let text = fs::read_to_string(&file).expect("a source file");
        for name in ["kouling_http", "kouling_c", "axum", "tokio", "sqlx", "pyo3", "clap"] {
            let mentioned = text.lines().any(|line| line.split("//").next().unwrap_or_default().contains(name));
            assert!(!mentioned, "{} mentions {name}", file.display());
        }
    }
}
