//! Invariants 1, 5 and 8: events and facts that do not match the stage of the flow are refused, and nothing is approved
//! afterwards.

use kouling::flow::{Event, Next, Purpose, Refusal};

use super::host::{Engine, Host, PendingSubmission, step_name};
use super::{MAIL, OTHER_MAIL, PHONE, POLICY, UNKNOWN_MAIL, code_for, host_with_accounts, input};

const STAGES: [&str; 5] = ["look_up_challenge", "apply", "look_up_account", "approved", "done"];

/// Starts a valid submission and advances it to a stage.
fn advance_to_stage<'e>(host: &mut Host<'e>, stage: &str) -> PendingSubmission<'e> {
    let code = code_for(host, MAIL);
    host.begin(&input(MAIL, &code)).advance_to(host, stage)
}

/// Returns the events that a host can send: the name, the stages that expect it, and the event.
fn events(host: &Host<'_>) -> Vec<(&'static str, &'static str, Event)> {
    let challenge = |address: &str| {
        let found = host.store.challenges.iter().rev().map(super::host::StoredChallenge::decode);
        let key = format!("email:{address}");
        Event::Challenge(found.into_iter().find(|challenge| challenge.address().key() == key).map(Box::new))
    };
    let account = |id: &str| Event::Account(host.store.account(id).map(Box::new));
    let locked = host.store.account("id-zhangsan").map(|account| {
        let mut account = account;
        account.is_active = false;
        Box::new(account)
    });
    vec![
        ("the challenge", "look_up_challenge", challenge(MAIL)),
        ("challenge of another account", "", challenge(OTHER_MAIL)),
        ("challenge without an account", "", challenge(UNKNOWN_MAIL)),
        ("no challenge", "", Event::Challenge(None)),
        ("applied", "apply approved", Event::Applied(true)),
        ("not applied", "", Event::Applied(false)),
        ("the account", "look_up_account", account("id-zhangsan")),
        ("another account", "", account("id-lisi")),
        ("the account, locked", "", Event::Account(locked)),
        ("no account", "", Event::Account(None)),
    ]
}

fn is_refusal(next: &Next) -> bool {
    matches!(next, Next::Refused(Refusal::CodeRefused | Refusal::UserUnknown, _))
}

#[test]
fn inv01_unexpected_event_refuses_permanently() {
    let engine = Engine::new(POLICY);
    let mut checked = 0;
    for stage in STAGES {
        for n in 0.. {
            let mut host = host_with_accounts(&engine);
            code_for(&mut host, OTHER_MAIL);
            code_for(&mut host, UNKNOWN_MAIL);
            let mut pending = advance_to_stage(&mut host, stage);
            let mut events = events(&host);
            if n == events.len() {
                break;
            }
            let (name, expected_at, event) = events.swap_remove(n);
            if expected_at.split(' ').any(|expected| expected == stage) {
                continue;
            }
            let next = pending.redemption.on(event);
            assert!(is_refusal(&next), "{stage}, {name}: {}", step_name(&next));
            // Later events are refused in any order.
            for _ in 0..2 {
                for (then, _, event) in self::events(&host) {
                    let next = pending.redemption.on(event);
                    assert!(is_refusal(&next), "{stage}, {name}, {then}: {}", step_name(&next));
                }
            }
            checked += 1;
        }
    }
    assert_eq!(checked, 5 * 10 - 4, "four events are expected");
}

#[test]
fn inv01_refusal_is_permanent() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    let incomplete = super::SubmissionInput { password: String::new(), ..input(MAIL, &code) };
    let short = super::SubmissionInput { password: "short".to_owned(), ..input(MAIL, &code) };
    let nul = super::SubmissionInput { password: "with\0a-nul".to_owned(), ..input(MAIL, &code) };
    let wrong = input(MAIL, &super::wrong_code(&code));
    for input in [incomplete, short, nul, wrong] {
        let mut pending = host.begin(&input);
        while !matches!(pending.next, Next::Refused(..) | Next::CannotJudge(..)) {
            pending = pending.step(&mut host).expect("a pending submission");
        }
        for (name, _, event) in events(&host).into_iter().chain(events(&host)) {
            assert!(is_refusal(&pending.redemption.on(event)), "{name}");
        }
    }
}

#[test]
fn inv08_challenge_of_another_account_or_purpose_is_refused() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let mut found = Vec::new();
    for (address, purpose) in
        [(OTHER_MAIL, Purpose::UpdatePassword), (PHONE, Purpose::UpdatePassword), (MAIL, Purpose::ForgotPassword)]
    {
        host.wait(60);
        let code = host.send_code(super::caller(1, 1), address, purpose);
        found.push((code, host.store.challenges.last().expect("a challenge").decode()));
    }
    for (code, challenge) in found {
        // The user is signed in, so only channel, account and purpose are compared, not the address.
        let signed_in = Some("id-zhangsan".to_owned());
        let input = super::SubmissionInput { signed_in, address: String::new(), ..input(MAIL, &code) };
        let mut pending = host.begin(&input);
        let case = challenge.address().key();
        assert!(is_refusal(&pending.redemption.on(Event::Challenge(Some(Box::new(challenge))))), "{case}");
    }
    // A challenge for the same address that was created for a signed-in user is refused without a session.
    host.wait(60);
    let code = host.send_code(super::caller(1, 1), MAIL, Purpose::UpdatePassword);
    let challenge = host.store.challenges.last().expect("a challenge").decode();
    let mut pending = host.begin(&input(MAIL, &code));
    assert!(is_refusal(&pending.redemption.on(Event::Challenge(Some(Box::new(challenge))))));
}

#[test]
fn inv05_missing_or_extra_event_lists_are_refused() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let request = host.send_request(super::caller(1, 1), MAIL, Purpose::ForgotPassword);
    let complete = host.send_facts(&request);
    for count in 0..=complete.events.len() + 1 {
        let mut facts = complete.clone();
        facts.events.resize(count, Vec::new());
        let random = host.random_bytes::<80>();
        let (result, effects) =
            kouling::flow::send(&engine.policy, &engine.keys, &request, &facts, host.now, &random);
        assert_eq!(result.is_ok(), count == complete.events.len(), "{count} lists of events");
        assert_eq!(effects.is_empty(), result.is_err());
    }
}
