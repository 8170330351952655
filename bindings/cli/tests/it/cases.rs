//! `kouling test`: the project's test vectors, failures, coverage and errors in case files.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn kouling(directory: &Path, arguments: &[&str]) -> Output {
    let run =
        Command::new(env!("CARGO_BIN_EXE_kouling")).arg("test").args(arguments).current_dir(directory).output();
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

fn directory(cases: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    fs::create_dir(directory.path().join("cases")).expect("a directory");
    fs::write(directory.path().join("cases/acme.toml"), POLICY).expect("a policy");
    fs::write(directory.path().join("cases.toml"), cases.replace("./acme.toml", "./cases/acme.toml"))
        .expect("cases");
    directory
}

#[test]
fn project_vectors_pass() {
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
fn coverage_names_unused_rules() {
    let directory = directory(CASES);
    let output = kouling(directory.path(), &["cases.toml", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let policy = &answer["policies"][0];
    assert_eq!(policy["never_exercised"], serde_json::json!(["repetition"]));
    assert_eq!(policy["could_be_deleted"], serde_json::json!(["repetition"]));
    assert_eq!(policy["by_rule"]["length"]["codes"]["length.too_short"], 1);
    assert_eq!(policy["by_rule"]["length"]["codes"]["length.too_long"], 0);
    let output = text(&kouling(directory.path(), &["cases.toml", "--coverage"]).stdout);
    for expected in [
        "4 cases: 4 passed, 0 failed",
        "rules that refuse no case: repetition",
        "length.too_short (1)",
        "length.too_long",
    ] {
        assert!(output.contains(expected), "{expected} in\n{output}");
    }
}

#[test]
fn failed_case_shows_the_difference_but_no_password() {
    let directory = directory(&CASES.replace("refused = []", "refused = [\"words.listed\"]"));
    let output = kouling(directory.path(), &["cases.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let stdout = text(&output.stdout);
    assert!(
        stdout.contains("cases.toml: good\n  refused\n    expected [\"words.listed\"]\n    actual   []"),
        "{stdout}"
    );
    assert!(!stdout.contains("Xk4"), "{stdout}");
}

#[test]
fn policy_option_replaces_the_policy_of_the_file() {
    let directory = directory(CASES);
    let output = kouling(directory.path(), &["cases.toml", "--policy", "minimal"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    fs::write(directory.path().join("bare.toml"), CASES.replace("policy = \"./acme.toml\"", "")).expect("cases");
    assert_eq!(kouling(directory.path(), &["bare.toml", "-p", "cases/acme.toml"]).status.code(), Some(0));
}

#[test]
fn error_in_case_file_has_a_position_but_no_password() {
    let with = |from: &str, to: &str| CASES.replacen(from, to, 1);
    let invalid = [
        (with("name = \"good\"", "name = \"too-short\""), "cases.toml:10:8: duplicate case name `too-short`"),
        (
            with("refused = []", "refusd = []"),
            "cases.toml:12:1: unknown key `refusd` [unknown-key]\n  help: did you mean `refused`?",
        ),
        (with("password = \"Xk4-horse\"", "pasword = \"Xk4-horse\""), "cases.toml:11:1: unknown key `pasword`"),
        (with("password = \"Xk4-horse\"", "password = \"Xk4-horse"), "cases.toml:11:22: "),
        (with("password = \"Xk4-horse\"", "password = 12"), "cases.toml:11:12: `password` must be a string"),
        (with("./acme.toml", "./none.toml"), "cases.toml:2:10: this policy does not load"),
        (with("policy = \"./acme.toml\"", ""), "cases.toml:4:1: the case has no policy"),
        (
            with("refused = []", "refused = []\nerror = \"nul\""),
            "cases.toml:13:9: `refused` and `error` are both set",
        ),
        (with("refused = []", "refused = []\npassword_hex = \"6\""), "cases.toml:13:16: invalid `password_hex`"),
        ("policy = \"standard\"".to_owned(), "cases.toml:1:1: the file has no `[[case]]`"),
    ];
    for (cases, expected) in invalid {
        let directory = directory(&cases);
        let output = kouling(directory.path(), &["cases.toml"]);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(expected), "{expected} in\n{stderr}");
        assert!(!stderr.contains("Xk4"), "{stderr}");
        assert!(output.stdout.is_empty());
    }
    assert_eq!(kouling(Path::new("."), &["none.toml"]).status.code(), Some(2));
    assert_eq!(kouling(directory(CASES).path(), &["cases.toml", "--policy", "nope"]).status.code(), Some(2));
}
