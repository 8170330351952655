//! The machine that a program runs on: the handles that live, what is known of each, and what must hold after every call.

use std::mem::take;
use std::ptr;
use std::sync::Arc;

use kouling::candidate::{PasswordVerifier, Previous};
use kouling::{Facts, Moment, Outcome, Policy, User};
use kouling_c::status::{KOULING_STATUS_INTERNAL, KOULING_STATUS_OK};

use super::callbacks::{Behaviour, Verifies};
use super::declared::{self, Text};
use super::given::CallArgs;
use super::slots::Slots;
use super::{handles, loaders, reset};

/// Every password here holds it, so that nothing that is told may.
const CANARY: &[u8] = b"c4n4ry";
/// A handle that no call gives.
pub(super) const RUBBISH: usize = 8;

/// What is known of a policy.
#[derive(Clone, Default)]
pub(super) struct PolicyKnown {
    /// The same as the engine made it, where no callback had a hand in it.
    pub(super) policy: Option<Arc<Policy>>,
    /// What its own rules do.
    pub(super) rules: Vec<Arc<Behaviour>>,
    pub(super) more_owners: usize,
}

impl PolicyKnown {
    /// How often a callback of it has failed.
    pub(super) fn failures(&self) -> usize {
        self.rules.iter().map(|rule| rule.failures()).sum()
    }

    /// The policy, unless it decides by chance.
    pub(super) fn comparable(&self) -> Option<&Arc<Policy>> {
        self.policy
            .as_ref()
            .filter(|policy| !policy.dictionaries().iter().any(|(name, _)| name.contains("zxcvbn")))
    }
}

/// What is known of facts.
#[derive(Clone, Default)]
pub(super) struct FactsKnown {
    pub(super) user: User,
    pub(super) previous: Vec<Previous>,
    pub(super) current: Option<Vec<u8>>,
    pub(super) verifier: Option<Arc<Behaviour>>,
    pub(super) now: i64,
}

impl FactsKnown {
    /// What the engine judges by these facts.
    pub(super) fn with<R>(&self, judge: impl FnOnce(&Facts<'_>) -> R) -> R {
        let verifies = self.verifier.clone().map(Verifies);
        judge(&Facts {
            user: &self.user,
            previous: &self.previous,
            current: self.current.as_deref(),
            verifier: verifies.as_ref().map(|verifies| verifies as &dyn PasswordVerifier),
            now: Moment::from_unix(self.now),
        })
    }
}

/// How far a redemption is.
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

/// A view that lives as long as its owner.
struct View {
    owner: usize,
    text: Text,
    copy: Vec<u8>,
}

#[derive(Default)]
pub(super) struct Machine {
    pub(super) reports: Slots<declared::Report, ()>,
    pub(super) policies: Slots<declared::Policy, PolicyKnown>,
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
    /// Every context that was ever given.
    pub(super) behaviours: Vec<Arc<Behaviour>>,
    /// Those that nobody else lets go of.
    pub(super) unowned: Vec<usize>,
    views: Vec<View>,
    /// Codes, records and tokens that came out, to be given back.
    pub(super) codes: Vec<Vec<u8>>,
    pub(super) stored: Vec<Vec<u8>>,
    pub(super) tokens: Vec<Vec<u8>>,
    pub(super) compiled: Vec<Vec<u8>>,
}

/// How outputs and report are given to a call.
pub(super) struct How {
    pub(super) first: bool,
    pub(super) second: bool,
    report: Option<usize>,
}

/// The bytes of a text that came out, every one read.
pub(super) fn read<'t>(text: Text, is_utf8: bool) -> &'t [u8] {
    if text.data.is_null() {
        assert_eq!(text.length, 0, "nothing has no length");
        return &[];
    }
    // SAFETY: that it can be read is what is tried.
    let bytes = unsafe { std::slice::from_raw_parts(text.data, text.length) };
    std::hint::black_box(bytes.iter().fold(0_u8, |all, byte| all ^ byte));
    assert!(!is_utf8 || std::str::from_utf8(bytes).is_ok(), "{}", bytes.escape_ascii());
    bytes
}

/// A status is one of those that callers know, and no fault of ours.
pub(super) fn sound(status: u32) -> u32 {
    assert!(status < KOULING_STATUS_INTERNAL, "status {status}");
    status
}

impl Machine {
    /// How outputs and report are given: a byte, and most often all of them.
    pub(super) fn how(&self, given: &mut CallArgs<'_>) -> How {
        let byte = given.byte();
        let hostile = byte & 0x80 != 0;
        let report = if hostile && byte & 4 != 0 { None } else { self.reports.at(byte >> 3 & 7) };
        How { first: hostile && byte & 1 != 0, second: hostile && byte & 2 != 0, report }
    }

    /// A call that gives a status: what holds whatever was called.
    pub(super) fn call(
        &mut self,
        given: &CallArgs<'_>,
        how: &How,
        run: impl FnOnce(*mut declared::Report) -> u32,
    ) -> bool {
        let report = self.reports.pointer(how.report);
        self.reread(report.addr());
        let status = sound(run(report));
        assert!(!given.wrong || status != KOULING_STATUS_OK, "what is wrong is refused");
        if !report.is_null() {
            self.told(report, status);
        }
        status == KOULING_STATUS_OK
    }

    /// The report of a call that ended so.
    fn told(&mut self, report: *mut declared::Report, status: u32) {
        let count = call!(kouling_report_count(report));
        assert_eq!(count == 0, status == KOULING_STATUS_OK, "a failure is told, a success is not");
        let text = self.public(report.addr(), call!(kouling_report_text(report)));
        assert_eq!(text.is_empty(), status == KOULING_STATUS_OK);
        for index in 0..count.min(3) {
            let message = self.public(report.addr(), call!(kouling_report_message(report, index)));
            let code = self.public(report.addr(), call!(kouling_report_code(report, index)));
            // What a rule of the host's complains of, it may say without a word.
            assert!(!code.is_empty() && (!message.is_empty() || code == b"custom"));
            self.public(report.addr(), call!(kouling_report_help(report, index)));
            self.public(report.addr(), call!(kouling_report_file(report, index)));
            let place = (call!(kouling_report_line(report, index)), call!(kouling_report_column(report, index)));
            assert!(place.1 == 0 || place.0 > 0, "a column stands in a line");
            assert!(!text.starts_with(b":") || place.1 > 0, "a place is whole or is none");
        }
        for index in [count, usize::MAX] {
            assert!(read(call!(kouling_report_message(report, index)), true).is_empty());
            assert_eq!(call!(kouling_report_line(report, index)), 0);
        }
    }

    /// A call that gives a handle: set on success, cleared on failure.
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

    /// The same of a function that takes no report.
    pub(super) fn make_quietly<T>(
        &mut self,
        given: &mut CallArgs<'_>,
        run: impl FnOnce(*mut *mut T) -> u32,
    ) -> Option<*mut T> {
        let how = How { first: given.byte() == 0xFF, second: false, report: None };
        self.make_so(given, &how, |out, _| run(out))
    }

    /// A call that gives a status only.
    pub(super) fn done(
        &mut self,
        given: &mut CallArgs<'_>,
        run: impl FnOnce(*mut declared::Report) -> u32,
    ) -> bool {
        let how = self.how(given);
        self.call(given, &how, run)
    }

    /// The same without a report.
    pub(super) fn done_quietly(&mut self, given: &CallArgs<'_>, run: impl FnOnce() -> u32) -> bool {
        self.call(given, &How { first: false, second: false, report: None }, |_| run())
    }

    /// A call that gives a number or a text: its status, and what it gave where something was given.
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

    /// A view: read now, and again before its owner is freed.
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

    /// A view of what may be told to anybody.
    pub(super) fn public(&mut self, owner: usize, text: Text) -> Vec<u8> {
        let bytes = self.view(owner, text);
        let tells = bytes.windows(CANARY.len()).any(|piece| piece.eq_ignore_ascii_case(CANARY));
        assert!(!tells, "a password is told: {}", bytes.escape_ascii());
        bytes
    }

    /// Reads every view of an owner once more, since it is about to be freed or changed.
    pub(super) fn reread(&mut self, owner: usize) {
        let (of_it, others) = take(&mut self.views).into_iter().partition(|view| view.owner == owner);
        self.views = others;
        for view in of_it {
            let View { text, copy, .. } = view;
            assert_eq!(read(text, false), copy, "a view stays what it was");
        }
    }

    /// Frees all, a kind after the other, from any kind on; then nothing is left.
    pub(super) fn end(mut self, first: u8) {
        let kinds: [fn(&mut Machine) -> bool; 15] = [
            handles::free_report,
            handles::free_policy,
            handles::free_file,
            handles::free_words,
            handles::free_loader,
            handles::free_facts,
            handles::free_outcome,
            handles::free_contract,
            reset::free_keys,
            reset::free_effects,
            reset::free_record,
            reset::free_approved,
            reset::free_step,
            reset::free_sending,
            reset::free_redemption,
        ];
        for kind in 0..kinds.len() {
            while kinds[(kind + usize::from(first)) % kinds.len()](&mut self) {}
        }
        assert!(self.views.is_empty(), "every view was of something");
        let behaviours = take(&mut self.behaviours);
        self.unowned.iter().for_each(|context| loaders::let_go(*context));
        drop(self);
        behaviours.iter().for_each(|behaviour| behaviour.is_let_go_of());
    }
}

/// Where an output goes; or nowhere.
pub(super) fn output<T>(given: &mut CallArgs<'_>, place: &mut T, is_null: bool) -> *mut T {
    given.wrong |= is_null;
    if is_null { ptr::null_mut() } else { place }
}

/// A handle after the call that should set it.
pub(super) fn settled<T>(place: *mut T, was_null: bool, is_ok: bool) -> Option<*mut T> {
    if was_null {
        return None;
    }
    assert_ne!(place.addr(), RUBBISH, "an output is set or cleared");
    assert_eq!(place.is_null(), !is_ok, "set on success, cleared on failure");
    is_ok.then_some(place)
}
