//! Runs the policy cases: a policy text, and the diagnostics that loading it reports.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Report, files, vectors};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

/// A test case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Name.
    pub name: String,
    /// Text of `policy.toml`.
    pub policy: String,
    /// Other files in its folder.
    #[serde(default)]
    pub files: BTreeMap<String, Contents>,
    /// Expected diagnostics in order. Empty if the policy loads.
    pub findings: Vec<Finding>,
}

/// Contents of a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Contents {
    /// A text.
    Text(String),
    /// A file of the vectors, possibly modified.
    Part {
        /// Path relative to the folder of the vectors.
        of: String,
        /// Length to truncate it to.
        cut: Option<usize>,
        /// Bits to flip: byte index and bit mask.
        flip: Option<(usize, u8)>,
    },
}

impl Contents {
    /// Returns the bytes.
    ///
    /// # Panics
    /// If the file does not exist or has no such byte.
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

/// A diagnostic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// `file:line:column`, or `line:column` of `policy.toml`.
    pub at: String,
    /// ID of the diagnostic.
    pub id: String,
    /// Message.
    pub message: String,
    /// Help text.
    #[serde(default)]
    pub help: Option<String>,
}

/// Returns every case in `policies`.
///
/// # Panics
/// If a file is invalid.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (stem, text) in files("policies") {
        let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("policies/{stem}: {error}"));
        for mut case in file.case {
            case.name = format!("policies/{stem}/{}", case.name);
            for finding in &mut case.findings {
                if finding.at.matches(':').count() == 1 {
                    finding.at = format!("policy.toml:{}", finding.at);
                }
            }
            cases.push(case);
        }
    }
    cases
}

/// Runs every case with a loader.
///
/// # Panics
/// If a file is invalid.
pub fn run(mut load: impl FnMut(&Case) -> Vec<Finding>) -> Report {
    let mut report = Report::default();
    for case in cases() {
        let actual = load(&case);
        report.run += 1;
        report.compare(&case.name, "findings", &case.findings, &actual);
    }
    report
}
