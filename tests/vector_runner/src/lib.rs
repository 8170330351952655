//! Reads the cases in `tests/vectors` and compares the expected results with those of a surface (a language
//! binding or program). Independent of the engine: a surface is a function from a case to its result.
//!
//! The vectors are the specification. Every surface runs all of them. Cases that a surface cannot run are counted,
//! and the test asserts their number.

// A test library reports errors by panicking.
#![allow(clippy::panic, clippy::expect_used)]

pub mod evaluation;
pub mod exchange;
pub mod explanation;
pub mod lint;
pub mod policies;
pub mod populations;
pub mod standing;

use std::path::{Path, PathBuf};

/// Returns the folder of the vectors.
pub fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

/// Returns a policy text with absolute paths instead of paths relative to the vector file (`../files/…`), so that
/// a surface can store the policy anywhere.
pub fn with_folder(policy: &str) -> String {
    let folder = std::path::absolute(vectors()).expect("a folder");
    policy.replace("\"../files/", &format!("\"{}/files/", folder.to_string_lossy().replace('\\', "/")))
}

/// Returns stem and text of every `.toml` file in a folder of the vectors, sorted by name.
///
/// # Panics
/// If the folder is empty, or the folder or a file cannot be read: a test without vectors tests nothing.
pub fn files(folder: &str) -> Vec<(String, String)> {
    let folder = vectors().join(folder);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} contains no vectors", folder.display());
    let read =
        |path: &PathBuf| std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    paths.iter().map(|path| (stem(path), read(path))).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Collects differences, so that one run shows all of them.
#[derive(Debug, Default)]
pub struct Report {
    /// Number of cases run.
    pub run: usize,
    /// Number of cases skipped.
    pub skipped: usize,
    differences: Vec<String>,
}

impl Report {
    /// Records a difference between the expected and the actual value of `field`.
    pub fn compare<T: PartialEq + std::fmt::Debug>(&mut self, name: &str, field: &str, expected: &T, actual: &T) {
        if expected != actual {
            self.differences.push(format!("{name}: {field}\n  expected {expected:?}\n  actual   {actual:?}"));
        }
    }

    /// Merges two reports of parallel runs.
    #[must_use]
    pub fn and(mut self, other: Report) -> Report {
        self.run += other.run;
        self.skipped += other.skipped;
        self.differences.extend(other.differences);
        self
    }

    /// Ends the run.
    ///
    /// # Panics
    /// If there is a difference, no case was run, or the number of skipped cases is not `skipped`. The message
    /// lists every difference.
    pub fn finish(self, skipped: usize) {
        assert!(self.run > 0, "no case was run");
        assert_eq!(self.skipped, skipped, "skipped cases");
        let count = self.differences.len();
        assert!(count == 0, "{count} differences in {} cases\n{}", self.run, self.differences.join("\n"));
    }
}
