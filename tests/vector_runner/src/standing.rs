//! Runs the standing cases: a policy, the facts about an account, and its standing, or the effects of a sign-in.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::evaluation::NOW;
use crate::{Report, files};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    policy: Option<String>,
    /// Facts of every account of the file, unless a case has other values.
    #[serde(default)]
    account: toml::Table,
    case: Vec<Case>,
}

/// A test case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Name, prefixed with the file after reading.
    pub name: String,
    /// Policy text, by default that of the file.
    #[serde(default)]
    pub policy: String,
    /// The current time in seconds since 1970.
    #[serde(default = "now")]
    pub now: i64,
    /// The facts about the account by name. Times are durations before `now`, such as `"80d"`, or after it, such as
    /// `"-1h"`; `"never"` is an unknown time. `accepted_under` is `"this"`, `"other"` or `"unknown"`.
    #[serde(default)]
    pub account: toml::Table,
    /// The question.
    #[serde(default)]
    pub call: Call,
    /// Whether the policy accepts the password, for a successful sign-in.
    pub accepts: Option<bool>,
    /// Expected code. Empty if facts are missing.
    #[serde(default)]
    pub code: String,
    /// Expected names of the missing facts.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Expected number of the standing: `days` or `left`, or `until` in seconds after `now`.
    #[serde(default)]
    pub number: Option<i64>,
    /// Expected names of the effects in order. Not compared for a plain standing.
    #[serde(default)]
    pub effects: Vec<String>,
    /// Expected messages by language. Not compared if missing.
    #[serde(default)]
    pub messages: BTreeMap<String, String>,
}

fn now() -> i64 {
    NOW
}

/// What is asked about the account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Its standing.
    #[default]
    Standing,
    /// A failed sign-in.
    SignInFailed,
    /// A successful sign-in.
    SignedIn,
}

impl Call {
    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            Call::Standing => "standing",
            Call::SignInFailed => "sign_in_failed",
            Call::SignedIn => "signed_in",
        }
    }
}

/// Converts the text of a time to seconds since 1970.
fn unix(text: &str, now: i64) -> Option<i64> {
    let units = [("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)];
    units.iter().find_map(|(unit, seconds)| {
        let number: i64 = text.strip_suffix(unit)?.parse().ok()?;
        Some(now.saturating_sub(number * seconds))
    })
}

impl Case {
    /// Returns the account as every surface reads it. `digest` is the digest of the policy in hexadecimal digits.
    ///
    /// # Panics
    /// If a time is invalid.
    pub fn account_json(&self, digest: &str) -> Value {
        let convert = |name: &str, value: &toml::Value| match (name, value.as_str()) {
            ("accepted_under", Some("this")) => digest.into(),
            ("accepted_under", Some("other")) => "5a".repeat(32).into(),
            (_, Some("never" | "unknown")) => Value::Null,
            (_, Some(text)) => {
                let time = unix(text, self.now);
                time.unwrap_or_else(|| panic!("{}: invalid time `{text}`", self.name)).into()
            }
            _ => serde_json::to_value(value).unwrap_or_default(),
        };
        let facts = self.account.iter().map(|(name, value)| {
            let value = match value.as_table() {
                Some(failures) => failures.iter().map(|(key, value)| (key.clone(), convert(key, value))).collect(),
                None => convert(name, value),
            };
            (name.clone(), value)
        });
        Value::Object(facts.collect())
    }
}

/// The result of a surface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The code of the standing. Empty if facts are missing.
    pub code: String,
    /// The names of the missing facts.
    pub missing: Vec<String>,
    /// The number of the standing; a time as seconds since 1970.
    pub number: Option<(String, i64)>,
    /// The names of the effects.
    pub effects: Vec<String>,
    /// The messages by language.
    pub messages: BTreeMap<String, String>,
}

/// Returns every case in `standing`.
///
/// # Panics
/// If a file is invalid.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (stem, text) in files("standing") {
        let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("standing/{stem}: {error}"));
        for case in file.case {
            let policy = if case.policy.is_empty() { file.policy.clone() } else { Some(case.policy.clone()) };
            let policy = policy.unwrap_or_else(|| panic!("standing/{stem}/{}: no policy", case.name));
            let mut account = file.account.clone();
            account.extend(case.account);
            cases.push(Case { name: format!("standing/{stem}/{}", case.name), policy, account, ..case });
        }
    }
    cases
}

/// Runs every case with a surface.
pub fn run(mut surface: impl FnMut(&Case) -> Outcome) -> Report {
    let mut report = Report::default();
    for case in cases() {
        report.run += 1;
        let actual = surface(&case);
        report.compare(&case.name, "code", &case.code, &actual.code);
        report.compare(&case.name, "missing", &case.missing, &actual.missing);
        let number = actual.number.map(|(name, n)| if name == "until" { n - case.now } else { n });
        report.compare(&case.name, "number", &case.number, &number);
        if case.call != Call::Standing {
            report.compare(&case.name, "effects", &case.effects, &actual.effects);
        }
        for (language, message) in &case.messages {
            report.compare(&case.name, "message", &Some(message), &actual.messages.get(language));
        }
    }
    report
}
