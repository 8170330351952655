//! The machine that runs a program: the valid handles, what is known about each, and the checks after every call.

use std::mem::take;
use std::ptr;
use std::sync::Arc;

use kouling::candidate::{PasswordVerifier, Previous};
use kouling::{Facts, Moment, Outcome, Policy, User};

use super::args::CallArgs;
use super::callbacks::{Behaviour, Verifies};
use super::checks::{read, sound};
use super::declared::{self, KOULING_STATUS_OK, Text};
use super::slots::Slots;

/// Part of every password, so that no public text may contain it.
const CANARY: &[u8] = b"c4n4ry";
/// An address that no handle has.
pub(super) const RUBBISH: usize = 8;

/// What is known about a policy.
#[derive(Clone, Default)]
pub(super) struct PolicyKnown {
    /// The same policy from the engine, unless callbacks were involved.
    pub(super) policy: Option<Arc<Policy>>,
    /// The behaviours of its custom rules.
    pub(super) rules: Vec<Arc<Behaviour>>,
    pub(super) more_owners: usize,
}

impl PolicyKnown {
    /// How often one of its callbacks failed.
    pub(super) fn failures(&self) -> usize {
        self.rules.iter().map(|rule| rule.failures()).sum()
    }

    /// The policy, unless its result depends on the time of the estimator.
    pub(super) fn comparable(&self) -> Option<&Arc<Policy>> {
        self.policy
            .as_ref()
            .filter(|policy| !policy.dictionaries().iter().any(|(name, _)| name.contains("zxcvbn")))
    }
}

/// What is known about facts.
#[derive(Clone, Default)]
pub(super) struct FactsKnown {
    pub(super) user: User,
    pub(super) previous: Vec<Previous>,
    pub(super) current: Option<Vec<u8>>,
    pub(super) verifier: Option<Arc<Behaviour>>,
    pub(super) password_set: Option<i64>,
    pub(super) now: i64,
}

impl FactsKnown {
    /// Calls a function with these facts as the engine reads them.
    pub(super) fn with<R>(&self, evaluate: impl FnOnce(&Facts<'_>) -> R) -> R {
        let verifies = self.verifier.clone().map(Verifies);
        evaluate(&Facts {
            user: &self.user,
            previous: &self.previous,
            current: self.current.as_deref(),
            verifier: verifies.as_ref().map(|verifies| verifies as &dyn PasswordVerifier),
            password_set: self.password_set.map(Moment::from_unix),
            now: Moment::from_unix(self.now),
        })
    }
}

/// The stage of a redemption.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    Challenge,
    Reservation,
    Account,
    Commit,
    Over,
}

pub(super) struct RedemptionKnown {
    pub(super) policy: PolicyKnown,
    pub(super) password: Vec<u8>,
    pub(super) code: Vec<u8>,
    pub(super) verifier: Option<Arc<Behaviour>>,
    pub(super) now: i64,
    pub(super) stage: Stage,
}

#[derive(Default)]
pub(super) struct LoaderKnown {
    pub(super) rules: Vec<Arc<Behaviour>>,
}

/// A view that must stay valid as long as its owner.
pub(super) struct View {
    owner: usize,
    text: Text,
    copy: Vec<u8>,
}

/// The action of an instruction.
pub(super) type Run = fn(&mut Machine, &mut CallArgs<'_>);

#[derive(Default)]
pub(super) struct Machine {
    pub(super) reports: Slots<declared::Report, ()>,
    pub(super) policies: Slots<declared::Policy, PolicyKnown>,
    pub(super) sets: Slots<declared::PolicySet, usize>,
    pub(super) files: Slots<declared::PolicyFile, Vec<u8>>,
    pub(super) words: Slots<declared::Words, usize>,
    pub(super) loaders: Slots<declared::Loader, LoaderKnown>,
    pub(super) facts: Slots<declared::Facts, FactsKnown>,
    pub(super) outcomes: Slots<declared::Outcome, Option<Outcome>>,
    pub(super) contracts: Slots<declared::Contract, usize>,
    pub(super) keys: Slots<declared::CodeKeys, ()>,
    pub(super) effects: Slots<declared::Effects, ()>,
    pub(super) records: Slots<declared::Record, ()>,
    pub(super) approved: Slots<declared::Approved, bool>,
    pub(super) steps: Slots<declared::Step, bool>,
    pub(super) sendings: Slots<declared::Sending, Vec<bool>>,
    pub(super) redemptions: Slots<declared::Redemption, RedemptionKnown>,
    /// Every context that was passed to a call.
    pub(super) behaviours: Vec<Arc<Behaviour>>,
    /// Contexts that the library does not free.
    pub(super) unowned: Vec<usize>,
    pub(super) views: Vec<View>,
    /// Codes, records and tokens that calls returned, to be passed to later calls.
    pub(super) codes: Vec<Vec<u8>>,
    pub(super) stored: Vec<Vec<u8>>,
    pub(super) tokens: Vec<Vec<u8>>,
    pub(super) compiled: Vec<Vec<u8>>,
}

/// How outputs and report are passed to a call.
pub(super) struct How {
    pub(super) first: bool,
    pub(super) second: bool,
    report: Option<usize>,
}

impl Machine {
    /// Chooses by a byte how outputs and report are passed; mostly all of them.
    pub(super) fn how(&self, given: &mut CallArgs<'_>) -> How {
        let byte = given.byte();
        let hostile = byte & 0x80 != 0;
        let report = if hostile && byte & 4 != 0 { None } else { self.reports.at(byte >> 3 & 7) };
        How { first: hostile && byte & 1 != 0, second: hostile && byte & 2 != 0, report }
    }

    /// Makes a call that returns a status, and checks what holds for every call.
    pub(super) fn call(
        &mut self,
        given: &CallArgs<'_>,
        how: &How,
        run: impl FnOnce(*mut declared::Report) -> u32,
    ) -> bool {
        let report = self.reports.pointer(how.report);
        self.reread(report.addr());
        let status = sound(run(report));
        assert!(!given.wrong || status != KOULING_STATUS_OK, "invalid arguments are refused");
        if !report.is_null() {
            self.check_report(report, status);
        }
        status == KOULING_STATUS_OK
    }

    /// Checks the report of a call with this status.
    fn check_report(&mut self, report: *mut declared::Report, status: u32) {
        let count = call!(kouling_report_count(report));
        assert_eq!(
            count == 0,
            status == KOULING_STATUS_OK,
            "a failed call fills the report, a successful one clears it"
        );
        let text = self.public(report.addr(), call!(kouling_report_text(report)));
        assert_eq!(text.is_empty(), status == KOULING_STATUS_OK);
        for index in 0..count.min(3) {
            let message = self.public(report.addr(), call!(kouling_report_message(report, index)));
            let code = self.public(report.addr(), call!(kouling_report_code(report, index)));
            // A custom rule may report an error with an empty message.
            assert!(!code.is_empty() && (!message.is_empty() || code == b"custom"));
            self.public(report.addr(), call!(kouling_report_help(report, index)));
            self.public(report.addr(), call!(kouling_report_file(report, index)));
            let place = (call!(kouling_report_line(report, index)), call!(kouling_report_column(report, index)));
            assert!(place.1 == 0 || place.0 > 0, "a column has a line");
            assert!(!text.starts_with(b":") || place.1 > 0, "a location is complete");
        }
        for index in [count, usize::MAX] {
            assert!(read(call!(kouling_report_message(report, index)), true).is_empty());
            assert_eq!(call!(kouling_report_line(report, index)), 0);
        }
    }

    /// Makes a call with a handle as output: set on success, cleared on failure.
    pub(super) fn make<T>(
        &mut self,
        given: &mut CallArgs<'_>,
        run: impl FnOnce(*mut *mut T, *mut declared::Report) -> u32,
    ) -> Option<*mut T> {
        let how = self.how(given);
        self.make_so(given, &how, run)
    }

    pub(super) fn make_so<T>(
        &mut self,
        given: &mut CallArgs<'_>,
        how: &How,
        run: impl FnOnce(*mut *mut T, *mut declared::Report) -> u32,
    ) -> Option<*mut T> {
        let mut place = ptr::without_provenance_mut(RUBBISH);
        let out = output(given, &mut place, how.first);
        let is_ok = self.call(given, how, |report| run(out, report));
        settled(place, how.first, is_ok)
    }

    /// The same for a function without a report.
    pub(super) fn make_quietly<T>(
        &mut self,
        given: &mut CallArgs<'_>,
        run: impl FnOnce(*mut *mut T) -> u32,
    ) -> Option<*mut T> {
        let how = How { first: given.byte() == 0xFF, second: false, report: None };
        self.make_so(given, &how, |out, _| run(out))
    }

    /// Makes a call that only returns a status.
    pub(super) fn done(
        &mut self,
        given: &mut CallArgs<'_>,
        run: impl FnOnce(*mut declared::Report) -> u32,
    ) -> bool {
        let how = self.how(given);
        self.call(given, &how, run)
    }

    /// The same for a function without a report.
    pub(super) fn done_quietly(&mut self, given: &CallArgs<'_>, run: impl FnOnce() -> u32) -> bool {
        self.call(given, &How { first: false, second: false, report: None }, |_| run())
    }

    /// Makes a call with a number or a text as output. Returns whether it succeeded, and the output unless it was NULL.
    pub(super) fn ask<T: Copy>(
        &mut self,
        given: &mut CallArgs<'_>,
        rubbish: T,
        run: impl FnOnce(*mut T, *mut declared::Report) -> u32,
    ) -> (bool, Option<T>) {
        let how = self.how(given);
        let mut place = rubbish;
        let out = output(given, &mut place, how.first);
        let is_ok = self.call(given, &how, |report| run(out, report));
        (is_ok, (!how.first).then_some(place))
    }

    /// Reads a view now, and again before its owner is freed.
    pub(super) fn view(&mut self, owner: usize, text: Text) -> Vec<u8> {
        self.view_of(owner, text, true)
    }

    pub(super) fn view_of(&mut self, owner: usize, text: Text, is_utf8: bool) -> Vec<u8> {
        let bytes = read(text, is_utf8).to_vec();
        if !bytes.is_empty() && owner != 0 && self.views.len() < 200 {
            self.views.push(View { owner, text, copy: bytes.clone() });
        }
        bytes
    }

    /// A view that must not contain a password.
    pub(super) fn public(&mut self, owner: usize, text: Text) -> Vec<u8> {
        let bytes = self.view(owner, text);
        let leaks = bytes.windows(CANARY.len()).any(|piece| piece.eq_ignore_ascii_case(CANARY));
        assert!(!leaks, "a password leaked: {}", bytes.escape_ascii());
        bytes
    }

    /// Reads every view of an owner again, before it is freed or changed.
    pub(super) fn reread(&mut self, owner: usize) {
        let (of_it, others) = take(&mut self.views).into_iter().partition(|view| view.owner == owner);
        self.views = others;
        for view in of_it {
            let View { text, copy, .. } = view;
            assert_eq!(read(text, false), copy, "a view does not change");
        }
    }
}

/// The pointer for an output, or NULL.
pub(super) fn output<T>(given: &mut CallArgs<'_>, place: &mut T, is_null: bool) -> *mut T {
    given.wrong |= is_null;
    if is_null { ptr::null_mut() } else { place }
}

/// Checks a handle after the call that should set it.
pub(super) fn settled<T>(place: *mut T, was_null: bool, is_ok: bool) -> Option<*mut T> {
    if was_null {
        return None;
    }
    assert_ne!(place.addr(), RUBBISH, "an output is set or cleared");
    assert_eq!(place.is_null(), !is_ok, "set on success, cleared on failure");
    is_ok.then_some(place)
}
