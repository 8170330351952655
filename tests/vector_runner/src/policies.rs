//! Vectors of policies: a text that does not load, with everything that must be said about it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Report, files, vectors};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

/// One policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its name; with the file's before it when it was read.
    pub name: String,
    /// The text, which is the file `policy.toml`.
    pub policy: String,
    /// Other files beside it.
    #[serde(default)]
    pub files: BTreeMap<String, Contents>,
    /// Every finding, in order; none when the policy loads.
    pub findings: Vec<Finding>,
}

/// What stands in a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Contents {
    /// A text.
    Text(String),
    /// One of the vectors' own files, or a part of it.
    Part {
        /// Its path under the folder of the vectors.
        of: String,
        /// Only so many bytes of its beginning.
        cut: Option<usize>,
        /// The bits that are turned over: the place of a byte, and the bits in it.
        flip: Option<(usize, u8)>,
    },
}

impl Contents {
    /// The bytes.
    ///
    /// # Panics
    /// When there is no such file, or it has no such byte.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Contents::Text(text) => text.clone().into_bytes(),
            Contents::Part { of, cut, flip } => {
                let mut bytes = std::fs::read(vectors().join(of)).unwrap_or_else(|error| panic!("{of}: {error}"));
                bytes.truncate(cut.unwrap_or(usize::MAX));
                if let Some((place, bits)) = flip {
                    bytes[*place] ^= bits;
                }
                bytes
            }
        }
    }
}

/// A finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// `file:line:column`, or `line:column` of `policy.toml`.
    pub at: String,
    /// What kind of finding.
    pub id: String,
    /// What is said.
    pub message: String,
    /// What would be right.
    #[serde(default)]
    pub help: Option<String>,
}

/// Runs every policy through a loader.
///
/// # Panics
/// When a file is no vector file.
pub fn run(mut load: impl FnMut(&Case) -> Vec<Finding>) -> Report {
    let mut report = Report::default();
    for (stem, text) in files("policies") {
        let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("policies/{stem}: {error}"));
        for mut case in file.case {
            for finding in &mut case.findings {
                if finding.at.matches(':').count() == 1 {
                    finding.at = format!("policy.toml:{}", finding.at);
                }
            }
            let seen = load(&case);
            report.run += 1;
            report.compare(&format!("policies/{stem}/{}", case.name), "findings", &case.findings, &seen);
        }
    }
    report
}
