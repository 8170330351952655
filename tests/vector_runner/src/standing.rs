//! Runs the standing cases: a policy, the state of an account, and its standing, or the effects of a sign-in.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::evaluation::NOW;
use crate::{Report, files};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    policy: Option<String>,
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
    /// The state of the account.
    #[serde(default)]
    pub account: Account,
    /// The question.
    #[serde(default)]
    pub call: Call,
    /// Whether the policy accepts the password, for a successful sign-in.
    pub accepts: Option<bool>,
    /// Expected code.
    pub code: String,
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

/// The state of an account. Times are durations before `now`, such as `"80d"`, or after it, such as `"-1h"`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// When the password was set.
    pub password_set: Option<Ago>,
    /// The last successful sign-in.
    pub last_use: Option<Ago>,
    /// Failures from the client's network: the number, and the newest.
    pub network_failures: Option<Failures>,
    /// Failures from all unknown networks.
    pub account_failures: Option<Failures>,
    /// Whether the network is known.
    pub known_network: bool,
    /// The end of an imposed lock.
    pub locked_until: Option<Ago>,
    /// Whether an administrator disabled the account.
    pub disabled: bool,
    /// Whether an administrator requires a change.
    pub must_change: bool,
    /// A temporary password.
    pub temporary: Option<Temporary>,
    /// Whether the password was found in a breach.
    pub breached: bool,
    /// Whether the policy of the case accepted the password, another one (`false`), or an unknown one.
    pub accepted: Option<bool>,
    /// Sign-ins since the password expired.
    pub grace_used: u64,
}

/// Failed sign-ins.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failures {
    /// The number.
    pub count: u64,
    /// The newest.
    pub newest: Option<Ago>,
}

/// A temporary password.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Temporary {
    /// When it expires.
    pub until: Option<Ago>,
    /// Whether it was used.
    pub used: bool,
}

/// A time in seconds before `now`, negative after it; or `"never"`, which is zero seconds after 1970.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Ago(Option<i64>);

impl Ago {
    /// Returns the time in seconds since 1970.
    pub fn unix(self, now: i64) -> i64 {
        self.0.map_or(0, |ago| now.saturating_sub(ago))
    }
}

impl TryFrom<String> for Ago {
    type Error = String;

    fn try_from(text: String) -> Result<Ago, String> {
        if text == "never" {
            return Ok(Ago(None));
        }
        let units = [("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)];
        let parsed = units.iter().find_map(|(unit, seconds)| {
            let number: i64 = text.strip_suffix(unit)?.parse().ok()?;
            Some(number * seconds)
        });
        parsed.map(|seconds| Ago(Some(seconds))).ok_or(format!("invalid time `{text}`"))
    }
}

/// The result of a surface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The code of the standing.
    pub code: String,
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
            cases.push(Case { name: format!("standing/{stem}/{}", case.name), policy, ..case });
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
