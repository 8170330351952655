//! A finding is one line of an outcome: a violation, a warning, what a rule on trial would refuse, or a note on how
//! the password was judged. It is named by its list and its place there.

use std::mem::MaybeUninit;

use kouling::Language;
use kouling::candidate::{Note, Number};
use kouling::evaluation::RuleViolation;

use crate::boundary::{Out, answer, given, lookup};
use crate::contract::kouling_contract;
use crate::outcome::kouling_outcome;
use crate::status::Failure;
use crate::text::kouling_text;

/// What the password is refused for, in policy order.
pub const KOULING_VIOLATIONS: u32 = 0;
/// What its owner should be told though it is accepted.
pub const KOULING_WARNINGS: u32 = 1;
/// What rules on trial would refuse it for; nobody is told.
pub const KOULING_SHADOWS: u32 = 2;
/// The limits of this judgement, such as that only the beginning was estimated. A note is of no rule.
pub const KOULING_NOTES: u32 = 3;

enum Finding<'o> {
    RuleViolation(&'o RuleViolation),
    Note(&'o Note),
}

impl<'o> Finding<'o> {
    fn all(handle: &'o kouling_outcome, list: u32) -> Option<Vec<Finding<'o>>> {
        let outcome = &handle.outcome;
        Some(match list {
            KOULING_VIOLATIONS => outcome.violations().map(Finding::RuleViolation).collect(),
            KOULING_WARNINGS => outcome.warnings().map(Finding::RuleViolation).collect(),
            KOULING_SHADOWS => outcome.shadows().map(Finding::RuleViolation).collect(),
            KOULING_NOTES => outcome.notes().iter().map(Finding::Note).collect(),
            _ => return None,
        })
    }

    fn at(handle: &'o kouling_outcome, list: u32, index: usize) -> Option<Finding<'o>> {
        Finding::all(handle, list)?.into_iter().nth(index)
    }

    fn judged(&self) -> Option<&'o RuleViolation> {
        match self {
            Finding::RuleViolation(judged) => Some(judged),
            Finding::Note(_) => None,
        }
    }

    fn code(&self) -> &'o str {
        match self {
            Finding::RuleViolation(judged) => judged.code(),
            Finding::Note(note) => &note.code,
        }
    }

    fn numbers(&self) -> &'o [Number] {
        match self {
            Finding::RuleViolation(judged) => judged.numbers(),
            Finding::Note(note) => &note.numbers,
        }
    }

    fn message(&self, language: Language) -> String {
        match self {
            Finding::RuleViolation(judged) => judged.message(language),
            Finding::Note(note) => language.note(note),
        }
    }
}

/// How many findings a list has.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_count(outcome: Option<&kouling_outcome>, list: u32) -> usize {
    lookup(|| Some(Finding::all(outcome?, list)?.len()))
}

/// The stable code of a finding: `length.too_short`. Empty where there is no such finding.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_code(
    outcome: Option<&kouling_outcome>,
    list: u32,
    index: usize,
) -> kouling_text {
    lookup(|| Some(kouling_text::view(Finding::at(outcome?, list, index)?.code())))
}

/// The rule that found it, by its name in the policy. Empty for a note, and where there is no such finding.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_rule(
    outcome: Option<&kouling_outcome>,
    list: u32,
    index: usize,
) -> kouling_text {
    lookup(|| Some(kouling_text::view(Finding::at(outcome?, list, index)?.judged()?.rule().name())))
}

/// The kind of that rule.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_kind(
    outcome: Option<&kouling_outcome>,
    list: u32,
    index: usize,
) -> kouling_text {
    lookup(|| Some(kouling_text::view(Finding::at(outcome?, list, index)?.judged()?.rule().kind())))
}

/// A finding in words, in a language by its tag, such as `zh-CN`; one that is not known is English.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_message(
    outcome: Option<&kouling_outcome>,
    list: u32,
    index: usize,
    language: kouling_text,
) -> kouling_text {
    lookup(|| {
        let handle = outcome?;
        let language = Language::from_tag(language.text("language").ok()?);
        Some(handle.kept.keep(Finding::at(handle, list, index)?.message(language)))
    })
}

/// The code of a finding in a contract. Empty for a note, and where there is no such finding.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_wire(
    outcome: Option<&kouling_outcome>,
    list: u32,
    index: usize,
    contract: Option<&kouling_contract>,
) -> kouling_text {
    lookup(|| {
        let handle = outcome?;
        let judged = Finding::at(handle, list, index)?.judged()?;
        Some(handle.kept.keep(contract?.contract.violation_code(judged).to_owned()))
    })
}

/// How many named numbers a finding has.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_number_count(
    outcome: Option<&kouling_outcome>,
    list: u32,
    index: usize,
) -> usize {
    lookup(|| Some(Finding::at(outcome?, list, index)?.numbers().len()))
}

/// A number of a finding: its name and itself. `name` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_number(
    outcome: Option<&kouling_outcome>,
    list: u32,
    index: usize,
    number: usize,
    name: Option<&mut MaybeUninit<kouling_text>>,
    value: Option<&mut MaybeUninit<u64>>,
) -> u32 {
    let mut name = Out::cleared("name", name, kouling_text::default());
    let mut value = Out::cleared("value", value, 0);
    answer(None, || {
        let handle = given("outcome", outcome)?;
        let found = Finding::at(handle, list, index).and_then(|finding| finding.numbers().get(number));
        let (known, figure) = found.ok_or_else(|| Failure::argument("there is no such number"))?;
        *value.place()? = *figure;
        if let Ok(name) = name.place() {
            *name = kouling_text::view(known);
        }
        Ok(())
    })
}
