//! 15: what is hashed is the password exactly as it was judged.

use kouling::flow::{ChangeFacts, Next, Refusal, Secret};

use super::host::{Engine, Typed, caller};
use super::{MAIL, OLD, POLICY, code_for, town, typed};

/// What becomes of a password under a policy, and which text was to be hashed.
fn reset(policy: &str, password: &str) -> (String, Option<String>) {
    let engine = Engine::new(policy);
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    let mut flight = host.begin(&Typed { password: password.to_owned(), ..typed(MAIL, &code) });
    let mut hashed = None;
    let ending = loop {
        if let Next::Approved(approved) = &flight.next {
            hashed = Some(approved.password().expose().to_owned());
        }
        match flight.step(&mut host) {
            Ok(stepped) => flight = stepped,
            Err(ending) => break ending,
        }
    };
    match &hashed {
        Some(text) => assert!(host.opens("id-zhangsan", text)),
        None => {
            assert!(host.opens("id-zhangsan", OLD));
            let again = host.submit(&typed(MAIL, &code)).code();
            assert_eq!(again, "done", "the code survives a refused password");
        }
    }
    // By the other way in, the same password has the same fate.
    let mut host = town(&engine);
    let changed = host.change(&caller(1, 1), "id-zhangsan", Some(OLD), password);
    assert_eq!(changed.code(), ending.code());
    assert!(host.opens("id-zhangsan", hashed.as_deref().unwrap_or(OLD)));
    (ending.code(), hashed)
}

fn done(password: &str) -> (String, Option<String>) {
    ("done".to_owned(), Some(password.to_owned()))
}

#[test]
fn inv15_beyond_the_limit_of_a_hash_is_refused_and_never_cut() {
    let policy = "format = 1\n[password]\nhash_limit_bytes = 72\n";
    let refused = ("input.beyond_hash_limit".to_owned(), None);
    let a = |count| "a".repeat(count);
    assert_eq!(reset(policy, &a(72)), done(&a(72)));
    assert_eq!(reset(policy, &a(73)), refused);
    // Bytes, not characters: 68 and a sign of four are 72.
    assert_eq!(reset(policy, &format!("{}😀", a(68))), done(&format!("{}😀", a(68))));
    assert_eq!(reset(policy, &format!("{}😀", a(69))), refused);
    assert_eq!(reset(policy, &"é".repeat(36)), done(&"é".repeat(36)));
    assert_eq!(reset(policy, &"é".repeat(37)), refused);
    // Counted as it will be hashed: 36 letters with a combining accent are 108 bytes as typed, and 72 as judged.
    assert_eq!(reset(policy, &"e\u{301}".repeat(36)), done(&"é".repeat(36)));
}

#[test]
fn inv15_what_is_hashed_is_what_was_judged() {
    assert_eq!(reset(POLICY, "Cafe\u{301}-au-lait"), done("Caf\u{e9}-au-lait"));
    assert_eq!(reset(POLICY, "  blanks stay  "), done("  blanks stay  "));
    assert_eq!(reset(POLICY, "口令-策略-引擎-2026"), done("口令-策略-引擎-2026"));
    let as_received = "format = 1\n[password]\nnormalize = \"none\"\n";
    assert_eq!(reset(as_received, "Cafe\u{301}-au-lait"), done("Cafe\u{301}-au-lait"));
    // Composing makes it too short: eight as typed, seven as judged.
    assert_eq!(reset(POLICY, "Cafe\u{301}-au").0, "length.too_short");
}

#[test]
fn inv15_a_nul_is_an_error_and_never_the_end() {
    for password in ["Kouling-demo\0-2026", "\0Kouling-demo-2026", "Kouling-demo-2026\0"] {
        assert_eq!(reset(POLICY, password), ("cannot_judge.nul".to_owned(), None));
    }
}

#[test]
fn inv15_too_many_bytes_are_refused_before_any_work() {
    assert_eq!(reset("format = 1\n", &"a".repeat(1024)), done(&"a".repeat(1024)));
    assert_eq!(reset("format = 1\n", &"a".repeat(1025)), ("input.too_many_bytes".to_owned(), None));
    assert_eq!(reset("format = 1\n", &"a".repeat(1 << 24)), ("input.too_many_bytes".to_owned(), None));
}

#[test]
fn inv15_facts_beyond_their_bounds_set_nothing() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    host.store.account_mut("id-zhangsan").name = Some("x".repeat(1 << 20));
    assert_eq!(host.submit(&typed(MAIL, &code)).code(), "cannot_judge.too_many_facts");
    assert!(host.opens("id-zhangsan", OLD));
}

#[test]
fn inv15_the_old_password_is_needed_where_there_is_one() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let mut change =
        |account: &str, old: Option<&str>| host.change(&caller(1, 1), account, old, super::NEW).code();
    for old in [None, Some(""), Some("wrong"), Some("kouling-demo-2026"), Some("Kouling-demo-2026 ")] {
        assert_eq!(change("id-zhangsan", old), "reset.old_password_refused", "{old:?}");
    }
    assert_eq!(change("id-zhangsan", Some(OLD)), "done");
    host.store.account_mut("id-lisi").hashes.clear();
    let mut change =
        |account: &str, old: Option<&str>| host.change(&caller(1, 1), account, old, super::NEW).code();
    assert_eq!(change("id-lisi", Some("anything")), "reset.old_password_refused");
    // Nothing is the old password of an account without one, whatever the host says.
    let account = host.store.account("id-lisi").expect("an account");
    let facts =
        ChangeFacts { account: &account, old_is_right: Some(true), old: None, reports_all: true, verifier: None };
    let answer = kouling::flow::change(&engine.policy, &caller(1, 1), &Secret::new(super::NEW), &facts, host.now);
    assert!(matches!(answer, Ok(Err(Refusal::OldPasswordRefused))));
    let mut change =
        |account: &str, old: Option<&str>| host.change(&caller(1, 1), account, old, super::NEW).code();
    assert_eq!(change("id-lisi", None), "done");
    host.store.account_mut("id-lisi").is_active = false;
    let locked = host.change(&caller(1, 1), "id-lisi", Some(super::NEW), "Another-one-99").code();
    assert_eq!(locked, "reset.old_password_refused");
}
