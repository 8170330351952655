//! The boundary is where C's call ends and ours begins: nothing that goes wrong behind it goes past it but as a status.

use std::mem::{MaybeUninit, forget};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use crate::report::kouling_report;
use crate::status::{Failure, KOULING_OK};

/// Runs what a function does. The report is emptied first, and filled when it fails.
///
/// A panic is caught, told as `KOULING_INTERNAL`, and no hook of the process is touched. What is behind a handle is
/// only read, or is a list that grows by one, so that a panic leaves nothing half done.
pub(crate) fn answer(mut report: Option<&mut kouling_report>, body: impl FnOnce() -> Result<(), Failure>) -> u32 {
    if let Some(report) = report.as_deref_mut() {
        report.clear();
    }
    let Err(failure) = caught(body).unwrap_or_else(|| Err(Failure::internal())) else { return KOULING_OK };
    let status = failure.status;
    if let Some(report) = report {
        report.fill(failure);
    }
    status
}

/// Runs what a function looks up; where there is nothing, or we panic, the answer is the empty one.
pub(crate) fn lookup<T: Default>(body: impl FnOnce() -> Option<T>) -> T {
    caught(body).flatten().unwrap_or_default()
}

/// Lets go of a handle. NULL is nothing.
pub(crate) fn free<T>(handle: Option<T>) {
    let _ = caught(|| drop(handle));
}

fn caught<T>(body: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => Some(value),
        Err(payload) => {
            // What was panicked with may itself panic when it is dropped.
            if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                forget(second);
            }
            None
        }
    }
}

/// An output, cleared until it is set.
pub(crate) struct Out<'p, T> {
    name: &'static str,
    place: Option<&'p mut T>,
}

impl<'p, T> Out<'p, T> {
    /// Clears the output of this name, of which C gives the place, without a value yet.
    pub(crate) fn cleared(name: &'static str, place: Option<&'p mut MaybeUninit<T>>, empty: T) -> Out<'p, T> {
        Out { name, place: place.map(|place| place.write(empty)) }
    }

    /// Where to put it.
    pub(crate) fn place(&mut self) -> Result<&mut T, Failure> {
        self.place.as_deref_mut().ok_or_else(|| Failure::null(self.name))
    }
}

impl<'p, T> Out<'p, *mut T> {
    /// Clears the output of a handle that has one owner.
    pub(crate) fn owned(name: &'static str, place: Option<&'p mut MaybeUninit<*mut T>>) -> Out<'p, *mut T> {
        Out::cleared(name, place, ptr::null_mut())
    }

    /// Gives a handle to its owner.
    pub(crate) fn give(&mut self, handle: T) -> Result<(), Failure> {
        // Looked at first: what is given to nobody is let go of.
        let place = self.place()?;
        *place = Box::into_raw(Box::new(handle));
        Ok(())
    }
}

/// The handle of this name, which may not be NULL.
pub(crate) fn given<T>(name: &'static str, handle: Option<T>) -> Result<T, Failure> {
    handle.ok_or_else(|| Failure::null(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::KOULING_INTERNAL;

    struct PanicsTwice;

    impl Drop for PanicsTwice {
        fn drop(&mut self) {
            panic!("again");
        }
    }

    #[test]
    fn a_panic_is_a_status_and_what_it_was_is_not_told() {
        let mut report = kouling_report::default();
        assert_eq!(answer(Some(&mut report), || panic!("s3cret")), KOULING_INTERNAL);
        assert_eq!(report.text(), "a fault of the library [internal]");
        assert_eq!(answer(None, || std::panic::panic_any(PanicsTwice)), KOULING_INTERNAL);
        assert_eq!(answer(Some(&mut report), || Ok(())), KOULING_OK);
        assert_eq!(report.text(), "");
    }

    #[test]
    fn what_cannot_be_given_is_let_go_of() {
        let handle = std::rc::Rc::new(());
        assert!(Out::owned("handle", None).give(handle.clone()).is_err());
        assert_eq!(std::rc::Rc::strong_count(&handle), 1);
    }

    #[test]
    fn a_panic_is_an_empty_answer() {
        assert!(!lookup(|| -> Option<bool> { panic!() }));
        free(Some(PanicsTwice));
        free(None::<PanicsTwice>);
    }
}
