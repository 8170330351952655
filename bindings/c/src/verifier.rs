//! Verifiers: the host's comparison of a password with a stored hash.

use std::ffi::c_void;
use std::mem::MaybeUninit;

use kouling::candidate::{CannotJudge, CannotJudgeKind, PasswordVerifier};

use crate::boundary::enum_value;
use crate::callback::Context;
use crate::options::Options;
use crate::text::kouling_text;

/// Result of a verifier for one stored hash.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum kouling_hash_result {
    /// The verifier does not know the format of the hash. The built-in formats are tried next.
    KOULING_HASH_UNKNOWN = 0,
    /// The hash belongs to this password.
    KOULING_HASH_MATCHES = 1,
    /// The hash belongs to another password.
    KOULING_HASH_DIFFERS = 2,
}
pub use kouling_hash_result::*;

type Verify = unsafe extern "C" fn(*mut c_void, kouling_text, kouling_text) -> MaybeUninit<kouling_hash_result>;

/// A callback that compares a password with a stored hash.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_verifier {
    /// Set to `sizeof(struct kouling_verifier)`.
    pub struct_size: usize,
    /// Passed to every call of `verify`. Must be valid as long as the object that the verifier was passed to.
    pub context: *mut c_void,
    /// Compares `password` with the hash `stored` in constant time and returns a `KOULING_HASH_…` value. Any other value
    /// means that the comparison failed, and the password cannot be evaluated. Both texts are valid until the function
    /// returns. May be called concurrently from any thread. Must not unwind. If NULL, there is no verifier.
    pub verify: Option<
        unsafe extern "C" fn(
            context: *mut c_void,
            password: kouling_text,
            stored: kouling_text,
        ) -> MaybeUninit<kouling_hash_result>,
    >,
}

// SAFETY: `repr(C)` with the size first; a pointer and an optional function may be zero.
unsafe impl Options for kouling_verifier {}

/// A verifier as the engine calls it.
#[derive(Clone, Copy)]
pub(crate) struct HostVerifier {
    context: Context,
    verify: Verify,
}

impl HostVerifier {
    /// The verifier in the options; `None` if they have no function.
    pub(crate) fn of(options: &kouling_verifier) -> Option<HostVerifier> {
        Some(HostVerifier { context: Context(options.context), verify: options.verify? })
    }
}

impl PasswordVerifier for HostVerifier {
    fn verify(&self, password: &[u8], stored: &str) -> Result<Option<bool>, CannotJudge> {
        let (password, stored) = (kouling_text::view_bytes(password), kouling_text::view(stored));
        // SAFETY: the caller supplied the function with its context, and both views live until it returns.
        let result = unsafe { (self.verify)(self.context.0, password, stored) };
        let known = [KOULING_HASH_UNKNOWN, KOULING_HASH_MATCHES, KOULING_HASH_DIFFERS];
        match enum_value("verify", result, "KOULING_HASH_", &known) {
            Ok(KOULING_HASH_UNKNOWN) => Ok(None),
            Ok(KOULING_HASH_MATCHES) => Ok(Some(true)),
            Ok(KOULING_HASH_DIFFERS) => Ok(Some(false)),
            Err(_) => Err(CannotJudge::new(CannotJudgeKind::Custom, "the host's verifier failed")),
        }
    }
}
