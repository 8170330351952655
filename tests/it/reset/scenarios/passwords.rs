//! Invariant 15: the hashed password is exactly the evaluated one.

use kouling::Policy;
use kouling::candidate::{CannotJudge, CannotJudgeKind};
use kouling::flow::{ChangeFacts, Event, Next, Refusal, Secret};

use super::host::{Engine, Host, Message, PendingSubmission, ResetOutcome, SubmissionInput, caller};
use super::{MAIL, NEW_PASSWORD, OLD_PASSWORD, POLICY, code_for, host_with_accounts, input};

/// Resets a password under a policy. Returns the code of the outcome, and the text to hash if it was approved.
fn reset(policy: &str, password: &str) -> (String, Option<String>) {
    let engine = Engine::new(policy);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    let mut pending = host.begin(&SubmissionInput { password: password.to_owned(), ..input(MAIL, &code) });
    let mut hashed = None;
    let outcome = loop {
        if let Next::Approved(approved) = &pending.next {
            hashed = Some(approved.password().expose().to_owned());
        }
        match pending.step(&mut host) {
            Ok(stepped) => pending = stepped,
            Err(outcome) => break outcome,
        }
    };
    match &hashed {
        Some(text) => assert!(host.has_password("id-zhangsan", text)),
        None => {
            assert!(host.has_password("id-zhangsan", OLD_PASSWORD));
            let again = host.submit(&input(MAIL, &code)).code();
            assert_eq!(again, "done", "the code survives a refused password");
        }
    }
    // A password change has the same result.
    let mut host = host_with_accounts(&engine);
    let changed = host.change(&caller(1, 1), "id-zhangsan", Some(OLD_PASSWORD), password);
    assert_eq!(changed.code(), outcome.code());
    assert!(host.has_password("id-zhangsan", hashed.as_deref().unwrap_or(OLD_PASSWORD)));
    (outcome.code(), hashed)
}

fn done(password: &str) -> (String, Option<String>) {
    ("done".to_owned(), Some(password.to_owned()))
}

#[test]
fn inv15_password_beyond_hash_limit_is_refused_and_never_truncated() {
    let policy = "format = 1\n[password]\nhash_limit_bytes = 72\n";
    let refused = ("input.beyond_hash_limit".to_owned(), None);
    let a = |count| "a".repeat(count);
    assert_eq!(reset(policy, &a(72)), done(&a(72)));
    assert_eq!(reset(policy, &a(73)), refused);
    // The limit counts bytes: 68 bytes and a character of four bytes are 72.
    assert_eq!(reset(policy, &format!("{}😀", a(68))), done(&format!("{}😀", a(68))));
    assert_eq!(reset(policy, &format!("{}😀", a(69))), refused);
    assert_eq!(reset(policy, &"é".repeat(36)), done(&"é".repeat(36)));
    assert_eq!(reset(policy, &"é".repeat(37)), refused);
    // The limit applies after normalization: 36 letters with a combining accent are 108 bytes as typed and 72 normalized.
    assert_eq!(reset(policy, &"e\u{301}".repeat(36)), done(&"é".repeat(36)));
}

#[test]
fn inv15_hashed_password_equals_evaluated_password() {
    assert_eq!(reset(POLICY, "Cafe\u{301}-au-lait"), done("Caf\u{e9}-au-lait"));
    assert_eq!(reset(POLICY, "  blanks stay  "), done("  blanks stay  "));
    assert_eq!(reset(POLICY, "口令-策略-引擎-2026"), done("口令-策略-引擎-2026"));
    let as_received = "format = 1\n[password]\nnormalize = \"none\"\n";
    assert_eq!(reset(as_received, "Cafe\u{301}-au-lait"), done("Cafe\u{301}-au-lait"));
    // Normalization makes the password too short: eight characters as typed, seven normalized.
    assert_eq!(reset(POLICY, "Cafe\u{301}-au").0, "length.too_short");
}

#[test]
fn inv15_nul_is_an_error_and_never_truncates() {
    for password in ["Kouling-demo\0-2026", "\0Kouling-demo-2026", "Kouling-demo-2026\0"] {
        assert_eq!(reset(POLICY, password), ("cannot_judge.nul".to_owned(), None));
    }
}

#[test]
fn inv15_password_with_too_many_bytes_is_refused() {
    assert_eq!(reset("format = 1\n", &"a".repeat(1024)), done(&"a".repeat(1024)));
    assert_eq!(reset("format = 1\n", &"a".repeat(1025)), ("input.too_many_bytes".to_owned(), None));
    assert_eq!(reset("format = 1\n", &"a".repeat(1 << 24)), ("input.too_many_bytes".to_owned(), None));
}

#[test]
fn inv15_long_fact_does_not_prevent_a_password() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    host.store.account_mut("id-zhangsan").name = Some("x".repeat(1 << 20));
    assert_eq!(host.submit(&input(MAIL, &code)).code(), "done");
    assert!(host.has_password("id-zhangsan", super::NEW_PASSWORD));
}

#[test]
fn inv15_change_needs_old_password_if_one_exists() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let mut change =
        |account: &str, old: Option<&str>| host.change(&caller(1, 1), account, old, super::NEW_PASSWORD).code();
    for old in [None, Some(""), Some("wrong"), Some("kouling-demo-2026"), Some("Kouling-demo-2026 ")] {
        assert_eq!(change("id-zhangsan", old), "reset.old_password_refused", "{old:?}");
    }
    assert_eq!(change("id-zhangsan", Some(OLD_PASSWORD)), "done");
    host.store.account_mut("id-lisi").hashes.clear();
    let mut change =
        |account: &str, old: Option<&str>| host.change(&caller(1, 1), account, old, super::NEW_PASSWORD).code();
    assert_eq!(change("id-lisi", Some("anything")), "reset.old_password_refused");
    // An account without a password has no correct old password, even if the host reports a match.
    let account = host.store.account("id-lisi").expect("an account");
    let facts =
        ChangeFacts { account: &account, old_is_right: Some(true), old: None, reports_all: true, verifier: None };
    let result =
        kouling::flow::change(&engine.policy, &caller(1, 1), &Secret::new(super::NEW_PASSWORD), &facts, host.now);
    assert!(matches!(result, Ok(Err(Refusal::OldPasswordRefused))));
    let mut change =
        |account: &str, old: Option<&str>| host.change(&caller(1, 1), account, old, super::NEW_PASSWORD).code();
    assert_eq!(change("id-lisi", None), "done");
    host.store.account_mut("id-lisi").is_active = false;
    let locked = host.change(&caller(1, 1), "id-lisi", Some(super::NEW_PASSWORD), "Another-one-99").code();
    assert_eq!(locked, "reset.old_password_refused");
}

/// Submits a password until the account is to be looked up, with the correct or a wrong code.
fn to_the_account<'e>(
    host: &mut Host<'e>,
    code: &str,
    password: &str,
) -> Result<PendingSubmission<'e>, ResetOutcome> {
    let mut pending = host.begin(&SubmissionInput { password: password.to_owned(), ..input(MAIL, code) });
    while !matches!(pending.next, Next::LookUpAccount { .. }) {
        pending = pending.step(host)?;
    }
    Ok(pending)
}

#[test]
fn password_is_evaluated_by_the_policy_of_the_account() {
    let engine = Engine::new("format = 1\n[reset]\nmin_password_age = \"1d\"\n[rules.length]\nmin = 24\n");
    let own = Policy::parse("format = 1\n[reset]\nnotify = false\n[rules.length]\nmin = 12\n").expect("a policy");
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    for (password, expected) in [("eleven-char", "length.too_short"), (NEW_PASSWORD, "done")] {
        let mut pending = to_the_account(&mut host, &code, password).expect("the code is correct");
        pending.redemption.judge_by(&own);
        assert_eq!(pending.finish(&mut host).code(), expected, "{password}");
    }
    assert!(host.has_password("id-zhangsan", NEW_PASSWORD));
    assert!(
        !host.store.outbox.iter().any(|message| matches!(message, Message::PasswordChanged { .. })),
        "notify = false"
    );
}

#[test]
fn unknown_policy_of_the_account_sets_no_password_and_uses_up_no_attempt() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    for _ in 0..3 {
        let mut pending = to_the_account(&mut host, &code, NEW_PASSWORD).expect("the code is correct");
        let error = CannotJudge::new(CannotJudgeKind::MissingFact, "the role is unknown");
        pending.next = pending.redemption.on(Event::CannotJudge(error));
        let Err(outcome) = pending.step(&mut host) else { panic!("the submission ends") };
        assert_eq!(outcome.code(), "cannot_judge.missing_fact");
    }
    assert!(host.has_password("id-zhangsan", OLD_PASSWORD));
    assert!(host.store.events_of("wrong:account:id-zhangsan").is_empty());
    // Before the code was compared, the event is out of order.
    let mut early = host.begin(&input(MAIL, &code));
    let error = CannotJudge::new(CannotJudgeKind::MissingFact, "the role is unknown");
    assert!(matches!(early.redemption.on(Event::CannotJudge(error)), Next::Refused(Refusal::CodeRefused, _)));
    assert_eq!(host.submit(&input(MAIL, &code)).code(), "done");
}
