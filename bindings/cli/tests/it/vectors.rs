//! The project's evaluation vectors through `kouling check`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use kouling::analysis::lint::lint_pages;
use kouling_vector_runner::evaluation::{self, Case, LANGUAGES, NOW, Observed, Violation, cases};
use kouling_vector_runner::explanation;
use kouling_vector_runner::lint;
use serde_json::{Value, json};

use crate::process::run;

const KOULING: &str = env!("CARGO_BIN_EXE_kouling");

/// Runs `kouling check` for one case. `directory` is a temporary directory for its files.
fn check(case: &Case, language: &str, directory: &Path) -> Output {
    let mut user = serde_json::Map::new();
    user.extend(case.user.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))));
    let previous = case.previous.iter().map(|previous| match previous.parts() {
        (hash, Some(at)) => json!({ "hash": hash, "at": at }),
        (hash, None) => hash.into(),
    });
    user.insert("previous".to_owned(), previous.collect());
    fs::write(directory.join("user.json"), Value::from(user).to_string()).expect("a user file");
    let policy = case.preset.clone().unwrap_or_else(|| {
        fs::write(directory.join("policy.toml"), &case.policy).expect("a policy file");
        "./policy.toml".to_owned()
    });
    // The standard library cannot pass descriptor 3 to a child process; a shell can.
    let mut command = match &case.current {
        Some(current) => {
            // One trailing line end is removed, so a password that ends in one needs another.
            fs::write(directory.join("current"), format!("{current}\n")).expect("a file of the current password");
            let mut shell = Command::new("sh");
            shell.args(["-c", "exec \"$@\" --current-fd 3 3<current", "sh", KOULING]);
            shell
        }
        None => Command::new(KOULING),
    };
    let now = format!("--now={}", case.now.unwrap_or(NOW));
    command.args(["check", "--policy", &policy, "--format", "json", "--language", language, "--exact"]).args([
        "--user-file",
        "user.json",
        &now,
        "-",
    ]);
    command.args(case.password_set.map(|at| format!("--password-set={at}")));
    run(&mut command, directory, &case.bytes())
}

fn texts(list: &Value, key: &str) -> Vec<String> {
    let items = list.as_array().expect("a list");
    items.iter().map(|item| item[key].as_str().expect("a text").to_owned()).collect()
}

/// The observed result of a case, in each language.
fn seen(case: &Case, directory: &Path) -> Observed {
    let mut seen = Observed::default();
    for language in LANGUAGES {
        let output = check(case, language, directory);
        let stderr = String::from_utf8_lossy(&output.stderr);
        if output.status.code() == Some(2) {
            assert!(output.stdout.is_empty(), "{}: an error, but stdout is not empty", case.name);
            let kind =
                stderr.trim_end().strip_suffix(']').and_then(|text| text.rsplit_once('[')).map(|(_, kind)| kind);
            seen.error = Some(kind.unwrap_or(&stderr).to_owned());
            continue;
        }
        assert!(stderr.is_empty(), "{}: {stderr}", case.name);
        let answer: Value = serde_json::from_slice(&output.stdout).expect("an answer in JSON");
        assert_eq!(
            answer["accepted"],
            output.status.success(),
            "{}: `accepted` and the exit status differ",
            case.name
        );
        let violations = answer["violations"].as_array().expect("a list");
        seen.refused.resize(violations.len(), Violation::default());
        for (violation, said) in seen.refused.iter_mut().zip(violations) {
            violation.code = said["code"].as_str().expect("a code").to_owned();
            violation.wire = said["wire"].as_str().expect("a code").to_owned();
            let numbers = said["numbers"].as_object().expect("numbers").iter();
            violation.numbers =
                numbers.map(|(name, number)| (name.clone(), number.as_u64().expect("a number"))).collect();
            violation
                .messages
                .insert(language.to_owned(), said["message"].as_str().expect("a message").to_owned());
        }
        seen.warned = texts(&answer["warnings"], "code");
        seen.notes = texts(&answer["notes"], "code");
    }
    seen
}

#[test]
fn check_agrees_with_every_vector() {
    let cases = cases();
    let next = AtomicUsize::new(0);
    let all: Mutex<BTreeMap<String, Observed>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let directory = tempfile::tempdir().expect("a directory");
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let seen = seen(case, directory.path());
                    all.lock().expect("no panic").insert(case.name.clone(), seen);
                }
            });
        }
    });
    let mut all = all.into_inner().expect("no panic");
    evaluation::run(|case| all.remove(&case.name)).finish(0);
}

#[test]
fn explain_agrees_with_every_vector() {
    let directory = tempfile::tempdir().expect("a directory");
    let explain = |case: &explanation::Case, language: &str| {
        fs::write(directory.path().join("policy.toml"), &case.policy).expect("a policy file");
        let mut command = Command::new(KOULING);
        command.args(["explain", "./policy.toml", "--format", "json", "--language", language]);
        command.arg(format!("--now={NOW}"));
        command.args(case.user.iter().map(|(name, value)| format!("--user={name}={value}")));
        let output = run(&mut command, directory.path(), case.password.as_bytes());
        serde_json::from_slice(&output.stdout).expect("an explanation in JSON")
    };
    explanation::run(explain).finish(0);
}

#[test]
fn lint_agrees_with_every_vector() {
    let kinds: Vec<lint::Kind> = lint_pages()
        .iter()
        .map(|page| lint::Kind {
            id: page.id,
            prevents_loading: page.prevents_loading,
            is_waivable: page.waivable,
        })
        .collect();
    let directory = tempfile::tempdir().expect("a directory");
    lint::run(&kinds, |question| {
        for (name, contents) in question.files {
            fs::write(directory.path().join(name), contents.bytes()).expect("a file of the case");
        }
        fs::write(directory.path().join("policy.toml"), question.policy).expect("a policy file");
        let mut command = Command::new(KOULING);
        command.args(["lint", "./policy.toml", "--format", "json", "--now", question.now]);
        let output = run(&mut command, directory.path(), b"");
        let answer: Value = serde_json::from_slice(&output.stdout).expect("findings in JSON");
        let findings = answer["findings"].as_array().expect("a list");
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let observed = findings.iter().map(|finding| lint::Observed {
            id: text(&finding["id"]).expect("an id"),
            level: text(&finding["level"]).expect("a level"),
            at: format!("{}:{}:{}", text(&finding["file"]).expect("a file"), finding["line"], finding["column"]),
            preset: text(&finding["preset"]),
            setting: text(&finding["setting"]).expect("a setting"),
            from: text(&finding["from"]),
            message: text(&finding["message"]).expect("a message"),
            is_waived: finding["waiver"].is_object(),
        });
        let observed: Vec<lint::Observed> = observed.collect();
        let fails = observed.iter().any(|found| found.level == "error" && !found.is_waived);
        assert_eq!(output.status.code(), Some(i32::from(fails)), "{}", question.name);
        observed
    })
    .finish(0);
}

#[test]
fn trailing_line_end_is_removed_unless_exact() {
    let check = |more: &[&str], password: &str| {
        let mut command = Command::new(KOULING);
        command.args(["check", "minimal", "--format", "json"]).args(more);
        run(&mut command, Path::new("."), password.as_bytes()).status.code()
    };
    assert_eq!(check(&[], "abcdefgh\n"), Some(0));
    assert_eq!(check(&[], "abcdefgh\r\n"), Some(0));
    assert_eq!(check(&["--exact"], "abcdefgh\n"), Some(1));
}

#[test]
fn byte_order_mark_is_removed_unless_exact() {
    let check = |more: &[&str], password: &str| {
        let mut command = Command::new(KOULING);
        command.args(["check", "standard"]).args(more);
        let output = run(&mut command, Path::new("."), password.as_bytes());
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, error) = check(&[], "\u{FEFF}Grey-Heron-41x\r\n");
    assert_eq!(code, Some(0));
    assert_eq!(error, "kouling: ignored the byte order mark at the beginning of stdin\n");
    let (code, error) = check(&[], "Grey-Heron-41x\n");
    assert_eq!((code, error.as_str()), (Some(0), ""));
    // Part of the password, which the preset refuses.
    let (code, error) = check(&["--exact"], "\u{FEFF}Grey-Heron-41x");
    assert_eq!((code, error.as_str()), (Some(1), ""));
}
