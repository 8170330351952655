//! What all commands have in common: arguments, help, man pages and the form of the output.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::process::run;

const COMMANDS: [&str; 15] = [
    "check",
    "explain",
    "estimate",
    "lint",
    "rules",
    "schema",
    "words",
    "comply",
    "describe",
    "test",
    "simulate",
    "generate",
    "import",
    "diff",
    "completions",
];

fn kouling(directory: &Path, arguments: &[&str]) -> Output {
    run(Command::new(env!("CARGO_BIN_EXE_kouling")).args(arguments), directory, b"Blue-heron-1977")
}

fn stderr(arguments: &[&str]) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    let output = kouling(directory.path(), arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

fn stdout(directory: &Path, arguments: &[&str]) -> String {
    String::from_utf8(kouling(directory, arguments).stdout).expect("UTF-8")
}

#[test]
fn unknown_preset_lists_the_presets_without_a_snippet() {
    let commands: [&[&str]; 10] = [
        &["check", "nope"],
        &["check", "--policy", "nope", "-"],
        &["explain", "nope"],
        &["lint", "nope"],
        &["lint", "--print", "nope"],
        &["describe", "nope"],
        &["comply", "nope"],
        &["simulate", "standard", "--against", "nope"],
        &["generate", "nope"],
        &["diff", "standard", "nope"],
    ];
    for arguments in commands {
        let text = stderr(arguments);
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("error: unknown preset `nope`; available: standard, "), "{arguments:?}: {text}");
        assert!(first.contains("minimal") && text.contains("`./nope`"), "{text}");
        assert!(!text.contains("1:1") && !text.contains("-->"), "{arguments:?}: {text}");
    }
}

#[test]
fn missing_policy_file_has_no_position() {
    let commands: [&[&str]; 5] = [
        &["check", "nope.toml"],
        &["lint", "nope.toml"],
        &["lint", "--layers", "nope.toml"],
        &["comply", "nope.toml"],
        &["diff", "standard", "nope.toml"],
    ];
    for arguments in commands {
        let text = stderr(arguments);
        assert!(text.starts_with("error: ") && text.contains("`nope.toml`"), "{arguments:?}: {text}");
        assert!(!text.contains("1:1") && !text.contains("-->"), "{arguments:?}: {text}");
    }
}

#[test]
fn diff_names_the_policy_that_does_not_load() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("bad.toml"), "format = 1\n[rules.length]\nmim = 8\n").expect("written");
    for arguments in [["diff", "bad.toml", "standard"], ["diff", "standard", "bad.toml"]] {
        let output = kouling(directory.path(), &arguments);
        let text = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(text.contains("bad.toml:3:1"), "{text}");
        assert!(text.ends_with("error: the policy `bad.toml` does not load\n"), "{text}");
        assert_eq!(text.matches("bad.toml:3:1").count(), 1, "{text}");
    }
}

#[test]
fn second_policy_or_password_argument_is_refused_and_not_repeated() {
    for command in ["check", "explain"] {
        for arguments in
            [&[command, "standard", "Secret-horse-7"][..], &[command, "-p", "standard", "Secret-horse-7"]]
        {
            let text = stderr(arguments);
            assert!(text.contains("unexpected argument") && text.contains("`standard`"), "{text}");
            assert!(text.contains("stdin") && text.contains("--fd"), "{text}");
            assert!(!text.contains("Secret"), "{text}");
        }
    }
    assert!(stderr(&["describe", "a", "b"]).contains("unexpected argument 'b'"));
}

#[test]
fn text_output_has_no_trailing_blanks() {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| fs::write(directory.path().join(name), text).expect("written");
    write(
        "pin.toml",
        "format = 1\n[rules.length]\nmin = 6\nmax = 6\n[rules.characters]\nmin_classes = 1\nallowed = [\"digit\"]\n",
    );
    write("no-nine.toml", "format = 1\n[rules.characters]\nmin_classes = 1\nforbidden = [\"9\"]\n");
    write(
        "cases.toml",
        "policy = \"./pin.toml\"\n[[case]]\nname = \"letters\"\npassword = \"abcdef\"\n\
         refused = [\"characters.not_allowed\"]\n",
    );
    write("list.txt", "abcdef\n123456\nZhang-san-77\n");
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["explain", "pin.toml"],
        vec!["estimate", "list.txt"],
        vec!["describe", "pin.toml"],
        vec!["describe", "pin.toml", "--language", "zh"],
        vec!["lint", "pin.toml"],
        vec!["lint", "--layers", "pin.toml"],
        vec!["lint", "--print", "pin.toml"],
        vec!["check", "pin.toml"],
        vec!["comply", "pin.toml"],
        vec!["test", "cases.toml", "--coverage"],
        vec!["simulate", "pin.toml", "list.txt", "--against", "no-nine.toml"],
        vec!["diff", "pin.toml", "no-nine.toml"],
        vec!["rules"],
        vec!["words", "lists"],
        vec!["words", "build", "list.txt", "--out", "list.kwl"],
        vec!["words", "status", "list.kwl"],
    ];
    let no_nine = stdout(directory.path(), &["describe", "no-nine.toml"]);
    assert!(no_nine.contains("characters: 9\n"), "{no_nine}");
    let kinds = stdout(directory.path(), &["rules"]);
    let kinds: Vec<&str> = kinds.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(kinds.contains(&"length") && kinds.len() > 15);
    commands.extend(kinds.iter().map(|kind| vec!["rules", kind]));
    for arguments in commands {
        let text = stdout(directory.path(), &arguments);
        assert!(!text.is_empty(), "{arguments:?}");
        for line in text.lines() {
            assert_eq!(line, line.trim_end(), "{arguments:?}");
            assert!(!line.contains("crate::"), "{arguments:?}: {line}");
        }
    }
}

#[test]
fn help_of_options_has_no_full_stop() {
    let directory = tempfile::tempdir().expect("a directory");
    let main = stdout(directory.path(), &["--help"]);
    assert!(main.contains("Exit status: 0 success/accepted, 1 rejected/findings, 2 error."), "{main}");
    let manual = include_str!("../../README.md");
    for command in COMMANDS {
        assert!(main.contains(&format!("\n  {command} ")), "{command}");
        assert!(manual.contains(&format!("\n| `{command}` | ")), "{command} is missing in bindings/cli/README.md");
        let short = stdout(directory.path(), &[command, "-h"]);
        let long = stdout(directory.path(), &["help", command]);
        assert!(long.len() > short.len() || command == "words", "{command}");
        let described = short.lines().take_while(|line| !line.starts_with("Exit status"));
        for line in described.filter(|line| !line.is_empty()) {
            assert!(!line.ends_with('.') || line.ends_with("..."), "{command}: {line}");
        }
        assert!(long.contains("Example"), "{command}: {long}");
    }
}

#[test]
fn comply_help_lists_every_standard() {
    let error = stderr(&["comply", "minimal", "--standard", "nope"]);
    let (_, available) = error.trim_end().split_once("unknown standard `nope`; available: ").expect("a list");
    let directory = tempfile::tempdir().expect("a directory");
    assert!(
        stdout(directory.path(), &["help", "comply"]).contains(&format!("Standards: {available}.\n")),
        "{available}"
    );
}

#[test]
fn man_pages_cover_every_command() {
    let directory = tempfile::tempdir().expect("a directory");
    let output = kouling(directory.path(), &["man", "share/man1"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let page = |name: &str| {
        let path = directory.path().join("share/man1").join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let main = page("kouling.1");
    assert!(main.contains(".TH kouling 1") && main.contains(".SH \"EXIT STATUS\""), "{main}");
    for command in COMMANDS {
        assert!(main.contains(&format!("kouling\\-{command}(1)")), "{command}");
        let page = page(&format!("kouling-{command}.1"));
        assert!(page.contains(&format!("kouling {command}")), "{command}: {page}");
        assert!(page.contains(".SH EXAMPLE"), "{command}: {page}");
    }
    assert!(page("kouling-words-build.1").contains("min\\-count"));
}
