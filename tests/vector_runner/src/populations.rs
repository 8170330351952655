//! Runs the population cases: a policy set and a user, and the populations that the set selects.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::policies::Contents;
use crate::{Report, files};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    set: Option<String>,
    #[serde(default)]
    files: BTreeMap<String, Contents>,
    case: Vec<Case>,
}

/// A test case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Name, prefixed with the file after reading.
    pub name: String,
    /// Text of `set.toml`, by default that of the file.
    #[serde(default)]
    pub set: String,
    /// Other files in its folder, by default those of the file.
    #[serde(default)]
    pub files: BTreeMap<String, Contents>,
    /// User attributes: a value, or several.
    #[serde(default)]
    pub user: BTreeMap<String, Values>,
    /// Password. Not evaluated if missing.
    pub password: Option<String>,
    /// Expected names of the selected populations.
    pub selected: Option<Vec<String>>,
    /// Expected violation codes in order. Required with `password`.
    pub refused: Option<Vec<String>>,
    /// Expected error of the selection, instead of `selected`.
    pub error: Option<String>,
}

/// The values of an attribute.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Values {
    /// One value.
    One(String),
    /// Several values.
    Several(Vec<String>),
}

impl Case {
    /// Returns the user attributes, each value with its name.
    pub fn attributes(&self) -> Vec<(&str, &str)> {
        let mut attributes = Vec::new();
        for (name, values) in &self.user {
            match values {
                Values::One(value) => attributes.push((name.as_str(), value.as_str())),
                Values::Several(values) => {
                    attributes.extend(values.iter().map(|value| (name.as_str(), value.as_str())))
                }
            }
        }
        attributes
    }
}

/// The result of a surface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// Names of the selected populations.
    pub selected: Vec<String>,
    /// Violation codes, if the case has a password.
    pub refused: Vec<String>,
    /// Error kind, if the selection failed.
    pub error: Option<String>,
}

/// Returns every case in `populations`.
///
/// # Panics
/// If a file is invalid or contains duplicate names.
pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (stem, text) in files("populations") {
        let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{stem}: {error}"));
        for mut case in file.case {
            case.name = format!("populations/{stem}/{}", case.name);
            assert!(cases.iter().all(|known| known.name != case.name), "{} exists twice", case.name);
            if case.set.is_empty() {
                case.set = file.set.clone().unwrap_or_else(|| panic!("{} has no set", case.name));
            }
            if case.files.is_empty() {
                case.files.clone_from(&file.files);
            }
            assert!(case.selected.is_some() != case.error.is_some(), "{}: `selected` or `error`", case.name);
            assert_eq!(case.password.is_some(), case.refused.is_some(), "{}: `password` and `refused`", case.name);
            cases.push(case);
        }
    }
    cases
}

/// Runs every case. `observe` returns `None` for a case that the surface cannot run.
pub fn run(mut observe: impl FnMut(&Case) -> Option<Observed>) -> Report {
    let mut report = Report::default();
    for case in cases() {
        let Some(actual) = observe(&case) else {
            report.skipped += 1;
            continue;
        };
        report.run += 1;
        report.compare(&case.name, "selected", &case.selected.clone().unwrap_or_default(), &actual.selected);
        report.compare(&case.name, "refused", &case.refused.clone().unwrap_or_default(), &actual.refused);
        report.compare(&case.name, "error", &case.error, &actual.error);
    }
    report
}
