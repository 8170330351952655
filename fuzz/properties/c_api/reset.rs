//! Actions of the reset flow: keys, effects, records, approvals, steps.

use std::ptr;

use kouling_c::reset::effects::kouling_effect;
use kouling_c::text::kouling_text;

use super::args::{CallArgs, TextType, number_of};
use super::checks::read;
use super::declared::{
    self, KOULING_EFFECT_SEND_CODE, KOULING_EFFECT_STORE_CHALLENGE, KOULING_RECORD_REVOKED, KOULING_RECORD_USED,
    KOULING_RECORD_VALID, KOULING_STEP_APPROVED, KOULING_STEP_GRANTED, KOULING_STEP_LOOK_UP_CHALLENGE,
    KOULING_STEP_NOT_JUDGED, KOULING_STEP_REFUSED, Text,
};
use super::evaluating::check_response;
use super::handles::frees;
use super::machine::Machine;
use super::texts::*;

frees!(keys_free, free_keys, keys, kouling_code_keys_free);
frees!(effects_free, free_effects, effects, kouling_effects_free);
frees!(record_free, free_record, records, kouling_record_free);
frees!(approved_free, free_approved, approved, kouling_approved_free);
frees!(step_free, free_step, steps, kouling_step_free);
frees!(sending_free, free_sending, sendings, kouling_sending_free);
frees!(redemption_free, free_redemption, redemptions, kouling_redemption_free);

// Keys and limits.

pub(super) fn new_keys(m: &mut Machine, g: &mut CallArgs<'_>) {
    if !m.keys.is_full() {
        let (id, bytes) = (g.kind(), g.text(TextType::Bytes, &[], KEYS));
        let made = m.make(g, |out, report| call!(kouling_code_keys_new(id, bytes, out, report)));
        assert!(made.is_none() || bytes.length == 32);
        m.keys.add(made, ());
    }
}

pub(super) fn add_older(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (keys, id) = (m.keys.pick(g), g.kind());
    let bytes = g.text(TextType::Bytes, &[], KEYS);
    let keys = m.keys.pointer(keys);
    m.done(g, |report| call!(kouling_code_keys_add_older(keys, id, bytes, report)));
}

pub(super) fn moments(g: &mut CallArgs<'_>) -> Vec<i64> {
    (0..g.byte() % 4).map(|_| g.moment()).collect()
}

pub(super) fn retry_after(_: &mut Machine, g: &mut CallArgs<'_>) {
    let (max, seconds, now) = (g.number(), g.number(), g.moment());
    let of = moments(g);
    let (events, count) = g.array(&of, 1 << 20);
    let wait = call!(kouling_retry_after(max, seconds, events, count, now));
    assert!(!g.wrong || wait == u64::MAX, "an invalid array allows nothing");
}

// Effects.

/// Chooses a list of effects: that of a step or of an approval.
fn list(m: &Machine, g: &mut CallArgs<'_>) -> (*const declared::Effects, usize) {
    let byte = g.byte();
    if byte & 0x80 == 0 {
        let step = m.steps.pointer(m.steps.at(byte));
        return (call!(kouling_step_effects(step)), step.addr());
    }
    let effects = m.effects.pointer(m.effects.at(if byte == 0xFF { byte } else { byte & 0x7F }));
    (effects, effects.addr())
}

pub(super) fn texts_of(effect: &kouling_effect) -> [Text; 10] {
    let texts = [
        effect.account,
        effect.address,
        effect.requester,
        effect.challenge,
        effect.record,
        effect.key,
        effect.code,
        effect.hash,
        effect.token,
        effect.event,
    ];
    // SAFETY: both are `struct kouling_text`.
    unsafe { std::mem::transmute::<[kouling_text; 10], [Text; 10]>(texts) }
}

/// Reads every effect of a list, and stores the codes and records of it.
fn look_through(m: &mut Machine, effects: *const declared::Effects, owner: usize) {
    for index in 0..call!(kouling_effects_count(effects)) {
        let mut room = vec![0_u64; size_of::<kouling_effect>() / 8];
        room[0] = size_of::<kouling_effect>() as u64;
        assert_eq!(call!(kouling_effects_at(effects, index, room.as_mut_ptr().cast())), 0);
        // SAFETY: it has this size, and the library wrote it.
        let effect: kouling_effect = unsafe { ptr::read(room.as_ptr().cast()) };
        for text in texts_of(&effect) {
            m.view(owner, text);
        }
        let [.., record, _, code, _, _, _] = texts_of(&effect);
        if number_of(effect.kind) == KOULING_EFFECT_SEND_CODE {
            m.codes.push(read(code, true).to_vec());
        }
        if number_of(effect.kind) == KOULING_EFFECT_STORE_CHALLENGE {
            m.stored.push(read(record, true).to_vec());
        }
    }
}

pub(super) fn count_effects(m: &mut Machine, g: &mut CallArgs<'_>) {
    let ((effects, owner), index) = (list(m, g), g.index());
    let name = m.public(owner, call!(kouling_effects_name(effects, index)));
    assert_eq!(name.is_empty(), index >= call!(kouling_effects_count(effects)));
}

pub(super) fn effect_at(m: &mut Machine, g: &mut CallArgs<'_>) {
    let ((effects, owner), index) = (list(m, g), g.index());
    g.wrong |= index >= call!(kouling_effects_count(effects));
    let place = g.filled_in::<kouling_effect>();
    let is_ok = m.done_quietly(g, || call!(kouling_effects_at(effects, index, place.pointer.cast())));
    assert_eq!(is_ok, !g.wrong);
    match place.known::<kouling_effect>() {
        Some(effect) if is_ok => texts_of(&effect).into_iter().for_each(|text| drop(m.view(owner, text))),
        _ => assert!(is_ok || place.contents().iter().all(|byte| *byte == 0), "cleared on failure"),
    }
}

// Records.

pub(super) fn is_captcha(m: &Machine, at: Option<usize>) -> Option<bool> {
    let record = m.records.pointer(at);
    at.map(|_| read(call!(kouling_record_bytes(record)), true).starts_with(b"{\"token\""))
}

pub(super) fn read_record(m: &mut Machine, g: &mut CallArgs<'_>) {
    if !m.records.is_full() {
        let bytes = g.text(TextType::Bytes, &m.stored, RECORDS);
        let made = m.make(g, |out, report| call!(kouling_record_read(bytes, out, report)));
        assert!(made.is_some() || g.wrong || !m.stored.iter().any(|known| known == read(bytes, false)));
        m.records.add(made, ());
    }
}

pub(super) fn look_at_record(m: &mut Machine, g: &mut CallArgs<'_>) {
    let at = m.records.at(g.byte());
    let record = m.records.pointer(at);
    let bytes = m.view(record.addr(), call!(kouling_record_bytes(record)));
    let id = m.public(record.addr(), call!(kouling_record_id(record)));
    assert!(id.is_empty() || bytes.windows(id.len()).any(|piece| piece == id), "the bytes contain the identifier");
    let state = call!(kouling_record_state(record));
    assert!(if at.is_some() { state <= KOULING_RECORD_REVOKED } else { state == KOULING_RECORD_REVOKED });
    call!(kouling_record_submissions_left(record));
    call!(kouling_record_expires(record));
    if at.is_some() && m.stored.len() < 20 {
        m.stored.push(bytes);
    }
}

pub(super) fn after(m: &mut Machine, g: &mut CallArgs<'_>) {
    let at = m.records.pick(g);
    let ((effects, _), index) = (list(m, g), g.index());
    g.wrong |= index >= call!(kouling_effects_count(effects));
    let record = m.records.pointer(at);
    let state = call!(kouling_record_state(record));
    let before = read(call!(kouling_record_bytes(record)), true).to_vec();
    // The bytes change.
    m.reread(record.addr());
    let id = if at.is_some() { m.view(record.addr(), call!(kouling_record_id(record))) } else { Vec::new() };
    let (is_ok, holds) =
        m.ask(g, 9, |holds, report| call!(kouling_record_after(record, effects, index, holds, report)));
    assert!(holds.is_none_or(|holds| holds <= u32::from(is_ok)));
    let is_after = read(call!(kouling_record_bytes(record)), true);
    assert!(holds == Some(1) || before == is_after, "if the condition does not hold, the record is unchanged");
    let now = call!(kouling_record_state(record));
    assert!(now != KOULING_RECORD_VALID || state == KOULING_RECORD_VALID, "no record becomes valid again");
    assert!(![KOULING_RECORD_USED, KOULING_RECORD_REVOKED].contains(&state) || now == state, "the end is final");
    assert_eq!(read(call!(kouling_record_id(record)), true), id);
}

// Approvals.

pub(super) fn look_at_approved(m: &mut Machine, g: &mut CallArgs<'_>) {
    let at = m.approved.at(g.byte());
    let approved = m.approved.pointer(at);
    let is_live = m.approved.known(at).copied().unwrap_or(false);
    let account = m.view(approved.addr(), call!(kouling_approved_account(approved)));
    let password = m.view(approved.addr(), call!(kouling_approved_password(approved)));
    assert!(account.is_empty() != is_live && password.is_empty() != is_live, "a used approval has no texts");
}

pub(super) fn approved_effects(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.effects.is_full() {
        return;
    }
    let (at, hash) = (m.approved.pick(g), g.text(TextType::Utf8, &[], HASHES));
    g.wrong |= hash.length == 0 || m.approved.known(at) == Some(&false);
    let approved = m.approved.pointer(at);
    // The password is a view until the approval is used; the account is a view of the handle.
    m.reread(approved.addr());
    m.view(approved.addr(), call!(kouling_approved_account(approved)));
    let made = m.make(g, |out, report| call!(kouling_approved_effects(approved, hash, out, report)));
    assert_eq!(made.is_some(), !g.wrong);
    if let (Some(effects), Some(is_live)) = (made, m.approved.known_mut(at)) {
        *is_live = false;
        look_through(m, effects, effects.addr());
    }
    m.effects.add(made, ());
}

// Steps.

/// Reads a new step completely, and stores its tokens. Returns its kind.
pub(super) fn read_step(m: &mut Machine, made: Option<*mut declared::Step>) -> Option<u32> {
    let step = made?;
    let kind = call!(kouling_step_kind(step));
    let owner = step.addr();
    for text in [
        call!(kouling_step_address(step)),
        call!(kouling_step_account(step)),
        call!(kouling_step_token(step)),
        call!(kouling_step_requester(step)),
    ] {
        m.view(owner, text);
    }
    let token = read(call!(kouling_step_token(step)), true).to_vec();
    if !token.is_empty() {
        assert_eq!(kind, KOULING_STEP_GRANTED);
        m.tokens.push(token);
    }
    let code = m.public(owner, call!(kouling_step_code(step)));
    assert_eq!(
        code.is_empty(),
        kind != KOULING_STEP_REFUSED && kind != KOULING_STEP_NOT_JUDGED,
        "a refusal has a code"
    );
    let outcome = call!(kouling_step_outcome(step));
    if !outcome.is_null() {
        assert_eq!(kind, KOULING_STEP_REFUSED);
        assert!(!call!(kouling_outcome_accepted(outcome)), "only a refused password is a reason");
    }
    look_through(m, call!(kouling_step_effects(step)), owner);
    m.steps.add(made, kind == KOULING_STEP_APPROVED);
    Some(kind)
}

pub(super) fn look_at_step(m: &mut Machine, g: &mut CallArgs<'_>) {
    let at = m.steps.at(g.byte());
    let step = m.steps.pointer(at);
    let kind = call!(kouling_step_kind(step));
    assert!(!step.is_null() || kind == KOULING_STEP_REFUSED, "NULL is refused");
    let (purpose, channel) = (call!(kouling_step_purpose(step)), call!(kouling_step_channel(step)));
    assert!(purpose <= 1 && channel <= 1 && (purpose == 0 || kind == KOULING_STEP_LOOK_UP_CHALLENGE));
    assert!(call!(kouling_step_retry_after(step)) == 0 || kind == KOULING_STEP_REFUSED);
    let effects = call!(kouling_step_effects(step));
    assert_eq!(effects.is_null(), step.is_null());
    for text in
        [call!(kouling_step_address(step)), call!(kouling_step_account(step)), call!(kouling_step_token(step))]
    {
        m.view(step.addr(), text);
    }
    m.public(step.addr(), call!(kouling_step_code(step)));
}

pub(super) fn step_response(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (step, contract) = (m.steps.pick(g), m.contracts.pick(g));
    let (step, contract) = (m.steps.pointer(step), m.contracts.pointer(contract));
    let language = g.text(TextType::Utf8, &[], LANGUAGES);
    let place = g.filled_in::<kouling_c::contract::kouling_response>();
    g.wrong |= call!(kouling_step_kind(step)) > KOULING_STEP_NOT_JUDGED;
    let is_ok =
        m.done(g, |report| call!(kouling_step_response(step, contract, language, place.pointer.cast(), report)));
    assert_eq!(is_ok, !g.wrong);
    check_response(m, step.addr(), is_ok, &place);
}

pub(super) fn take_approved(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.approved.is_full() {
        return;
    }
    let at = m.steps.pick(g);
    g.wrong |= m.steps.known(at) != Some(&true);
    let step = m.steps.pointer(at);
    let made = m.make(g, |out, report| call!(kouling_step_take_approved(step, out, report)));
    assert_eq!(made.is_some(), !g.wrong, "an approval is taken once");
    if let (Some(_), Some(has_approval)) = (made, m.steps.known_mut(at)) {
        *has_approval = false;
    }
    m.approved.add(made, true);
}
