//! Text crosses the C API as a pointer and a length: UTF-8 without a terminating NUL. A NUL inside is a character.

use std::ffi::c_char;
use std::ptr;
use std::slice;

use crate::failure::Failure;

/// A text: `length` bytes of UTF-8 at `data`, not NUL-terminated. A text returned by the library is a view, owned by the
/// object that it was read from, and must not be freed. A text passed to the library is read or copied before the call
/// returns. `data` may be NULL if `length` is 0; the `data` of a password must not be NULL.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct kouling_text {
    // Private, so that only C can build a text from bytes that Rust has not checked.
    data: *const c_char,
    length: usize,
}

impl Default for kouling_text {
    fn default() -> kouling_text {
        kouling_text { data: ptr::null(), length: 0 }
    }
}

impl kouling_text {
    /// A view of a static text.
    pub fn from_static(text: &'static str) -> kouling_text {
        kouling_text::view(text)
    }

    /// A view of a text that a handle owns.
    pub(crate) fn view(text: &str) -> kouling_text {
        kouling_text { data: text.as_ptr().cast(), length: text.len() }
    }

    /// A view of bytes that a handle owns.
    pub(crate) fn view_bytes(bytes: &[u8]) -> kouling_text {
        kouling_text { data: bytes.as_ptr().cast(), length: bytes.len() }
    }

    /// A text as C passes it.
    ///
    /// # Safety
    /// While the text is used, `length` bytes at `data` must be readable, unless `data` is NULL or `length` is larger
    /// than any object.
    pub unsafe fn from_raw(data: *const c_char, length: usize) -> kouling_text {
        kouling_text { data, length }
    }

    /// The text of a view that the library returned.
    ///
    /// # Safety
    /// The owner of the view must be alive and unchanged.
    pub unsafe fn shown<'t>(self) -> &'t str {
        if self.data.is_null() {
            return "";
        }
        // SAFETY: the caller keeps the owner alive, and `view` built it from a `str`.
        unsafe { std::str::from_utf8_unchecked(slice::from_raw_parts(self.data.cast(), self.length)) }
    }

    /// The bytes, which need not be UTF-8. `name` is the argument, for the error message.
    pub(crate) fn bytes(&self, name: &str) -> Result<&[u8], Failure> {
        match (self.data.is_null(), self.length) {
            (true, 0) => Ok(&[]),
            (true, _) => Err(Failure::argument(format!("`{name}` is NULL but has a length"))),
            (false, length) if isize::try_from(length).is_err() => {
                Err(Failure::argument(format!("invalid length of `{name}`: larger than any object")))
            }
            // SAFETY: not NULL, no longer than an object can be, and readable during the call by the conventions of the
            // header. The slice borrows this value, which is an argument of the call.
            (false, length) => Ok(unsafe { slice::from_raw_parts(self.data.cast(), length) }),
        }
    }

    /// The bytes of a password. NULL is an error: a forgotten password is not an empty one.
    pub(crate) fn password(&self, name: &str) -> Result<&[u8], Failure> {
        if self.data.is_null() { Err(Failure::null(name)) } else { self.bytes(name) }
    }

    /// The text as UTF-8.
    pub(crate) fn text(&self, name: &str) -> Result<&str, Failure> {
        std::str::from_utf8(self.bytes(name)?).map_err(|_| Failure::not_utf8(name))
    }
}
