//! 6: a code lives from when it was made until just before it dies, and a clock that is wrong denies.

use kouling::Moment;
use kouling::flow::Purpose;

use super::host::{BEGINNING, Engine, caller};
use super::{MAIL, NEW, OLD, PHONE, POLICY, code_for, town, typed};

/// What a right code is worth at a moment.
fn at(now: Moment) -> String {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    host.now = now;
    let answer = host.submit(&typed(MAIL, &code)).code();
    assert_eq!(host.opens("id-zhangsan", OLD), answer != "done");
    answer
}

#[test]
fn inv06_one_second_before_the_end_passes_and_the_end_denies() {
    assert_eq!(at(BEGINNING), "done");
    assert_eq!(at(BEGINNING.plus(599)), "done");
    for late in [600, 601, 86_400, 86_400 * 365 * 50] {
        assert_eq!(at(BEGINNING.plus(late)), "reset.code_refused", "{late}");
    }
}

#[test]
fn inv06_a_submission_is_judged_at_the_moment_it_came() {
    let engine = Engine::new(POLICY);
    // In time when it came, however long the hash took; late when it came, however early the clock is turned.
    for (came, written, answer) in [(599, 610, "done"), (600, 599, "reset.code_refused")] {
        let mut host = town(&engine);
        let code = code_for(&mut host, MAIL);
        host.wait(came);
        let flight = host.begin(&typed(MAIL, &code));
        host.now = BEGINNING.plus(written);
        assert_eq!(flight.land(&mut host).code(), answer);
    }
    // What waits does not outlive what happens meanwhile: a newer code kills the one it is about.
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    let waiting = host.begin(&typed(MAIL, &code)).until(&mut host, "approved");
    host.wait(60);
    code_for(&mut host, PHONE);
    assert_eq!(waiting.land(&mut host).code(), "reset.code_refused");
    assert!(host.opens("id-zhangsan", OLD));
}

#[test]
fn inv06_a_clock_that_went_backwards_or_mad_denies() {
    for seconds in [1, 600, 86_400] {
        assert_eq!(at(BEGINNING.minus(seconds)), "reset.code_refused", "{seconds} back");
    }
    for unix in [0, -1, 1, i64::MIN, i64::MAX, 253_402_300_799, 253_402_300_800] {
        assert_eq!(at(Moment::from_unix(unix)), "reset.code_refused", "{unix}");
    }
}

#[test]
fn inv06_a_code_made_by_a_mad_clock_never_works() {
    for unix in [0, -1, i64::MIN, i64::MAX, 253_402_300_800, 253_402_300_799] {
        let engine = Engine::new("format = 1\n[reset.captcha]\nrequired = false\n");
        let mut host = town(&engine);
        host.now = Moment::from_unix(unix);
        let request = host.send_request(caller(1, 1), MAIL, Purpose::ForgotPassword);
        let _ = host.send_it(&request);
        let codes: Vec<String> = host.store.codes().map(|(_, code)| code.to_owned()).collect();
        for code in codes {
            for now in [host.now, BEGINNING, Moment::from_unix(unix.saturating_add(1))] {
                host.now = now;
                assert_eq!(host.submit(&typed(MAIL, &code)).code(), "reset.code_refused", "{unix} {now:?}");
            }
        }
    }
}

#[test]
fn inv06_a_policy_that_lets_mails_live_longer_leaves_phones_at_ten_minutes() {
    let engine = Engine::new(&format!("{POLICY}[reset.code]\nlifetime = \"24h\"\n"));
    for (address, last) in [(MAIL, 86_400), (PHONE, 600)] {
        for (seconds, answer) in [(last - 1, "done"), (last, "reset.code_refused")] {
            let mut host = town(&engine);
            let code = code_for(&mut host, address);
            host.wait(seconds);
            assert_eq!(host.submit(&typed(address, &code)).code(), answer, "{address} {seconds}");
        }
    }
}

#[test]
fn inv06_a_captcha_is_worth_nothing_when_its_time_is_over_or_has_not_come() {
    let engine = Engine::new(POLICY);
    for (shift, answer) in [(299, true), (300, false), (-1, false), (-86_400, false)] {
        let mut host = town(&engine);
        let request = host.send_request(caller(1, 1), MAIL, Purpose::ForgotPassword);
        host.now = Moment::from_unix(BEGINNING.unix() + shift);
        assert_eq!(host.send_it(&request).is_ok(), answer, "sent after {shift}");
        let mut host = town(&engine);
        let captcha = host.show_captcha();
        host.now = Moment::from_unix(BEGINNING.unix() + shift);
        assert_eq!(host.solve(&captcha.token, 237.0, "p", MAIL).is_ok(), answer, "solved after {shift}");
    }
}

#[test]
fn inv06_a_clock_that_went_backwards_gives_no_new_budget() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    host.wait(10);
    for _ in 0..5 {
        assert_eq!(host.submit(&typed(MAIL, &super::another(&code))).code(), "reset.code_refused");
    }
    assert_eq!(host.compared.len(), 5);
    for back in [5, 10] {
        host.now = BEGINNING.plus(10 - back);
        assert_eq!(host.submit(&typed(MAIL, &code)).code(), "reset.code_refused");
    }
    assert_eq!(host.compared.len(), 5);
    // Nor for codes: the cool-down holds as well.
    let request = host.send_request(caller(1, 1), MAIL, Purpose::ForgotPassword);
    assert_eq!(host.send_it(&request).expect_err("too soon").code(), "reset.limit_reached");
}

#[test]
fn inv06_a_clock_that_went_backwards_makes_no_password_older() {
    let engine = Engine::new(&format!("{POLICY}[reset]\nmin_password_age = \"1d\"\n"));
    for (shift, answer) in [(86_399, "reset.limit_reached"), (86_400, "done"), (-86_400, "reset.limit_reached")] {
        let mut host = town(&engine);
        host.now = Moment::from_unix(BEGINNING.unix() + shift);
        let code = code_for(&mut host, MAIL);
        assert_eq!(host.submit(&typed(MAIL, &code)).code(), answer, "{shift}");
    }
}

#[test]
fn a_young_password_is_not_changed_either_and_a_missing_one_is_none() {
    let engine = Engine::new(&format!("{POLICY}[reset]\nmin_password_age = \"1d\"\n"));
    for (shift, answer) in [(86_399, "reset.limit_reached"), (86_400, "done"), (-86_400, "reset.limit_reached")] {
        let mut host = town(&engine);
        host.now = Moment::from_unix(BEGINNING.unix() + shift);
        let ending = host.change(&caller(1, 1), "id-zhangsan", Some(OLD), NEW);
        assert_eq!(ending.code(), answer, "{shift}");
        // Who does not know the old one is not told how old it is.
        let ending = host.change(&caller(1, 1), "id-lisi", Some("wrong"), NEW);
        assert_eq!(ending.code(), "reset.old_password_refused", "{shift}");
    }
    let mut host = town(&engine);
    host.add_account("wangwu", None, None, &[]);
    assert_eq!(host.change(&caller(1, 1), "id-wangwu", None, NEW).code(), "done");
}
