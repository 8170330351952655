//! Invariant 6: a code is valid from its creation until the second before it expires. An invalid clock causes a refusal.

use kouling::Moment;
use kouling::flow::Purpose;

use super::host::{Engine, START, caller};
use super::{MAIL, NEW_PASSWORD, OLD_PASSWORD, PHONE, POLICY, code_for, host_with_accounts, input};

/// Submits a correct code at a moment and returns the code of the outcome.
fn submit_at(now: Moment) -> String {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    host.now = now;
    let result = host.submit(&input(MAIL, &code)).code();
    assert_eq!(host.has_password("id-zhangsan", OLD_PASSWORD), result != "done");
    result
}

#[test]
fn inv06_code_is_valid_until_one_second_before_it_expires() {
    assert_eq!(submit_at(START), "done");
    assert_eq!(submit_at(START.plus(599)), "done");
    for late in [600, 601, 86_400, 86_400 * 365 * 50] {
        assert_eq!(submit_at(START.plus(late)), "reset.code_refused", "{late}");
    }
}

#[test]
fn inv06_expiry_is_checked_at_the_start_of_a_submission() {
    let engine = Engine::new(POLICY);
    // Only the start time counts, even if hashing ends after the expiry or the clock steps backward.
    for (started, written, expected) in [(599, 610, "done"), (600, 599, "reset.code_refused")] {
        let mut host = host_with_accounts(&engine);
        let code = code_for(&mut host, MAIL);
        host.wait(started);
        let pending = host.begin(&input(MAIL, &code));
        host.now = START.plus(written);
        assert_eq!(pending.finish(&mut host).code(), expected);
    }
    // A newer code revokes the code of a pending submission.
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    let pending = host.begin(&input(MAIL, &code)).advance_to(&mut host, "approved");
    host.wait(60);
    code_for(&mut host, PHONE);
    assert_eq!(pending.finish(&mut host).code(), "reset.code_refused");
    assert!(host.has_password("id-zhangsan", OLD_PASSWORD));
}

#[test]
fn inv06_invalid_or_backward_clock_is_refused() {
    for seconds in [1, 600, 86_400] {
        assert_eq!(submit_at(START.minus(seconds)), "reset.code_refused", "{seconds} back");
    }
    for unix in [0, -1, 1, i64::MIN, i64::MAX, 253_402_300_799, 253_402_300_800] {
        assert_eq!(submit_at(Moment::from_unix(unix)), "reset.code_refused", "{unix}");
    }
}

#[test]
fn inv06_code_created_with_an_invalid_clock_is_never_valid() {
    for unix in [0, -1, i64::MIN, i64::MAX, 253_402_300_800, 253_402_300_799] {
        let engine = Engine::new("format = 1\n[reset.captcha]\nrequired = false\n");
        let mut host = host_with_accounts(&engine);
        host.now = Moment::from_unix(unix);
        let request = host.send_request(caller(1, 1), MAIL, Purpose::ForgotPassword);
        let _ = host.send(&request);
        let codes: Vec<String> = host.store.codes().map(|(_, code)| code.to_owned()).collect();
        for code in codes {
            for now in [host.now, START, Moment::from_unix(unix.saturating_add(1))] {
                host.now = now;
                assert_eq!(host.submit(&input(MAIL, &code)).code(), "reset.code_refused", "{unix} {now:?}");
            }
        }
    }
}

#[test]
fn inv06_longer_lifetime_applies_to_mail_but_not_to_phone() {
    let engine = Engine::new(&format!("{POLICY}[reset.code]\nlifetime = \"24h\"\n"));
    for (address, last) in [(MAIL, 86_400), (PHONE, 600)] {
        for (seconds, expected) in [(last - 1, "done"), (last, "reset.code_refused")] {
            let mut host = host_with_accounts(&engine);
            let code = code_for(&mut host, address);
            host.wait(seconds);
            assert_eq!(host.submit(&input(address, &code)).code(), expected, "{address} {seconds}");
        }
    }
}

#[test]
fn inv06_captcha_is_invalid_before_its_creation_and_after_its_expiry() {
    let engine = Engine::new(POLICY);
    for (shift, expected) in [(299, true), (300, false), (-1, false), (-86_400, false)] {
        let mut host = host_with_accounts(&engine);
        let request = host.send_request(caller(1, 1), MAIL, Purpose::ForgotPassword);
        host.now = Moment::from_unix(START.unix() + shift);
        assert_eq!(host.send(&request).is_ok(), expected, "sent after {shift}");
        let mut host = host_with_accounts(&engine);
        let captcha = host.create_captcha();
        host.now = Moment::from_unix(START.unix() + shift);
        assert_eq!(host.solve(&captcha.token, 237.0, "p", MAIL).is_ok(), expected, "solved after {shift}");
    }
}

#[test]
fn inv06_backward_clock_gives_no_new_budget() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    host.wait(10);
    for _ in 0..5 {
        assert_eq!(host.submit(&input(MAIL, &super::wrong_code(&code))).code(), "reset.code_refused");
    }
    assert_eq!(host.compared.len(), 5);
    for back in [5, 10] {
        host.now = START.plus(10 - back);
        assert_eq!(host.submit(&input(MAIL, &code)).code(), "reset.code_refused");
    }
    assert_eq!(host.compared.len(), 5);
    // The cool-down still applies to new codes.
    let request = host.send_request(caller(1, 1), MAIL, Purpose::ForgotPassword);
    assert_eq!(host.send(&request).expect_err("too soon").code(), "reset.limit_reached");
}

#[test]
fn inv06_backward_clock_does_not_increase_password_age() {
    let engine = Engine::new(&format!("{POLICY}[reset]\nmin_password_age = \"1d\"\n"));
    for (shift, expected) in [(86_399, "reset.limit_reached"), (86_400, "done"), (-86_400, "reset.limit_reached")]
    {
        let mut host = host_with_accounts(&engine);
        host.now = Moment::from_unix(START.unix() + shift);
        let code = code_for(&mut host, MAIL);
        assert_eq!(host.submit(&input(MAIL, &code)).code(), expected, "{shift}");
    }
}

#[test]
fn min_password_age_applies_to_changes_but_not_to_first_passwords() {
    let engine = Engine::new(&format!("{POLICY}[reset]\nmin_password_age = \"1d\"\n"));
    for (shift, expected) in [(86_399, "reset.limit_reached"), (86_400, "done"), (-86_400, "reset.limit_reached")]
    {
        let mut host = host_with_accounts(&engine);
        host.now = Moment::from_unix(START.unix() + shift);
        let outcome = host.change(&caller(1, 1), "id-zhangsan", Some(OLD_PASSWORD), NEW_PASSWORD);
        assert_eq!(outcome.code(), expected, "{shift}");
        // A caller without the old password learns nothing about its age.
        let outcome = host.change(&caller(1, 1), "id-lisi", Some("wrong"), NEW_PASSWORD);
        assert_eq!(outcome.code(), "reset.old_password_refused", "{shift}");
    }
    let mut host = host_with_accounts(&engine);
    host.add_account("wangwu", None, None, &[]);
    assert_eq!(host.change(&caller(1, 1), "id-wangwu", None, NEW_PASSWORD).code(), "done");
}
