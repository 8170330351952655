//! `kouling words`: building, inspecting and searching lists and filters.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::process::run;
use serde_json::Value;

fn kouling(directory: &Path, arguments: &[&str], stdin: &[u8]) -> Output {
    run(Command::new(env!("CARGO_BIN_EXE_kouling")).args(arguments), directory, stdin)
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("no signal")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn compiled_list_refuses_the_same_as_the_plain_one() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    fs::write(at.join("banned.txt"), "heronry\nSunDial\n").expect("written");
    let built = kouling(at, &["words", "build", "banned.txt", "--out", "banned.kwl", "--source", "our own"], b"");
    assert_eq!(code(&built), 0, "{built:?}");
    let status = json(&kouling(at, &["words", "status", "banned.kwl", "--format", "json"], b""));
    assert_eq!(
        (&status["words"], &status["source"], &status["whole"]),
        (&2.into(), &"our own".into(), &true.into())
    );
    for list in ["banned.txt", "banned.kwl"] {
        let policy = format!("format = 1\n[rules.words]\nlists = [\"./{list}\"]\n");
        fs::write(at.join("policy.toml"), policy).expect("written");
        for (password, refused) in [("SUNDIAL", 1), ("sundial77", 1), ("moonstone", 0)] {
            let checked = kouling(at, &["check", "policy.toml"], password.as_bytes());
            assert_eq!(code(&checked), refused, "{list} {password}");
        }
    }
}

#[test]
fn filter_of_passwords_refuses_them() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    let mut list = String::new();
    for number in 0..3_000 {
        list.push_str(&format!("leaked-{number}\n"));
    }
    list.push_str(&"often-seen\n".repeat(12));
    let built = kouling(at, &["words", "build", "-", "--filter", "--out", "leak.kbf"], list.as_bytes());
    assert_eq!(code(&built), 0, "{built:?}");
    let status =
        json(&kouling(at, &["words", "status", "leak.kbf", "--measure", "200000", "--format", "json"], b""));
    assert_eq!(status["passwords"], 3_001);
    assert_eq!(status["tiers"][1]["passwords"], 1);
    let found = status["measured"]["found"].as_u64().expect("a number");
    assert!(found < 40, "about 6 of 200,000 are found by chance, not {found}");
    fs::write(at.join("policy.toml"), "format = 1\n[rules.breached]\nfilter = \"./leak.kbf\"\n").expect("written");
    assert_eq!(code(&kouling(at, &["check", "policy.toml"], b"leaked-77")), 1);
    assert_eq!(code(&kouling(at, &["check", "policy.toml"], b"never-leaked-77")), 0);
    assert_eq!(code(&kouling(at, &["words", "find", "leak.kbf"], b"often-seen\n")), 0);
    assert_eq!(code(&kouling(at, &["words", "find", "leak.kbf"], b"seldom-seen\n")), 1);
}

#[test]
fn filter_of_sorted_hashes_finds_them() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    // SHA-1 of `password` and of `123456`, in the layout of Have I Been Pwned.
    let lines = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:52256179\r\n\
                 7C4A8D09CA3762AF61E59520943DC26494F8941B:209972844\r\n";
    fs::write(at.join("hashes.txt"), lines).expect("written");
    let build = ["words", "build", "hashes.txt", "--hashes", "--bits", "exact", "--out", "pwned.kbf"];
    let built = kouling(at, &build, b"");
    assert_eq!(code(&built), 0, "{built:?}");
    assert_eq!(code(&kouling(at, &["words", "find", "pwned.kbf"], b"password")), 0);
    assert_eq!(code(&kouling(at, &["words", "find", "pwned.kbf"], b"123456")), 0);
    assert_eq!(code(&kouling(at, &["words", "find", "pwned.kbf"], b"heron")), 1);

    fs::write(at.join("hashes.txt"), lines.replace("7C4A", "7C4X")).expect("written");
    let before = fs::read(at.join("pwned.kbf")).expect("a filter");
    let failed = kouling(at, &build, b"");
    assert_eq!(code(&failed), 2);
    assert!(String::from_utf8_lossy(&failed.stderr).contains("hashes.txt:2"), "{failed:?}");
    assert_eq!(
        fs::read(at.join("pwned.kbf")).expect("still there"),
        before,
        "a failed build does not replace the file"
    );
    let names: Vec<_> =
        fs::read_dir(at).expect("a directory").map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(names.len(), 2, "a temporary file is left: {names:?}");
}

#[test]
fn published_lists_are_read_or_refused_with_help() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    let builds = |list: &[u8], options: &[&str]| {
        fs::write(at.join("list.txt"), list).expect("written");
        kouling(at, &[&["words", "build", "list.txt", "--out", "list.kwl"], options].concat(), b"")
    };
    for list in [&b"    12 heronry\n     3 kites\n"[..], b"heronry:12\nkites:3", b"heronry \rkites\t\r"] {
        for options in [&[][..], &["--filter"]] {
            assert_eq!(code(&builds(list, options)), 0);
            let find = |word| code(&kouling(at, &["words", "find", "list.kwl"], word));
            assert_eq!((find(b"heronry"), find(b"kites"), find(b"wader")), (0, 0, 1));
        }
    }
    let refused = |list: &[u8], options: &[&str], message: &str| {
        let output = builds(list, options);
        assert_eq!(code(&output), 2, "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), message);
    };
    let hash = b"5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8\n";
    let help = "help: build a breach filter with `--hashes`, and use it in a `breached` rule\n";
    let hashes = "every line is a hash of 40 hexadecimal digits, which no password equals";
    refused(hash, &[], &format!("error: list.txt: {hashes}\n{help}"));
    let hashes = "the lines are hashes, which no password equals";
    refused(hash, &["--filter"], &format!("error: list.txt:1: {hashes}\n{help}"));
    let help = "help: add `--encoding latin-1` if the list is Latin-1; otherwise convert it to UTF-8\n";
    let lines = b"heron\ncaf\xE9\nna\xEFve\n";
    let message = "the word list is not UTF-8 in 2 lines, the first in line 2";
    refused(lines, &[], &format!("error: list.txt: {message}\n{help}"));
    refused(lines, &["--filter"], &format!("error: list.txt:2: the line is not UTF-8, like 1 more\n{help}"));
    for options in [&["--encoding", "latin-1"][..], &["--encoding", "latin-1", "--filter"]] {
        assert_eq!(code(&builds(lines, options)), 0);
        assert_eq!(code(&kouling(at, &["words", "find", "list.kwl"], "café".as_bytes())), 0);
    }
    let help = "help: SHA-1 hashes have 40 hexadecimal digits; NTLM hashes have 32 and need `--hash ntlm`\n";
    let message = format!("error: list.txt:1: invalid line; expected `HASH:COUNT` or `HASH`\n{help}");
    refused(b"8846F7EAEE8FB117AD06BDD830B7586C:7\n", &["--hashes"], &message);
}

#[test]
fn compressed_lists_are_read() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    // `printf 'heron\nkite\n' | gzip -n`, and the same with zstd.
    let gzip: &[u8] = &[
        31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 203, 72, 45, 202, 207, 227, 202, 206, 44, 73, 229, 2, 0, 154, 12, 185,
        24, 11, 0, 0, 0,
    ];
    let zstandard: &[u8] = &[
        40, 181, 47, 253, 36, 11, 89, 0, 0, 104, 101, 114, 111, 110, 10, 107, 105, 116, 101, 10, 127, 26, 199, 67,
    ];
    for file in [gzip, zstandard] {
        fs::write(at.join("list"), file).expect("written");
        for options in [&[][..], &["--filter"]] {
            let built = kouling(at, &[&["words", "build", "list", "--out", "built"], options].concat(), b"");
            assert_eq!(code(&built), 0, "{built:?}");
            assert_eq!(code(&kouling(at, &["words", "find", "built"], b"kite")), 0);
        }
        assert_eq!(code(&kouling(at, &["words", "find", "./list"], b"kite")), 0);
        fs::write(at.join("policy.toml"), "format = 1\n[rules.words]\nlists = [\"./list\"]\n").expect("written");
        assert_eq!(code(&kouling(at, &["check", "policy.toml"], b"kite")), 1);
        fs::write(at.join("list"), &file[..file.len() - 3]).expect("written");
        for options in [&[][..], &["--filter"]] {
            assert_eq!(
                code(&kouling(at, &[&["words", "build", "list", "--out", "cut"], options].concat(), b"")),
                2
            );
        }
        assert_eq!(code(&kouling(at, &["check", "policy.toml"], b"kite")), 2);
    }
}

#[test]
fn damaged_filter_exits_with_2() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    let built = kouling(at, &["words", "build", "-", "--filter", "--out", "leak.kbf"], b"heron\nkite\n");
    assert_eq!(code(&built), 0, "{built:?}");
    let mut bytes = fs::read(at.join("leak.kbf")).expect("a filter");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(at.join("leak.kbf"), &bytes).expect("written");
    let status = kouling(at, &["words", "status", "leak.kbf", "--format", "json"], b"");
    assert_eq!(code(&status), 1);
    assert_eq!(json(&status)["whole"], false);
    fs::write(at.join("policy.toml"), "format = 1\n[rules.breached]\nfilter = \"./leak.kbf\"\n").expect("written");
    let checked = kouling(at, &["check", "policy.toml"], b"anything at all");
    assert_eq!(code(&checked), 2);
    assert!(String::from_utf8_lossy(&checked.stderr).contains("[unavailable]"), "{checked:?}");
    fs::write(at.join("leak.kbf"), &bytes[..40]).expect("written");
    assert_eq!(code(&kouling(at, &["check", "policy.toml"], b"anything at all")), 2);
}

#[test]
fn missing_range_file_is_an_error() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    fs::create_dir(at.join("ranges")).expect("made");
    fs::write(at.join("ranges/00000.txt"), "0005AD76BD555C1D6D771DE417A4B87E4B4:10\r\n").expect("written");
    let built = kouling(at, &["words", "build", "ranges", "--out", "pwned.kbf"], b"");
    assert_eq!(code(&built), 2);
    assert!(String::from_utf8_lossy(&built.stderr).contains("`00001`"), "{built:?}");
    assert!(!at.join("pwned.kbf").exists());
}
