//! Runs the explanation cases: a policy with one rule, a password, and the observations of the rule.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::{Report, files, with_folder};

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
    /// Password.
    pub password: String,
    /// User attributes.
    #[serde(default)]
    pub user: BTreeMap<String, String>,
    /// Expected violation codes of the rule.
    pub found: Vec<String>,
    /// Expected observations of the rule in order.
    pub observed: Vec<Observation>,
    /// Expected messages of the observations by language. Not compared if missing.
    #[serde(default)]
    pub messages: BTreeMap<String, Vec<String>>,
}

/// An observation of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Observation {
    /// Code.
    pub code: String,
    /// Numbers.
    #[serde(flatten)]
    pub numbers: BTreeMap<String, u64>,
}

/// Returns every case in `explanations`.
///
/// # Panics
/// If a file is invalid.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (stem, text) in files("explanations") {
        let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("explanations/{stem}: {error}"));
        for case in file.case {
            let policy = if case.policy.is_empty() { file.policy.clone() } else { Some(case.policy.clone()) };
            let policy = policy.unwrap_or_else(|| panic!("explanations/{stem}/{}: no policy", case.name));
            cases.push(Case { name: format!("{stem}/{}", case.name), policy: with_folder(&policy), ..case });
        }
    }
    cases
}

/// Runs every case. The surface returns the explanation in a language, as JSON.
///
/// # Panics
/// If an explanation does not have the JSON form of explanations.
pub fn run(mut surface: impl FnMut(&Case, &str) -> Value) -> Report {
    let mut report = Report::default();
    for case in cases() {
        report.run += 1;
        let explained = surface(&case, "en");
        let (found, observed) = (&explained["rules"][0]["found"], &explained["rules"][0]["observations"]);
        let found: Vec<String> = serde_json::from_value(found.clone()).expect("codes");
        report.compare(&case.name, "found", &case.found, &found);
        let observation = |note: &Value| Observation {
            code: note["code"].as_str().expect("a code").to_owned(),
            numbers: serde_json::from_value(note["numbers"].clone()).expect("numbers"),
        };
        let observed: Vec<Observation> = observed.as_array().expect("a list").iter().map(observation).collect();
        report.compare(&case.name, "observed", &case.observed, &observed);
        for (language, messages) in &case.messages {
            let explained = surface(&case, language);
            let observed = explained["rules"][0]["observations"].as_array().expect("a list").iter();
            let observed: Vec<String> =
                observed.map(|note| note["message"].as_str().expect("a text").to_owned()).collect();
            report.compare(&case.name, "messages", messages, &observed);
        }
    }
    report
}
