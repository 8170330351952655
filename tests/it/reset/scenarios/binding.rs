//! Invariants 8 and 13: a code is valid only in the context that it was created for, and only under a key of the operator.
//! A modified record is refused.

use kouling::flow::{Challenge, Channel, CodeKeys, Purpose};
use serde_json::{Value, json};

use super::host::{Engine, SubmissionInput, caller, key};
use super::{MAIL, OLD_PASSWORD, OTHER_MAIL, PHONE, POLICY, code_for, host_with_accounts, input};

#[test]
fn inv08_code_is_refused_if_any_bound_property_differs() {
    let engine = Engine::new(POLICY);
    let signed_in = |id: &str| Some(id.to_owned());
    type Swap<'s> = (&'s str, Purpose, &'s dyn Fn(SubmissionInput) -> SubmissionInput, bool);
    let (forgot, update) = (Purpose::ForgotPassword, Purpose::UpdatePassword);
    let swaps: [Swap<'_>; 14] = [
        ("nothing", forgot, &|input| input, true),
        (
            "only the spelling of the address",
            forgot,
            &|input| SubmissionInput { address: " ZHANGSAN@Example.org ".to_owned(), ..input },
            true,
        ),
        ("user", forgot, &|input| SubmissionInput { address: OTHER_MAIL.to_owned(), ..input }, false),
        ("client", forgot, &|input| SubmissionInput { caller: caller(2, 1), ..input }, false),
        ("device", forgot, &|input| SubmissionInput { caller: caller(1, 2), ..input }, false),
        ("purpose", forgot, &|input| SubmissionInput { signed_in: signed_in("id-zhangsan"), ..input }, false),
        ("purpose and user", forgot, &|input| SubmissionInput { signed_in: signed_in("id-lisi"), ..input }, false),
        ("channel", forgot, &|input| SubmissionInput { channel: Channel::Mobile, ..input }, false),
        (
            "channel and address",
            forgot,
            &|input| SubmissionInput { channel: Channel::Mobile, address: PHONE.to_owned(), ..input },
            false,
        ),
        ("nothing", update, &|input| SubmissionInput { signed_in: signed_in("id-zhangsan"), ..input }, true),
        ("purpose", update, &|input| input, false),
        ("user", update, &|input| SubmissionInput { signed_in: signed_in("id-lisi"), ..input }, false),
        (
            "client",
            update,
            &|input| SubmissionInput { signed_in: signed_in("id-zhangsan"), caller: caller(2, 1), ..input },
            false,
        ),
        (
            "channel",
            update,
            &|input| SubmissionInput { signed_in: signed_in("id-zhangsan"), channel: Channel::Mobile, ..input },
            false,
        ),
    ];
    for (case, purpose, swap, passes) in swaps {
        let mut host = host_with_accounts(&engine);
        let code = host.send_code(caller(1, 1), MAIL, purpose);
        let result = host.submit(&swap(input(MAIL, &code))).code();
        let expected = if passes { "done" } else { "reset.code_refused" };
        assert_eq!(result, expected, "swapped {case} of {purpose:?}");
        assert_eq!(host.has_password("id-zhangsan", OLD_PASSWORD), !passes);
        assert!(host.has_password("id-lisi", "Lisi-has-one-too"));
    }
}

#[test]
fn inv08_policy_can_bind_fewer_properties() {
    for (bind, client, device) in [("\"client\"", false, true), ("\"device\"", true, false), ("", true, true)] {
        let engine = Engine::new(&format!("{POLICY}[reset.code]\nbind = [{bind}]\n"));
        for (caller, passes) in [(caller(2, 1), client), (caller(1, 2), device)] {
            let mut host = host_with_accounts(&engine);
            let code = code_for(&mut host, MAIL);
            let result = host.submit(&SubmissionInput { caller, ..input(MAIL, &code) }).code();
            assert_eq!(result == "done", passes, "bound to [{bind}]");
        }
    }
}

#[test]
fn inv08_captcha_is_valid_for_one_code_to_its_address() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let mut request = host.send_request(caller(1, 1), MAIL, Purpose::ForgotPassword);
    let valid = request.captcha_token.clone().expect("a token");
    let unsolved = host.create_captcha().token;
    let point = valid.split_once("---").map(|(_, point)| point.to_owned()).expect("a point");
    for token in [
        None,
        Some(String::new()),
        Some(host.solved_captcha_token(OTHER_MAIL)),
        Some(unsolved.clone()),
        Some(format!("{unsolved}---{point}")),
        Some(format!("{valid} ")),
        Some(valid.replace("237", "238")),
    ] {
        request.captcha_token = token.clone();
        assert_eq!(host.send(&request).expect_err("no code").code(), "reset.not_sent", "{token:?}");
    }
    request.captcha_token = Some(valid);
    assert!(host.send(&request).is_ok());
    host.wait(120);
    assert_eq!(host.send(&request).expect_err("used").code(), "reset.not_sent");
}

#[test]
fn inv08_captcha_can_be_attempted_once() {
    let engine = Engine::new(POLICY);
    for (x, passes) in [
        (237.0, true),
        (232.0, true),
        (242.0, true),
        (231.9, false),
        (242.1, false),
        (f64::NAN, false),
        (f64::INFINITY, false),
        (f64::NEG_INFINITY, false),
    ] {
        let mut host = host_with_accounts(&engine);
        let token = host.create_captcha().token;
        assert_eq!(host.solve(&token, x, "point", MAIL).is_ok(), passes, "{x}");
        assert!(host.solve(&token, 237.0, "point", MAIL).is_err(), "a second attempt");
    }
    let mut host = host_with_accounts(&engine);
    let token = host.create_captcha().token;
    assert!(
        host.solve(&token, 237.0, "point", "a@example.org,b@example.org").is_err(),
        "a list is not an address"
    );
    assert!(host.solve(&token, 237.0, "point", MAIL).is_err());
}

#[test]
fn inv13_key_rotation_keeps_pending_codes_valid_until_the_key_is_removed() {
    let engine = Engine::new(POLICY);
    let keys = |keys| Engine { policy: Engine::new(POLICY).policy, keys };
    let rotated = keys(CodeKeys::new(key(2)).with_older(key(1)));
    let removed = keys(CodeKeys::new(key(2)));
    let reused_number = keys(CodeKeys::new(kouling::flow::CodeKey { id: 1, ..key(2) }));
    for (case, later, expected) in [
        ("rotated", &rotated, "done"),
        ("removed", &removed, "reset.code_refused"),
        ("another key under the old number", &reused_number, "reset.code_refused"),
    ] {
        let mut host = host_with_accounts(&engine);
        let code = code_for(&mut host, MAIL);
        host.engine = later;
        assert_eq!(host.submit(&input(MAIL, &code)).code(), expected, "{case}");
        host.wait(60);
        let code = code_for(&mut host, MAIL);
        let again = SubmissionInput { password: "With-the-new-key-1".to_owned(), ..input(MAIL, &code) };
        assert_eq!(host.submit(&again).code(), "done", "{case}: new codes use the new key");
    }
}

/// Modifies the record of a code and redeems the code with the input that matches the modified record. Returns `None` if
/// the record cannot be parsed.
fn redeem_with_modified_record(modify: &dyn Fn(&mut Value)) -> Option<String> {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, MAIL);
    let stored = host.store.challenges.last_mut().expect("a challenge");
    let mut record: Value = serde_json::from_slice(&stored.bytes).expect("JSON");
    let original = record.clone();
    modify(&mut record);
    assert_ne!(record, original, "the record is modified");
    stored.bytes = serde_json::to_vec(&record).expect("JSON");
    let Ok(challenge) = Challenge::from_bytes(&stored.bytes) else { return None };
    stored.id = challenge.id().to_owned();
    let text = |key: &str| record[key].as_str().map(str::to_owned);
    let mut input = input(challenge.address().as_str(), &code);
    input.channel = challenge.address().channel();
    input.caller.client = text("client").unwrap_or(input.caller.client);
    input.caller.device.fingerprint = text("device").unwrap_or(input.caller.device.fingerprint);
    if challenge.purpose() == Purpose::UpdatePassword {
        input.signed_in = challenge.account().map(str::to_owned);
    }
    let result = host.submit(&input).code();
    assert_eq!(host.has_password("id-zhangsan", OLD_PASSWORD), result != "done");
    assert!(host.has_password("id-lisi", "Lisi-has-one-too"));
    Some(result)
}

#[test]
fn inv08_code_of_modified_record_is_refused() {
    let refused = Some("reset.code_refused".to_owned());
    type Modification<'b> = (&'b str, &'b dyn Fn(&mut Value));
    let modifications: [Modification<'_>; 21] = [
        ("id", &|r| r["id"] = json!("00")),
        ("purpose", &|r| r["purpose"] = json!("update_password")),
        ("address", &|r| r["address"]["text"] = json!(OTHER_MAIL)),
        ("address and account", &|r| {
            r["address"]["text"] = json!(OTHER_MAIL);
            r["account"] = json!("id-lisi");
        }),
        ("channel", &|r| r["address"] = json!({"channel": "mobile", "text": PHONE})),
        ("account", &|r| r["account"] = json!("id-lisi")),
        ("no account", &|r| r["account"] = Value::Null),
        ("client", &|r| r["client"] = json!("another")),
        ("no client", &|r| r["client"] = Value::Null),
        ("device", &|r| r["device"] = json!("another")),
        ("no device", &|r| r["device"] = Value::Null),
        ("key", &|r| r["key_id"] = json!(2)),
        ("hash", &|r| r["code_hash"][0] = json!(r["code_hash"][0].as_u64().unwrap_or(0) ^ 1)),
        ("end of hash", &|r| r["code_hash"][31] = json!(r["code_hash"][31].as_u64().unwrap_or(0) ^ 128)),
        ("created earlier", &|r| r["created"] = json!(1_795_391_999)),
        ("created later", &|r| r["created"] = json!(1_795_392_001)),
        ("expires later", &|r| r["expires"] = json!(1_795_392_601)),
        ("expires earlier", &|r| r["expires"] = json!(1_795_392_599)),
        ("none left", &|r| r["submissions_left"] = json!(0)),
        ("used", &|r| r["state"] = json!("used")),
        ("revoked", &|r| r["state"] = json!("revoked")),
    ];
    for (case, modify) in modifications {
        assert_eq!(redeem_with_modified_record(modify), refused, "{case}");
    }
}

#[test]
fn inv08_invalid_record_is_refused() {
    let remove = |record: &mut Value, key: &str| record.as_object_mut().and_then(|record| record.remove(key));
    for key in [
        "version",
        "id",
        "purpose",
        "address",
        "key_id",
        "code_hash",
        "created",
        "expires",
        "submissions_left",
        "state",
    ] {
        let modify = |record: &mut Value| assert!(remove(record, key).is_some(), "{key}");
        assert_eq!(redeem_with_modified_record(&modify), None, "without {key}");
    }
    for (case, modify) in [
        ("another version", (|r| r["version"] = json!(1)) as fn(&mut Value)),
        ("a negative count", |r| r["submissions_left"] = json!(-1)),
        ("a short hash", |r| r["code_hash"] = json!([0, 0])),
        ("an unknown state", |r| r["state"] = json!("reborn")),
        ("an unknown field", |r| r["lives"] = json!(9)),
        ("a list of addresses", |r| r["address"]["text"] = json!([MAIL, OTHER_MAIL])),
    ] {
        assert_eq!(redeem_with_modified_record(&modify), None, "{case}");
    }
    assert!(Challenge::from_bytes(b"").is_err() && Challenge::from_bytes(&[0xff; 64]).is_err());
}

#[test]
fn inv13_equal_codes_of_two_challenges_have_different_hashes() {
    let engine = Engine::new(POLICY);
    let mut hashes = Vec::new();
    for address in [MAIL, OTHER_MAIL, PHONE] {
        let mut host = host_with_accounts(&engine).with_seed(address.len() as u64);
        let mut request = host.send_request(caller(1, 1), address, Purpose::ForgotPassword);
        request.captcha_token = Some(host.solved_captcha_token(address));
        let facts = host.send_facts(&request);
        let mut random = [7; 80];
        random[0] = address.len() as u8;
        let (_, effects) = kouling::flow::send(&engine.policy, &engine.keys, &request, &facts, host.now, &random);
        assert!(host.store.apply(&effects));
        let record: Value =
            serde_json::from_slice(&host.store.challenges.last().expect("a challenge").bytes).expect("JSON");
        assert!(host.store.codes().all(|(_, code)| code == "777777"));
        hashes.push(record["code_hash"].clone());
    }
    assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2] && hashes[0] != hashes[2]);
}
