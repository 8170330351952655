//! A file of exchanges as it is written.

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
    /// Instead of the world's.
    pub(super) policy: Option<String>,
    /// `http`: only a server can show it.
    pub(super) door: Option<String>,
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
    /// The raw body stands this often in a row.
    pub(super) repeat: Option<usize>,
    pub(super) status: Option<u16>,
    pub(super) error_code: Option<String>,
    pub(super) error_msg: Option<String>,
    pub(super) retry_after: Option<u64>,
    pub(super) answer: Option<Value>,
}

/// One thing that happens.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// A code is sent to this address, everything in order.
    pub(super) send: Option<String>,
    /// Its scene, when it is not that of a forgotten password.
    pub(super) scene: Option<String>,
    /// Time passes: `90s`, `10m`, `2h`.
    pub(super) wait: Option<String>,
    /// This user can sign in with `password`.
    pub(super) sign_in: Option<String>,
    /// This user cannot sign in with `password`.
    pub(super) no_sign_in: Option<String>,
    pub(super) password: Option<String>,
    /// An exchange of its own, so many `times`.
    pub(super) call: Option<String>,
    pub(super) signed_in: Option<String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Header>,
    pub(super) body: Option<Value>,
    pub(super) times: Option<usize>,
    pub(super) status: Option<u16>,
    pub(super) error_code: Option<String>,
}

/// A header that a case lays over the complete ones.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Header {
    /// It has this value.
    Value(String),
    /// It is missing (`false`).
    Present(bool),
}

/// Every file of vectors, by its stem.
pub(super) fn read() -> Vec<(String, File)> {
    let mut read = Vec::new();
    for (stem, text) in files("contract") {
        let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("contract/{stem}: {error}"));
        let mut names: Vec<&str> = file.case.iter().map(|case| case.name.as_str()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "contract/{stem}: two cases have one name");
        for case in &file.case {
            let known = case.door.as_deref().is_none_or(|door| door == "http");
            assert!(known, "contract/{stem}/{}: no such door", case.name);
        }
        read.push((stem, file));
    }
    read
}
