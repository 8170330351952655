//! Helpers for tests of the C API: texts as C passes them, uninitialised outputs, handles that are freed.
#![allow(dead_code)] // each test binary uses a part of it

use std::mem::MaybeUninit;

use kouling_c::facts::*;
use kouling_c::finding::*;
use kouling_c::outcome::*;
use kouling_c::policy::*;
use kouling_c::report::*;
use kouling_c::status::*;
use kouling_c::text::kouling_text;

pub(crate) const NOW: i64 = 1_795_392_000;

/// An enum argument with any number, as C can pass it.
pub(crate) fn any<E>(number: u32) -> MaybeUninit<E> {
    assert_eq!(size_of::<E>(), size_of::<u32>());
    let mut value = MaybeUninit::<E>::uninit();
    // SAFETY: it has 32 bits.
    unsafe { value.as_mut_ptr().cast::<u32>().write(number) };
    value
}

pub(crate) fn list(number: u32) -> MaybeUninit<kouling_list> {
    any(number)
}

pub(crate) const VIOLATIONS: MaybeUninit<kouling_list> = MaybeUninit::new(KOULING_LIST_VIOLATIONS);

/// A text as C passes it. The pointer must be valid during the call.
pub(crate) fn text(text: &str) -> kouling_text {
    bytes(text.as_bytes())
}

pub(crate) fn bytes(bytes: &[u8]) -> kouling_text {
    // SAFETY: the bytes are static or on the caller's stack until the call returns.
    unsafe { kouling_text::from_raw(bytes.as_ptr().cast(), bytes.len()) }
}

pub(crate) fn shown<'t>(text: kouling_text) -> &'t str {
    // SAFETY: the tests read views before they free the owners.
    unsafe { text.shown() }
}

/// Calls a function with an output that holds garbage. Returns the status and the output.
pub(crate) fn call<T, S>(rubbish: T, call: impl FnOnce(Option<&mut MaybeUninit<T>>) -> S) -> (S, T) {
    let mut place = MaybeUninit::new(rubbish);
    let status = call(Some(&mut place));
    // SAFETY: it was initialised with garbage.
    (status, unsafe { place.assume_init() })
}

pub(crate) const RUBBISH: usize = 8;

pub(crate) fn handle<T>(
    make: impl FnOnce(Option<&mut MaybeUninit<*mut T>>) -> kouling_status,
) -> Result<Box<T>, kouling_status> {
    let (status, pointer) = call(RUBBISH as *mut T, make);
    assert_eq!(pointer.is_null(), status != KOULING_STATUS_OK, "set on success, cleared on failure: {status:?}");
    // SAFETY: not NULL, so the library created it from a box.
    if status == KOULING_STATUS_OK { Ok(unsafe { Box::from_raw(pointer) }) } else { Err(status) }
}

pub(crate) struct Policy(pub(crate) *const kouling_policy);

impl Policy {
    pub(crate) fn made(
        make: impl FnOnce(Option<&mut MaybeUninit<*const kouling_policy>>) -> kouling_status,
    ) -> Result<Policy, kouling_status> {
        let (status, pointer) = call(RUBBISH as *const kouling_policy, make);
        assert_eq!(
            pointer.is_null(),
            status != KOULING_STATUS_OK,
            "set on success, cleared on failure: {status:?}"
        );
        if status == KOULING_STATUS_OK { Ok(Policy(pointer)) } else { Err(status) }
    }

    pub(crate) fn parse(toml: &str, report: Option<&mut kouling_report>) -> Result<Policy, kouling_status> {
        Policy::made(|out| kouling_policy_parse(text(toml), out, report))
    }

    pub(crate) fn preset(name: &str) -> Policy {
        Policy::made(|out| kouling_policy_preset(text(name), out, None)).expect("a preset")
    }

    pub(crate) fn get(&self) -> Option<&kouling_policy> {
        // SAFETY: it lives until it is dropped.
        unsafe { self.0.as_ref() }
    }

    pub(crate) fn evaluate(
        &self,
        password: kouling_text,
        facts: &kouling_facts,
    ) -> Result<Box<kouling_outcome>, kouling_status> {
        handle(|out| kouling_policy_evaluate(self.get(), password, Some(facts), out, None))
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        // SAFETY: it owns the reference.
        unsafe { kouling_policy_free(self.0) }
    }
}

pub(crate) fn facts() -> Box<kouling_facts> {
    handle(|out| kouling_facts_new(NOW, out)).expect("facts")
}

pub(crate) fn report() -> Box<kouling_report> {
    handle(|out| kouling_report_new(out)).expect("a report")
}
