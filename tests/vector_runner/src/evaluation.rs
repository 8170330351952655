//! Runs the evaluation cases: a policy, a password and a user, and the expected violations in order, with numbers.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Report, files, with_folder};

/// The languages whose messages every surface reports.
pub const LANGUAGES: [&str; 3] = ["en", "zh", "zh-Hant"];

/// Default evaluation time: 2026-11-23T00:00:00Z.
pub const NOW: i64 = 1_795_392_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    policy: Option<String>,
    #[serde(default)]
    user: BTreeMap<String, String>,
    case: Vec<Case>,
}

/// A test case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Name, prefixed with folder and file after reading.
    pub name: String,
    /// Policy text, by default that of the file. Paths in it are relative to the vector file.
    #[serde(default)]
    pub policy: String,
    /// Name of a preset, instead of a policy text.
    pub preset: Option<String>,
    /// Password, if it is text.
    #[serde(default)]
    pub password: String,
    /// Password bytes in hexadecimal digits.
    pub password_hex: Option<String>,
    /// Number of times the password is repeated.
    pub repeat: Option<usize>,
    /// User attributes.
    #[serde(default)]
    pub user: BTreeMap<String, String>,
    /// Stored hashes, current one first.
    #[serde(default)]
    pub previous: Vec<Previous>,
    /// Current password in plain text.
    pub current: Option<String>,
    /// Time when the current password was set, in seconds since 1970, for a change.
    pub password_set: Option<i64>,
    /// Evaluation time, in seconds since 1970.
    pub now: Option<i64>,
    /// Expected violation codes in order. Empty if the password is accepted.
    pub refused: Option<Vec<String>>,
    /// Expected warning codes.
    #[serde(default)]
    pub warned: Vec<String>,
    /// Expected numbers of each violation.
    pub numbers: Option<Vec<BTreeMap<String, u64>>>,
    /// Expected note codes. Not compared if missing.
    pub notes: Option<Vec<String>>,
    /// Expected messages of the violations by language, one of [`LANGUAGES`]. Not compared if missing.
    #[serde(default)]
    pub messages: BTreeMap<String, Vec<String>>,
    /// Expected contract codes of the violations.
    pub wire: Option<Vec<String>>,
    /// Expected error, instead of `refused`.
    pub error: Option<String>,
}

/// A stored hash.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Previous {
    /// A hash.
    Hash(String),
    /// A hash and the time it was set, in seconds since 1970.
    Dated {
        /// The hash.
        hash: String,
        /// Time it was set, in seconds since 1970.
        at: i64,
    },
}

impl Previous {
    /// Returns the hash and the time it was set.
    pub fn parts(&self) -> (&str, Option<i64>) {
        match self {
            Previous::Hash(hash) => (hash, None),
            Previous::Dated { hash, at } => (hash, Some(*at)),
        }
    }
}

impl Case {
    /// Returns the password bytes.
    ///
    /// # Panics
    /// If `password_hex` is not hexadecimal.
    pub fn bytes(&self) -> Vec<u8> {
        let once = match &self.password_hex {
            Some(hex) => (0..hex.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal digits"))
                .collect(),
            None => self.password.clone().into_bytes(),
        };
        once.repeat(self.repeat.unwrap_or(1))
    }
}

/// The result of a surface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// Violations in order.
    pub refused: Vec<Violation>,
    /// Warning codes.
    pub warned: Vec<String>,
    /// Note codes.
    pub notes: Vec<String>,
    /// Error kind, if the evaluation failed.
    pub error: Option<String>,
}

/// A violation as returned by a surface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violation {
    /// Violation code.
    pub code: String,
    /// Numbers.
    pub numbers: BTreeMap<String, u64>,
    /// Messages by language.
    pub messages: BTreeMap<String, String>,
    /// Contract code.
    pub wire: String,
}

/// Returns every case in `rules` and `evaluation`.
///
/// # Panics
/// If a file is invalid or contains duplicate names.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for folder in ["rules", "evaluation"] {
        for (stem, text) in files(folder) {
            let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{folder}/{stem}: {error}"));
            let mut names: Vec<String> = file.case.iter().map(|case| case.name.clone()).collect();
            names.sort();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count, "{folder}/{stem}: duplicate case names");
            for case in file.case {
                let policy = if case.policy.is_empty() && case.preset.is_none() {
                    file.policy.clone().unwrap_or_else(|| panic!("{folder}/{stem}/{}: no policy", case.name))
                } else {
                    case.policy.clone()
                };
                let mut user = file.user.clone();
                user.extend(case.user.clone());
                let policy = with_folder(&policy);
                cases.push(Case { name: format!("{folder}/{stem}/{}", case.name), policy, user, ..case });
            }
        }
    }
    cases
}

/// Runs every case. The surface returns `None` to skip a case.
pub fn run(mut surface: impl FnMut(&Case) -> Option<Observed>) -> Report {
    let mut report = Report::default();
    for case in cases() {
        match surface(&case) {
            Some(observed) => {
                report.run += 1;
                compare(&case, &observed, &mut report);
            }
            None => report.skipped += 1,
        }
    }
    report
}

fn compare(case: &Case, observed: &Observed, report: &mut Report) {
    let name = &case.name;
    assert!(
        case.refused.is_some() != case.error.is_some(),
        "{name}: expected exactly one of `refused` and `error`"
    );
    report.compare(name, "error", &case.error, &observed.error);
    let codes: Vec<String> = observed.refused.iter().map(|violation| violation.code.clone()).collect();
    report.compare(name, "refused", &case.refused.clone().unwrap_or_default(), &codes);
    report.compare(name, "warned", &case.warned, &observed.warned);
    if let Some(notes) = &case.notes {
        report.compare(name, "notes", notes, &observed.notes);
    }
    if let Some(numbers) = &case.numbers {
        let numbers_observed: Vec<BTreeMap<String, u64>> =
            observed.refused.iter().map(|v| v.numbers.clone()).collect();
        report.compare(name, "numbers", numbers, &numbers_observed);
    }
    for (language, messages) in &case.messages {
        let observed_messages: Vec<String> =
            observed.refused.iter().map(|v| v.messages.get(language).cloned().unwrap_or_default()).collect();
        report.compare(name, "messages", messages, &observed_messages);
    }
    if let Some(wire) = &case.wire {
        let codes: Vec<String> = observed.refused.iter().map(|violation| violation.wire.clone()).collect();
        report.compare(name, "wire", wire, &codes);
    }
}
