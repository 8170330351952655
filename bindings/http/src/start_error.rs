//! Errors that keep the server from starting.

use std::fmt;
use std::io;
use std::path::Path;

use kouling::PolicyError;

use crate::store::StoreError;

/// Invalid settings, or an unusable policy, key or folder.
#[derive(Debug)]
pub struct StartError(String);

impl StartError {
    /// Creates an error with a message: lower case, no full stop.
    pub fn new(message: String) -> StartError {
        StartError(message)
    }

    /// Creates an error about a file.
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
