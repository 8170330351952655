//! Callbacks: functions of the host that the library calls, with a context first, on any thread.

use std::ffi::c_void;

/// The context pointer of a callback, passed back with every call.
#[derive(Clone, Copy)]
pub(crate) struct Context(pub(crate) *mut c_void);

// SAFETY: the library never dereferences it; the header says that callbacks are called on any thread.
unsafe impl Send for Context {}
// SAFETY: as above.
unsafe impl Sync for Context {}
