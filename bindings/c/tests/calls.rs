//! Calls as C makes them: a password from policy to outcome, and the mistakes that a caller can make.
#![allow(unsafe_code)] // the tests call the C API
#![allow(clippy::panic, clippy::expect_used, missing_docs)]

use std::ptr;

use kouling_c::contract::*;
use kouling_c::facts::*;
use kouling_c::finding::*;
use kouling_c::outcome::*;
use kouling_c::policy::*;
use kouling_c::report::*;
use kouling_c::status::*;
use kouling_c::text::kouling_text;

mod c_api;
use c_api::*;

#[test]
fn password_is_evaluated() {
    let policy = Policy::preset("standard");
    assert_eq!(shown(kouling_policy_name(policy.get())), "standard");
    assert_eq!(shown(kouling_policy_digest(policy.get())).len(), 64);
    let mut facts = facts();
    for (name, value) in [("username", "zhangsan"), ("name", "张三")] {
        assert_eq!(kouling_facts_add_attribute(Some(&mut facts), text(name), text(value)), KOULING_STATUS_OK);
    }
    let outcome = policy.evaluate(text("nasgnahz"), &facts).expect("an outcome");
    assert!(!kouling_outcome_accepted(Some(&outcome)));
    let count = kouling_outcome_count(Some(&outcome), VIOLATIONS);
    let code = |index| shown(kouling_outcome_code(Some(&outcome), VIOLATIONS, index));
    let codes: Vec<&str> = (0..count).map(code).collect();
    assert!(codes.iter().any(|code| code.starts_with("reversed_username.")), "{codes:?}");
    for index in 0..count {
        let say = |tag| shown(kouling_outcome_message(Some(&outcome), VIOLATIONS, index, text(tag)));
        assert!(!say("en").is_empty() && say("en") != say("zh-CN"), "{} {}", say("en"), say("zh-CN"));
        assert_eq!(say(""), say("tlh"));
        assert!(!shown(kouling_outcome_rule(Some(&outcome), VIOLATIONS, index)).is_empty());
        assert!(!shown(kouling_outcome_kind(Some(&outcome), VIOLATIONS, index)).is_empty());
    }
    assert_eq!(code(count), "");
    assert_eq!(kouling_outcome_count(Some(&outcome), list(99)), 0);
    let good = policy.evaluate(text("veer-lantern-oboe-73-Quartz"), &facts).expect("an outcome");
    assert!(kouling_outcome_accepted(Some(&good)));
    kouling_outcome_free(Some(good));
    kouling_outcome_free(Some(outcome));
    kouling_facts_free(Some(facts));
}

#[test]
fn outcome_has_numbers_json_and_contract_codes() {
    let policy = Policy::parse("format = 1\nname = \"a\"\n[rules.length]\nmin = 8\n", None).expect("a policy");
    let facts = facts();
    let outcome = policy.evaluate(text("abc"), &facts).expect("an outcome");
    // The views of an outcome do not need its policy.
    drop(policy);
    let outcome = Some(outcome.as_ref());
    assert_eq!(shown(kouling_outcome_code(outcome, VIOLATIONS, 0)), "length.too_short");
    let mut found = Vec::new();
    for number in 0..kouling_outcome_number_count(outcome, VIOLATIONS, 0) {
        let (status, name) = call(text("rubbish"), |name| {
            let (status, value) =
                call(77, |value| kouling_outcome_number(outcome, VIOLATIONS, 0, number, name, value));
            found.push(value);
            status
        });
        assert_eq!((status, shown(name).is_empty()), (KOULING_STATUS_OK, false));
    }
    assert!(found.contains(&8), "{found:?}");
    let (status, name) =
        call(text("rubbish"), |name| kouling_outcome_number(outcome, VIOLATIONS, 0, 99, name, None));
    assert_eq!((status, shown(name)), (KOULING_STATUS_INVALID_ARGUMENT, ""));

    let (status, contract) = call(ptr::null(), |out| kouling_contract_built_in(text("idaas-ciam"), out, None));
    assert_eq!(status, KOULING_STATUS_OK);
    // SAFETY: it was just created, and is freed at the end.
    let contract = unsafe { contract.as_ref() };
    let wire = shown(kouling_outcome_contract_code(outcome, VIOLATIONS, 0, contract));
    assert!(!wire.is_empty());
    for (contract, has_wire) in [(contract, true), (None, false)] {
        let (status, json) =
            call(text("rubbish"), |out| kouling_outcome_json(outcome, text("en"), contract, out, None));
        let json: serde_json::Value = serde_json::from_str(shown(json)).expect("JSON");
        assert_eq!((status, &json["accepted"]), (KOULING_STATUS_OK, &false.into()));
        assert_eq!(json["violations"][0]["wire"].as_str(), has_wire.then_some(wire));
    }
    // SAFETY: retained once, so freed twice.
    unsafe {
        let contract = ptr::from_ref(contract.expect("a contract"));
        kouling_contract_retain(contract);
        kouling_contract_free(contract);
        kouling_contract_free(contract);
    }
}

#[test]
fn outcome_has_the_guesses_of_the_strength_rule() {
    let facts = facts();
    let guesses = |rules: &str| {
        let policy = Policy::parse(&format!("format = 1\nname = \"a\"\n{rules}"), None).expect("a policy");
        let outcome = policy.evaluate(text("heron-marsh"), &facts).expect("an outcome");
        assert!(!kouling_outcome_guesses_log10(Some(&outcome), None));
        call(77.0, |out| kouling_outcome_guesses_log10(Some(&outcome), out))
    };
    let (found, guesses_log10) = guesses("[rules.strength]\n");
    assert!(found && guesses_log10 > 3.0 && guesses_log10 < 20.0, "{guesses_log10}");
    assert_eq!(guesses("[rules.length]\n"), (false, 0.0));
    assert_eq!(call(77.0, |out| kouling_outcome_guesses_log10(None, out)), (false, 0.0));
}

#[test]
fn retained_policy_outlives_its_first_reference() {
    let policy = Policy::preset("minimal");
    // SAFETY: it is alive, and freed once more below.
    unsafe { kouling_policy_retain(policy.0) };
    let second = Policy(policy.0);
    drop(policy);
    let worker = std::thread::scope(|scope| {
        let address = second.0 as usize;
        // SAFETY: `second` lives until the scope ends.
        let name = move || shown(kouling_policy_name(unsafe { (address as *const kouling_policy).as_ref() }));
        scope.spawn(name).join().expect("a name")
    });
    assert_eq!(worker, "minimal");
    let describe = |tag| call(text("rubbish"), |out| kouling_policy_describe(second.get(), text(tag), out, None));
    let (status, json) = describe("zh");
    assert_eq!(status, KOULING_STATUS_OK);
    let again = describe("zh").1;
    assert_eq!(shown(json).as_ptr(), shown(again).as_ptr(), "kept once");
    assert_eq!(serde_json::from_str::<serde_json::Value>(shown(json)).expect("JSON")["language"], "zh");
}

#[test]
fn policy_errors_have_locations() {
    let mut report = report();
    let wrong = "format = 1\nname = \"a\"\n[rules.lenght]\nmin = 8\n[rules.length]\nmin = \"x\"\n";
    assert_eq!(Policy::parse(wrong, Some(&mut report)).err(), Some(KOULING_STATUS_INVALID_POLICY));
    let seen = Some(report.as_ref());
    assert_eq!(kouling_report_count(seen), 2);
    assert_eq!((kouling_report_line(seen, 0), kouling_report_column(seen, 0)), (3, 8));
    assert_eq!(shown(kouling_report_code(seen, 0)), "unknown-kind");
    assert_eq!(shown(kouling_report_file(seen, 0)), "policy");
    assert!(shown(kouling_report_message(seen, 0)).contains("`lenght`"));
    assert!(shown(kouling_report_help(seen, 0)).contains("`length`"));
    assert!(shown(kouling_report_text(seen)).starts_with("policy:3:8: "));
    assert_eq!((shown(kouling_report_code(seen, 2)), kouling_report_line(seen, 2)), ("", 0));

    let missing = Policy::made(|out| kouling_policy_load(text("no/such.toml"), out, Some(&mut report)));
    assert_eq!(missing.err(), Some(KOULING_STATUS_UNAVAILABLE));
    assert_eq!(shown(kouling_report_code(Some(&report), 0)), "unreadable");
    let good = Policy::parse("format = 1\nname = \"a\"\n[rules.length]\nmin = 8\n", Some(&mut report));
    assert!(good.is_ok());
    assert_eq!(kouling_report_count(Some(&report)), 0, "a successful call clears the report");
    kouling_report_free(Some(report));
}

#[test]
fn invalid_texts_are_refused() {
    let policy = Policy::preset("minimal");
    let mut facts = facts();
    let broken = bytes(b"a\xff");
    // SAFETY: none of them is read: NULL, or longer than any object.
    let (null, nothing, endless) = unsafe {
        let data = b"a".as_ptr().cast();
        (
            kouling_text::from_raw(ptr::null(), 5),
            kouling_text::from_raw(ptr::null(), 0),
            kouling_text::from_raw(data, usize::MAX),
        )
    };
    let status = |outcome: Result<_, kouling_status>| {
        outcome.map(|_: Box<kouling_outcome>| KOULING_STATUS_OK).unwrap_or_else(|s| s)
    };
    for (password, expected) in [
        (broken, KOULING_STATUS_INVALID_TEXT),
        (text("a\0b"), KOULING_STATUS_INVALID_TEXT),
        (null, KOULING_STATUS_INVALID_ARGUMENT),
        (nothing, KOULING_STATUS_INVALID_ARGUMENT),
        (endless, KOULING_STATUS_INVALID_ARGUMENT),
        (text(""), KOULING_STATUS_OK),
    ] {
        assert_eq!(status(policy.evaluate(password, &facts)), expected, "{password:?}");
    }
    for (value, expected) in [
        (broken, KOULING_STATUS_INVALID_TEXT),
        (null, KOULING_STATUS_INVALID_ARGUMENT),
        (endless, KOULING_STATUS_INVALID_ARGUMENT),
        (nothing, KOULING_STATUS_OK),
    ] {
        assert_eq!(kouling_facts_add_attribute(Some(&mut facts), text("name"), value), expected);
        assert_eq!(kouling_facts_add_attribute(Some(&mut facts), value, text("name")), expected);
        assert_eq!(kouling_facts_add_previous(Some(&mut facts), value, None), expected);
        let made = Policy::made(|out| kouling_policy_parse(value, out, None)).map(|_| ());
        assert!(made.is_err_and(|status| expected == KOULING_STATUS_OK || status == expected));
    }
    assert_eq!(kouling_facts_set_current(Some(&mut facts), nothing), KOULING_STATUS_INVALID_ARGUMENT);
    assert_eq!(kouling_facts_set_current(Some(&mut facts), text("x")), KOULING_STATUS_OK);
}

#[test]
fn failed_evaluation_gives_no_outcome() {
    let policy =
        Policy::parse("format = 1\nname = \"a\"\n[rules.history]\n[rules.personal]\n", None).expect("a policy");
    let mut old = facts();
    assert_eq!(kouling_facts_add_previous(Some(&mut old), text("$no$such"), Some(&(NOW - 60))), KOULING_STATUS_OK);
    assert_eq!(policy.evaluate(text("a long password"), &old).err(), Some(KOULING_STATUS_CANNOT_JUDGE));
    let mut many = facts();
    for _ in 0..65 {
        assert_eq!(kouling_facts_add_attribute(Some(&mut many), text("phone"), text("1")), KOULING_STATUS_OK);
    }
    assert_eq!(policy.evaluate(text("a long password"), &many).err(), Some(KOULING_STATUS_INVALID_ARGUMENT));
}

#[test]
fn failed_call_clears_its_outputs() {
    let mut report = report();
    let (status, outcome) = call(ptr::dangling_mut(), |outcome| {
        kouling_policy_evaluate(None, text("x"), None, outcome, Some(&mut report))
    });
    assert_eq!((status, outcome.is_null()), (KOULING_STATUS_INVALID_ARGUMENT, true));
    assert_eq!(kouling_report_count(Some(&report)), 1);
    let (status, json) = call(text("rubbish"), |json| kouling_policy_describe(None, text("en"), json, None));
    assert_eq!((status, shown(json)), (KOULING_STATUS_INVALID_ARGUMENT, ""));
    let outcome = Policy::preset("minimal").evaluate(text("abc"), &facts()).expect("an outcome");
    let (status, value) = call(77, |value| kouling_outcome_number(Some(&outcome), list(99), 0, 0, None, value));
    assert_eq!((status, value), (KOULING_STATUS_INVALID_ARGUMENT, 0));
}
