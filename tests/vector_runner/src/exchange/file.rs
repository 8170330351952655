//! The format of a contract case file.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::World;
use crate::files;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) world: World,
    pub(super) case: Vec<Case>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) name: String,
    /// Overrides the policy of the world.
    pub(super) policy: Option<String>,
    /// `http` if the case needs a server.
    pub(super) needs: Option<String>,
    #[serde(default)]
    pub(super) before: Vec<Step>,
    #[serde(default)]
    pub(super) after: Vec<Step>,
    pub(super) call: Option<String>,
    pub(super) method: Option<String>,
    pub(super) signed_in: Option<String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Header>,
    pub(super) body: Option<Value>,
    pub(super) raw_body: Option<String>,
    /// Number of times the raw body is repeated.
    pub(super) repeat: Option<usize>,
    pub(super) status: Option<u16>,
    pub(super) error_code: Option<String>,
    pub(super) error_msg: Option<String>,
    pub(super) retry_after: Option<u64>,
    pub(super) answer: Option<Value>,
}

/// A step before or after the exchange.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// Sends a code to this address with a valid request.
    pub(super) send: Option<String>,
    /// Scene of the code. Default: forgotten password.
    pub(super) scene: Option<String>,
    /// Advances the clock: `90s`, `10m`, `2h`.
    pub(super) wait: Option<String>,
    /// Checks that this user can sign in with `password`.
    pub(super) sign_in: Option<String>,
    /// Checks that this user cannot sign in with `password`.
    pub(super) no_sign_in: Option<String>,
    pub(super) password: Option<String>,
    /// Sends a request, `times` times.
    pub(super) call: Option<String>,
    pub(super) signed_in: Option<String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Header>,
    pub(super) body: Option<Value>,
    pub(super) times: Option<usize>,
    pub(super) status: Option<u16>,
    pub(super) error_code: Option<String>,
}

/// A header override.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Header {
    /// Sets the header.
    Value(String),
    /// Removes the header (`false`).
    Present(bool),
}

/// Reads every file, with its stem.
pub(super) fn read() -> Vec<(String, File)> {
    let mut read = Vec::new();
    for (stem, text) in files("contract") {
        let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("contract/{stem}: {error}"));
        let mut names: Vec<&str> = file.case.iter().map(|case| case.name.as_str()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "contract/{stem}: duplicate case names");
        for case in &file.case {
            let known = case.needs.as_deref().is_none_or(|needs| needs == "http");
            assert!(known, "contract/{stem}/{}: invalid `needs`; expected `http`", case.name);
        }
        read.push((stem, file));
    }
    read
}
