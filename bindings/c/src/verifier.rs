//! A verifier is the host's own way to compare a password with a stored hash.

use std::ffi::c_void;

use kouling::candidate::{CannotJudge, CannotJudgeKind, PasswordVerifier};

use crate::callback::Context;
use crate::options::Options;
use crate::text::kouling_text;

/// A verifier answers: the hash is of a form that it does not know; the forms that the library knows are tried.
pub const KOULING_HASH_FOREIGN: u32 = 0;
/// A verifier answers: it is the hash of this password.
pub const KOULING_HASH_MATCHES: u32 = 1;
/// A verifier answers: it is the hash of another password.
pub const KOULING_HASH_DIFFERS: u32 = 2;

/// A function that compares a password with a stored hash, in constant time. Every answer that is none of
/// `KOULING_HASH_…` is a failure, and then no judgement is possible. It must not unwind.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_verifier {
    /// The size of this struct.
    pub struct_size: usize,
    /// What is given back with every call. It must live as long as what it was given to.
    pub context: *mut c_void,
    /// The function.
    pub verify:
        Option<unsafe extern "C" fn(context: *mut c_void, password: kouling_text, stored: kouling_text) -> u32>,
}

// SAFETY: `repr(C)`, its size first, and a pointer and an optional function may be zero.
unsafe impl Options for kouling_verifier {}

/// A verifier as the engine asks it.
#[derive(Clone, Copy)]
pub(crate) struct HostVerifier {
    context: Context,
    verify: unsafe extern "C" fn(*mut c_void, kouling_text, kouling_text) -> u32,
}

impl HostVerifier {
    /// The verifier in the options; none when they have no function.
    pub(crate) fn of(options: &kouling_verifier) -> Option<HostVerifier> {
        Some(HostVerifier { context: Context(options.context), verify: options.verify? })
    }
}

impl PasswordVerifier for HostVerifier {
    fn verify(&self, password: &[u8], stored: &str) -> Result<Option<bool>, CannotJudge> {
        let (password, stored) = (kouling_text::view_bytes(password), kouling_text::view(stored));
        // SAFETY: the caller gave the function with its context, and both views live until it returns.
        match unsafe { (self.verify)(self.context.0, password, stored) } {
            KOULING_HASH_FOREIGN => Ok(None),
            KOULING_HASH_MATCHES => Ok(Some(true)),
            KOULING_HASH_DIFFERS => Ok(Some(false)),
            _ => Err(CannotJudge::new(CannotJudgeKind::Custom, "the host's verifier failed")),
        }
    }
}
