//! The modules of this crate import only from modules that `lib.rs`, or `reset/mod.rs`, lists before them.
#![allow(clippy::panic, clippy::expect_used, missing_docs)]

use std::fs;
use std::path::Path;

/// The modules of a file, in its order.
fn listed(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).expect("a source file");
    let names =
        text.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'));
    names.map(str::to_owned).collect()
}

/// All modules in the order of the dependencies, each with its file.
fn modules(source: &Path) -> Vec<(String, std::path::PathBuf)> {
    let mut modules = Vec::new();
    for name in listed(&source.join("lib.rs")) {
        let folder = source.join(&name);
        if folder.is_dir() {
            let within = listed(&folder.join("mod.rs"));
            modules.extend(
                within.into_iter().map(|of| (format!("{name}::{of}"), folder.join(of).with_extension("rs"))),
            );
        } else {
            modules.push((name, folder.with_extension("rs")));
        }
    }
    modules
}

fn is_in(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.starts_with("::") || rest.starts_with(';'))
}

#[test]
fn modules_have_no_import_cycles() {
    let modules = modules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let (mut imports, mut wrong) = (0, Vec::new());
    for (place, (module, file)) in modules.iter().enumerate() {
        let text = fs::read_to_string(file).expect("a source file");
        // The tests of a module may use what comes after it.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines().map(|line| line.split("//").next().unwrap_or_default()) {
            for (at, _) in line.match_indices("crate::") {
                let path = &line[at + "crate::".len()..];
                let target = modules.iter().position(|(name, _)| is_in(path, name));
                let target =
                    target.unwrap_or_else(|| panic!("{module} imports `crate::{path}`, which is no module"));
                imports += 1;
                if target >= place {
                    wrong.push(format!("{module} imports {}", modules[target].0));
                }
            }
        }
    }
    assert!(imports > 100, "only {imports} imports were found");
    assert!(wrong.is_empty(), "a module imports from one that is listed after it:\n{}", wrong.join("\n"));
}
