//! The vectors of judgements through the command line, all of them: `kouling check` as a process.
#![allow(clippy::panic, clippy::expect_used)]

mod process;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use kouling_vector_runner::evaluation::{Case, NOW, Observed, Violation, cases, run};
use serde_json::{Value, json};

const KOULING: &str = env!("CARGO_BIN_EXE_kouling");

/// Runs one judgement in a folder of its own.
fn check(case: &Case, language: &str, folder: &Path) -> Output {
    let mut user = serde_json::Map::new();
    user.extend(case.user.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))));
    let previous = case.previous.iter().map(|previous| match previous.parts() {
        (hash, Some(at)) => json!({ "hash": hash, "at": at }),
        (hash, None) => hash.into(),
    });
    user.insert("previous".to_owned(), previous.collect());
    fs::write(folder.join("user.json"), Value::from(user).to_string()).expect("a user file");
    let policy = case.preset.clone().unwrap_or_else(|| {
        fs::write(folder.join("policy.toml"), &case.policy).expect("a policy file");
        "./policy.toml".to_owned()
    });
    // A shell passes descriptor 3 on, which the standard library cannot do.
    let mut command = match &case.current {
        Some(current) => {
            // A line end behind it is not part of it, so that one which is part of it needs another.
            fs::write(folder.join("current"), format!("{current}\n")).expect("a file of the current password");
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
    process::run(&mut command, folder, &case.bytes())
}

fn texts(list: &Value, key: &str) -> Vec<String> {
    let items = list.as_array().expect("a list");
    items.iter().map(|item| item[key].as_str().expect("a text").to_owned()).collect()
}

/// What a case looks like from outside, asked in each language.
fn seen(case: &Case, folder: &Path) -> Observed {
    let mut seen = Observed::default();
    for language in ["en", "zh"] {
        let output = check(case, language, folder);
        let told = String::from_utf8_lossy(&output.stderr);
        if output.status.code() == Some(2) {
            assert!(output.stdout.is_empty(), "{}: no answer, and something on stdout", case.name);
            let kind =
                told.trim_end().strip_suffix(']').and_then(|told| told.rsplit_once('[')).map(|(_, kind)| kind);
            seen.error = Some(kind.unwrap_or(&told).to_owned());
            continue;
        }
        assert!(told.is_empty(), "{}: {told}", case.name);
        let answer: Value = serde_json::from_slice(&output.stdout).expect("an answer in JSON");
        assert_eq!(answer["accepted"], output.status.success(), "{}: answer and exit code", case.name);
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
fn every_vector_is_judged_as_it_says() {
    let cases = cases();
    let next = AtomicUsize::new(0);
    let all: Mutex<BTreeMap<String, Observed>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let folder = tempfile::tempdir().expect("a folder");
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let seen = seen(case, folder.path());
                    all.lock().expect("no panic").insert(case.name.clone(), seen);
                }
            });
        }
    });
    let mut all = all.into_inner().expect("no panic");
    run(|case| all.remove(&case.name)).finish(0);
}

#[test]
fn a_line_end_is_stripped_unless_every_byte_counts() {
    let judge = |more: &[&str], password: &str| {
        let mut command = Command::new(KOULING);
        command.args(["check", "minimal", "--format", "json"]).args(more);
        process::run(&mut command, Path::new("."), password.as_bytes()).status.code()
    };
    assert_eq!(judge(&[], "abcdefgh\n"), Some(0));
    assert_eq!(judge(&[], "abcdefgh\r\n"), Some(0));
    assert_eq!(judge(&["--exact"], "abcdefgh\n"), Some(1));
}
