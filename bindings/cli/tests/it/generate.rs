//! `kouling generate`: passwords on stdout, the entropy on stderr, and the exit status.

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

fn kouling(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kouling")).args(arguments).output().expect("the binary runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn check(policy: &str, password: &str) -> bool {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kouling"))
        .args(["check", "--policy", policy, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the binary runs");
    child.stdin.take().expect("stdin").write_all(password.as_bytes()).expect("written");
    child.wait().expect("it ends").success()
}

#[test]
fn generated_passwords_are_accepted_by_the_policy() {
    let output = kouling(&["generate", "idaas-classic", "--count", "3", "--readable"]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert_eq!(text.lines().count(), 3);
    assert!(text.lines().all(|password| check("idaas-classic", password)));
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(stderr.contains("bits each"), "{stderr}");
    assert!(text.lines().all(|password| !stderr.contains(password)));
}

#[test]
fn passphrase_has_the_requested_words() {
    let output = kouling(&["generate", "minimal", "--passphrase", "--words", "7", "--separator", "-"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&output).trim_end().split('-').count(), 7);
}

#[test]
fn json_describes_the_distribution() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("quotes.toml");
    fs::write(
        &path,
        "format = 1\n[rules.length]\nmin = 8\n[rules.characters]\nmin_classes = 1\nallowed = ['\"\\']\n",
    )
    .expect("written");
    let path = path.to_string_lossy();
    let output = kouling(&["generate", &path, "--length", "10", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let generated = &value["passwords"][0];
    assert_eq!(generated["entropy_bits"], 10.0);
    assert_eq!(generated["password"].as_str().map(str::len), Some(10));
    assert_eq!(value["distribution"]["exact"], true);
}

#[test]
fn impossible_policy_exits_with_1_and_failed_search_with_2() {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, rules: &str| {
        let path = directory.path().join(name);
        fs::write(&path, format!("format = 1\n{rules}")).expect("written");
        path.to_string_lossy().into_owned()
    };
    let clash =
        write("clash.toml", "[rules.length]\nmin = 12\n[rules.short]\nkind = \"length\"\nmin = 1\nmax = 8\n");
    let output = kouling(&["generate", &clash]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("`length`, `short`"));
    let hard = write("hard.toml", "[rules.length]\nmax = 8\n[rules.strength]\nmin_guesses = 30\n");
    let output = kouling(&["generate", &hard]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert_eq!(kouling(&["generate", "minimal", "--length", "4"]).status.code(), Some(1));
    assert_eq!(kouling(&["generate", "nothing.toml"]).status.code(), Some(2));
}
