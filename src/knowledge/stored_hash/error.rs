//! Why a stored hash could not be checked.

use std::fmt;

/// A stored hash could not be checked. Its text holds no piece of the hash, nor of the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashError {
    kind: HashErrorKind,
    reason: &'static str,
}

/// What kept a stored hash from being checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HashErrorKind {
    /// No scheme that is known begins so, or a known scheme is used in a variant that is not.
    UnknownFormat,
    /// The scheme is known, and what follows is not one of its hashes: truncated, misspelt or damaged.
    Malformed,
    /// Its parameters are beyond a [ceiling](super::ceiling).
    TooCostly,
    /// The password is longer than the scheme can tell apart: 72 bytes for bcrypt, 512 for crypt(3).
    PasswordTooLong,
    /// The password holds a NUL byte, and the scheme ends a password there.
    PasswordHasNul,
}

impl HashError {
    /// What went wrong, to decide upon.
    pub fn kind(&self) -> HashErrorKind {
        self.kind
    }

    pub(super) fn unknown() -> HashError {
        HashError { kind: HashErrorKind::UnknownFormat, reason: "its prefix names no known scheme" }
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
            reason: "the password is longer than this scheme can tell apart",
        }
    }

    pub(super) fn nul() -> HashError {
        HashError {
            kind: HashErrorKind::PasswordHasNul,
            reason: "the password holds a NUL byte, where this scheme ends",
        }
    }
}

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot check a stored hash: {}", self.reason)
    }
}

impl std::error::Error for HashError {}
