//! `kouling diff`: verdict, output and exit status.

use std::fs;
use std::process::{Command, Output};

struct Directory(tempfile::TempDir);

impl Directory {
    fn new() -> Directory {
        Directory(tempfile::tempdir().expect("a directory"))
    }

    fn write(&self, name: &str, rules: &str) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, format!("format = 1\n{rules}")).expect("written");
        path.to_string_lossy().into_owned()
    }
}

fn diff(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kouling")).arg("diff").args(arguments).output().expect("the binary runs")
}

#[test]
fn verdict_tighter_succeeds_and_looser_fails() {
    let directory = Directory::new();
    let short = directory.write("short.toml", "[rules.length]\nmin = 8\n");
    let long = directory.write("long.toml", "[rules.length]\nmin = 12\n");
    let output = diff(&[&short, &long]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.starts_with("tighter (proven)\n"), "{text}");
    assert!(text.contains("rules.length.min") && text.contains("[length.too_short]"), "{text}");
    assert!(text.contains("long.toml:3"), "{text}");
    assert!(output.stderr.is_empty());
    let output = diff(&[&long, &short, "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(value["verdict"], "looser");
    assert_eq!(value["exact"], true);
    assert_eq!(value["changes"][0]["old"], "12");
    assert_eq!(value["witnesses"][0]["refusals"][0]["code"], "length.too_short");
}

#[test]
fn verdict_same_succeeds_only_if_proven() {
    let directory = Directory::new();
    let plain = directory.write("plain.toml", "[rules.length]\nmin = 8\n");
    let said = directory.write("said.toml", "[rules.length]\nmin = 8\nmessage.en = \"eight or more\"\n");
    let output = diff(&[&plain, &said]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stdout).contains("only messages and warnings differ"));
    let old = directory.write("old.toml", "[rules.p]\nkind = \"pattern\"\nforbid = \"(?i)acme\"\n");
    let new = directory.write("new.toml", "[rules.p]\nkind = \"pattern\"\nforbid = \"(?i)a[c]me\"\n");
    let output = diff(&[&old, &new]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("same (observed)"));
    assert_eq!(diff(&[&old, "nothing.toml"]).status.code(), Some(2));
}

#[test]
fn looser_reset_fails() {
    let directory = Directory::new();
    let old = directory.write("old.toml", "[rules.length]\n");
    let new = directory.write("new.toml", "[rules.length]\n[reset.code]\nlifetime = \"24h\"\n");
    let output = diff(&[&old, &new]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("reset.code.lifetime"));
}
