//! Runs the population cases: a policy set and a user, and the populations that the set selects.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::evaluation::NOW;
use crate::policies::Contents;
use crate::{Report, files, vectors};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    set: Option<String>,
    /// The file with the set, in the folder of the cases, as `kouling test` reads it. Instead of `set` and `files`.
    policy: Option<String>,
    #[serde(default)]
    files: BTreeMap<String, Contents>,
    /// User attributes of cases that do not state them.
    #[serde(default)]
    user: BTreeMap<String, Values>,
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
    /// Time of the evaluation: a date, or seconds since 1970.
    now: Option<toml::Value>,
    /// Password. Not evaluated if missing.
    pub password: Option<String>,
    /// Expected names of the selected populations.
    pub selected: Option<Vec<String>>,
    /// Expected violation codes in order. Required with `password`.
    pub refused: Option<Vec<String>>,
    /// Expected codes of warnings in order. Not compared if missing.
    pub warned: Option<Vec<String>>,
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
    /// Returns the time of the evaluation in seconds since 1970.
    ///
    /// # Panics
    /// If the time is neither a date nor a number.
    pub fn now(&self) -> i64 {
        match &self.now {
            None => NOW,
            Some(toml::Value::Integer(seconds)) => *seconds,
            Some(toml::Value::Datetime(toml::value::Datetime { date: Some(date), time: None, .. })) => {
                midnight(date.year.into(), date.month.into(), date.day.into())
            }
            Some(other) => panic!("{}: `now` is {other}", self.name),
        }
    }

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

/// Midnight UTC of a day, in seconds since 1970, by the number of days before the year, the month and the day.
fn midnight(year: i64, month: i64, day: i64) -> i64 {
    // The year begins in March, so that the leap day is its last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    (days - 719_468) * 86_400
}

/// The result of a surface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// Names of the selected populations.
    pub selected: Vec<String>,
    /// Violation codes, if the case has a password.
    pub refused: Vec<String>,
    /// Warning codes, if the case has a password.
    pub warned: Vec<String>,
    /// Error kind, if the selection failed.
    pub error: Option<String>,
}

/// Returns every case in `populations`, and those of the example of a bank.
///
/// # Panics
/// If a file is invalid or contains duplicate names.
pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let example = std::iter::once(("bank".to_owned(), read(&bank().join("cases.toml"))));
    for (stem, text) in files("populations").into_iter().chain(example) {
        let mut file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{stem}: {error}"));
        if let Some(policy) = &file.policy {
            file.set = Some(read(&bank().join(policy)));
            file.files = folder(&bank());
        }
        for mut case in file.case {
            case.name = format!("populations/{stem}/{}", case.name);
            assert!(cases.iter().all(|known| known.name != case.name), "{} exists twice", case.name);
            if case.set.is_empty() {
                case.set = file.set.clone().unwrap_or_else(|| panic!("{} has no set", case.name));
            }
            if case.files.is_empty() {
                case.files.clone_from(&file.files);
            }
            for (name, values) in &file.user {
                case.user.entry(name.clone()).or_insert_with(|| values.clone());
            }
            let states = case.selected.is_some() || case.refused.is_some();
            assert!(states != case.error.is_some(), "{}: expected a selection, a refusal or an error", case.name);
            assert_eq!(case.password.is_some(), case.refused.is_some(), "{}: `password` and `refused`", case.name);
            cases.push(case);
        }
    }
    cases
}

/// The folder of the example of a bank.
fn bank() -> PathBuf {
    vectors().join("../../bindings/cli/examples/bank")
}

/// The texts of the files in a folder.
fn folder(path: &Path) -> BTreeMap<String, Contents> {
    let entries = std::fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    entries
        .map(|entry| {
            let path = entry.expect("a readable folder").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, Contents::Text(read(&path)))
        })
        .collect()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
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
        if case.selected.is_some() || case.error.is_some() {
            report.compare(&case.name, "selected", &case.selected.clone().unwrap_or_default(), &actual.selected);
        }
        report.compare(&case.name, "refused", &case.refused.clone().unwrap_or_default(), &actual.refused);
        if let Some(warned) = &case.warned {
            report.compare(&case.name, "warned", warned, &actual.warned);
        }
        report.compare(&case.name, "error", &case.error, &actual.error);
    }
    report
}
