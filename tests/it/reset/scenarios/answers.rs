//! Invariants 10 and 11: look-ups change nothing, and no response reveals whether an account exists.
//!
//! The host spends its time on the effects. The engine spends its time on one keyed hash per code that is created or
//! compared. Two requests therefore cost the same if they have the same sequence of effects and the same number of hashes.
//! These tests compare both instead of counting instructions.

use kouling::flow::{Effect, Next, Purpose};

use super::host::{Engine, Host, SubmissionInput, caller, step_name};
use super::{MAIL, POLICY, UNKNOWN_MAIL, code_for, host_with_accounts, input, wrong_code};

/// The states of an address that must be indistinguishable.
const ADDRESS_STATES: [&str; 3] = ["known", "unknown", "locked"];

fn host_with_address_state<'e>(engine: &'e Engine, state: &str) -> (Host<'e>, &'static str) {
    let mut host = host_with_accounts(engine);
    host.store.account_mut("id-zhangsan").is_active = state != "locked";
    (host, if state == "unknown" { UNKNOWN_MAIL } else { MAIL })
}

fn effect_names(effects: &[Effect]) -> Vec<&'static str> {
    effects.iter().map(Effect::name).collect()
}

/// Requests codes. Returns the result of the last request and the names of its effects.
fn request_code(engine: &Engine, state: &str, times: usize) -> (String, Vec<&'static str>) {
    let (mut host, address) = host_with_address_state(engine, state);
    let mut last = (String::new(), Vec::new());
    for _ in 0..times {
        let request = host.send_request(caller(1, 1), address, Purpose::ForgotPassword);
        let (result, effects) = host.decide_send(&request);
        last = (format!("{result:?}"), effect_names(&effects));
        assert!(host.store.apply(&effects));
    }
    last
}

#[test]
fn inv11_code_requests_have_the_same_response_for_every_address() {
    let engine = Engine::new(POLICY);
    let low_limit =
        Engine::new("format = 1\n[reset.code]\ncooldown = \"0s\"\n[reset.limits]\nper_account = \"2/h\"\n");
    for (engine, times) in [(&engine, 1), (&engine, 2), (&low_limit, 2), (&low_limit, 3), (&low_limit, 6)] {
        let known = request_code(engine, "known", times);
        for state in ADDRESS_STATES {
            assert_eq!(request_code(engine, state, times), known, "{state}, requested {times} times");
        }
    }
    let (result, effects) = request_code(&engine, "known", 1);
    assert_eq!(result, "Ok(())");
    let expected =
        "use_captcha count count count count count count revoke_challenges store_challenge send_code audit";
    assert_eq!(effects.join(" "), expected);
    assert!(request_code(&engine, "unknown", 2).0.contains("LimitReached"));
}

#[test]
fn inv11_silent_policy_differs_by_one_effect() {
    let engine = Engine::new(&format!("{POLICY}[reset]\nunknown_recipient = \"silent\"\n"));
    let known = request_code(&engine, "known", 1);
    let mut unknown = request_code(&engine, "unknown", 1);
    assert_eq!(known.0, unknown.0);
    let index = known.1.iter().position(|name| *name == "send_code").expect("a code is sent");
    unknown.1.insert(index, "send_code");
    assert_eq!(known.1, unknown.1);
}

/// Returns the steps, effects and refusal codes of a submission.
fn trace_submission(host: &mut Host<'_>, input: &SubmissionInput) -> Vec<String> {
    let mut pending = host.begin(input);
    let mut seen = Vec::new();
    loop {
        seen.push(step_name(&pending.next).to_owned());
        match &pending.next {
            Next::Apply(effects) => seen.extend(effect_names(effects).into_iter().map(str::to_owned)),
            Next::Refused(refusal, effects) => {
                seen.push(refusal.code().to_owned());
                seen.extend(effect_names(effects).into_iter().map(str::to_owned));
            }
            _ => {}
        }
        match pending.step(host) {
            Ok(stepped) => pending = stepped,
            Err(_) => return seen,
        }
    }
}

#[test]
fn inv11_wrong_code_has_the_same_response_for_every_address() {
    let engine = Engine::new(POLICY);
    for (case, send, tries) in [("never sent", false, 1), ("wrong", true, 1), ("budget used up", true, 6)] {
        let traces = ADDRESS_STATES.map(|state| {
            let (mut host, address) = host_with_address_state(&engine, state);
            let code = if send { code_for(&mut host, address) } else { "123456".to_owned() };
            let wrong = input(address, &wrong_code(&code));
            (1..tries).for_each(|_| drop(host.submit(&wrong)));
            (trace_submission(&mut host, &wrong), host.compared.len())
        });
        assert!(traces[0] == traces[1] && traces[1] == traces[2], "{case}: {traces:?}");
        assert!(traces[0].0.contains(&"reset.code_refused".to_owned()));
    }
}

#[test]
fn inv11_correct_code_of_unknown_user_gets_the_response_of_the_policy() {
    for (conceal, expected) in [(false, "reset.user_unknown"), (true, "reset.code_refused")] {
        let engine = Engine::new(&format!("{POLICY}[reset]\nconceal_unknown_user = {conceal}\n"));
        let traces = ["unknown", "locked"].map(|state| {
            let (mut host, address) = host_with_address_state(&engine, state);
            let code = code_for(&mut host, address);
            trace_submission(&mut host, &input(address, &code))
        });
        assert_eq!(traces[0], traces[1]);
        assert!(traces[0].contains(&expected.to_owned()), "{traces:?}");
    }
}

#[test]
fn inv11_concealed_unknown_user_has_the_response_of_a_wrong_code() {
    let engine = Engine::new(&format!("{POLICY}[reset]\nconceal_unknown_user = true\n"));
    let (mut host, address) = host_with_address_state(&engine, "unknown");
    let code = code_for(&mut host, address);
    let correct = trace_submission(&mut host, &input(address, &code));
    let wrong = trace_submission(&mut host, &input(address, &wrong_code(&code)));
    let after_refusal =
        |trace: &[String]| trace[trace.iter().position(|s| s == "refused").expect("refused")..].to_vec();
    assert_eq!(after_refusal(&correct), after_refusal(&wrong));
    // Both use the same budget. Otherwise the number of attempts would reveal the difference.
    let wrong = host.store.events_of("wrong:address:email:nobody@example.org");
    assert_eq!(wrong.len(), 2);
}

#[test]
fn inv10_look_ups_do_not_use_up_the_code() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    let before = host.store.clone();
    for _ in 0..20 {
        // A mail scanner opens the page, and a user opens it and leaves.
        drop(host.begin(&input(MAIL, &code)));
        let pending = host.begin(&input(MAIL, &code)).step(&mut host).expect("a pending submission");
        assert_eq!(step_name(&pending.next), "apply");
    }
    assert!(host.store == before);
    assert_eq!(host.submit(&input(MAIL, &code)).code(), "done");
}
