//! The status codes of the C API.

/// Status of a call. Refusing a password is not a failure: the call returns `KOULING_STATUS_OK`, and the outcome holds
/// the violations. A callback of the host returns one of these values too.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum kouling_status {
    /// The call succeeded.
    KOULING_STATUS_OK = 0,
    /// An argument is invalid: a required pointer is NULL, an index or a number is out of range, or the facts exceed a
    /// limit.
    KOULING_STATUS_INVALID_ARGUMENT = 1,
    /// The policy or the contract has errors. The report lists all of them with their locations.
    KOULING_STATUS_INVALID_POLICY = 2,
    /// A text is not valid UTF-8, or a password contains a NUL.
    KOULING_STATUS_INVALID_TEXT = 3,
    /// A file (policy, contract, word list or breach filter) or a stored record cannot be read or is damaged.
    KOULING_STATUS_UNAVAILABLE = 4,
    /// The password could not be evaluated: the format of a stored hash is unknown, or a callback failed. This is neither
    /// an acceptance nor a refusal, and must never be treated as acceptance.
    KOULING_STATUS_CANNOT_JUDGE = 5,
    /// Internal error (a bug in Kouling). Please report it.
    KOULING_STATUS_INTERNAL = 6,
}
pub use kouling_status::*;
