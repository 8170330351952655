//! 10 and 11: looking changes nothing, and nobody learns from an answer whether an account exists.
//!
//! What a host spends its time on are the effects, and what the engine spends it on is one keyed hash for each code
//! made or compared. So two requests cost the same when their effects have the same names in the same order and as
//! many challenges are made or compared; that is what is counted here, instead of instructions.

use kouling::flow::{Effect, Next, Purpose};

use super::host::{Engine, Host, Typed, caller, name_of};
use super::{MAIL, NOBODY, POLICY, another, code_for, town, typed};

/// The kinds of address that must not be told apart.
const KINDS: [&str; 3] = ["known", "unknown", "locked"];

fn town_with<'e>(engine: &'e Engine, kind: &str) -> (Host<'e>, &'static str) {
    let mut host = town(engine);
    host.store.account_mut("id-zhangsan").is_active = kind != "locked";
    (host, if kind == "unknown" { NOBODY } else { MAIL })
}

fn names(effects: &[Effect]) -> Vec<&'static str> {
    effects.iter().map(Effect::name).collect()
}

/// The answer to asking for a code, with everything that is done for it.
fn asked(engine: &Engine, kind: &str, times: usize) -> (String, Vec<&'static str>) {
    let (mut host, address) = town_with(engine, kind);
    let mut seen = (String::new(), Vec::new());
    for _ in 0..times {
        let request = host.send_request(caller(1, 1), address, Purpose::ForgotPassword);
        let (answer, effects) = host.decide_send(&request);
        seen = (format!("{answer:?}"), names(&effects));
        assert!(host.store.apply(&effects));
    }
    seen
}

#[test]
fn inv11_asking_for_a_code_is_answered_alike() {
    let engine = Engine::new(POLICY);
    let spent =
        Engine::new("format = 1\n[reset.code]\ncooldown = \"0s\"\n[reset.limits]\nper_account = \"2/h\"\n");
    for (engine, times) in [(&engine, 1), (&engine, 2), (&spent, 2), (&spent, 3), (&spent, 6)] {
        let known = asked(engine, "known", times);
        for kind in KINDS {
            assert_eq!(asked(engine, kind, times), known, "{kind}, asked {times} times");
        }
    }
    let (answer, effects) = asked(&engine, "known", 1);
    assert_eq!(answer, "Ok(())");
    let expected =
        "use_captcha count count count count count count revoke_challenges store_challenge send_code audit";
    assert_eq!(effects.join(" "), expected);
    assert!(asked(&engine, "unknown", 2).0.contains("LimitReached"));
}

#[test]
fn inv11_a_silent_policy_differs_by_one_effect() {
    let engine = Engine::new(&format!("{POLICY}[reset]\nunknown_recipient = \"silent\"\n"));
    let known = asked(&engine, "known", 1);
    let mut unknown = asked(&engine, "unknown", 1);
    assert_eq!(known.0, unknown.0);
    let place = known.1.iter().position(|name| *name == "send_code").expect("a code is sent");
    unknown.1.insert(place, "send_code");
    assert_eq!(known.1, unknown.1);
}

/// Everything that a submission asks for and answers.
fn submitted(host: &mut Host<'_>, typed: &Typed) -> Vec<String> {
    let mut flight = host.begin(typed);
    let mut seen = Vec::new();
    loop {
        seen.push(name_of(&flight.next).to_owned());
        match &flight.next {
            Next::Apply(effects) => seen.extend(names(effects).into_iter().map(str::to_owned)),
            Next::Refused(refusal, effects) => {
                seen.push(refusal.code().to_owned());
                seen.extend(names(effects).into_iter().map(str::to_owned));
            }
            _ => {}
        }
        match flight.step(host) {
            Ok(stepped) => flight = stepped,
            Err(_) => return seen,
        }
    }
}

#[test]
fn inv11_a_wrong_code_is_answered_alike() {
    let engine = Engine::new(POLICY);
    for (what, send, tries) in [("never sent", false, 1), ("wrong", true, 1), ("spent", true, 6)] {
        let seen = KINDS.map(|kind| {
            let (mut host, address) = town_with(&engine, kind);
            let code = if send { code_for(&mut host, address) } else { "123456".to_owned() };
            let wrong = typed(address, &another(&code));
            (1..tries).for_each(|_| drop(host.submit(&wrong)));
            (submitted(&mut host, &wrong), host.compared.len())
        });
        assert!(seen[0] == seen[1] && seen[1] == seen[2], "{what}: {seen:?}");
        assert!(seen[0].0.contains(&"reset.code_refused".to_owned()));
    }
}

#[test]
fn inv11_who_has_read_the_mailbox_learns_only_what_the_policy_says() {
    for (conceal, answer) in [(false, "reset.user_unknown"), (true, "reset.code_refused")] {
        let engine = Engine::new(&format!("{POLICY}[reset]\nconceal_unknown_user = {conceal}\n"));
        let seen = ["unknown", "locked"].map(|kind| {
            let (mut host, address) = town_with(&engine, kind);
            let code = code_for(&mut host, address);
            submitted(&mut host, &typed(address, &code))
        });
        assert_eq!(seen[0], seen[1]);
        assert!(seen[0].contains(&answer.to_owned()), "{seen:?}");
    }
}

#[test]
fn inv11_concealed_is_answered_like_a_wrong_code() {
    let engine = Engine::new(&format!("{POLICY}[reset]\nconceal_unknown_user = true\n"));
    let (mut host, address) = town_with(&engine, "unknown");
    let code = code_for(&mut host, address);
    let right = submitted(&mut host, &typed(address, &code));
    let wrong = submitted(&mut host, &typed(address, &another(&code)));
    let told = |seen: &[String]| seen[seen.iter().position(|s| s == "refused").expect("refused")..].to_vec();
    assert_eq!(told(&right), told(&wrong));
    // And it takes as much of the budget: otherwise the number of tries would tell.
    let wrong = host.store.events_of("wrong:address:email:nobody@example.org");
    assert_eq!(wrong.len(), 2);
}

#[test]
fn inv10_looking_spends_nothing() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    let before = host.store.clone();
    for _ in 0..20 {
        // A scanner that opens a page, and somebody who opens it and goes away.
        drop(host.begin(&typed(MAIL, &code)));
        let flight = host.begin(&typed(MAIL, &code)).step(&mut host).expect("on its way");
        assert_eq!(name_of(&flight.next), "apply");
    }
    assert!(host.store == before);
    assert_eq!(host.submit(&typed(MAIL, &code)).code(), "done");
}
