//! Errors of verifying a stored hash.

use std::fmt;

/// Error of verifying a stored hash. Contains no part of the hash or the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashError {
    kind: HashErrorKind,
    reason: &'static str,
}

/// Category of a [`HashError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HashErrorKind {
    /// Unknown prefix, or an unsupported variant of a known scheme.
    UnknownFormat,
    /// The scheme is known, but the hash is invalid: truncated, misspelled or damaged.
    Malformed,
    /// The parameters exceed a [limit](super::ceiling).
    TooCostly,
    /// The password exceeds what the scheme distinguishes: 72 bytes for bcrypt, 512 for crypt(3).
    PasswordTooLong,
    /// The password contains a NUL byte, where the scheme would end it.
    PasswordHasNul,
}

impl HashError {
    /// Returns the category of the error.
    pub fn kind(&self) -> HashErrorKind {
        self.kind
    }

    pub(super) fn unknown() -> HashError {
        HashError { kind: HashErrorKind::UnknownFormat, reason: "unknown scheme prefix" }
    }

    pub(super) fn variant(reason: &'static str) -> HashError {
        HashError { kind: HashErrorKind::UnknownFormat, reason }
    }

    pub(super) fn malformed(reason: &'static str) -> HashError {
        HashError { kind: HashErrorKind::Malformed, reason }
    }

    pub(super) fn costly(reason: &'static str) -> HashError {
        HashError { kind: HashErrorKind::TooCostly, reason }
    }

    pub(super) fn long() -> HashError {
        HashError {
            kind: HashErrorKind::PasswordTooLong,
            reason: "the password exceeds the maximum length of the scheme",
        }
    }

    pub(super) fn nul() -> HashError {
        HashError {
            kind: HashErrorKind::PasswordHasNul,
            reason: "the password contains a NUL byte, which the scheme does not support",
        }
    }
}

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot verify a stored hash: {}", self.reason)
    }
}

impl std::error::Error for HashError {}
