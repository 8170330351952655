//! Entry and exit of every exported function: panics become a status, outputs are cleared first, NULL is checked.

use std::mem::{MaybeUninit, forget};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::Arc;

use crate::failure::{Failure, kouling_report};
use crate::status::{KOULING_STATUS_OK, kouling_status};

/// Runs the body of a function that can fail. Clears the report first, and fills it on failure.
///
/// A panic is reported as `KOULING_STATUS_INTERNAL`; the process's panic hook stays untouched. Objects behind handles
/// are only read or grow by one item, so a panic leaves none of them half changed.
pub(crate) fn run(
    mut report: Option<&mut kouling_report>,
    body: impl FnOnce() -> Result<(), Failure>,
) -> kouling_status {
    if let Some(report) = report.as_deref_mut() {
        report.clear();
    }
    let Err(failure) = catch(body).unwrap_or_else(|| Err(Failure::internal())) else { return KOULING_STATUS_OK };
    let status = failure.status;
    if let Some(report) = report {
        report.set(failure);
    }
    status
}

/// Runs the body of a function that returns a value; the default if there is none or the body panics.
pub(crate) fn lookup<T: Default>(body: impl FnOnce() -> Option<T>) -> T {
    catch(body).flatten().unwrap_or_default()
}

/// Drops a handle. `None` (NULL) is a no-op.
pub(crate) fn free<T>(handle: Option<T>) {
    let _ = catch(|| drop(handle));
}

/// Increments the reference count of a handle. NULL is a no-op.
///
/// # Safety
/// `handle` is NULL, or came from `Arc::into_raw` and the caller owns a reference.
pub(crate) unsafe fn retain<T>(handle: *const T) {
    if !handle.is_null() {
        // SAFETY: the caller guarantees it.
        unsafe { Arc::increment_strong_count(handle) };
    }
}

/// Releases one reference of a handle. NULL is a no-op.
///
/// # Safety
/// As for [`retain`]; the caller gives up its reference.
pub(crate) unsafe fn release<T>(handle: *const T) {
    if !handle.is_null() {
        // SAFETY: the caller guarantees it.
        free(Some(unsafe { Arc::from_raw(handle) }));
    }
}

fn catch<T>(body: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => Some(value),
        Err(payload) => {
            // Dropping the payload may panic again.
            if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                forget(second);
            }
            None
        }
    }
}

/// An output parameter, cleared until it is set.
pub(crate) struct Out<'p, T> {
    name: &'static str,
    place: Option<&'p mut T>,
}

impl<'p, T> Out<'p, T> {
    /// Writes `empty` to the output, which C may pass uninitialised.
    pub(crate) fn cleared(name: &'static str, place: Option<&'p mut MaybeUninit<T>>, empty: T) -> Out<'p, T> {
        Out { name, place: place.map(|place| place.write(empty)) }
    }

    /// The place to write to; an error if C passed NULL.
    pub(crate) fn place(&mut self) -> Result<&mut T, Failure> {
        self.place.as_deref_mut().ok_or_else(|| Failure::null(self.name))
    }
}

impl<'p, T> Out<'p, *mut T> {
    /// Clears the output of a handle with one owner.
    pub(crate) fn owned(name: &'static str, place: Option<&'p mut MaybeUninit<*mut T>>) -> Out<'p, *mut T> {
        Out::cleared(name, place, ptr::null_mut())
    }

    /// Passes a new handle to the caller.
    pub(crate) fn give(&mut self, handle: T) -> Result<(), Failure> {
        // The place first: a handle without a place to go would leak.
        let place = self.place()?;
        *place = Box::into_raw(Box::new(handle));
        Ok(())
    }
}

impl<'p, T> Out<'p, *const T> {
    /// Clears the output of a reference-counted handle.
    pub(crate) fn shared(name: &'static str, place: Option<&'p mut MaybeUninit<*const T>>) -> Out<'p, *const T> {
        Out::cleared(name, place, ptr::null())
    }

    /// Builds a handle and passes one reference to the caller.
    pub(crate) fn share(&mut self, handle: impl FnOnce() -> Result<Arc<T>, Failure>) -> Result<(), Failure> {
        // The place first, as in `give`.
        let place = self.place()?;
        *place = Arc::into_raw(handle()?);
        Ok(())
    }
}

/// The argument `name`, which must not be NULL.
pub(crate) fn required<T>(name: &'static str, handle: Option<T>) -> Result<T, Failure> {
    handle.ok_or_else(|| Failure::null(name))
}

/// Reads an enum argument, of which C can pass any 32 bits: the value of `known` that it equals, or an error that names
/// the family, such as `KOULING_LIST_`.
pub(crate) fn enum_value<E: Copy + PartialEq>(
    name: &str,
    value: MaybeUninit<E>,
    family: &str,
    known: &[E],
) -> Result<E, Failure> {
    const { assert!(size_of::<E>() == size_of::<u32>()) };
    // SAFETY: C passed 32 bits, whatever they are.
    let number = unsafe { value.as_ptr().cast::<u32>().read() };
    // SAFETY: every enum of the header is `repr(u32)`.
    let is = |known: &&E| number == unsafe { std::ptr::from_ref::<E>(known).cast::<u32>().read() };
    let found = known.iter().find(is).copied();
    found.ok_or_else(|| Failure::argument(format!("invalid `{name}`: {number}; expected a value of `{family}…`")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::KOULING_STATUS_INTERNAL;

    struct PanicsOnDrop;

    impl Drop for PanicsOnDrop {
        fn drop(&mut self) {
            panic!("again");
        }
    }

    #[test]
    fn panic_returns_status_internal_without_its_payload() {
        let mut report = kouling_report::default();
        assert_eq!(run(Some(&mut report), || panic!("s3cret")), KOULING_STATUS_INTERNAL);
        assert_eq!(report.text, "internal error; please report this bug [internal]");
        assert_eq!(run(None, || std::panic::panic_any(PanicsOnDrop)), KOULING_STATUS_INTERNAL);
        assert_eq!(run(Some(&mut report), || Ok(())), KOULING_STATUS_OK);
        assert_eq!(report.text, "");
    }

    #[test]
    fn panic_in_a_lookup_returns_the_default() {
        assert!(!lookup(|| -> Option<bool> { panic!() }));
        free(Some(PanicsOnDrop));
        free(None::<PanicsOnDrop>);
    }

    #[test]
    fn enum_value_out_of_range_is_refused() {
        let known = [KOULING_STATUS_OK, KOULING_STATUS_INTERNAL];
        // SAFETY: a `MaybeUninit` may hold any bits.
        let seven = unsafe { std::mem::transmute::<u32, MaybeUninit<kouling_status>>(7) };
        let failure = enum_value("status", seven, "KOULING_STATUS_", &known).expect_err("7 is none of them");
        assert_eq!(failure.problems[0].message, "invalid `status`: 7; expected a value of `KOULING_STATUS_…`");
        let value = enum_value("status", MaybeUninit::new(KOULING_STATUS_INTERNAL), "KOULING_STATUS_", &known);
        assert_eq!(value.ok(), Some(KOULING_STATUS_INTERNAL));
    }
}
