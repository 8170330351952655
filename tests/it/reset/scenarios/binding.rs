//! 8 and 13: a code is worth something for what it was made for, under a key of the operator's, and the record of it
//! cannot be bent.

use kouling::flow::{Challenge, Channel, CodeKeys, Purpose};
use serde_json::{Value, json};

use super::host::{Engine, Typed, caller, key};
use super::{MAIL, OLD, OTHER_MAIL, PHONE, POLICY, code_for, town, typed};

#[test]
fn inv08_each_swap_denies() {
    let engine = Engine::new(POLICY);
    let signed_in = |id: &str| Some(id.to_owned());
    type Swap<'s> = (&'s str, Purpose, &'s dyn Fn(Typed) -> Typed, bool);
    let (forgot, update) = (Purpose::ForgotPassword, Purpose::UpdatePassword);
    let swaps: [Swap<'_>; 14] = [
        ("nothing", forgot, &|typed| typed, true),
        (
            "nothing that counts",
            forgot,
            &|typed| Typed { address: " ZHANGSAN@Example.org ".to_owned(), ..typed },
            true,
        ),
        ("user", forgot, &|typed| Typed { address: OTHER_MAIL.to_owned(), ..typed }, false),
        ("client", forgot, &|typed| Typed { caller: caller(2, 1), ..typed }, false),
        ("device", forgot, &|typed| Typed { caller: caller(1, 2), ..typed }, false),
        ("purpose", forgot, &|typed| Typed { signed_in: signed_in("id-zhangsan"), ..typed }, false),
        ("purpose and user", forgot, &|typed| Typed { signed_in: signed_in("id-lisi"), ..typed }, false),
        ("channel", forgot, &|typed| Typed { channel: Channel::Mobile, ..typed }, false),
        (
            "channel and address",
            forgot,
            &|typed| Typed { channel: Channel::Mobile, address: PHONE.to_owned(), ..typed },
            false,
        ),
        ("nothing", update, &|typed| Typed { signed_in: signed_in("id-zhangsan"), ..typed }, true),
        ("purpose", update, &|typed| typed, false),
        ("user", update, &|typed| Typed { signed_in: signed_in("id-lisi"), ..typed }, false),
        (
            "client",
            update,
            &|typed| Typed { signed_in: signed_in("id-zhangsan"), caller: caller(2, 1), ..typed },
            false,
        ),
        (
            "channel",
            update,
            &|typed| Typed { signed_in: signed_in("id-zhangsan"), channel: Channel::Mobile, ..typed },
            false,
        ),
    ];
    for (what, purpose, swap, passes) in swaps {
        let mut host = town(&engine);
        let code = host.send_code(caller(1, 1), MAIL, purpose);
        let answer = host.submit(&swap(typed(MAIL, &code))).code();
        let expected = if passes { "done" } else { "reset.code_refused" };
        assert_eq!(answer, expected, "swapped {what} of {purpose:?}");
        assert_eq!(host.opens("id-zhangsan", OLD), !passes);
        assert!(host.opens("id-lisi", "Lisi-has-one-too"));
    }
}

#[test]
fn inv08_a_policy_may_bind_less_and_says_so() {
    for (bind, client, device) in [("\"client\"", false, true), ("\"device\"", true, false), ("", true, true)] {
        let engine = Engine::new(&format!("{POLICY}[reset.code]\nbind = [{bind}]\n"));
        for (caller, passes) in [(caller(2, 1), client), (caller(1, 2), device)] {
            let mut host = town(&engine);
            let code = code_for(&mut host, MAIL);
            let answer = host.submit(&Typed { caller, ..typed(MAIL, &code) }).code();
            assert_eq!(answer == "done", passes, "bound to [{bind}]");
        }
    }
}

#[test]
fn inv08_a_captcha_is_worth_one_code_for_its_own_address() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let mut request = host.send_request(caller(1, 1), MAIL, Purpose::ForgotPassword);
    let good = request.captcha_token.clone().expect("a token");
    let shown = host.show_captcha().token;
    let point = good.split_once("---").map(|(_, point)| point.to_owned()).expect("a point");
    for token in [
        None,
        Some(String::new()),
        Some(host.solved(OTHER_MAIL)),
        Some(shown.clone()),
        Some(format!("{shown}---{point}")),
        Some(format!("{good} ")),
        Some(good.replace("237", "238")),
    ] {
        request.captcha_token = token.clone();
        assert_eq!(host.send_it(&request).expect_err("no code").code(), "reset.not_sent", "{token:?}");
    }
    request.captcha_token = Some(good);
    assert!(host.send_it(&request).is_ok());
    host.wait(120);
    assert_eq!(host.send_it(&request).expect_err("used").code(), "reset.not_sent");
}

#[test]
fn inv08_a_captcha_may_be_tried_once() {
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
        let mut host = town(&engine);
        let token = host.show_captcha().token;
        assert_eq!(host.solve(&token, x, "point", MAIL).is_ok(), passes, "{x}");
        assert!(host.solve(&token, 237.0, "point", MAIL).is_err(), "a second try");
    }
    let mut host = town(&engine);
    let token = host.show_captcha().token;
    assert!(host.solve(&token, 237.0, "point", "a@example.org,b@example.org").is_err(), "bound to no address");
    assert!(host.solve(&token, 237.0, "point", MAIL).is_err());
}

#[test]
fn inv13_a_key_is_rotated_while_codes_are_on_their_way() {
    let engine = Engine::new(POLICY);
    let keys = |keys| Engine { policy: Engine::new(POLICY).policy, keys };
    let rotated = keys(CodeKeys::new(key(2)).with_older(key(1)));
    let withdrawn = keys(CodeKeys::new(key(2)));
    let same_name = keys(CodeKeys::new(kouling::flow::CodeKey { id: 1, ..key(2) }));
    for (what, later, answer) in [
        ("rotated", &rotated, "done"),
        ("withdrawn", &withdrawn, "reset.code_refused"),
        ("another key under the old number", &same_name, "reset.code_refused"),
    ] {
        let mut host = town(&engine);
        let code = code_for(&mut host, MAIL);
        host.engine = later;
        assert_eq!(host.submit(&typed(MAIL, &code)).code(), answer, "{what}");
        host.wait(60);
        let code = code_for(&mut host, MAIL);
        let again = Typed { password: "With-the-new-key-1".to_owned(), ..typed(MAIL, &code) };
        assert_eq!(host.submit(&again).code(), "done", "{what}: new codes take the new key");
    }
}

/// Redeems a right code after the record of it was changed, in whatever way the changed record could fit.
fn redeem_bent(bend: &dyn Fn(&mut Value)) -> Option<String> {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let code = code_for(&mut host, MAIL);
    let stored = host.store.challenges.last_mut().expect("a challenge");
    let mut record: Value = serde_json::from_slice(&stored.bytes).expect("JSON");
    let straight = record.clone();
    bend(&mut record);
    assert_ne!(record, straight, "something was changed");
    stored.bytes = serde_json::to_vec(&record).expect("JSON");
    let Ok(challenge) = Challenge::from_bytes(&stored.bytes) else { return None };
    stored.id = challenge.id().to_owned();
    let text = |key: &str| record[key].as_str().map(str::to_owned);
    let mut typed = typed(challenge.address().as_str(), &code);
    typed.channel = challenge.address().channel();
    typed.caller.client = text("client").unwrap_or(typed.caller.client);
    typed.caller.device.fingerprint = text("device").unwrap_or(typed.caller.device.fingerprint);
    if challenge.purpose() == Purpose::UpdatePassword {
        typed.signed_in = challenge.account().map(str::to_owned);
    }
    let answer = host.submit(&typed).code();
    assert_eq!(host.opens("id-zhangsan", OLD), answer != "done");
    assert!(host.opens("id-lisi", "Lisi-has-one-too"));
    Some(answer)
}

#[test]
fn inv08_a_bent_record_makes_no_code_right() {
    let refused = Some("reset.code_refused".to_owned());
    type Bend<'b> = (&'b str, &'b dyn Fn(&mut Value));
    let bends: [Bend<'_>; 21] = [
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
    for (what, bend) in bends {
        assert_eq!(redeem_bent(bend), refused, "{what}");
    }
}

#[test]
fn inv08_a_record_that_cannot_be_read_is_worth_nothing() {
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
        let bend = |record: &mut Value| assert!(remove(record, key).is_some(), "{key}");
        assert_eq!(redeem_bent(&bend), None, "without {key}");
    }
    for (what, bend) in [
        ("another version", (|r| r["version"] = json!(1)) as fn(&mut Value)),
        ("a negative count", |r| r["submissions_left"] = json!(-1)),
        ("a short hash", |r| r["code_hash"] = json!([0, 0])),
        ("an unknown state", |r| r["state"] = json!("reborn")),
        ("something unknown", |r| r["lives"] = json!(9)),
        ("a list of addresses", |r| r["address"]["text"] = json!([MAIL, OTHER_MAIL])),
    ] {
        assert_eq!(redeem_bent(&bend), None, "{what}");
    }
    assert!(Challenge::from_bytes(b"").is_err() && Challenge::from_bytes(&[0xff; 64]).is_err());
}

#[test]
fn inv13_equal_codes_of_two_challenges_have_different_hashes() {
    let engine = Engine::new(POLICY);
    let mut hashes = Vec::new();
    for address in [MAIL, OTHER_MAIL, PHONE] {
        let mut host = town(&engine).seeded(address.len() as u64);
        let mut request = host.send_request(caller(1, 1), address, Purpose::ForgotPassword);
        request.captcha_token = Some(host.solved(address));
        let facts = host.send_facts(&request);
        let mut drawn = [7; 80];
        drawn[0] = address.len() as u8;
        let (_, effects) = kouling::flow::send(&engine.policy, &engine.keys, &request, &facts, host.now, &drawn);
        assert!(host.store.apply(&effects));
        let record: Value =
            serde_json::from_slice(&host.store.challenges.last().expect("a challenge").bytes).expect("JSON");
        assert!(host.store.codes().all(|(_, code)| code == "777777"));
        hashes.push(record["code_hash"].clone());
    }
    assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2] && hashes[0] != hashes[2]);
}
