//! Why a server does not start, in words for whoever started it.

use std::fmt;
use std::io;
use std::path::Path;

use kouling::PolicyError;

use crate::store::StoreError;

/// Why a server does not start: what is wrong with its options, its policy or its folder.
#[derive(Debug)]
pub struct StartError(String);

impl StartError {
    /// In words: lower case, no full stop.
    pub fn new(message: String) -> StartError {
        StartError(message)
    }

    /// A file that cannot be used.
    pub fn file(path: &Path, error: &io::Error) -> StartError {
        StartError(format!("`{}`: {error}", path.display()))
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

impl From<PolicyError> for StartError {
    fn from(error: PolicyError) -> StartError {
        StartError(error.to_string())
    }
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> StartError {
        StartError(error.to_string())
    }
}
