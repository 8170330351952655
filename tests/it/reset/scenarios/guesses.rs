//! Invariants 4 and 5: a submission is counted before its code is compared. Each requester has a budget of wrong codes, and
//! the account has a ceiling over all requesters.

use kouling::flow::Purpose;

use super::host::{Engine, Host, SubmissionInput, caller};
use super::{MAIL, OLD_PASSWORD, PHONE, POLICY, UNKNOWN_MAIL, code_for, host_with_accounts, input, wrong_code};

#[test]
fn inv04_concurrent_wrong_codes_are_compared_up_to_the_limit() {
    let engine = Engine::new(POLICY);
    for address in [MAIL, UNKNOWN_MAIL] {
        let mut host = host_with_accounts(&engine);
        let code = code_for(&mut host, address);
        let wrong = input(address, &wrong_code(&code));
        let mut pending_submissions: Vec<_> = (0..64).map(|_| host.begin(&wrong)).collect();
        while !pending_submissions.is_empty() {
            pending_submissions =
                pending_submissions.into_iter().filter_map(|pending| pending.step(&mut host).ok()).collect();
        }
        assert_eq!(host.compared.len(), 5, "{address}");
    }
}

#[test]
fn inv04_correct_code_is_not_compared_if_budget_is_used_up() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    for _ in 0..5 {
        assert_eq!(host.submit(&input(MAIL, &wrong_code(&code))).code(), "reset.code_refused");
    }
    assert_eq!(host.submit(&input(MAIL, &code)).code(), "reset.code_refused");
    assert_eq!(host.compared.len(), 5);
    assert!(host.sign_in("id-zhangsan", OLD_PASSWORD).is_some(), "the owner can still sign in");
}

#[test]
fn inv04_code_survives_a_limited_number_of_refused_passwords() {
    let engine = Engine::new(&format!("{POLICY}[reset.code]\nmax_refusals = 7\nmax_submissions = 5\n"));
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    let short = SubmissionInput { password: "short".to_owned(), ..input(MAIL, &code) };
    for _ in 0..12 {
        assert_eq!(host.submit(&short).code(), "length.too_short");
    }
    assert_eq!(host.submit(&short).code(), "reset.code_refused");
    assert_eq!(host.submit(&input(MAIL, &code)).code(), "reset.code_refused");
    // Submissions of the correct code do not count against the budget of the account.
    host.wait(60);
    let code = code_for(&mut host, MAIL);
    assert_eq!(host.submit(&input(MAIL, &code)).code(), "done");
}

#[test]
fn inv04_incomplete_input_changes_nothing() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    let correct = input(MAIL, &code);
    let before = host.store.clone();
    for (input, expected) in [
        (SubmissionInput { caller: Default::default(), ..correct.clone() }, "reset.device_incomplete"),
        (SubmissionInput { address: " ".to_owned(), ..correct.clone() }, "reset.email_missing"),
        (SubmissionInput { code: " ".to_owned(), ..correct.clone() }, "reset.code_missing"),
        (SubmissionInput { password: String::new(), ..correct.clone() }, "reset.password_missing"),
        (SubmissionInput { address: "no address".to_owned(), ..correct.clone() }, "reset.code_refused"),
    ] {
        assert_eq!(host.submit(&input).code(), expected);
        assert!(host.store == before, "{expected} changed the store");
    }
}

/// Uses up the requester's budget of wrong codes.
fn use_up_budget(host: &mut Host<'_>) {
    let code = code_for(host, MAIL);
    for _ in 0..5 {
        host.submit(&input(MAIL, &wrong_code(&code)));
    }
    assert_eq!(host.compared.len(), 5);
    host.wait(60);
}

#[test]
fn inv05_requester_gets_no_new_budget_for_a_new_code_channel_or_session() {
    let engine = Engine::new(POLICY);
    let account = Some("id-zhangsan".to_owned());
    for (case, address, purpose) in [
        ("code", MAIL, Purpose::ForgotPassword),
        ("channel", PHONE, Purpose::ForgotPassword),
        ("purpose and session", MAIL, Purpose::UpdatePassword),
    ] {
        let mut host = host_with_accounts(&engine);
        use_up_budget(&mut host);
        let code = host.send_code(caller(1, 1), address, purpose);
        let signed_in = account.clone().filter(|_| purpose == Purpose::UpdatePassword);
        let input = SubmissionInput {
            signed_in,
            ..SubmissionInput::new(caller(1, 1), address, &code, super::NEW_PASSWORD)
        };
        assert_eq!(host.submit(&input).code(), "reset.code_refused", "new {case}");
        assert_eq!(host.compared.len(), 5, "a new {case} gives no new budget");
        assert!(host.has_password("id-zhangsan", OLD_PASSWORD));
    }
}

/// Callers that differ from the owner, `caller(1, 1)`, in the client, the device or both.
const OTHER_REQUESTERS: [(u8, u8); 3] = [(2, 1), (1, 2), (2, 2)];

#[test]
fn inv05_other_requester_does_not_revoke_code_of_owner() {
    let engine = Engine::new(POLICY);
    for (client, device) in OTHER_REQUESTERS {
        for (address, purpose) in
            [(MAIL, Purpose::ForgotPassword), (PHONE, Purpose::ForgotPassword), (MAIL, Purpose::UpdatePassword)]
        {
            let mut host = host_with_accounts(&engine);
            let code = code_for(&mut host, MAIL);
            host.send_code(caller(client, device), address, purpose);
            assert_eq!(host.submit(&input(MAIL, &code)).code(), "done", "{client} {device} {address} {purpose:?}");
        }
    }
}

#[test]
fn inv05_other_requester_does_not_use_up_submissions_of_owner() {
    let engine = Engine::new(POLICY);
    for address in [MAIL, PHONE] {
        for owner_first in [true, false] {
            let mut host = host_with_accounts(&engine);
            let early = owner_first.then(|| code_for(&mut host, address));
            for (client, device) in OTHER_REQUESTERS {
                let other = caller(client, device);
                let code = host.send_code(other.clone(), address, Purpose::ForgotPassword);
                // Wrong codes for the requester's own code, and the owner's code from another requester.
                for wrong in (0..9).map(|_| wrong_code(&code)).chain(early.clone()) {
                    let input = SubmissionInput::new(other.clone(), address, &wrong, super::NEW_PASSWORD);
                    assert_eq!(host.submit(&input).code(), "reset.code_refused");
                }
            }
            let code = early.unwrap_or_else(|| code_for(&mut host, address));
            // The owner still has all submissions: four wrong codes, then the correct one.
            for _ in 0..4 {
                assert_eq!(host.submit(&input(address, &wrong_code(&code))).code(), "reset.code_refused");
            }
            assert_eq!(host.submit(&input(address, &code)).code(), "done", "{address} {owner_first}");
        }
    }
}

#[test]
fn inv05_other_requester_does_not_use_up_codes_of_owner() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    // One client IP address sends as many requests as it can, each from a new device.
    let mut sent = 0;
    for device in 2..60 {
        let mut request = host.send_request(caller(2, device), MAIL, Purpose::ForgotPassword);
        request.peer = "198.51.100.7".to_owned();
        sent += usize::from(host.send(&request).is_ok());
    }
    assert_eq!(sent, 10);
    // The owner has no cool-down and gets a valid code.
    let code = code_for(&mut host, MAIL);
    assert_eq!(host.submit(&input(MAIL, &code)).code(), "done");
}

#[test]
fn inv05_other_requester_behind_same_ip_address_leaves_codes_for_owner() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    for _ in 0..9 {
        let request = host.send_request(caller(2, 2), MAIL, Purpose::ForgotPassword);
        let _ = host.send(&request);
        host.wait(60);
    }
    let code = code_for(&mut host, MAIL);
    assert_eq!(host.submit(&input(MAIL, &code)).code(), "done");
}

#[test]
fn inv05_account_ceiling_holds_for_any_number_of_requesters() {
    let limits = "[reset.limits]\nper_account = \"500/h\"\nper_address = \"500/h\"\nper_requester = \"500/h\"\n\
                  per_peer = \"500/h\"\nwrong_codes_per_account = \"100/d\"\n";
    let engine = Engine::new(&format!("{POLICY}{limits}"));
    let mut host = host_with_accounts(&engine);
    for n in 0..60 {
        let address = if n % 2 == 0 { MAIL } else { PHONE };
        let (client, device) = (n % 7, n);
        let code = host.send_code(caller(client, device), address, Purpose::ForgotPassword);
        for _ in 0..3 {
            host.submit(&SubmissionInput::new(
                caller(client, device),
                address,
                &wrong_code(&code),
                super::NEW_PASSWORD,
            ));
        }
    }
    assert_eq!(host.compared.len(), 100);
    let code = host.send_code(caller(1, 200), MAIL, Purpose::ForgotPassword);
    let correct = SubmissionInput::new(caller(1, 200), MAIL, &code, super::NEW_PASSWORD);
    assert_eq!(host.submit(&correct).code(), "reset.code_refused", "the ceiling also applies to the correct code");
    assert!(host.has_password("id-zhangsan", OLD_PASSWORD));
    host.wait(86_400);
    let code = code_for(&mut host, MAIL);
    assert_eq!(host.submit(&input(MAIL, &code)).code(), "done", "the ceiling ends after a day");
}

#[test]
fn inv05_budget_is_restored_exactly_after_the_window() {
    let engine = Engine::new(POLICY);
    for (seconds, expected) in [(7_199, "reset.code_refused"), (7_200, "done")] {
        let mut host = host_with_accounts(&engine);
        use_up_budget(&mut host);
        host.now = super::host::START.plus(seconds);
        let code = code_for(&mut host, MAIL);
        assert_eq!(host.submit(&input(MAIL, &code)).code(), expected, "after {seconds}");
    }
}

#[test]
fn inv05_guess_probability_per_day_stays_within_the_stated_bound() {
    let policy =
        "format = 1\n[reset.captcha]\nrequired = false\n[reset.limits]\nwrong_codes_per_account = \"8/5h\"\n";
    let engine = Engine::new(policy);
    let mut host = host_with_accounts(&engine);
    let mut sent = 0;
    for minute in 0..24 * 60 {
        for (n, address) in [MAIL, PHONE].into_iter().enumerate() {
            // An attacker has many IP addresses, clients and devices.
            let (client, device) = ((minute % 9) as u8, (minute % 7) as u8);
            let mut request = host.send_request(caller(client, device), address, Purpose::ForgotPassword);
            request.peer = format!("peer {} {n}", minute % 97);
            sent += usize::from(host.send(&request).is_ok());
            for _ in 0..3 {
                host.submit(&SubmissionInput::new(caller(client, device), address, "000000", super::NEW_PASSWORD));
            }
        }
        host.wait(60);
    }
    assert!(sent > 100, "the attacker had only {sent} codes to guess");
    let stated = engine.policy.reset().daily_guess_probability();
    let probability = host.compared.len() as f64 / 1e6;
    assert!(probability <= stated, "{probability} > {stated}");
    // Eight guesses every five hours reach the stated bound, so it is tight.
    assert_eq!(host.compared.len(), 40);
    assert!(host.has_password("id-zhangsan", OLD_PASSWORD));
}

#[test]
fn inv05_sending_is_limited_by_account_address_and_ip_address() {
    let engine = Engine::new(
        "format = 1\n[reset.code]\ncooldown = \"0s\"\n[reset.limits]\nper_account = \"4/h\"\nper_address = \"3/h\"\n\
         per_requester = \"3/h\"\nper_peer = \"9/h\"\n",
    );
    let mut host = host_with_accounts(&engine);
    let request_code = |host: &mut Host<'_>, address: &str| {
        let request = host.send_request(caller(1, 1), address, Purpose::ForgotPassword);
        let before = host.store.codes().count();
        let result = host.send(&request).map_or_else(|refusal| refusal.code().to_owned(), |()| "sent".to_owned());
        (result, host.store.codes().count() - before)
    };
    let (sent, withheld) = (("sent".to_owned(), 1), ("sent".to_owned(), 0));
    let limited = ("reset.limit_reached".to_owned(), 0);
    for address in [MAIL, "ZHANGSAN@example.org", " zhangsan@EXAMPLE.org "] {
        assert_eq!(request_code(&mut host, address), sent, "{address}");
    }
    assert_eq!(request_code(&mut host, MAIL), limited, "all spellings of an address share its limit");
    assert_eq!(request_code(&mut host, PHONE), sent);
    assert_eq!(
        request_code(&mut host, PHONE),
        withheld,
        "the fifth code of the account is withheld with the same response"
    );
    for _ in 0..3 {
        assert_eq!(request_code(&mut host, UNKNOWN_MAIL), sent);
    }
    assert_eq!(request_code(&mut host, UNKNOWN_MAIL), limited);
    assert_eq!(request_code(&mut host, "first@example.org"), sent, "the ninth code of this IP address");
    assert_eq!(request_code(&mut host, "second@example.org"), limited, "the tenth code of this IP address");
}
