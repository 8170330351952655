//! Reads the vectors in `tests/vectors` and compares what a surface answered with what it should have. Knows no
//! engine: a surface is a function from a case to what it saw.
//!
//! The vectors are the specification. Every surface runs all of them; a case that a surface cannot run is counted,
//! and the count is asserted.

// A test kit says what is wrong by panicking.
#![allow(clippy::panic, clippy::expect_used)]

pub mod exchange;
pub mod judgement;
pub mod policies;

use std::path::{Path, PathBuf};

/// The folder of the vectors.
pub fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

/// A policy's text in which the files beside the vectors, which it names relative to its own file (`../files/…`), are
/// named from wherever a surface puts the policy.
pub fn with_folder(policy: &str) -> String {
    let folder = std::path::absolute(vectors()).expect("a folder");
    policy.replace("\"../files/", &format!("\"{}/files/", folder.to_string_lossy().replace('\\', "/")))
}

/// Every `.toml` file of a folder under the vectors, in the order of names: its stem and text.
///
/// # Panics
/// When the folder or a file cannot be read: a test that reads no vectors tests nothing.
pub fn files(folder: &str) -> Vec<(String, String)> {
    let folder = vectors().join(folder);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} holds no vectors", folder.display());
    let read =
        |path: &PathBuf| std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    paths.iter().map(|path| (stem(path), read(path))).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Collects what differed, so that one run shows every difference.
#[derive(Debug, Default)]
pub struct Report {
    /// Cases that were run.
    pub run: usize,
    /// Cases that the surface could not run.
    pub skipped: usize,
    differences: Vec<String>,
}

impl Report {
    /// Notes a difference between what a case expects and what was seen.
    pub fn compare<T: PartialEq + std::fmt::Debug>(&mut self, name: &str, what: &str, expected: &T, seen: &T) {
        if expected != seen {
            self.differences.push(format!("{name}: {what}\n  expected {expected:?}\n  saw      {seen:?}"));
        }
    }

    /// This report and another one as one: parts of a run that went on at once.
    #[must_use]
    pub fn and(mut self, other: Report) -> Report {
        self.run += other.run;
        self.skipped += other.skipped;
        self.differences.extend(other.differences);
        self
    }

    /// Fails with every difference, or when nothing was run, or when another number than `skipped` was left out.
    ///
    /// # Panics
    /// As said.
    pub fn finish(self, skipped: usize) {
        assert!(self.run > 0, "no case was run");
        assert_eq!(self.skipped, skipped, "cases left out");
        let count = self.differences.len();
        assert!(count == 0, "{count} differences in {} cases\n{}", self.run, self.differences.join("\n"));
    }
}
