//! Every stage of a redemption with every event that does not fit it: refused, and never approved afterwards.

use kouling::flow::{Event, Next, Purpose, Refusal};

use super::host::{Engine, Flight, Host, name_of};
use super::{MAIL, NOBODY, OTHER_MAIL, PHONE, POLICY, code_for, town, typed};

const STAGES: [&str; 5] = ["look_up_challenge", "apply", "look_up_account", "approved", "done"];

/// A redemption at a stage, with everything right until there.
fn at<'e>(host: &mut Host<'e>, stage: &str) -> Flight<'e> {
    let code = code_for(host, MAIL);
    host.begin(&typed(MAIL, &code)).until(host, stage)
}

/// Every event that a host could answer with: its name, and the stage that it fits.
fn events(host: &Host<'_>) -> Vec<(&'static str, &'static str, Event)> {
    let challenge = |address: &str| {
        let found = host.store.challenges.iter().rev().map(super::host::Stored::read);
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
        ("another's challenge", "", challenge(OTHER_MAIL)),
        ("nobody's challenge", "", challenge(NOBODY)),
        ("no challenge", "", Event::Challenge(None)),
        ("applied", "apply approved", Event::Applied(true)),
        ("not applied", "", Event::Applied(false)),
        ("the account", "look_up_account", account("id-zhangsan")),
        ("another account", "", account("id-lisi")),
        ("the account, locked", "", Event::Account(locked)),
        ("no account", "", Event::Account(None)),
    ]
}

fn is_no(next: &Next) -> bool {
    matches!(next, Next::Refused(Refusal::CodeRefused | Refusal::UserUnknown, _))
}

#[test]
fn inv01_what_does_not_fit_refuses_for_good() {
    let engine = Engine::new(POLICY);
    let mut checked = 0;
    for stage in STAGES {
        for n in 0.. {
            let mut host = town(&engine);
            code_for(&mut host, OTHER_MAIL);
            code_for(&mut host, NOBODY);
            let mut flight = at(&mut host, stage);
            let mut events = events(&host);
            if n == events.len() {
                break;
            }
            let (name, fits, event) = events.swap_remove(n);
            if fits.split(' ').any(|fit| fit == stage) {
                continue;
            }
            let next = flight.redemption.on(event);
            assert!(is_no(&next), "{stage}, {name}: {}", name_of(&next));
            // Whatever comes then, in the right order or not.
            for _ in 0..2 {
                for (then, _, event) in self::events(&host) {
                    let next = flight.redemption.on(event);
                    assert!(is_no(&next), "{stage}, {name}, {then}: {}", name_of(&next));
                }
            }
            checked += 1;
        }
    }
    assert_eq!(checked, 5 * 10 - 4, "four events fit");
}

#[test]
fn inv01_a_refusal_is_for_good() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    let incomplete = super::Typed { password: String::new(), ..typed(MAIL, &code) };
    let short = super::Typed { password: "short".to_owned(), ..typed(MAIL, &code) };
    let nul = super::Typed { password: "with\0a-nul".to_owned(), ..typed(MAIL, &code) };
    let spent = typed(MAIL, &super::another(&code));
    for typed in [incomplete, short, nul, spent] {
        let mut flight = host.begin(&typed);
        while !matches!(flight.next, Next::Refused(..) | Next::CannotJudge(..)) {
            flight = flight.step(&mut host).expect("on its way to a refusal");
        }
        for (name, _, event) in events(&host).into_iter().chain(events(&host)) {
            assert!(is_no(&flight.redemption.on(event)), "{name}");
        }
    }
}

#[test]
fn inv08_a_host_that_looks_up_another_challenge_is_told_no() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let mut found = Vec::new();
    for (address, purpose) in
        [(OTHER_MAIL, Purpose::UpdatePassword), (PHONE, Purpose::UpdatePassword), (MAIL, Purpose::ForgotPassword)]
    {
        host.wait(60);
        let code = host.send_code(super::caller(1, 1), address, purpose);
        found.push((code, host.store.challenges.last().expect("a challenge").read()));
    }
    for (code, challenge) in found {
        // Signed in, so that no address is compared: by mail, for the account of the first user.
        let signed_in = Some("id-zhangsan".to_owned());
        let typed = super::Typed { signed_in, address: String::new(), ..typed(MAIL, &code) };
        let mut flight = host.begin(&typed);
        let what = challenge.address().key();
        assert!(is_no(&flight.redemption.on(Event::Challenge(Some(Box::new(challenge))))), "{what}");
    }
    // And without being signed in, one of this very address that was made for somebody who is.
    host.wait(60);
    let code = host.send_code(super::caller(1, 1), MAIL, Purpose::UpdatePassword);
    let challenge = host.store.challenges.last().expect("a challenge").read();
    let mut flight = host.begin(&typed(MAIL, &code));
    assert!(is_no(&flight.redemption.on(Event::Challenge(Some(Box::new(challenge))))));
}

#[test]
fn inv05_a_host_that_did_not_look_is_told_no() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let request = host.send_request(super::caller(1, 1), MAIL, Purpose::ForgotPassword);
    let complete = host.send_facts(&request);
    for count in 0..=complete.events.len() + 1 {
        let mut facts = complete.clone();
        facts.events.resize(count, Vec::new());
        let drawn = host.bytes::<80>();
        let (answer, effects) =
            kouling::flow::send(&engine.policy, &engine.keys, &request, &facts, host.now, &drawn);
        assert_eq!(answer.is_ok(), count == complete.events.len(), "{count} lists of events");
        assert_eq!(effects.is_empty(), answer.is_err());
    }
}
