//! `kouling lint` and `kouling comply`: exit status, output formats and positions.

use std::process::{Command, Output};

use serde_json::Value;

fn kouling(arguments: &[&str]) -> (i32, String) {
    let Output { status, stdout, .. } =
        Command::new(env!("CARGO_BIN_EXE_kouling")).args(arguments).output().expect("the program runs");
    (status.code().expect("an exit code"), String::from_utf8(stdout).expect("UTF-8"))
}

fn policy(directory: &tempfile::TempDir, text: &str) -> String {
    let path = directory.path().join("口令 policy.toml");
    std::fs::write(&path, format!("format = 1\n{text}")).expect("written");
    path.to_str().expect("UTF-8").to_owned()
}

#[test]
fn lint_exit_status_depends_on_the_worst_finding() {
    let directory = tempfile::tempdir().expect("a directory");
    assert_eq!(kouling(&["lint", &policy(&directory, "[rules.length]\nmin = 15\n")]).0, 0);
    let warned = policy(&directory, "[expiry]\n");
    assert_eq!(kouling(&["lint", &warned]).0, 0);
    assert_eq!(kouling(&["lint", "--strict", &warned]).0, 1);
    assert_eq!(kouling(&["lint", &policy(&directory, "[rules.length]\nmin = 0\n")]).0, 1);
    assert_eq!(kouling(&["lint", "./not-there.toml"]).0, 2);
    assert_eq!(kouling(&["lint", "--explain", "code-guessable"]).0, 0);
    assert_eq!(kouling(&["lint", "--explain", "nothing"]).0, 2);
}

#[test]
fn sarif_result_has_a_rule_and_a_region() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = policy(&directory, "rules = { \"口令\" = { kind = \"pattern\", forbid = \"a*\" } }\n");
    let (code, text) = kouling(&["lint", "--format", "sarif", &path]);
    assert_eq!(code, 1);
    let log: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    assert!(!results.is_empty());
    for result in results {
        let rule = &rules[result["ruleIndex"].as_u64().expect("an index") as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["help"]["text"].is_string());
    }
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert!(
        place["artifactLocation"]["uri"].as_str().expect("a URI").ends_with("%E5%8F%A3%E4%BB%A4%20policy.toml")
    );
    let columns = (&place["region"]["startColumn"], &place["region"]["endColumn"]);
    assert_eq!(columns, (&Value::from(47), &Value::from(51)));
}

#[test]
fn layers_name_the_source_and_the_printed_policy_loads() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = policy(&directory, "extends = \"standard\"\n[rules.length]\nmin = 12\n");
    let (code, text) = kouling(&["lint", "--layers", &path]);
    assert_eq!(code, 0);
    let line = |key: &str| text.lines().find(|line| line.starts_with(key)).unwrap_or_else(|| panic!("{text}"));
    assert!(line("rules.length.min = 12").ends_with("policy.toml:4"));
    assert!(line("rules.length.max = 64").ends_with("standard:7"));
    let (_, printed) = kouling(&["lint", "--print", &path]);
    let again = directory.path().join("printed.toml");
    std::fs::write(&again, &printed).expect("written");
    assert_eq!(kouling(&["lint", "--print", again.to_str().expect("UTF-8")]), (0, printed));
}

#[test]
fn comply_reports_violations_and_conflicts() {
    assert_eq!(kouling(&["comply", "nist-800-63b-4", "--standard", "nist-800-63b-4"]).0, 0);
    let (code, text) =
        kouling(&["comply", "nist-800-63b-4", "--standard", "nist-800-63b-4", "pci-dss-4", "--format", "json"]);
    assert_eq!(code, 1);
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(answer["standards"][0]["broken"], 0);
    assert_eq!(answer["conflicts"][0]["other"]["id"], "8.3.6-composition");
    let ad = ["comply", "microsoft-ad", "--standard", "microsoft-ad"];
    let (code, text) = kouling(&ad);
    assert_eq!(code, 0);
    assert!(text.contains("  by host   MaximumPasswordAge"), "{text}");
    assert!(text.contains("if it calls `standing`"), "{text}");
    assert_eq!(kouling(&[&ad[..], &["--strict"]].concat()).0, 1);
    let (_, text) = kouling(&[&ad[..], &["--format", "json"]].concat());
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&answer["standards"][0]["by_host"], &answer["standards"][0]["broken"]), (&2.into(), &0.into()));
    let (_, chinese) = kouling(&["comply", "mlps-3", "--standard", "mlps-3", "--language", "zh"]);
    assert!(chinese.contains("符合") && chinese.contains("通常按"));
    assert_eq!(kouling(&["comply", "standard", "--standard", "iso"]).0, 2);
}
