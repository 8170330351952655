//! 4 and 5: a submission is counted before its code is compared. Each requester has a budget of wrong codes, and the
//! account has a ceiling over all requesters.

use kouling::flow::Purpose;

use super::host::{Engine, Host, Typed, caller};
use super::{MAIL, NOBODY, OLD, PHONE, POLICY, another, code_for, town, typed};

#[test]
fn inv04_of_many_wrong_ones_at_once_the_limit_is_compared() {
    let engine = Engine::new(POLICY);
    for address in [MAIL, NOBODY] {
        let mut host = town(&engine);
        let code = code_for(&mut host, address);
        let wrong = typed(address, &another(&code));
        let mut flights: Vec<_> = (0..64).map(|_| host.begin(&wrong)).collect();
        while !flights.is_empty() {
            flights = flights.into_iter().filter_map(|flight| flight.step(&mut host).ok()).collect();
        }
        assert_eq!(host.compared.len(), 5, "{address}");
    }
}

#[test]
fn inv04_the_right_code_is_not_compared_when_the_budget_is_spent() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    for _ in 0..5 {
        assert_eq!(host.submit(&typed(MAIL, &another(&code))).code(), "reset.code_refused");
    }
    assert_eq!(host.submit(&typed(MAIL, &code)).code(), "reset.code_refused");
    assert_eq!(host.compared.len(), 5);
    assert!(host.sign_in("id-zhangsan", OLD).is_some(), "the owner is not locked out of signing in");
}

#[test]
fn inv04_a_code_survives_refused_passwords_a_bounded_number_of_times() {
    let engine = Engine::new(&format!("{POLICY}[reset.code]\nmax_refusals = 7\nmax_submissions = 5\n"));
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    let short = Typed { password: "short".to_owned(), ..typed(MAIL, &code) };
    for _ in 0..12 {
        assert_eq!(host.submit(&short).code(), "length.too_short");
    }
    assert_eq!(host.submit(&short).code(), "reset.code_refused");
    assert_eq!(host.submit(&typed(MAIL, &code)).code(), "reset.code_refused");
    // The right code took nothing of the account's budget.
    host.wait(60);
    let code = code_for(&mut host, MAIL);
    assert_eq!(host.submit(&typed(MAIL, &code)).code(), "done");
}

#[test]
fn inv04_an_incomplete_form_costs_nothing() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    let right = typed(MAIL, &code);
    let before = host.store.clone();
    for (typed, answer) in [
        (Typed { caller: Default::default(), ..right.clone() }, "reset.device_incomplete"),
        (Typed { address: " ".to_owned(), ..right.clone() }, "reset.email_missing"),
        (Typed { code: " ".to_owned(), ..right.clone() }, "reset.code_missing"),
        (Typed { password: String::new(), ..right.clone() }, "reset.password_missing"),
        (Typed { address: "no address".to_owned(), ..right.clone() }, "reset.code_refused"),
    ] {
        assert_eq!(host.submit(&typed).code(), answer);
        assert!(host.store == before, "{answer} wrote something");
    }
}

/// Spends the account's budget of wrong submissions.
fn spend(host: &mut Host<'_>) {
    let code = code_for(host, MAIL);
    for _ in 0..5 {
        host.submit(&typed(MAIL, &another(&code)));
    }
    assert_eq!(host.compared.len(), 5);
    host.wait(60);
}

#[test]
fn inv05_requester_gets_no_new_budget() {
    let engine = Engine::new(POLICY);
    let account = Some("id-zhangsan".to_owned());
    for (what, address, purpose) in [
        ("code", MAIL, Purpose::ForgotPassword),
        ("channel", PHONE, Purpose::ForgotPassword),
        ("purpose and session", MAIL, Purpose::UpdatePassword),
    ] {
        let mut host = town(&engine);
        spend(&mut host);
        let code = host.send_code(caller(1, 1), address, purpose);
        let signed_in = account.clone().filter(|_| purpose == Purpose::UpdatePassword);
        let typed = Typed { signed_in, ..Typed::new(caller(1, 1), address, &code, super::NEW) };
        assert_eq!(host.submit(&typed).code(), "reset.code_refused", "new {what}");
        assert_eq!(host.compared.len(), 5, "a new {what} gives no new budget");
        assert!(host.opens("id-zhangsan", OLD));
    }
}

/// Callers that differ from the owner, `caller(1, 1)`, in the client, the device or both.
const STRANGERS: [(u8, u8); 3] = [(2, 1), (1, 2), (2, 2)];

#[test]
fn inv05_stranger_does_not_revoke_the_owners_code() {
    let engine = Engine::new(POLICY);
    for (client, device) in STRANGERS {
        for (address, purpose) in
            [(MAIL, Purpose::ForgotPassword), (PHONE, Purpose::ForgotPassword), (MAIL, Purpose::UpdatePassword)]
        {
            let mut host = town(&engine);
            let code = code_for(&mut host, MAIL);
            host.send_code(caller(client, device), address, purpose);
            assert_eq!(host.submit(&typed(MAIL, &code)).code(), "done", "{client} {device} {address} {purpose:?}");
        }
    }
}

#[test]
fn inv05_stranger_does_not_use_up_the_owners_submissions() {
    let engine = Engine::new(POLICY);
    for address in [MAIL, PHONE] {
        for owner_first in [true, false] {
            let mut host = town(&engine);
            let early = owner_first.then(|| code_for(&mut host, address));
            for (client, device) in STRANGERS {
                let stranger = caller(client, device);
                let code = host.send_code(stranger.clone(), address, Purpose::ForgotPassword);
                // Against the stranger's own code, and with the owner's code from the wrong device.
                for wrong in (0..9).map(|_| another(&code)).chain(early.clone()) {
                    let typed = Typed::new(stranger.clone(), address, &wrong, super::NEW);
                    assert_eq!(host.submit(&typed).code(), "reset.code_refused");
                }
            }
            let code = early.unwrap_or_else(|| code_for(&mut host, address));
            // The owner still has every submission: four wrong ones, then the correct one.
            for _ in 0..4 {
                assert_eq!(host.submit(&typed(address, &another(&code))).code(), "reset.code_refused");
            }
            assert_eq!(host.submit(&typed(address, &code)).code(), "done", "{address} {owner_first}");
        }
    }
}

#[test]
fn inv05_stranger_does_not_use_up_the_owners_codes() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    // As many requests as one client IP address can make, from new devices all the time.
    let mut sent = 0;
    for device in 2..60 {
        let mut request = host.send_request(caller(2, device), MAIL, Purpose::ForgotPassword);
        request.peer = "198.51.100.7".to_owned();
        sent += usize::from(host.send_it(&request).is_ok());
    }
    assert_eq!(sent, 10);
    // No cool-down, and a code that works.
    let code = code_for(&mut host, MAIL);
    assert_eq!(host.submit(&typed(MAIL, &code)).code(), "done");
}

#[test]
fn inv05_stranger_behind_the_owners_address_leaves_the_owner_a_share() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    for _ in 0..9 {
        let request = host.send_request(caller(2, 2), MAIL, Purpose::ForgotPassword);
        let _ = host.send_it(&request);
        host.wait(60);
    }
    let code = code_for(&mut host, MAIL);
    assert_eq!(host.submit(&typed(MAIL, &code)).code(), "done");
}

#[test]
fn inv05_account_ceiling_holds_for_any_number_of_requesters() {
    let limits = "[reset.limits]\nper_account = \"500/h\"\nper_address = \"500/h\"\nper_requester = \"500/h\"\n\
                  per_peer = \"500/h\"\nwrong_codes_per_account = \"100/d\"\n";
    let engine = Engine::new(&format!("{POLICY}{limits}"));
    let mut host = town(&engine);
    for n in 0..60 {
        let address = if n % 2 == 0 { MAIL } else { PHONE };
        let (client, device) = (n % 7, n);
        let code = host.send_code(caller(client, device), address, Purpose::ForgotPassword);
        for _ in 0..3 {
            host.submit(&Typed::new(caller(client, device), address, &another(&code), super::NEW));
        }
    }
    assert_eq!(host.compared.len(), 100);
    let code = host.send_code(caller(1, 200), MAIL, Purpose::ForgotPassword);
    let right = Typed::new(caller(1, 200), MAIL, &code, super::NEW);
    assert_eq!(host.submit(&right).code(), "reset.code_refused", "the ceiling holds for the correct code too");
    assert!(host.opens("id-zhangsan", OLD));
    host.wait(86_400);
    let code = code_for(&mut host, MAIL);
    assert_eq!(host.submit(&typed(MAIL, &code)).code(), "done", "a day later");
}

#[test]
fn inv05_the_budget_comes_back_with_time_and_not_before() {
    let engine = Engine::new(POLICY);
    for (seconds, answer) in [(7_199, "reset.code_refused"), (7_200, "done")] {
        let mut host = town(&engine);
        spend(&mut host);
        host.now = super::host::BEGINNING.plus(seconds);
        let code = code_for(&mut host, MAIL);
        assert_eq!(host.submit(&typed(MAIL, &code)).code(), answer, "after {seconds}");
    }
}

#[test]
fn inv05_a_day_of_guessing_stays_within_the_stated_probability() {
    let policy =
        "format = 1\n[reset.captcha]\nrequired = false\n[reset.limits]\nwrong_codes_per_account = \"8/5h\"\n";
    let engine = Engine::new(policy);
    let mut host = town(&engine);
    let mut sent = 0;
    for minute in 0..24 * 60 {
        for (n, address) in [MAIL, PHONE].into_iter().enumerate() {
            // Another peer, client and device every time: whoever guesses has plenty of them.
            let (client, device) = ((minute % 9) as u8, (minute % 7) as u8);
            let mut request = host.send_request(caller(client, device), address, Purpose::ForgotPassword);
            request.peer = format!("peer {} {n}", minute % 97);
            sent += usize::from(host.send_it(&request).is_ok());
            for _ in 0..3 {
                host.submit(&Typed::new(caller(client, device), address, "000000", super::NEW));
            }
        }
        host.wait(60);
    }
    assert!(sent > 100, "whoever guesses had {sent} codes to guess at");
    let stated = engine.policy.reset().daily_guess_probability();
    let probability = host.compared.len() as f64 / 1e6;
    assert!(probability <= stated, "{probability} > {stated}");
    // Eight at once, and again every five hours: the stated bound is reached, so it is tight.
    assert_eq!(host.compared.len(), 40);
    assert!(host.opens("id-zhangsan", OLD));
}

#[test]
fn inv05_sending_is_limited_by_account_address_and_peer() {
    let engine = Engine::new(
        "format = 1\n[reset.code]\ncooldown = \"0s\"\n[reset.limits]\nper_account = \"4/h\"\nper_address = \"3/h\"\n\
         per_requester = \"3/h\"\nper_peer = \"9/h\"\n",
    );
    let mut host = town(&engine);
    let ask = |host: &mut Host<'_>, address: &str| {
        let request = host.send_request(caller(1, 1), address, Purpose::ForgotPassword);
        let before = host.store.codes().count();
        let answer =
            host.send_it(&request).map_or_else(|refusal| refusal.code().to_owned(), |()| "sent".to_owned());
        (answer, host.store.codes().count() - before)
    };
    let (sent, withheld) = (("sent".to_owned(), 1), ("sent".to_owned(), 0));
    let limited = ("reset.limit_reached".to_owned(), 0);
    for address in [MAIL, "ZHANGSAN@example.org", " zhangsan@EXAMPLE.org "] {
        assert_eq!(ask(&mut host, address), sent, "{address}");
    }
    assert_eq!(ask(&mut host, MAIL), limited, "one address, however it is written");
    assert_eq!(ask(&mut host, PHONE), sent);
    assert_eq!(ask(&mut host, PHONE), withheld, "the account has had its four, and nobody is told");
    for _ in 0..3 {
        assert_eq!(ask(&mut host, NOBODY), sent);
    }
    assert_eq!(ask(&mut host, NOBODY), limited);
    assert_eq!(ask(&mut host, "first@example.org"), sent, "the ninth of this peer");
    assert_eq!(ask(&mut host, "second@example.org"), limited, "and no tenth");
}
