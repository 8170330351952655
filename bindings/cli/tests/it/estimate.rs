//! `kouling estimate`: one line per password, in order, and no part of a password in the output.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::process::run;

fn kouling(directory: &Path, arguments: &[&str], stdin: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kouling"));
    let now: &[&str] = if arguments.contains(&"--now") { &[] } else { &["--now", "2026-11-23"] };
    run(command.arg("estimate").args(now).args(arguments), directory, stdin)
}

/// Runs the command, expects success, and returns the lines.
fn lines(arguments: &[&str], stdin: &[u8]) -> Vec<Value> {
    let output = kouling(Path::new("."), arguments, stdin);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    parsed(&output)
}

fn parsed(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object on one line")).collect()
}

fn guesses(value: &Value) -> f64 {
    value["guesses_log10"].as_f64().expect("a number")
}

#[test]
fn one_password_is_read_like_that_of_check() {
    let [one] = lines(&[], "Sunshine-heron密码\r\n".as_bytes()).try_into().expect("one line");
    assert_eq!(one["score"], 3);
    assert_eq!(one["complete"], true);
    let parts = one["parts"].as_array().expect("a list");
    assert_eq!(parts[0], json!({ "kind": "word", "from": 1, "to": 8 }));
    assert_eq!(parts.last().expect("a part")["to"], 16, "{parts:?}");
    let guesses = guesses(&one);
    assert!((guesses * 100.0 - (guesses * 100.0).round()).abs() < 1e-6, "{guesses} has two decimals");
    let exact = &lines(&["--exact"], b"a\r")[0];
    assert_eq!(exact["parts"].as_array().expect("a list").last().expect("a part")["to"], 2);

    let output = kouling(Path::new("."), &[], b"Sunshine\nheron\n");
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true));
    let error = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(error, "error: the password has several lines\nhelp: write `-` to read a list from stdin\n");
    let output = kouling(Path::new("."), &[], b"\xff");
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true));
    assert_eq!(String::from_utf8(output.stderr).expect("UTF-8"), "error: the password is not UTF-8\n");
}

#[test]
fn list_gives_one_line_per_password_in_order() {
    let short = lines(&["-"], b"password\r\n\n$HEX[70617373776f7264]\nkx8Vq2mZr0Tq");
    assert_eq!(short.len(), 4);
    assert_eq!(short[0], short[2], "$HEX[…] is decoded");
    assert_eq!(
        short[1],
        json!({ "guesses_log10": 0.0, "score": 0, "complete": true, "parts": [] }),
        "an empty password"
    );
    assert!(guesses(&short[3]) > 10.0);
    // Several batches on several threads.
    let place = |number: usize| if number.is_multiple_of(500) { 3 } else { 1 };
    let text = ["", "", "", "kx8Vq2mZr0Tq"];
    let list: String = (0..20_000).map(|number| format!("{}\n", text[place(number)])).collect();
    let long = lines(&["-", "--threads", "3"], list.as_bytes());
    assert_eq!(long.len(), 20_000);
    assert!((0..).zip(&long).all(|(number, line)| *line == short[place(number)]));
}

#[test]
fn invalid_lines_are_reported_with_their_place() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut list = b"password\nnot-\xff-utf8\nnul-\0\n".to_vec();
    list.extend("a".repeat(4097).bytes());
    list.extend(b"\n");
    list.extend("a".repeat(4096).bytes());
    list.extend(b"\n$HEX[ff]\n");
    fs::write(directory.path().join("list.txt"), &list).expect("a list");
    let output = kouling(directory.path(), &["list.txt"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr.clone()).expect("UTF-8"),
        "error: list.txt:2: the password is not UTF-8\n\
         error: list.txt:3: the password contains a NUL\n\
         error: list.txt:4: the password is longer than 4096 bytes\n\
         error: list.txt:6: the password is not UTF-8\n\
         error: list.txt: 4 of 6 passwords could not be evaluated\n"
    );
    let lines = parsed(&output);
    let errors: Vec<&Value> = lines.iter().map(|line| &line["error"]).collect();
    assert_eq!(
        errors,
        [
            &Value::Null,
            &json!("not_utf8"),
            &json!("nul"),
            &json!("too_many_bytes"),
            &Value::Null,
            &json!("not_utf8")
        ]
    );
    assert_eq!(lines[4]["complete"], false);

    let output = kouling(directory.path(), &["-"], &b"\xff\n".repeat(1000));
    let errors = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(errors.lines().count(), 11, "only the first errors are reported one by one");
    assert!(errors.ends_with("error: -: 1000 of 1000 passwords could not be evaluated\n"), "{errors}");
}

#[test]
fn user_words_and_year_change_the_estimate() {
    let estimate = |arguments: &[&str]| lines(&[arguments, &["-"]].concat(), b"qzorvexil-1987\n").remove(0);
    let plain = estimate(&[]);
    for arguments in [&["--user", "username=qzorvexil"][..], &["--word", "qzorvexil"]] {
        let known = estimate(arguments);
        assert!(guesses(&known) < guesses(&plain) - 2.0, "{arguments:?}: {known} {plain}");
        assert_eq!(known["parts"][0], json!({ "kind": "input", "from": 1, "to": 9 }));
    }
    let json = br#"{"password": "qzorvexil-1987", "user": {"username": "qzorvexil"}}
{"password": "qzorvexil-1987"}
{}
"#;
    let output = kouling(Path::new("."), &["--jsonl", "-"], json);
    let lines_of_json = parsed(&output);
    assert_eq!(lines_of_json[..2], [estimate(&["--user", "username=qzorvexil"]), plain]);
    assert_eq!(lines_of_json[2], json!({ "error": "bad_line" }));
    let year = |now: &str| guesses(&lines(&["--now", now, "-"], b"2011\n")[0]);
    assert!(year("2011-06-01") < year("2090-06-01"));
}

#[test]
fn compressed_list_is_read() {
    let directory = tempfile::tempdir().expect("a directory");
    // `printf 'heron\nkite\n' | gzip -n`, and the same with zstd.
    let gzip: &[u8] = &[
        31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 203, 72, 45, 202, 207, 227, 202, 206, 44, 73, 229, 2, 0, 154, 12, 185,
        24, 11, 0, 0, 0,
    ];
    let zstandard: &[u8] = &[
        40, 181, 47, 253, 36, 11, 89, 0, 0, 104, 101, 114, 111, 110, 10, 107, 105, 116, 101, 10, 127, 26, 199, 67,
    ];
    for bytes in [gzip, zstandard] {
        fs::write(directory.path().join("list"), bytes).expect("a list");
        let output = kouling(directory.path(), &["list"], b"");
        assert_eq!(parsed(&output), lines(&["-"], b"heron\nkite\n"));
        assert_eq!(parsed(&kouling(directory.path(), &["-"], bytes)), parsed(&output));
    }
    fs::write(directory.path().join("list"), &gzip[..gzip.len() - 9]).expect("a list");
    let output = kouling(directory.path(), &["list"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).expect("UTF-8").starts_with("error: list: "));
}

#[test]
fn output_has_no_part_of_a_password() {
    let directory = tempfile::tempdir().expect("a directory");
    let list = "Canary-5f2c\nzq密码vx\nnot-\u{0}-Canary\n".to_owned() + &"Canary".repeat(1000) + "\n";
    fs::write(directory.path().join("list.txt"), list).expect("a list");
    let user = ["--user", "username=Canary", "--word", "5f2c"];
    for (arguments, stdin) in
        [(&["list.txt"][..], ""), (&[], "Canary-5f2c"), (&[], "Canary\nCanary"), (&["nope/list"], "")]
    {
        let output = kouling(directory.path(), &[arguments, &user[..]].concat(), stdin.as_bytes());
        for text in
            [String::from_utf8(output.stdout).expect("UTF-8"), String::from_utf8(output.stderr).expect("UTF-8")]
        {
            let lower = text.to_lowercase();
            assert!(!["canary", "5f2c", "密码", "zq", "vx"].iter().any(|part| lower.contains(part)), "{text}");
        }
    }
}
