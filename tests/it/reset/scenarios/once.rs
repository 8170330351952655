//! Invariants 1, 3, 7 and 16: a valid code of this user sets a password once, and invalidates all other codes and sessions
//! of the account.

use kouling::flow::{ChallengeState, Next, Purpose};

use super::host::{Engine, SubmissionInput, caller, step_name};
use super::{
    MAIL, NEW_PASSWORD, OLD_PASSWORD, OTHER_MAIL, PHONE, POLICY, UNKNOWN_MAIL, code_for, host_with_accounts,
    input, wrong_code,
};

#[test]
fn inv01_complete_reset_sets_the_password() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    assert_eq!(host.submit(&input(MAIL, &code)).code(), "done");
    assert!(host.has_password("id-zhangsan", NEW_PASSWORD) && !host.has_password("id-zhangsan", OLD_PASSWORD));
    assert!(host.has_password("id-lisi", "Lisi-has-one-too"));
}

#[test]
fn inv01_password_is_unchanged_without_a_valid_code_of_this_user() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    assert_eq!(host.submit(&input(MAIL, "123456")).code(), "reset.code_refused");
    let code = code_for(&mut host, OTHER_MAIL);
    for (address, code) in [(MAIL, &code), (MAIL, &wrong_code(&code)), (UNKNOWN_MAIL, &code), (PHONE, &code)] {
        assert_eq!(host.submit(&input(address, code)).code(), "reset.code_refused", "{address}");
    }
    assert!(host.has_password("id-zhangsan", OLD_PASSWORD));
}

#[test]
fn inv01_correct_code_of_unknown_address_finds_no_user() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, UNKNOWN_MAIL);
    assert_eq!(host.submit(&input(UNKNOWN_MAIL, &code)).code(), "reset.user_unknown");
    // The code does not become valid for an account that is created with this address later.
    host.add_account("wangwu", Some(UNKNOWN_MAIL), None, &["Wangwu-is-new-here"]);
    assert_eq!(host.submit(&input(UNKNOWN_MAIL, &code)).code(), "reset.user_unknown");
    assert!(host.has_password("id-wangwu", "Wangwu-is-new-here"));
}

#[test]
fn inv01_code_for_an_address_removed_from_the_account_is_refused() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    host.store.account_mut("id-zhangsan").email = Some("elsewhere@example.org".to_owned());
    assert_eq!(host.submit(&input(MAIL, &code)).code(), "reset.user_unknown");
    // The same applies to a code that was sent to a signed-in user.
    let code = host.send_code(caller(1, 1), PHONE, Purpose::UpdatePassword);
    host.store.account_mut("id-zhangsan").phone = None;
    let input = SubmissionInput { signed_in: Some("id-zhangsan".to_owned()), ..input(PHONE, &code) };
    assert_eq!(host.submit(&input).code(), "reset.user_unknown");
    assert!(host.has_password("id-zhangsan", OLD_PASSWORD));
}

#[test]
fn inv01_code_is_invalid_for_a_recreated_account_with_the_same_identifier() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    host.store.accounts.remove("id-zhangsan");
    host.add_account("zhangsan", Some("another-zhang@example.org"), None, &["Another-man's-own"]);
    assert_eq!(host.submit(&input(MAIL, &code)).code(), "reset.user_unknown");
    assert!(host.has_password("id-zhangsan", "Another-man's-own"));
}

#[test]
fn inv03_one_of_many_concurrent_submissions_sets_a_password() {
    let engine = Engine::new(&format!("{POLICY}[reset.code]\nmax_submissions = 64\n"));
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    let numbered = |n: usize| SubmissionInput { password: format!("{NEW_PASSWORD}-{n}"), ..input(MAIL, &code) };
    let mut pending_submissions: Vec<_> = (0..64).map(|n| Some(host.begin(&numbered(n)))).collect();
    let mut done = Vec::new();
    // All submissions step together, so all are evaluated before the first one is written.
    while pending_submissions.iter().any(Option::is_some) {
        for (n, pending) in pending_submissions.iter_mut().enumerate() {
            match pending.take().map(|pending| pending.step(&mut host)) {
                Some(Ok(stepped)) => *pending = Some(stepped),
                Some(Err(outcome)) if outcome.code() == "done" => done.push(n),
                Some(Err(outcome)) => assert_eq!(outcome.code(), "reset.code_refused"),
                None => {}
            }
        }
    }
    assert_eq!(host.compared.len(), 64, "the code of every submission is compared");
    assert_eq!(done.len(), 1);
    assert!(host.has_password("id-zhangsan", &format!("{NEW_PASSWORD}-{}", done[0])));
    assert_eq!(host.store.accounts["id-zhangsan"].hashes.len(), 2);
}

#[test]
fn inv07_reset_invalidates_codes_and_sessions_of_the_account() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    host.sign_in("id-zhangsan", OLD_PASSWORD).expect("a session");
    host.sign_in("id-lisi", "Lisi-has-one-too").expect("a session");
    let other_code = code_for(&mut host, OTHER_MAIL);
    let code = code_for(&mut host, MAIL);
    assert_eq!(host.submit(&input(MAIL, &code)).code(), "done");
    let again = SubmissionInput { password: "Another-one-88".to_owned(), ..input(MAIL, &code) };
    assert_eq!(host.submit(&again).code(), "reset.code_refused");
    assert_eq!(host.store.sessions.len(), 1, "the session of the other user stays valid");
    assert_eq!(
        host.submit(&input(OTHER_MAIL, &other_code)).code(),
        "done",
        "the code of the other user stays valid"
    );
}

#[test]
fn inv07_reset_effects_are_in_the_documented_order() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    // The store failed to revoke an older code. The reset revokes it again.
    let older = code_for(&mut host, PHONE);
    let before = host.store.challenges.clone();
    let code = code_for(&mut host, MAIL);
    host.store.challenges[0] = before[0].clone();
    let pending = host.begin(&input(MAIL, &code)).advance_to(&mut host, "approved");
    let Next::Approved(approved) = pending.next else { panic!("approved") };
    assert_eq!(approved.account(), "id-zhangsan");
    let effects = approved.effects(host.hash(NEW_PASSWORD));
    let names: Vec<&str> = effects.iter().map(kouling::flow::Effect::name).collect();
    let expected = "consume_challenge revoke_challenges release_count release_count set_password revoke_sessions notify audit";
    assert_eq!(names.join(" "), expected);
    assert!(host.store.apply(&effects));
    assert!(host.store.challenges.iter().all(|stored| stored.decode().state() != ChallengeState::Valid));
    assert_eq!(host.submit(&input(PHONE, &older)).code(), "reset.code_refused");
}

#[test]
fn inv07_new_code_revokes_the_old_one_for_any_channel_and_purpose() {
    let engine = Engine::new(POLICY);
    for (address, purpose) in [
        (MAIL, Purpose::ForgotPassword),
        (PHONE, Purpose::ForgotPassword),
        (MAIL, Purpose::UpdatePassword),
        (PHONE, Purpose::UpdatePassword),
    ] {
        let mut host = host_with_accounts(&engine);
        let code = code_for(&mut host, MAIL);
        host.wait(60);
        host.send_code(caller(1, 1), address, purpose);
        assert_eq!(host.submit(&input(MAIL, &code)).code(), "reset.code_refused", "{address} {purpose:?}");
        let valid = host.store.challenges.iter().filter(|c| c.decode().state() == ChallengeState::Valid);
        assert_eq!(valid.count(), 1);
    }
}

#[test]
fn inv07_password_change_revokes_codes_and_sessions() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    host.sign_in("id-zhangsan", OLD_PASSWORD).expect("a session");
    assert_eq!(host.change(&caller(1, 1), "id-zhangsan", Some(OLD_PASSWORD), "Changed-by-hand-1").code(), "done");
    assert!(host.store.sessions.is_empty());
    assert_eq!(host.submit(&input(MAIL, &code)).code(), "reset.code_refused");
    assert!(host.has_password("id-zhangsan", "Changed-by-hand-1"));
}

#[test]
fn inv07_change_evaluated_before_a_reset_is_not_applied_after_it() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    // An attacker with the stolen old password starts a change, and the owner finishes a reset first.
    let approved = host
        .begin_change(&caller(2, 2), "id-zhangsan", Some(OLD_PASSWORD), "The-thief-was-here")
        .expect("an approval");
    assert_eq!(host.submit(&input(MAIL, &code)).code(), "done");
    assert!(!host.commit(approved), "the old password is no longer valid");
    assert!(host.has_password("id-zhangsan", NEW_PASSWORD));
}

#[test]
fn inv03_one_of_two_changes_with_the_same_old_password_is_applied() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let [first, second] = ["Changed-by-hand-1", "Changed-by-hand-2"]
        .map(|new| host.begin_change(&caller(1, 1), "id-zhangsan", Some(OLD_PASSWORD), new).expect("an approval"));
    assert!(host.commit(first));
    assert!(!host.commit(second));
    assert!(host.has_password("id-zhangsan", "Changed-by-hand-1"));
}

#[test]
fn inv03_first_password_is_set_only_once() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    host.store.account_mut("id-lisi").hashes.clear();
    let first = host.begin_change(&caller(1, 1), "id-lisi", None, "Lisi-is-the-first").expect("an approval");
    let second = host.begin_change(&caller(1, 1), "id-lisi", None, "Lisi-is-too-late").expect("an approval");
    assert!(host.commit(first));
    assert!(!host.commit(second), "the second change was approved for an account without a password");
    assert!(host.has_password("id-lisi", "Lisi-is-the-first"));
}

#[test]
fn inv16_account_is_checked_again_when_the_password_is_written() {
    let engine = Engine::new(POLICY);
    for deleted in [true, false] {
        let mut host = host_with_accounts(&engine);
        let code = code_for(&mut host, MAIL);
        let pending = host.begin(&input(MAIL, &code)).advance_to(&mut host, "approved");
        let approved = host.begin_change(&caller(1, 1), "id-zhangsan", Some(OLD_PASSWORD), "Changed-by-hand-1");
        if deleted {
            host.store.accounts.remove("id-zhangsan");
        } else {
            host.store.account_mut("id-zhangsan").is_active = false; // Locked while the password was hashed.
        }
        assert_eq!(pending.finish(&mut host).code(), "reset.code_refused");
        assert!(!host.commit(approved.expect("an approval")));
        assert!(deleted || host.has_password("id-zhangsan", OLD_PASSWORD));
        assert!(!host.has_password("id-zhangsan", NEW_PASSWORD));
    }
}

#[test]
fn inv16_crash_before_writing_keeps_old_password_and_code_valid() {
    let engine = Engine::new(POLICY);
    for steps in 0..4 {
        let mut host = host_with_accounts(&engine);
        let code = code_for(&mut host, MAIL);
        let mut pending = host.begin(&input(MAIL, &code));
        for _ in 0..steps {
            pending = pending.step(&mut host).expect("a pending submission");
        }
        // The fourth step hashes the password and applies the approval. Before it, no effect of the approval is applied.
        assert_eq!(matches!(pending.next, Next::Approved(_)), steps == 3, "{}", step_name(&pending.next));
        drop(pending);
        assert!(host.has_password("id-zhangsan", OLD_PASSWORD) && !host.has_password("id-zhangsan", NEW_PASSWORD));
        assert_eq!(host.submit(&input(MAIL, &code)).code(), "done", "after {steps} steps");
        assert!(!host.has_password("id-zhangsan", OLD_PASSWORD) && host.has_password("id-zhangsan", NEW_PASSWORD));
    }
}
