//! Vectors of judgements: a policy, a password, a user; what is refused, in which order, with which figures.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Report, files, with_folder};

/// The moment of judging where a case names none: 2026-11-23T00:00:00Z.
pub const NOW: i64 = 1_795_392_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    policy: Option<String>,
    #[serde(default)]
    user: BTreeMap<String, String>,
    case: Vec<Case>,
}

/// One case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its name; with the file's before it when it was read.
    pub name: String,
    /// The policy's text; the file's when the case has none. A path in it is relative to the vectors' file.
    #[serde(default)]
    pub policy: String,
    /// A preset instead of a text.
    pub preset: Option<String>,
    /// The password, or `password_hex` where it is not text.
    #[serde(default)]
    pub password: String,
    /// The bytes of the password in hexadecimal digits.
    pub password_hex: Option<String>,
    /// The password stands this often in a row: for long ones.
    pub repeat: Option<usize>,
    /// Attributes of the user.
    #[serde(default)]
    pub user: BTreeMap<String, String>,
    /// Stored hashes, the current one first.
    #[serde(default)]
    pub previous: Vec<Previous>,
    /// The current password itself, where the host has it.
    pub current: Option<String>,
    /// The moment of judging, in seconds since 1970.
    pub now: Option<i64>,
    /// The codes it is refused for, in order; empty when it is accepted.
    pub refused: Option<Vec<String>>,
    /// The codes that its owner is warned of.
    #[serde(default)]
    pub warned: Vec<String>,
    /// The figures of each refusal.
    pub numbers: Option<Vec<BTreeMap<String, u64>>>,
    /// Codes about how it was judged; not compared when missing.
    pub notes: Option<Vec<String>>,
    /// The messages of the refusals by language; not compared where missing.
    #[serde(default)]
    pub messages: BTreeMap<String, Vec<String>>,
    /// The contract's codes of the refusals.
    pub wire: Option<Vec<String>>,
    /// Instead of `refused`: no judgement is possible, and why.
    pub error: Option<String>,
}

/// A stored hash.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Previous {
    /// Only the hash.
    Hash(String),
    /// The hash and when it was set, in seconds since 1970.
    Dated {
        /// The hash.
        hash: String,
        /// When.
        at: i64,
    },
}

impl Previous {
    /// The hash, and when it was set.
    pub fn parts(&self) -> (&str, Option<i64>) {
        match self {
            Previous::Hash(hash) => (hash, None),
            Previous::Dated { hash, at } => (hash, Some(*at)),
        }
    }
}

impl Case {
    /// The bytes to judge.
    ///
    /// # Panics
    /// When `password_hex` is not hexadecimal.
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

/// What a surface saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The refusals in order.
    pub refused: Vec<Violation>,
    /// The codes of the warnings.
    pub warned: Vec<String>,
    /// The codes of the notes.
    pub notes: Vec<String>,
    /// Why no judgement was possible.
    pub error: Option<String>,
}

/// A refusal as a surface saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violation {
    /// The stable code.
    pub code: String,
    /// The figures.
    pub numbers: BTreeMap<String, u64>,
    /// The message by language.
    pub messages: BTreeMap<String, String>,
    /// The contract's code.
    pub wire: String,
}

/// Every case of every file under `rules`, `judgement` and `names`.
///
/// # Panics
/// When a file is no vector file, or two cases of it have one name.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for folder in ["rules", "judgement"] {
        for (stem, text) in files(folder) {
            let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{folder}/{stem}: {error}"));
            let mut names: Vec<String> = file.case.iter().map(|case| case.name.clone()).collect();
            names.sort();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count, "{folder}/{stem}: two cases have one name");
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

/// Runs every case through a surface; `None` leaves a case out.
pub fn run(mut surface: impl FnMut(&Case) -> Option<Seen>) -> Report {
    let mut report = Report::default();
    for case in cases() {
        match surface(&case) {
            Some(seen) => {
                report.run += 1;
                compare(&case, &seen, &mut report);
            }
            None => report.skipped += 1,
        }
    }
    report
}

fn compare(case: &Case, seen: &Seen, report: &mut Report) {
    let name = &case.name;
    assert!(case.refused.is_some() != case.error.is_some(), "{name}: say `refused` or `error`, one of them");
    report.compare(name, "error", &case.error, &seen.error);
    let codes: Vec<String> = seen.refused.iter().map(|violation| violation.code.clone()).collect();
    report.compare(name, "refused", &case.refused.clone().unwrap_or_default(), &codes);
    report.compare(name, "warned", &case.warned, &seen.warned);
    if let Some(notes) = &case.notes {
        report.compare(name, "notes", notes, &seen.notes);
    }
    if let Some(numbers) = &case.numbers {
        let figures: Vec<BTreeMap<String, u64>> = seen.refused.iter().map(|v| v.numbers.clone()).collect();
        report.compare(name, "numbers", numbers, &figures);
    }
    for (language, messages) in &case.messages {
        let said: Vec<String> =
            seen.refused.iter().map(|v| v.messages.get(language).cloned().unwrap_or_default()).collect();
        report.compare(name, "messages", messages, &said);
    }
    if let Some(wire) = &case.wire {
        let codes: Vec<String> = seen.refused.iter().map(|violation| violation.wire.clone()).collect();
        report.compare(name, "wire", wire, &codes);
    }
}
