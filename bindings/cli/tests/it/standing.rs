//! `kouling standing`: the vectors, the arguments and the exit status.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use kouling_vector_runner::standing::{Call, Case, Outcome, run};
use serde_json::Value;

fn kouling(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kouling"));
    command.current_dir(directory).args(arguments).output().expect("the program runs")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn decide(directory: &Path, case: &Case) -> Outcome {
    fs::write(directory.join("policy.toml"), &case.policy).expect("a policy file");
    let described = json(&kouling(directory, &["describe", "./policy.toml", "--format", "json"]));
    let account = case.account_json(described["digest"].as_str().expect("a digest"));
    fs::write(directory.join("account.json"), account.to_string()).expect("an account file");
    let now = format!("--now={}", case.now);
    let call = case.call.name().replace('_', "-");
    let mut outcome = Outcome::default();
    for language in case.messages.keys().map(String::as_str).chain(["en"]) {
        let mut arguments =
            vec!["standing", "./policy.toml", "--account-file", "account.json", "--format", "json"];
        let accepts = case.accepts.map(|accepts| format!("--accepts={accepts}"));
        arguments.extend([&now, "--call", &call, "--language", language]);
        arguments.extend(accepts.as_deref());
        let output = kouling(directory, &arguments);
        if output.status.code() == Some(2) {
            let error = String::from_utf8(output.stderr).expect("UTF-8");
            let names = error.lines().next().unwrap_or_default().split('`').skip(1).step_by(2);
            return Outcome { missing: names.map(str::to_owned).collect(), ..Outcome::default() };
        }
        let answer = json(&output);
        assert_eq!(answer["permits_session"], output.status.success(), "{}", case.name);
        let text = |key: &str| answer[key].as_str().expect("a text").to_owned();
        let number = ["days", "left", "until"].iter().find_map(|name| Some((name, answer[name].as_i64()?)));
        let effects = answer["effects"].as_array().cloned().unwrap_or_default();
        assert_eq!(answer["effects"].is_array(), case.call != Call::Standing, "{}", case.name);
        outcome.code = text("code");
        outcome.number = number.map(|(name, number)| ((*name).to_owned(), number));
        outcome.effects = effects.iter().map(|e| e["effect"].as_str().expect("a name").to_owned()).collect();
        outcome.messages.insert(language.to_owned(), text("message"));
    }
    outcome
}

#[test]
fn standing_agrees_with_every_vector() {
    let directory = tempfile::tempdir().expect("a directory");
    run(|case| decide(directory.path(), case)).finish(0);
}

const POLICY: &str = "format = 1\n[expiry]\nmax_age = \"90d\"\n[sign_in]\nmax_failures = 3\n";

fn standing(arguments: &[&str]) -> (i32, String, String) {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("p.toml"), POLICY).expect("a policy file");
    let all = [&["standing", "./p.toml", "--now", "2026-11-23"], arguments].concat();
    let output = kouling(directory.path(), &all);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("an exit status"), text(output.stdout), text(output.stderr))
}

const NO_FAILURES: [&str; 4] = ["--account", "network_failures.count=0", "--account", "account_failures.count=0"];

#[test]
fn facts_on_the_command_line_are_dates_numbers_and_flags() {
    let with = |more: &[&str]| standing(&[&NO_FAILURES[..], &["--account", "known_network=true"], more].concat());
    let (code, text, _) = with(&["--account", "password_set=2026-11-22"]);
    assert_eq!((code, text.as_str()), (0, "fine\n  Your password can be used. [standing.fine]\n"));
    let (code, text, _) = with(&["--account", "password_set=1787702400"]);
    assert_eq!((code, text.lines().next()), (0, Some("warn")));
    let (code, text, _) = with(&["--account", "password_set=null"]);
    assert_eq!((code, text.lines().next()), (1, Some("must_change")));
    let (code, text, _) = with(&[
        "--account",
        "password_set=2026-11-22",
        "--account",
        "network_failures={\"count\":3,\"newest\":1795392000}",
    ]);
    assert_eq!((code, text.lines().last()), (1, Some("  until: 1795392900")));
}

#[test]
fn missing_and_invalid_facts_are_errors() {
    let (code, out, error) = standing(&NO_FAILURES);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(error.contains("`password_set`") && error.contains("`known_network`"), "{error}");
    let (code, _, error) = standing(&["--account", "pasword_set=2026-01-01", "--account", "disabled=maybe"]);
    assert_eq!(code, 2);
    assert!(error.contains("did you mean `password_set`?") && error.contains("`disabled`"), "{error}");
    assert_eq!(standing(&["--account", "disabled"]).0, 2);
    assert_eq!(standing(&["--account-file", "nowhere.json"]).0, 2);
}

#[test]
fn effects_are_printed_for_a_sign_in() {
    let facts =
        ["--account", "known_network=false", "--account", "password_set=2026-11-22", "--call", "sign-in-failed"];
    let (code, text, _) = standing(&[&NO_FAILURES[..], &facts].concat());
    assert_eq!(code, 0);
    let effects: BTreeMap<String, Value> = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("  effect: ")?).ok())
        .map(|effect| (effect["effect"].as_str().expect("a name").to_owned(), effect["to"].clone()))
        .collect();
    let failures = serde_json::json!({ "count": 1, "newest": 1_795_392_000 });
    let expected =
        ["store_account_failures", "store_network_failures"].map(|name| (name.to_owned(), failures.clone()));
    assert_eq!(effects, expected.into());
}
