//! Callbacks: functions of the host that the library calls, with a context first, on any thread.

use std::collections::BTreeSet;
use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};

use crate::failure::Failure;

/// The context pointer of a callback, passed back with every call.
#[derive(Clone, Copy)]
pub(crate) struct Context(pub(crate) *mut c_void);

// SAFETY: the library never dereferences it; the header says that callbacks are called on any thread.
unsafe impl Send for Context {}
// SAFETY: as above.
unsafe impl Sync for Context {}

/// Names that callers gave: the engine has numbers and keys by names that live for ever.
static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
/// More names than this nobody needs, and each is kept until the process ends.
const MAX_NAMES: usize = 4096;
/// A name may have this many bytes.
const MAX_NAME_BYTES: usize = 64;

/// A name that lives as long as the process. The same name twice is one.
pub(crate) fn name(text: &str) -> Result<&'static str, Failure> {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(text) {
        return Ok(known);
    }
    if text.is_empty() || text.len() > MAX_NAME_BYTES {
        return Err(Failure::argument(format!("a name has 1 to {MAX_NAME_BYTES} bytes")));
    }
    if names.len() >= MAX_NAMES {
        return Err(Failure::argument(format!("there are more than {MAX_NAMES} names of numbers and keys")));
    }
    let kept: &'static str = Box::leak(text.into());
    names.insert(kept);
    Ok(kept)
}

/// A name that was kept before.
pub(crate) fn known_name(text: &str) -> Option<&'static str> {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner).get(text).copied()
}
