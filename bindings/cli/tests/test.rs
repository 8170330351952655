//! `kouling test`: the project's own vectors, and what a team sees of its cases.
#![allow(clippy::panic, clippy::expect_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn kouling(folder: &Path, arguments: &[&str]) -> Output {
    let run = Command::new(env!("CARGO_BIN_EXE_kouling")).arg("test").args(arguments).current_dir(folder).output();
    run.expect("the command runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

const POLICY: &str = "format = 1\n[rules.length]\nmin = 8\n[rules.characters]\nmin_classes = 2\n\
                      [rules.names]\nkind = \"pattern\"\nforbid = \"acme\"\n[rules.repetition]\n";

const CASES: &str = r#"
policy = "./acme.toml"

[[case]]
name = "too-short"
password = "Hunter2"
refused = ["length.too_short"]

[[case]]
name = "good"
password = "Xk4-horse"
refused = []

[[case]]
name = "one-class"
password = "horsehorse"
refused = ["characters.too_few_classes"]

[[case]]
name = "one-class-and-a-name"
password = "acmehorse"
refused = ["characters.too_few_classes", "pattern.forbidden"]
"#;

fn folder(cases: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("cases")).expect("a folder");
    fs::write(folder.path().join("cases/acme.toml"), POLICY).expect("a policy");
    fs::write(folder.path().join("cases.toml"), cases.replace("./acme.toml", "./cases/acme.toml")).expect("cases");
    folder
}

#[test]
fn every_vector_passes() {
    for name in ["rules", "evaluation"] {
        let output = kouling(&kouling_vector_runner::vectors().join(name), &["--format", "json", "."]);
        assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let written: usize =
            kouling_vector_runner::files(name).iter().map(|(_, text)| text.matches("\n[[case]]").count()).sum();
        assert_eq!(answer["passed"], written, "{name}");
        assert_eq!(answer["failed"], 0);
    }
}

#[test]
fn passing_cases_name_rules_that_nobody_would_miss() {
    let folder = folder(CASES);
    let output = kouling(folder.path(), &["cases.toml", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let policy = &answer["policies"][0];
    assert_eq!(policy["never_exercised"], serde_json::json!(["repetition"]));
    assert_eq!(policy["could_be_deleted"], serde_json::json!(["repetition"]));
    assert_eq!(policy["by_rule"]["length"]["codes"]["length.too_short"], 1);
    assert_eq!(policy["by_rule"]["length"]["codes"]["length.too_long"], 0);
    let said = text(&kouling(folder.path(), &["cases.toml", "--coverage"]).stdout);
    for expected in ["4 cases: 4 passed, 0 failed", "never exercised", "length.too_short (1)", "length.too_long"] {
        assert!(said.contains(expected), "{expected} in\n{said}");
    }
}

#[test]
fn a_failing_case_says_what_was_expected_and_seen_and_never_the_password() {
    let folder = folder(&CASES.replace("refused = []", "refused = [\"words.listed\"]"));
    let output = kouling(folder.path(), &["cases.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stdout);
    assert!(
        said.contains("cases.toml: good\n  refused\n    expected [\"words.listed\"]\n    seen     []"),
        "{said}"
    );
    assert!(!said.contains("Xk4"), "{said}");
}

#[test]
fn the_option_stands_for_the_policy_of_the_file() {
    let folder = folder(CASES);
    let output = kouling(folder.path(), &["cases.toml", "--policy", "minimal"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    fs::write(folder.path().join("bare.toml"), CASES.replace("policy = \"./acme.toml\"", "")).expect("cases");
    assert_eq!(kouling(folder.path(), &["bare.toml", "-p", "cases/acme.toml"]).status.code(), Some(0));
}

#[test]
fn what_is_wrong_with_a_file_has_a_place_and_no_password() {
    let with = |from: &str, to: &str| CASES.replacen(from, to, 1);
    let wrong = [
        (with("name = \"good\"", "name = \"too-short\""), "cases.toml:10:8: there is another case `too-short`"),
        (
            with("refused = []", "refusd = []"),
            "cases.toml:12:1: unknown key `refusd` [unknown-key]\n  help: did you mean `refused`?",
        ),
        (with("password = \"Xk4-horse\"", "pasword = \"Xk4-horse\""), "cases.toml:11:1: unknown key `pasword`"),
        (with("password = \"Xk4-horse\"", "password = \"Xk4-horse"), "cases.toml:11:22: "),
        (with("password = \"Xk4-horse\"", "password = 12"), "cases.toml:11:12: `password` must be a string"),
        (with("./acme.toml", "./none.toml"), "cases.toml:2:10: this policy does not load"),
        (with("policy = \"./acme.toml\"", ""), "cases.toml:4:1: nothing says by which policy to judge"),
        (
            with("refused = []", "refused = []\nerror = \"nul\""),
            "cases.toml:13:9: a password that is judged has no `error`",
        ),
        (
            with("refused = []", "refused = []\npassword_hex = \"6\""),
            "cases.toml:13:16: these are no hexadecimal digits",
        ),
        ("policy = \"standard\"".to_owned(), "cases.toml:1:1: the file has no `[[case]]`"),
    ];
    for (cases, expected) in wrong {
        let folder = folder(&cases);
        let output = kouling(folder.path(), &["cases.toml"]);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(expected), "{expected} in\n{told}");
        assert!(!told.contains("Xk4"), "{told}");
        assert!(output.stdout.is_empty());
    }
    assert_eq!(kouling(Path::new("."), &["none.toml"]).status.code(), Some(2));
}
