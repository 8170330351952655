//! Actions that set a password: redemptions, continued in any order, and changes by a signed-in user.

use std::ptr;
use std::sync::Arc;

use kouling_c::reset::account::kouling_account;
use kouling_c::reset::change::kouling_change_request;
use kouling_c::reset::redemption::kouling_redemption_request;
use kouling_c::verifier::kouling_verifier;

use super::args::{CallArgs, TextType, enum_of};
use super::callbacks::{Behaviour, raw, verifier_of};
use super::checks::read;
use super::declared::{
    self, KOULING_STEP_APPLY, KOULING_STEP_APPROVED, KOULING_STEP_DONE, KOULING_STEP_LOOK_UP_ACCOUNT,
    KOULING_STEP_LOOK_UP_CHALLENGE, KOULING_STEP_NOT_JUDGED, KOULING_STEP_REFUSED,
};
use super::machine::{FactsKnown, Machine, PolicyKnown, RedemptionKnown, Stage, output, settled};
use super::reset::{is_captcha, read_step};
use super::sending::caller;
use super::texts::*;

/// The verifier of a request, or none.
fn verifier(m: &mut Machine, g: &mut CallArgs<'_>) -> (*const kouling_verifier, Option<Arc<Behaviour>>) {
    if g.byte().is_multiple_of(2) {
        return (ptr::null(), None);
    }
    let behaviour = Behaviour::new(g);
    let options = verifier_of(&behaviour, true);
    // Valid: the actions of facts cover invalid ones.
    let options = g.copy_of(options);
    m.behaviours.push(behaviour.clone());
    (options, Some(behaviour))
}

pub(super) fn begin(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.redemptions.is_full() || m.steps.is_full() {
        return;
    }
    let (policy, keys, channel) = (m.policies.pick(g), m.keys.pick(g), g.kind());
    let address = g.text(TextType::Utf8, &[], if channel == 1 { PHONES } else { ADDRESSES });
    let (code, password) = (g.text(TextType::Utf8, &m.codes, CODES), g.text(TextType::Utf8, &[], PASSWORDS));
    let (signed_in, now, first) = (g.text(TextType::Utf8, &[], NOBODY), g.moment(), g.byte());
    let caller = caller(g);
    let (verifier, verifies) = verifier(m, g);
    g.wrong |= caller.is_null() || channel > 1;
    let request = g.options(kouling_redemption_request {
        struct_size: 0,
        caller,
        verifier,
        channel: enum_of(channel),
        reports_first: u32::from(first & 1),
        address: raw(address),
        code: raw(code),
        password: raw(password),
        signed_in: raw(signed_in),
    });
    // An older struct may end before `signed_in`.
    // SAFETY: the struct begins with its size.
    let is_whole = !request.is_null()
        && unsafe { ptr::read_unaligned(request.cast::<usize>()) } >= size_of::<kouling_redemption_request>();
    let known = m.policies.known(policy).cloned().unwrap_or_default();
    let (policy, keys) = (m.policies.pointer(policy), m.keys.pointer(keys));
    let how = m.how(g);
    let rubbish = super::machine::RUBBISH;
    let (mut redemption, mut step) = (ptr::without_provenance_mut(rubbish), ptr::without_provenance_mut(rubbish));
    let out = output(g, &mut redemption, how.first);
    let out_step = output(g, &mut step, how.second);
    let is_ok = m.call(g, &how, |report| {
        call!(kouling_redemption_begin(policy, keys, request, now, out, out_step, report))
    });
    let made = settled(redemption, how.first, is_ok);
    let kind = read_step(m, settled(step, how.second, is_ok));
    assert!(matches!(kind, None | Some(KOULING_STEP_LOOK_UP_CHALLENGE | KOULING_STEP_REFUSED)));
    let stage = if kind == Some(KOULING_STEP_REFUSED) { Stage::Over } else { Stage::Challenge };
    let of = |text| if g.wrong { Vec::new() } else { read(text, true).to_vec() };
    let begun = RedemptionKnown {
        policy: if is_whole { known } else { PolicyKnown::default() },
        password: of(password),
        code: of(code),
        verifier: verifies,
        now,
        stage,
    };
    m.redemptions.add(made, begun);
}

/// Continues a redemption: the next step fits, and a call that does not fit ends it in a refusal.
fn go_on(
    m: &mut Machine,
    g: &mut CallArgs<'_>,
    at: Option<usize>,
    stage: Stage,
    next: &[(u32, Stage)],
    run: impl FnOnce(*mut declared::Redemption, *mut *mut declared::Step, *mut declared::Report) -> u32,
) -> Option<u32> {
    let redemption = m.redemptions.pointer(at);
    let made = m.make(g, |out, report| run(redemption, out, report));
    assert_eq!(made.is_some(), !g.wrong);
    let kind = read_step(m, made)?;
    let known = m.redemptions.known_mut(at)?;
    let fits = if known.stage == stage { next } else { &[] };
    known.stage = match fits.iter().find(|(expected, _)| *expected == kind) {
        Some((_, next)) => *next,
        None => {
            assert!(
                kind == KOULING_STEP_REFUSED || (kind == KOULING_STEP_NOT_JUDGED && !fits.is_empty()),
                "{kind} in {stage:?}"
            );
            Stage::Over
        }
    };
    Some(kind)
}

pub(super) fn challenge(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.steps.is_full() {
        return;
    }
    let (at, record) = (m.redemptions.pick(g), m.records.at(g.byte()));
    g.wrong |= is_captcha(m, record) == Some(true);
    let challenge = m.records.pointer(record);
    let kind = go_on(
        m,
        g,
        at,
        Stage::Challenge,
        &[(KOULING_STEP_APPLY, Stage::Reservation)],
        |redemption, out, report| call!(kouling_redemption_challenge(redemption, challenge, out, report)),
    );
    assert!(
        kind != Some(KOULING_STEP_APPLY) || call!(kouling_record_state(challenge)) == 0,
        "only a valid challenge"
    );
}

pub(super) fn applied(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.steps.is_full() {
        return;
    }
    let (at, applied) = (m.redemptions.pick(g), g.pick(&[1, 0, 2, u32::MAX]));
    let (stage, next) = match m.redemptions.known(at).map(|known| known.stage) {
        Some(Stage::Commit) => (Stage::Commit, (KOULING_STEP_DONE, Stage::Over)),
        _ => (Stage::Reservation, (KOULING_STEP_LOOK_UP_ACCOUNT, Stage::Account)),
    };
    let next: &[_] = if applied == 1 { &[next] } else { &[] };
    let kind = go_on(m, g, at, stage, next, |redemption, out, report| {
        call!(kouling_redemption_applied(redemption, applied, out, report))
    });
    if let (Some(KOULING_STEP_LOOK_UP_ACCOUNT), Some(known)) = (kind, m.redemptions.known(at)) {
        let typed = known.code.trim_ascii();
        assert!(m.codes.iter().any(|code| code == typed), "only a code that was sent is correct");
    }
}

/// An account, and the facts that are known about it.
fn account(m: &mut Machine, g: &mut CallArgs<'_>) -> (*const kouling_account, FactsKnown) {
    let (id, facts, byte) = (g.text(TextType::Utf8, &[], ACCOUNTS), m.facts.pick(g), g.byte());
    g.wrong |= id.length == 0;
    let known = m.facts.known(facts).cloned().unwrap_or_default();
    let account = kouling_account {
        struct_size: size_of::<kouling_account>(),
        id: raw(id),
        is_active: u32::from(byte & 1 == 0),
        has_password_set: u32::from(byte & 2 != 0),
        password_set: g.moment(),
        facts: m.facts.pointer(facts).cast_const().cast(),
    };
    (g.options(account).cast(), known)
}

pub(super) fn found_account(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.steps.is_full() {
        return;
    }
    let at = m.redemptions.pick(g);
    // NULL means that there is no account.
    let (pointer, facts) = if g.byte() == 0xFF { (ptr::null(), FactsKnown::default()) } else { account(m, g) };
    // An account that ends after its size has no identifier.
    let is_cut = !pointer.is_null() && {
        // SAFETY: the struct begins with its size.
        let size = unsafe { ptr::read_unaligned(pointer.cast::<usize>()) };
        size < size_of::<kouling_account>()
    };
    let was_null_by_choice = pointer.is_null() && g.wrong;
    if was_null_by_choice || is_cut {
        return;
    }
    let kind =
        go_on(m, g, at, Stage::Account, &[(KOULING_STEP_APPROVED, Stage::Commit)], |redemption, out, report| {
            call!(kouling_redemption_account(redemption, pointer.cast(), out, report))
        });
    if let (Some(KOULING_STEP_APPROVED), Some(known)) = (kind, m.redemptions.known(at)) {
        assert!(!pointer.is_null(), "no account, no approval");
        let facts = FactsKnown { current: None, verifier: known.verifier.clone(), now: known.now, ..facts };
        check_accepted(&known.policy, &known.password, &facts);
    }
}

/// Checks that the engine accepts an approved password.
fn check_accepted(policy: &PolicyKnown, password: &[u8], facts: &FactsKnown) {
    if let Some(policy) = policy.comparable() {
        let outcome = facts.with(|facts| policy.evaluate(password, facts));
        assert!(outcome.is_ok_and(|outcome| outcome.accepted()), "the engine accepts it");
    }
}

pub(super) fn change(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.steps.is_full() {
        return;
    }
    let (policy, old, now) = (m.policies.pick(g), g.kind(), g.moment());
    let password = g.text(TextType::Utf8, &[], PASSWORDS);
    let old_password = g.text(TextType::Utf8, &[], PASSWORDS);
    let caller = caller(g);
    let (account, facts) = account(m, g);
    let (verifier, verifies) = verifier(m, g);
    g.wrong |= caller.is_null() || account.is_null() || old > 2;
    let request = g.options(kouling_change_request {
        struct_size: 0,
        caller,
        account,
        verifier,
        old_check: enum_of(old),
        reports_first: now as u32 & 1,
        old_password: raw(old_password),
        password: raw(password),
    });
    let known = m.policies.known(policy).cloned().unwrap_or_default();
    let policy = m.policies.pointer(policy);
    let made = m.make(g, |out, report| call!(kouling_policy_change(policy, request, now, out, report)));
    let kind = read_step(m, made);
    assert!(matches!(kind, None | Some(KOULING_STEP_APPROVED | KOULING_STEP_REFUSED | KOULING_STEP_NOT_JUDGED)));
    if kind == Some(KOULING_STEP_APPROVED) {
        let current = (old == 1).then(|| read(old_password, true).to_vec());
        check_accepted(&known, read(password, true), &FactsKnown { current, verifier: verifies, now, ..facts });
    }
}
