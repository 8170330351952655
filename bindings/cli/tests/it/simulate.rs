//! `kouling simulate`: the counts, and that no part of a password is printed.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::process::run;
use serde_json::{Value, json};

const POLICY: &str = r#"
format = 1
name = "acme</title><script>alert(1)</script>"
[password]
report = "first"
max_bytes = 40
[rules.length]
min = 8
[rules.characters]
min_classes = 2
[rules."<b onclick='x'>"]
kind = "pattern"
forbid = "x"
severity = "shadow"
[rules.personal]
"#;

fn kouling(directory: &Path, arguments: &[&str], corpus: &[u8]) -> Output {
    run(Command::new(env!("CARGO_BIN_EXE_kouling")).arg("simulate").args(arguments), directory, corpus)
}

fn directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("acme.toml"), POLICY).expect("a policy");
    fs::write(directory.path().join("old.toml"), "format = 1\nname = \"old\"\n[rules.length]\nmin = 4")
        .expect("a policy");
    directory
}

fn simulated(directory: &Path, arguments: &[&str], corpus: &[u8]) -> Value {
    let output = kouling(directory, &[arguments, &["--format", "json"]].concat(), corpus);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "no progress bar without a terminal");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

const CORPUS: &[u8] = b"abc\r\nabc1\nabcdefgh\nabcdefgx1\n\nnot\xff\nnul\0\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nzhangsan12";

#[test]
fn counts_are_correct() {
    let directory = directory();
    let answer = simulated(directory.path(), &["./acme.toml", "-", "--user", "username=zhangsan"], CORPUS);
    let number = |key: &str| answer[key].clone();
    assert_eq!([number("total"), number("accepted"), number("refused")], [json!(9), json!(1), json!(6)]);
    assert_eq!(number("could_not_judge_by"), json!({ "not_utf8": 1, "nul": 1 }));
    assert_eq!(number("refusal_rate"), json!(6.0 / 7.0));
    let rule = |name: &str| answer["by_rule"][name].clone();
    assert_eq!([rule("length")["refused"].clone(), rule("length")["sole_cause"].clone()], [json!(3), json!(1)]);
    assert_eq!(rule("characters")["refused"], 3);
    assert_eq!(rule("personal")["sole_cause"], 1);
    assert_eq!(rule("input")["sole_cause"], 1);
    assert_eq!(rule("<b onclick='x'>")["shadowed"], 1);
    assert_eq!(rule("<b onclick='x'>")["in_addition"], 1);
    assert_eq!(answer["codes"]["length.too_short"], 3);
    assert_eq!(answer["overlap"], json!([{ "rules": ["length", "characters"], "refused": 2 }]));
    assert_eq!(answer["lengths"][0], json!({ "value": 0, "accepted": 0, "refused": 1 }));
    assert!(rule("length")["time_ns"].is_number());
}

#[test]
fn counts_do_not_depend_on_threads_or_input() {
    let directory = directory();
    let mut corpus = Vec::new();
    for number in 0..30_000_u32 {
        corpus.extend_from_slice(format!("{}pw{}\n", "x".repeat(number as usize % 12), number % 977).as_bytes());
    }
    fs::write(directory.path().join("corpus.txt"), &corpus).expect("a corpus");
    let timeless = |threads: &str, file: &str| {
        let mut answer = simulated(
            directory.path(),
            &["./acme.toml", file, "--threads", threads, "--against", "./old.toml"],
            &corpus,
        );
        let whole = answer.as_object_mut().expect("an object");
        for key in ["seconds", "passwords_per_second", "threads"] {
            whole.remove(key).expect("a key");
        }
        for tally in ["", "/against"] {
            let rules = answer.pointer_mut(&format!("{tally}/by_rule")).and_then(Value::as_object_mut);
            for (_, rule) in rules.expect("rules") {
                rule["time_ns"] = Value::Null;
            }
        }
        answer
    };
    let one = timeless("1", "-");
    assert_eq!(one["total"], 30_000);
    assert_eq!(one["strength"]["one_in"], 16);
    assert_eq!(one, timeless("4", "-"));
    assert_eq!(one, timeless("2", "corpus.txt"));
}

#[test]
fn comparison_counts_changes_by_rule() {
    let directory = directory();
    let answer = simulated(directory.path(), &["./acme.toml", "-", "--against", "./old.toml"], CORPUS);
    let comparison = &answer["comparison"];
    // One policy refuses the long line before any rule; the other accepts it.
    assert_eq!(comparison["newly_refused"], 3, "{comparison}");
    assert_eq!(comparison["newly_accepted"], 0);
    assert_eq!(comparison["could_not_judge"], 2);
    assert_eq!(comparison["newly_refused_by_rule"], json!({ "input": 1, "length": 1, "characters": 1 }));
    let back = simulated(directory.path(), &["./old.toml", "-", "--against", "./acme.toml"], CORPUS);
    assert_eq!(back["comparison"]["newly_accepted_by_rule"], comparison["newly_refused_by_rule"]);
}

#[test]
fn lines_can_have_counts_and_users() {
    let directory = directory();
    let answer = simulated(
        directory.path(),
        &["./acme.toml", "--counts", "-"],
        b"     70 abc\n      5 abcdefg1\nno count\n",
    );
    assert_eq!([&answer["refused"], &answer["accepted"], &answer["could_not_judge_by"]["bad_line"]], [70, 5, 1]);
    let lines = "{\"password\": \"Lisi-horse\", \"user\": {\"username\": \"lisi\"}}\n\
                 {\"password\": \"Lisi-horse\", \"user\": {\"username\": \"wangwu\"}, \"count\": 3}\n{\"password\": 1}\n";
    let answer = simulated(directory.path(), &["./acme.toml", "--jsonl", "-"], lines.as_bytes());
    assert_eq!([&answer["refused"], &answer["accepted"], &answer["could_not_judge"]], [1, 3, 1]);
}

#[test]
fn report_is_self_contained_and_escaped() {
    let directory = directory();
    let corpus = [CORPUS, b"\nSecretHorse7\n"].concat();
    let arguments = ["./acme.toml", "-", "--against", "./old.toml", "--report", "report.html"];
    let output = kouling(directory.path(), &arguments, &corpus);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let report = fs::read_to_string(directory.path().join("report.html")).expect("a report");
    for no in ["<script", "<b onclick", "http:", "https:", "url(", "@import", " style=", "SecretHorse", "abcdefg"]
    {
        assert!(!report.contains(no), "{no}");
    }
    assert!(
        report.contains("&#60;script&#62;") && report.contains("<svg") && report.contains("prefers-color-scheme")
    );
    assert_eq!(report.matches("role=\"img\"").count(), report.matches("<svg").count());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.contains("sole cause") && !text.contains("SecretHorse"), "{text}");
}

#[test]
fn invalid_input_exits_with_2_without_output() {
    let directory = directory();
    for arguments in
        [&["./none.toml"][..], &["./acme.toml", "none.txt"], &["./acme.toml", "a", "b"], &["./acme.toml", "."]]
    {
        let output = kouling(directory.path(), arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
    let nothing = simulated(directory.path(), &["./acme.toml"], b"");
    assert_eq!([&nothing["total"], &nothing["refusal_rate"]], [&json!(0), &Value::Null]);
}
