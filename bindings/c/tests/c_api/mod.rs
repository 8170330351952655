//! What tests that call the border have in common: texts as C has them, outputs that held rubbish, handles that are freed.
#![allow(dead_code)] // each test binary uses a part of it

use std::mem::MaybeUninit;

use kouling_c::facts::*;
use kouling_c::outcome::*;
use kouling_c::policy::*;
use kouling_c::report::*;
use kouling_c::status::*;
use kouling_c::text::kouling_text;

pub(crate) const NOW: i64 = 1_795_392_000;

/// A text as C has it; the pointer must outlive the call, as every literal here does.
pub(crate) fn text(text: &str) -> kouling_text {
    bytes(text.as_bytes())
}

pub(crate) fn bytes(bytes: &[u8]) -> kouling_text {
    // SAFETY: what is pointed to is on the caller's stack or static until the call is over.
    unsafe { kouling_text::from_raw(bytes.as_ptr().cast(), bytes.len()) }
}

pub(crate) fn shown<'t>(text: kouling_text) -> &'t str {
    // SAFETY: these tests read views before they free what the views are of.
    unsafe { text.shown() }
}

/// Calls with an output that held rubbish: the status, and what the output is afterwards.
pub(crate) fn call<T>(rubbish: T, call: impl FnOnce(Option<&mut MaybeUninit<T>>) -> u32) -> (u32, T) {
    let mut place = MaybeUninit::new(rubbish);
    let status = call(Some(&mut place));
    // SAFETY: it had a value from the beginning.
    (status, unsafe { place.assume_init() })
}

pub(crate) const RUBBISH: usize = 8;

pub(crate) fn handle<T>(make: impl FnOnce(Option<&mut MaybeUninit<*mut T>>) -> u32) -> Result<Box<T>, u32> {
    let (status, pointer) = call(RUBBISH as *mut T, make);
    assert_eq!(pointer.is_null(), status != KOULING_STATUS_OK, "set on success, cleared on failure: {status}");
    // SAFETY: not null, so it came from a box of the library.
    if status == KOULING_STATUS_OK { Ok(unsafe { Box::from_raw(pointer) }) } else { Err(status) }
}

pub(crate) struct Policy(pub(crate) *const kouling_policy);

impl Policy {
    pub(crate) fn made(
        make: impl FnOnce(Option<&mut MaybeUninit<*const kouling_policy>>) -> u32,
    ) -> Result<Policy, u32> {
        let (status, pointer) = call(RUBBISH as *const kouling_policy, make);
        assert_eq!(pointer.is_null(), status != KOULING_STATUS_OK, "set on success, cleared on failure: {status}");
        if status == KOULING_STATUS_OK { Ok(Policy(pointer)) } else { Err(status) }
    }

    pub(crate) fn parse(toml: &str, report: Option<&mut kouling_report>) -> Result<Policy, u32> {
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
    ) -> Result<Box<kouling_outcome>, u32> {
        handle(|out| kouling_policy_evaluate(self.get(), password, Some(facts), out, None))
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        // SAFETY: this is its owner.
        unsafe { kouling_policy_free(self.0) }
    }
}

pub(crate) fn facts() -> Box<kouling_facts> {
    handle(|out| kouling_facts_new(NOW, out)).expect("facts")
}

pub(crate) fn report() -> Box<kouling_report> {
    handle(|out| kouling_report_new(out)).expect("a report")
}
