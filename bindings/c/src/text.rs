//! A text is a pointer and a length: UTF-8, without a NUL at its end, and a NUL inside is a character as any other.

use std::ffi::c_char;
use std::ptr;
use std::slice;

use crate::status::Failure;

/// A text: `length` bytes of UTF-8 at `data`. One that comes out of the library is a view: it lives as long as what it
/// was asked of, and nobody frees it. One that goes in is read before the call returns, and kept by nobody. `data` may
/// be NULL when `length` is 0; of a password it may not.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct kouling_text {
    // Both are private: only C makes one of bytes that Rust has not seen, and answers for them.
    data: *const c_char,
    length: usize,
}

impl Default for kouling_text {
    fn default() -> kouling_text {
        kouling_text { data: ptr::null(), length: 0 }
    }
}

impl kouling_text {
    /// A view of what lives as long as the process.
    pub fn from_static(text: &'static str) -> kouling_text {
        kouling_text::view(text)
    }

    /// A view of what the caller keeps alive: what it points to belongs to a handle.
    pub(crate) fn view(text: &str) -> kouling_text {
        kouling_text { data: text.as_ptr().cast(), length: text.len() }
    }

    /// The same of bytes.
    pub(crate) fn view_bytes(bytes: &[u8]) -> kouling_text {
        kouling_text { data: bytes.as_ptr().cast(), length: bytes.len() }
    }

    /// What C would pass.
    ///
    /// # Safety
    /// `length` bytes at `data` can be read while it is used, unless `data` is NULL or the length is beyond what an
    /// object can have.
    pub unsafe fn from_raw(data: *const c_char, length: usize) -> kouling_text {
        kouling_text { data, length }
    }

    /// What a view shows.
    ///
    /// # Safety
    /// What it is a view of is alive.
    pub unsafe fn shown<'t>(self) -> &'t str {
        if self.data.is_null() {
            return "";
        }
        // SAFETY: the caller keeps it alive, and `view` made it of a `str`.
        unsafe { std::str::from_utf8_unchecked(slice::from_raw_parts(self.data.cast(), self.length)) }
    }

    /// The bytes, which may be of no text.
    pub(crate) fn bytes(&self, name: &str) -> Result<&[u8], Failure> {
        match (self.data.is_null(), self.length) {
            (true, 0) => Ok(&[]),
            (true, _) => Err(Failure::argument(format!("`{name}` is NULL and has a length"))),
            (false, length) if isize::try_from(length).is_err() => {
                Err(Failure::argument(format!("`{name}` is longer than memory")))
            }
            // SAFETY: not NULL, no longer than an object can be, and readable while the call lasts, as the conventions
            // ask of the caller. The slice lives as long as this value, which is an argument of the call.
            (false, length) => Ok(unsafe { slice::from_raw_parts(self.data.cast(), length) }),
        }
    }

    /// The bytes of a password: that one was forgotten is not that it is empty.
    pub(crate) fn password(&self, name: &str) -> Result<&[u8], Failure> {
        if self.data.is_null() { Err(Failure::null(name)) } else { self.bytes(name) }
    }

    /// The text.
    pub(crate) fn text(&self, name: &str) -> Result<&str, Failure> {
        std::str::from_utf8(self.bytes(name)?).map_err(|_| Failure::not_utf8(name))
    }
}
