//! Vectors of policies: a text that does not load, with everything that must be said about it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Report, files};

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
    pub files: BTreeMap<String, String>,
    /// Every finding, in order; none when the policy loads.
    pub findings: Vec<Finding>,
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
