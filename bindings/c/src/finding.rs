//! The lists of an outcome: violations, warnings, shadow violations and notes, addressed by list and index.

use std::mem::MaybeUninit;

use kouling::Language;
use kouling::candidate::{Note, Number};
use kouling::evaluation::RuleViolation;

use crate::boundary::{Out, enum_value, lookup, required, run};
use crate::contract::kouling_contract;
use crate::failure::Failure;
use crate::outcome::kouling_outcome;
use crate::status::kouling_status;
use crate::text::kouling_text;

/// A list of an outcome.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum kouling_list {
    /// Violations that refuse the password, in policy order.
    KOULING_LIST_VIOLATIONS = 0,
    /// Violations of rules with severity `warn`: shown to the user, but the password is accepted.
    KOULING_LIST_WARNINGS = 1,
    /// Violations of rules with severity `shadow`: for metrics only, never shown to the user.
    KOULING_LIST_SHADOWS = 2,
    /// Limits of this evaluation, such as that only the first part of a long password was estimated. Notes belong to no
    /// rule.
    KOULING_LIST_NOTES = 3,
}
pub use kouling_list::*;

const LISTS: [kouling_list; 4] =
    [KOULING_LIST_VIOLATIONS, KOULING_LIST_WARNINGS, KOULING_LIST_SHADOWS, KOULING_LIST_NOTES];

enum Finding<'o> {
    Violation(&'o RuleViolation),
    Note(&'o Note),
}

impl<'o> Finding<'o> {
    fn all(handle: &'o kouling_outcome, list: MaybeUninit<kouling_list>) -> Result<Vec<Finding<'o>>, Failure> {
        let outcome = &handle.outcome;
        Ok(match enum_value("list", list, "KOULING_LIST_", &LISTS)? {
            KOULING_LIST_VIOLATIONS => outcome.violations().map(Finding::Violation).collect(),
            KOULING_LIST_WARNINGS => outcome.warnings().map(Finding::Violation).collect(),
            KOULING_LIST_SHADOWS => outcome.shadows().map(Finding::Violation).collect(),
            KOULING_LIST_NOTES => outcome.notes().iter().map(Finding::Note).collect(),
        })
    }

    fn at(
        handle: Option<&'o kouling_outcome>,
        list: MaybeUninit<kouling_list>,
        index: usize,
    ) -> Option<Finding<'o>> {
        Finding::all(handle?, list).ok()?.into_iter().nth(index)
    }

    fn violation(&self) -> Option<&'o RuleViolation> {
        match self {
            Finding::Violation(violation) => Some(violation),
            Finding::Note(_) => None,
        }
    }

    fn code(&self) -> &'o str {
        match self {
            Finding::Violation(violation) => violation.code(),
            Finding::Note(note) => &note.code,
        }
    }

    fn numbers(&self) -> &'o [Number] {
        match self {
            Finding::Violation(violation) => violation.numbers(),
            Finding::Note(note) => &note.numbers,
        }
    }

    fn message(&self, language: Language) -> String {
        match self {
            Finding::Violation(violation) => violation.message(language),
            Finding::Note(note) => language.note(note),
        }
    }
}

/// Returns the length of a list; 0 if `outcome` is NULL or there is no such list. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_count(
    outcome: Option<&kouling_outcome>,
    list: MaybeUninit<kouling_list>,
) -> usize {
    lookup(|| Some(Finding::all(outcome?, list).ok()?.len()))
}

/// Returns the stable code of a list entry, such as `length.too_short`. The view is owned by `outcome`. Empty if there is
/// no such entry or `outcome` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_code(
    outcome: Option<&kouling_outcome>,
    list: MaybeUninit<kouling_list>,
    index: usize,
) -> kouling_text {
    lookup(|| Some(kouling_text::view(Finding::at(outcome, list, index)?.code())))
}

/// Returns the name, in the policy, of the rule that a list entry violates. The view is owned by `outcome`. Empty for a
/// note, if there is no such entry, or if `outcome` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_rule(
    outcome: Option<&kouling_outcome>,
    list: MaybeUninit<kouling_list>,
    index: usize,
) -> kouling_text {
    lookup(|| Some(kouling_text::view(Finding::at(outcome, list, index)?.violation()?.rule().name())))
}

/// Returns the kind, such as `length`, of the rule that a list entry violates. The view is owned by `outcome`. Empty for a
/// note, if there is no such entry, or if `outcome` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_kind(
    outcome: Option<&kouling_outcome>,
    list: MaybeUninit<kouling_list>,
    index: usize,
) -> kouling_text {
    lookup(|| Some(kouling_text::view(Finding::at(outcome, list, index)?.violation()?.rule().kind())))
}

/// Returns the message of a list entry for the user. `language` is a tag such as `zh-CN`; an unknown tag means English. The
/// view is owned by `outcome`. Empty if there is no such entry, `language` is not UTF-8 or `outcome` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_message(
    outcome: Option<&kouling_outcome>,
    list: MaybeUninit<kouling_list>,
    index: usize,
    language: kouling_text,
) -> kouling_text {
    lookup(|| {
        let language = Language::from_tag(language.text("language").ok()?);
        Some(outcome?.texts.add(Finding::at(outcome, list, index)?.message(language)))
    })
}

/// Returns the error code of a list entry in a contract. The view is owned by `outcome`. Empty for a note, if there is no
/// such entry, or if `outcome` or `contract` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_contract_code(
    outcome: Option<&kouling_outcome>,
    list: MaybeUninit<kouling_list>,
    index: usize,
    contract: Option<&kouling_contract>,
) -> kouling_text {
    lookup(|| {
        let violation = Finding::at(outcome, list, index)?.violation()?;
        Some(outcome?.texts.add(contract?.contract.violation_code(violation).to_owned()))
    })
}

/// Returns how many named numbers a list entry has; 0 if there is no such entry or `outcome` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_number_count(
    outcome: Option<&kouling_outcome>,
    list: MaybeUninit<kouling_list>,
    index: usize,
) -> usize {
    lookup(|| Some(Finding::at(outcome, list, index)?.numbers().len()))
}

/// Reads one named number of a list entry, such as `min` = 8. `*value` receives the number. `*name` receives its name, a
/// view owned by `outcome`; `name` may be NULL.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `outcome` or `value` is NULL, there is no such
/// list, or an index is out of range. Outputs are cleared on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_number(
    outcome: Option<&kouling_outcome>,
    list: MaybeUninit<kouling_list>,
    index: usize,
    number: usize,
    name: Option<&mut MaybeUninit<kouling_text>>,
    value: Option<&mut MaybeUninit<u64>>,
) -> kouling_status {
    let mut out_name = Out::cleared("name", name, kouling_text::default());
    let mut out = Out::cleared("value", value, 0);
    run(None, || {
        let findings = Finding::all(required("outcome", outcome)?, list)?;
        let found = findings.get(index).and_then(|finding| finding.numbers().get(number));
        let (name, value) = found.ok_or_else(|| Failure::argument("the index is out of range"))?;
        *out.place()? = *value;
        if let Ok(place) = out_name.place() {
            *place = kouling_text::view(name);
        }
        Ok(())
    })
}
