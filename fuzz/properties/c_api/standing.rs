//! Decisions on accounts.

use std::ptr;

use kouling::standing::{AccountState, Decision, sign_in_failed, signed_in, standing};
use kouling::{Language, Moment};

use super::args::{CallArgs, TextType};
use super::handles::{of, rubbish};
use super::machine::Machine;
use super::texts::{LANGUAGES, STATES};

/// The functions that decide.
#[derive(Clone, Copy)]
enum Call {
    Standing,
    SignInFailed,
    SignedIn,
}

/// Decides, reads the decision with every function, and frees it.
pub(super) fn decide(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (at, account) = (m.policies.pick(g), g.text(TextType::Utf8, &[], STATES));
    let (now, call, accepts) =
        (g.moment(), g.pick(&[Call::Standing, Call::SignInFailed, Call::SignedIn]), g.kind());
    g.wrong |= matches!(call, Call::SignedIn) && accepts > 2;
    let policy = m.policies.pointer(at);
    let how = m.how(g);
    let made = m.make_so(g, &how, |out, report| match call {
        Call::Standing => call!(kouling_policy_standing(policy, account, now, out, report)),
        Call::SignInFailed => call!(kouling_policy_sign_in_failed(policy, account, now, out, report)),
        Call::SignedIn => call!(kouling_policy_signed_in(policy, account, accepts, now, out, report)),
    });
    let known = m.policies.known(at).and_then(|known| known.policy.clone());
    let expected = known.filter(|_| !g.wrong).map(|policy| {
        let account = AccountState::parse(std::str::from_utf8(&of(account)).ok()?).ok()?;
        let now = Moment::from_unix(now);
        let decided = match call {
            Call::Standing => {
                standing(&policy, &account, now).map(|standing| Decision { standing, effects: Vec::new() })
            }
            Call::SignInFailed => sign_in_failed(&policy, &account, now),
            Call::SignedIn => signed_in(&policy, &account, (accepts != 0).then_some(accepts == 1), now),
        };
        decided.ok()
    });
    if let Some(expected) = &expected {
        assert_eq!(made.is_some(), expected.is_some(), "the C API decides if the engine does");
    }
    let decision = made.unwrap_or(ptr::null_mut());
    let permits = call!(kouling_decision_permits_session(decision));
    let refuses = call!(kouling_decision_refuses_sign_in(decision));
    assert!(!(permits && refuses) && (made.is_some() || refuses), "no decision refuses");
    assert_eq!(call!(kouling_decision_standing(decision)) == 0, made.is_none());
    call!(kouling_decision_value(decision));
    let language = g.text(TextType::Utf8, &[], LANGUAGES);
    let code = m.public(decision.addr(), call!(kouling_decision_code(decision)));
    m.public(decision.addr(), call!(kouling_decision_message(decision, language)));
    let (count, index) = (call!(kouling_decision_effect_count(decision)), g.index());
    let effect = m.public(decision.addr(), call!(kouling_decision_effect(decision, index)));
    assert_eq!(effect.is_empty(), index >= count);
    g.wrong = made.is_none();
    let stored = g.text(TextType::Utf8, &[], STATES);
    let (_, after) =
        m.ask(g, rubbish(), |out, report| call!(kouling_decision_account(decision, stored, out, report)));
    let after = after.map(|after| m.public(decision.addr(), after)).unwrap_or_default();
    g.wrong = made.is_none();
    let language = g.copy(b"en");
    let (_, json) =
        m.ask(g, rubbish(), |out, report| call!(kouling_decision_json(decision, language, out, report)));
    let json = json.map(|json| m.public(decision.addr(), json)).unwrap_or_default();
    if let Some(Some(expected)) = expected {
        assert_eq!(code, expected.standing.code().as_bytes());
        assert_eq!(permits, expected.standing.permits_session());
        assert!(json.is_empty() || json == expected.to_json(Language::ENGLISH).to_string().as_bytes());
        let stored = std::str::from_utf8(&of(stored)).ok().and_then(|stored| AccountState::parse(stored).ok());
        let stored = stored.and_then(|stored| stored.after_all(&expected.effects));
        assert!(after.is_empty() || stored.is_some_and(|stored| after == stored.to_json().to_string().as_bytes()));
    }
    m.reread(decision.addr());
    call!(kouling_decision_free(decision));
}
