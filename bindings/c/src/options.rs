//! Options are what a caller fills in: a struct whose first field is its size, so that a library that knows more fields
//! takes the struct of a caller who knows fewer. What is zero is the default.

use std::mem::size_of;
use std::ptr;

use crate::status::Failure;

/// A struct that callers fill in.
///
/// # Safety
/// It is `repr(C)`, its first field is a `usize` that is its size, and every one of its bytes may be zero; a field is a
/// number, a pointer, a [`crate::text::kouling_text`] or an optional function, since C writes what it likes.
pub(crate) unsafe trait Options: Copy {}

/// Reads a struct of this name.
///
/// # Safety
/// Where it is not NULL, `given` points to as many bytes as its first field says.
pub(crate) unsafe fn read<T: Options>(name: &str, given: *const T) -> Result<T, Failure> {
    if given.is_null() {
        return Err(Failure::null(name));
    }
    // SAFETY: every struct begins with its size; the caller answers for the pointer. It need not be aligned.
    let size = unsafe { ptr::read_unaligned(given.cast::<usize>()) };
    if size < size_of::<usize>() {
        return Err(Failure::argument(format!("`struct_size` of `{name}` is not set")));
    }
    if size > MAX_BYTES {
        return Err(Failure::argument(format!("`struct_size` of `{name}` is no size")));
    }
    // SAFETY: so many bytes are there, as the caller says.
    let unknown = unsafe { std::slice::from_raw_parts(given.cast::<u8>(), size) }.get(size_of::<T>()..);
    if unknown.is_some_and(|bytes| bytes.iter().any(|byte| *byte != 0)) {
        return Err(Failure::argument(format!(
            "`{name}` has options that this version of the library does not know"
        )));
    }
    // SAFETY: `T` may be zero, byte by byte, and is then filled with what the caller has of it.
    unsafe {
        let mut options = std::mem::zeroed::<T>();
        ptr::copy_nonoverlapping(given.cast::<u8>(), (&raw mut options).cast(), size.min(size_of::<T>()));
        Ok(options)
    }
}

/// Writes a struct of this name, as much of it as the caller knows; what it does not know of ours stays unsaid.
///
/// # Safety
/// As for [`read`], and the bytes can be written.
pub(crate) unsafe fn write<T: Options>(name: &str, place: *mut T, value: T) -> Result<(), Failure> {
    // SAFETY: the caller answers for it; the size is looked at before anything is written.
    let size = unsafe { size_of_place(name, place)? };
    // SAFETY: so many bytes are there; the first field, the size, stays as it was.
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

/// The size of what is to be written into.
///
/// # Safety
/// As for [`read`].
unsafe fn size_of_place<T>(name: &str, place: *mut T) -> Result<usize, Failure> {
    if place.is_null() {
        return Err(Failure::null(name));
    }
    // SAFETY: every struct begins with its size.
    match unsafe { ptr::read_unaligned(place.cast::<usize>()) } {
        size if (size_of::<usize>()..=MAX_BYTES).contains(&size) => Ok(size),
        _ => Err(Failure::argument(format!("`struct_size` of `{name}` is not set"))),
    }
}

/// No struct of ours will ever be longer; what says it is was never filled in.
const MAX_BYTES: usize = 4096;
