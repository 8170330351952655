//! NULL wherever a pointer can be.
#![allow(unsafe_code)] // C would be no safer
#![allow(clippy::panic, clippy::expect_used, missing_docs)]

use std::mem::MaybeUninit;
use std::ptr;

use kouling_c::contract::*;
use kouling_c::facts::*;
use kouling_c::finding::*;
use kouling_c::outcome::*;
use kouling_c::policy::*;
use kouling_c::report::*;
use kouling_c::status::*;
use kouling_c::text::kouling_text;

fn none() -> kouling_text {
    kouling_text::default()
}

fn is_none(text: kouling_text) -> bool {
    // SAFETY: an empty text shows nothing, and what is not empty fails the test.
    unsafe { text.shown().is_empty() }
}

#[test]
fn null_is_freed_as_nothing() {
    kouling_report_free(None);
    kouling_facts_free(None);
    kouling_outcome_free(None);
    // SAFETY: NULL is nothing.
    unsafe {
        kouling_policy_free(ptr::null());
        kouling_policy_retain(ptr::null());
        kouling_contract_free(ptr::null());
        kouling_contract_retain(ptr::null());
    }
}

#[test]
fn nowhere_to_put_it_is_the_callers_mistake() {
    assert_eq!(kouling_report_new(None), KOULING_STATUS_INVALID_ARGUMENT);
    assert_eq!(kouling_facts_new(0, None), KOULING_STATUS_INVALID_ARGUMENT);
    for make in [kouling_policy_parse, kouling_policy_load, kouling_policy_preset] {
        assert_eq!(make(kouling_text::from_static("minimal"), None, None), KOULING_STATUS_INVALID_ARGUMENT);
    }
    for make in [kouling_contract_built_in, kouling_contract_load] {
        assert_eq!(make(kouling_text::from_static("idaas-ciam"), None, None), KOULING_STATUS_INVALID_ARGUMENT);
    }
}

#[test]
fn no_object_is_the_callers_mistake_and_clears_the_outputs() {
    let mut report = kouling_report::default();
    let mut outcome = MaybeUninit::new(ptr::dangling_mut());
    let status = kouling_policy_evaluate(None, none(), None, Some(&mut outcome), Some(&mut report));
    assert_eq!(status, KOULING_STATUS_INVALID_ARGUMENT);
    // SAFETY: it had a value from the beginning.
    assert!(unsafe { outcome.assume_init() }.is_null());
    assert_eq!(kouling_report_count(Some(&report)), 1);
    let mut json = MaybeUninit::new(kouling_text::from_static("rubbish"));
    let status = kouling_policy_describe(None, none(), Some(&mut json), None);
    assert_eq!(status, KOULING_STATUS_INVALID_ARGUMENT);
    // SAFETY: as above.
    assert!(is_none(unsafe { json.assume_init() }));
    assert_eq!(kouling_outcome_json(None, none(), None, Some(&mut json), None), KOULING_STATUS_INVALID_ARGUMENT);
    assert_eq!(kouling_outcome_number(None, 0, 0, 0, None, None), KOULING_STATUS_INVALID_ARGUMENT);
    assert_eq!(kouling_facts_add_attribute(None, none(), none()), KOULING_STATUS_INVALID_ARGUMENT);
    assert_eq!(kouling_facts_add_previous(None, none(), None), KOULING_STATUS_INVALID_ARGUMENT);
    assert_eq!(kouling_facts_set_current(None, none()), KOULING_STATUS_INVALID_ARGUMENT);
    assert_eq!(kouling_facts_set_now(None, 1), KOULING_STATUS_INVALID_ARGUMENT);
}

#[test]
fn what_is_looked_up_in_nothing_is_nothing() {
    assert!(!kouling_outcome_accepted(None));
    assert_eq!(kouling_outcome_count(None, KOULING_LIST_VIOLATIONS), 0);
    assert_eq!(kouling_outcome_number_count(None, KOULING_LIST_NOTES, 0), 0);
    assert!(is_none(kouling_outcome_message(None, 0, 0, none())));
    assert!(is_none(kouling_outcome_contract_code(None, 0, 0, None)));
    for look in [kouling_outcome_code, kouling_outcome_rule, kouling_outcome_kind] {
        assert!(is_none(look(None, KOULING_LIST_VIOLATIONS, 0)));
    }
    for look in [kouling_report_code, kouling_report_file, kouling_report_message, kouling_report_help] {
        assert!(is_none(look(None, 0)));
    }
    assert!(is_none(kouling_report_text(None)));
    assert_eq!(kouling_report_count(None) + kouling_report_line(None, 0) + kouling_report_column(None, 0), 0);
    assert!(is_none(kouling_policy_name(None)) && is_none(kouling_policy_digest(None)));
}
