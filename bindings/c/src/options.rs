//! Structs that a caller fills in. The first field is the size, so that a library that knows more fields accepts the
//! struct of a caller that knows fewer. A zero field means the default.

use std::mem::size_of;
use std::ptr;

use crate::failure::Failure;

/// A struct that callers fill in.
///
/// # Safety
/// The struct is `repr(C)`, its first field is a `usize` with its size, and every byte may be zero. Every other field is a
/// number, a pointer, a [`crate::text::kouling_text`], an optional function or an enum in a `MaybeUninit`, since C can
/// write any bits.
pub(crate) unsafe trait Options: Copy {}

/// Upper limit of a struct size; a larger value means that `struct_size` was never set.
const MAX_BYTES: usize = 4096;

/// Reads a struct; `name` is the argument, for error messages.
///
/// # Safety
/// `options` is NULL, or points to as many bytes as its first field says.
pub(crate) unsafe fn read<T: Options>(name: &str, options: *const T) -> Result<T, Failure> {
    // SAFETY: the caller guarantees it.
    let size = unsafe { struct_size(name, options)? };
    // SAFETY: the caller guarantees that this many bytes are readable.
    let unknown = unsafe { std::slice::from_raw_parts(options.cast::<u8>(), size) }.get(size_of::<T>()..);
    if unknown.is_some_and(|bytes| bytes.iter().any(|byte| *byte != 0)) {
        return Err(Failure::argument(format!(
            "`{name}` sets fields that this version of the library does not know"
        )));
    }
    // SAFETY: every byte of `T` may be zero; the bytes that the caller has are then copied over.
    unsafe {
        let mut known = std::mem::zeroed::<T>();
        ptr::copy_nonoverlapping(options.cast::<u8>(), (&raw mut known).cast(), size.min(size_of::<T>()));
        Ok(known)
    }
}

/// Writes a struct, as much of it as the caller knows; fields that only the caller knows become zero.
///
/// # Safety
/// As for [`read`], and the bytes are writable.
pub(crate) unsafe fn write<T: Options>(name: &str, place: *mut T, value: T) -> Result<(), Failure> {
    // SAFETY: the caller guarantees it; the size is checked before anything is written.
    let size = unsafe { struct_size(name, place)? };
    // SAFETY: this many bytes are writable. The first field, the size, stays unchanged.
    unsafe {
        let known = size.min(size_of::<T>());
        let first = size_of::<usize>();
        ptr::copy_nonoverlapping(
            (&raw const value).cast::<u8>().add(first),
            place.cast::<u8>().add(first),
            known - first,
        );
        ptr::write_bytes(place.cast::<u8>().add(known), 0, size - known);
    }
    Ok(())
}

/// The size that a struct says it has.
///
/// # Safety
/// As for [`read`].
unsafe fn struct_size<T>(name: &str, options: *const T) -> Result<usize, Failure> {
    if options.is_null() {
        return Err(Failure::null(name));
    }
    // SAFETY: every struct begins with its size. C may pass an unaligned pointer.
    match unsafe { ptr::read_unaligned(options.cast::<usize>()) } {
        size if (size_of::<usize>()..=MAX_BYTES).contains(&size) => Ok(size),
        _ => Err(Failure::argument(format!(
            "`struct_size` of `{name}` is not set; expected `sizeof` of the struct"
        ))),
    }
}
