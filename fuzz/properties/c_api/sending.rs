//! Actions of requests for a code, and of captchas.

use std::ptr;

use kouling_c::reset::request::kouling_caller;
use kouling_c::reset::sending::kouling_send_request;

use super::args::{CallArgs, TextType, enum_of};
use super::callbacks::raw;
use super::declared::KOULING_STEP_GRANTED;
use super::machine::Machine;
use super::reset::{is_captcha, moments, read_step};
use super::texts::*;

// Requests for a code.

/// A caller: valid, or with invalid fields.
pub(super) fn caller(g: &mut CallArgs<'_>) -> *const kouling_caller {
    let byte = g.byte();
    let field = |g: &mut CallArgs<'_>, bit: u8, known: &[u8]| match byte & bit {
        0 => raw(g.copy(known)),
        _ => raw(g.text(TextType::Utf8, &[], NAMES)),
    };
    let caller = kouling_caller {
        struct_size: 0,
        system: field(g, 2, b"debian 12"),
        fingerprint: field(g, 4, b"4711"),
        agent: field(g, 8, b"example"),
        client: field(g, 16, b"c1"),
        client_is_registered: if byte & 32 == 0 { 1 } else { g.kind() },
    };
    if byte & 1 == 0 { g.options(caller).cast() } else { ptr::null() }
}

pub(super) fn new_sending(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.sendings.is_full() {
        return;
    }
    let policy = m.policies.pick(g);
    let (purpose, channel) = (g.kind(), g.kind());
    let address = g.text(TextType::Utf8, &[], if channel == 1 { PHONES } else { ADDRESSES });
    let token = g.text(TextType::Utf8, &m.tokens, NO_TOKENS);
    let client_ip = g.text(TextType::Utf8, &[], PEERS);
    let caller = caller(g);
    g.wrong |= caller.is_null() || purpose > 1 || channel > 1;
    let request = g.options(kouling_send_request {
        struct_size: 0,
        caller,
        purpose: enum_of(purpose),
        channel: enum_of(channel),
        address: raw(address),
        captcha_token: raw(token),
        client_ip: raw(client_ip),
    });
    let policy = m.policies.pointer(policy);
    let made = m.make(g, |out, report| call!(kouling_sending_new(policy, request, out, report)));
    let budgets = made.map_or(0, |sending| call!(kouling_sending_budget_count(sending)));
    m.sendings.add(made, vec![false; budgets]);
}

pub(super) fn look_at_sending(m: &mut Machine, g: &mut CallArgs<'_>) {
    let at = m.sendings.at(g.byte());
    let (sending, index) = (m.sendings.pointer(at), g.index());
    let address = m.view(sending.addr(), call!(kouling_sending_address(sending)));
    assert!(call!(kouling_sending_channel(sending)) <= 1);
    let count = call!(kouling_sending_budget_count(sending));
    assert_eq!(count, m.sendings.known(at).map_or(0, Vec::len));
    assert_eq!(count == 0, address.is_empty(), "no address, nothing to look up");
    let key = m.view(sending.addr(), call!(kouling_sending_budget_key(sending, index)));
    assert_eq!(key.is_empty(), index >= count);
    assert_eq!(call!(kouling_sending_budget_seconds(sending, index)) == 0, index >= count);
}

pub(super) fn set_account(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (at, account) = (m.sendings.pick(g), g.text(TextType::Utf8, &[], ACCOUNTS));
    let address = g.text(TextType::Utf8, &[], ADDRESSES);
    g.wrong |= account.length == 0 || address.length == 0;
    let sending = m.sendings.pointer(at);
    let is_ok = m.done(g, |report| call!(kouling_sending_set_account(sending, account, address, report)));
    if let (true, Some(looked_up)) = (is_ok, m.sendings.known_mut(at)) {
        *looked_up = vec![false; call!(kouling_sending_budget_count(sending))];
    }
}

pub(super) fn set_captcha(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (sending, captcha) = (m.sendings.pick(g), m.records.pick(g));
    g.wrong |= is_captcha(m, captcha) == Some(false);
    let (sending, captcha) = (m.sendings.pointer(sending), m.records.pointer(captcha));
    let is_ok = m.done(g, |report| call!(kouling_sending_set_captcha(sending, captcha, report)));
    assert_eq!(is_ok, !g.wrong);
}

pub(super) fn set_events(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (at, index) = (m.sendings.pick(g), g.index());
    let of = moments(g);
    let (events, count) = g.array(&of, 1 << 20);
    let sending = m.sendings.pointer(at);
    g.wrong |= index >= call!(kouling_sending_budget_count(sending));
    let is_ok = m.done(g, |report| call!(kouling_sending_set_events(sending, index, events, count, report)));
    assert_eq!(is_ok, !g.wrong);
    if let (true, Some(place)) = (is_ok, m.sendings.known_mut(at).and_then(|known| known.get_mut(index))) {
        *place = true;
    }
}

pub(super) fn decide(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.steps.is_full() {
        return;
    }
    let (at, keys, now) = (m.sendings.pick(g), m.keys.pick(g), g.moment());
    let randomness = g.text(TextType::Bytes, &[], RANDOMNESS);
    g.wrong |= randomness.length != 80;
    let (sending, keys) = (m.sendings.pointer(at), m.keys.pointer(keys));
    let made = m.make(g, |out, report| call!(kouling_sending_decide(sending, keys, now, randomness, out, report)));
    assert_eq!(made.is_some(), !g.wrong);
    if read_step(m, made) == Some(KOULING_STEP_GRANTED) {
        let looked_up =
            m.sendings.known(at).is_some_and(|known| !known.is_empty() && known.iter().all(|each| *each));
        assert!(looked_up, "a request is refused unless every budget was looked up");
    }
}

// Captchas.

pub(super) fn new_captcha(m: &mut Machine, g: &mut CallArgs<'_>) {
    if !m.records.is_full() {
        let (token, place, now) = (g.text(TextType::Utf8, &[], TOKENS), g.kind(), g.moment());
        let made = m.make(g, |out, report| call!(kouling_captcha_new(token, place, now, out, report)));
        m.records.add(made, ());
    }
}

pub(super) fn verify_captcha(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.steps.is_full() {
        return;
    }
    let (policy, captcha) = (m.policies.pick(g), m.records.at(g.byte()));
    let x = g.pick(&[0.0, 1.0, 4.9, 99.0, -1.0, f64::NAN, f64::INFINITY, f64::MAX]);
    let (point, channel) = (g.text(TextType::Utf8, &[], POINTS), g.kind());
    let address = g.text(TextType::Utf8, &[], if channel == 1 { PHONES } else { ADDRESSES });
    let now = g.moment();
    g.wrong |= channel > 1 || is_captcha(m, captcha) == Some(false);
    let (policy, record) = (m.policies.pointer(policy), m.records.pointer(captcha));
    let made = m.make(g, |out, report| {
        call!(kouling_policy_verify_captcha(policy, record, x, point, channel, address, now, out, report))
    });
    assert_eq!(made.is_some(), !g.wrong);
    let kind = read_step(m, made);
    assert!(kind != Some(KOULING_STEP_GRANTED) || (captcha.is_some() && x.is_finite()), "only what is solved");
}
