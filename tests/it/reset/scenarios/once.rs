//! 1, 3, 7 and 16: a live code of this user's sets a password, once, and everything else is dead after it.

use kouling::flow::{ChallengeState, Next, Purpose};

use super::host::{Engine, Typed, caller, name_of};
use super::{MAIL, NEW, NOBODY, OLD, OTHER_MAIL, PHONE, POLICY, another, code_for, town, typed};

#[test]
fn inv01_the_whole_way_sets_a_password() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    assert_eq!(host.submit(&typed(MAIL, &code)).code(), "done");
    assert!(host.opens("id-zhangsan", NEW) && !host.opens("id-zhangsan", OLD));
    assert!(host.opens("id-lisi", "Lisi-has-one-too"));
}

#[test]
fn inv01_without_a_live_code_of_this_user_nothing_is_set() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    assert_eq!(host.submit(&typed(MAIL, "123456")).code(), "reset.code_refused");
    let code = code_for(&mut host, OTHER_MAIL);
    for (address, code) in [(MAIL, &code), (MAIL, &another(&code)), (NOBODY, &code), (PHONE, &code)] {
        assert_eq!(host.submit(&typed(address, code)).code(), "reset.code_refused", "{address}");
    }
    assert!(host.opens("id-zhangsan", OLD));
}

#[test]
fn inv01_a_right_code_of_nobody_finds_no_user() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let code = code_for(&mut host, NOBODY);
    assert_eq!(host.submit(&typed(NOBODY, &code)).code(), "reset.user_unknown");
    // Nor does it become a code of whoever takes the address afterwards.
    host.add_account("wangwu", Some(NOBODY), None, &["Wangwu-is-new-here"]);
    assert_eq!(host.submit(&typed(NOBODY, &code)).code(), "reset.user_unknown");
    assert!(host.opens("id-wangwu", "Wangwu-is-new-here"));
}

#[test]
fn inv01_a_code_for_an_address_that_the_account_gave_up_sets_nothing() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    host.store.account_mut("id-zhangsan").email = Some("elsewhere@example.org".to_owned());
    assert_eq!(host.submit(&typed(MAIL, &code)).code(), "reset.user_unknown");
    // The same for a code that goes to whoever is signed in.
    let code = host.send_code(caller(1, 1), PHONE, Purpose::UpdatePassword);
    host.store.account_mut("id-zhangsan").phone = None;
    let typed = Typed { signed_in: Some("id-zhangsan".to_owned()), ..typed(PHONE, &code) };
    assert_eq!(host.submit(&typed).code(), "reset.user_unknown");
    assert!(host.opens("id-zhangsan", OLD));
}

#[test]
fn inv01_an_account_made_anew_under_the_same_identifier_is_another() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    host.store.accounts.remove("id-zhangsan");
    host.add_account("zhangsan", Some("another-zhang@example.org"), None, &["Another-man's-own"]);
    assert_eq!(host.submit(&typed(MAIL, &code)).code(), "reset.user_unknown");
    assert!(host.opens("id-zhangsan", "Another-man's-own"));
}

#[test]
fn inv03_of_many_at_once_one_sets_a_password() {
    let engine = Engine::new(&format!("{POLICY}[reset.code]\nmax_submissions = 64\n"));
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    let numbered = |n: usize| Typed { password: format!("{NEW}-{n}"), ..typed(MAIL, &code) };
    let mut flights: Vec<_> = (0..64).map(|n| Some(host.begin(&numbered(n)))).collect();
    let mut done = Vec::new();
    // All take every step together, so that all are judged before one is written.
    while flights.iter().any(Option::is_some) {
        for (n, flight) in flights.iter_mut().enumerate() {
            match flight.take().map(|flight| flight.step(&mut host)) {
                Some(Ok(stepped)) => *flight = Some(stepped),
                Some(Err(ending)) if ending.code() == "done" => done.push(n),
                Some(Err(ending)) => assert_eq!(ending.code(), "reset.code_refused"),
                None => {}
            }
        }
    }
    assert_eq!(host.compared.len(), 64, "all were let through to the comparison");
    assert_eq!(done.len(), 1);
    assert!(host.opens("id-zhangsan", &format!("{NEW}-{}", done[0])));
    assert_eq!(host.store.accounts["id-zhangsan"].hashes.len(), 2);
}

#[test]
fn inv07_after_success_code_siblings_and_sessions_are_dead() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    host.sign_in("id-zhangsan", OLD).expect("a session");
    host.sign_in("id-lisi", "Lisi-has-one-too").expect("a session");
    let others = code_for(&mut host, OTHER_MAIL);
    let code = code_for(&mut host, MAIL);
    assert_eq!(host.submit(&typed(MAIL, &code)).code(), "done");
    let again = Typed { password: "Another-one-88".to_owned(), ..typed(MAIL, &code) };
    assert_eq!(host.submit(&again).code(), "reset.code_refused");
    assert_eq!(host.store.sessions.len(), 1, "the other user's session lives on");
    assert_eq!(host.submit(&typed(OTHER_MAIL, &others)).code(), "done", "and so does the other user's code");
}

#[test]
fn inv07_what_a_reset_does_in_which_order() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    // A store that failed to kill an older code still has it killed now.
    let older = code_for(&mut host, PHONE);
    let kept = host.store.challenges.clone();
    let code = code_for(&mut host, MAIL);
    host.store.challenges[0] = kept[0].clone();
    let flight = host.begin(&typed(MAIL, &code)).until(&mut host, "approved");
    let Next::Approved(approved) = flight.next else { panic!("approved") };
    assert_eq!(approved.account(), "id-zhangsan");
    let effects = approved.effects(host.hash(NEW));
    let names: Vec<&str> = effects.iter().map(kouling::flow::Effect::name).collect();
    let expected = "consume_challenge revoke_challenges release_count release_count set_password revoke_sessions notify audit";
    assert_eq!(names.join(" "), expected);
    assert!(host.store.apply(&effects));
    assert!(host.store.challenges.iter().all(|stored| stored.read().state() != ChallengeState::Valid));
    assert_eq!(host.submit(&typed(PHONE, &older)).code(), "reset.code_refused");
}

#[test]
fn inv07_a_new_code_kills_the_old_one_whatever_its_channel_and_purpose() {
    let engine = Engine::new(POLICY);
    for (address, purpose) in [
        (MAIL, Purpose::ForgotPassword),
        (PHONE, Purpose::ForgotPassword),
        (MAIL, Purpose::UpdatePassword),
        (PHONE, Purpose::UpdatePassword),
    ] {
        let mut host = town(&engine);
        let code = code_for(&mut host, MAIL);
        host.wait(60);
        host.send_code(caller(1, 1), address, purpose);
        assert_eq!(host.submit(&typed(MAIL, &code)).code(), "reset.code_refused", "{address} {purpose:?}");
        let live = host.store.challenges.iter().filter(|c| c.read().state() == ChallengeState::Valid);
        assert_eq!(live.count(), 1);
    }
}

#[test]
fn inv07_a_change_of_password_kills_codes_and_sessions() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    host.sign_in("id-zhangsan", OLD).expect("a session");
    assert_eq!(host.change(&caller(1, 1), "id-zhangsan", Some(OLD), "Changed-by-hand-1").code(), "done");
    assert!(host.store.sessions.is_empty());
    assert_eq!(host.submit(&typed(MAIL, &code)).code(), "reset.code_refused");
    assert!(host.opens("id-zhangsan", "Changed-by-hand-1"));
}

#[test]
fn inv07_a_change_that_was_judged_before_a_reset_is_not_written_after_it() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    // Somebody who stole the old password is quick, and the owner is quicker.
    let leave = host.begin_change(&caller(2, 2), "id-zhangsan", Some(OLD), "The-thief-was-here").expect("leave");
    assert_eq!(host.submit(&typed(MAIL, &code)).code(), "done");
    assert!(!host.commit(leave), "the old password proves nothing any more");
    assert!(host.opens("id-zhangsan", NEW));
}

#[test]
fn inv03_of_two_changes_with_one_old_password_one_is_written() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let [first, second] = ["Changed-by-hand-1", "Changed-by-hand-2"]
        .map(|new| host.begin_change(&caller(1, 1), "id-zhangsan", Some(OLD), new).expect("leave"));
    assert!(host.commit(first));
    assert!(!host.commit(second));
    assert!(host.opens("id-zhangsan", "Changed-by-hand-1"));
}

#[test]
fn inv03_a_first_password_is_set_once() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    host.store.account_mut("id-lisi").hashes.clear();
    let leave = host.begin_change(&caller(1, 1), "id-lisi", None, "Lisi-is-the-first").expect("leave");
    let late = host.begin_change(&caller(1, 1), "id-lisi", None, "Lisi-is-too-late").expect("leave");
    assert!(host.commit(leave));
    assert!(!host.commit(late), "there is a password now, and this one did not know it");
    assert!(host.opens("id-lisi", "Lisi-is-the-first"));
}

#[test]
fn inv16_the_account_is_looked_at_again_when_the_password_is_written() {
    let engine = Engine::new(POLICY);
    for gone in [true, false] {
        let mut host = town(&engine);
        let code = code_for(&mut host, MAIL);
        let flight = host.begin(&typed(MAIL, &code)).until(&mut host, "approved");
        let leave = host.begin_change(&caller(1, 1), "id-zhangsan", Some(OLD), "Changed-by-hand-1");
        if gone {
            host.store.accounts.remove("id-zhangsan");
        } else {
            host.store.account_mut("id-zhangsan").is_active = false; // locked while the hash was made
        }
        assert_eq!(flight.land(&mut host).code(), "reset.code_refused");
        assert!(!host.commit(leave.expect("leave")));
        assert!(gone || host.opens("id-zhangsan", OLD));
        assert!(!host.opens("id-zhangsan", NEW));
    }
}

#[test]
fn inv16_a_crash_before_the_writing_leaves_the_old_password_and_the_code() {
    let engine = Engine::new(POLICY);
    for steps in 0..4 {
        let mut host = town(&engine);
        let code = code_for(&mut host, MAIL);
        let mut flight = host.begin(&typed(MAIL, &code));
        for _ in 0..steps {
            flight = flight.step(&mut host).expect("on its way");
        }
        // Before the fourth step the hash is made, and nothing of the approval is written.
        assert_eq!(matches!(flight.next, Next::Approved(_)), steps == 3, "{}", name_of(&flight.next));
        drop(flight);
        assert!(host.opens("id-zhangsan", OLD) && !host.opens("id-zhangsan", NEW));
        assert_eq!(host.submit(&typed(MAIL, &code)).code(), "done", "after {steps} steps");
        assert!(!host.opens("id-zhangsan", OLD) && host.opens("id-zhangsan", NEW));
    }
}
