//! A callback is a function of the caller's that we call: with a context first, on any thread that judges.

use std::ffi::c_void;

/// What a caller wants to be given back with every call.
#[derive(Clone, Copy)]
pub(crate) struct Context(pub(crate) *mut c_void);

// SAFETY: we hand it back and never look behind it; the header says that callbacks are called on any thread.
unsafe impl Send for Context {}
// SAFETY: as above.
unsafe impl Sync for Context {}
