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

/// A policy with a warning that is waived until the end of 2027.
const WAIVED: &str = "lint.standards = \"nist-800-63b-4\"\n[expiry]\n[rules.length]\nmin = 15\n[[waiver]]\nfinding = \"standard-conflict\"\nsetting = \"expiry\"\n\
    reason = \"the auditor requires it\"\nowner = \"security team\"\nuntil = 2027-12-31\n";

#[test]
fn waived_finding_is_shown_and_does_not_count_until_its_date() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = policy(&directory, WAIVED);
    let lint = |now: &str, format: &str| kouling(&["lint", "--strict", "--now", now, "--format", format, &path]);
    let (code, text) = lint("2027-12-31", "text");
    assert_eq!(code, 0, "{text}");
    assert!(text.starts_with("waived[standard-conflict]"), "{text}");
    assert!(text.contains("waived by security team until 2027-12-31: the auditor requires it"), "{text}");
    assert!(text.ends_with("\n1 waived\n"), "{text}");
    let (code, text) = lint("2028-01-01", "text");
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("the waiver of security team ended on 2027-12-31"), "{text}");
    assert!(text.ends_with("\n1 error\n"), "{text}");

    let json = |now: &str| -> Value { serde_json::from_str(&lint(now, "json").1).expect("JSON") };
    let finding = &json("2027-12-31")["findings"][0];
    assert_eq!((&finding["level"], &finding["setting"]), (&"warning".into(), &"expiry".into()));
    assert_eq!(finding["waiver"]["until"], "2027-12-31");
    let finding = &json("2028-01-01")["findings"][0];
    assert_eq!((&finding["level"], &finding["waiver"]), (&"error".into(), &Value::Null));

    let sarif: Value = serde_json::from_str(&lint("2027-12-31", "sarif").1).expect("JSON");
    let suppression = &sarif["runs"][0]["results"][0]["suppressions"][0];
    assert_eq!((&suppression["kind"], &suppression["status"]), (&"inSource".into(), &"accepted".into()));
}

#[test]
fn finding_of_one_preset_is_shown_once_for_several_policies() {
    let directory = tempfile::tempdir().expect("a directory");
    let text = "format = 1\nextends = \"mlps-3\"\nlint.standards = \"nist-800-63b-4\"\n";
    let paths = ["a.toml", "b.toml"].map(|name| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("UTF-8").to_owned()
    });
    let (code, text) = kouling(&["lint", "--format", "json", &paths[0], &paths[1]]);
    assert_eq!(code, 0);
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    let findings = answer["findings"].as_array().expect("findings");
    assert!(!findings.is_empty());
    for finding in findings {
        assert_eq!((&finding["file"], &finding["line"]), (&paths[0].as_str().into(), &2.into()), "{finding}");
        assert!(finding["preset"].as_str().is_some_and(|place| place.starts_with("mlps-3:")), "{finding}");
        assert_eq!(finding["also"], serde_json::json!([format!("{}:2:11", paths[1])]));
    }
}

#[test]
fn presets_pass_strict() {
    for (name, _) in kouling::policy::source::PRESETS {
        let (code, text) = kouling(&["lint", "--strict", name]);
        assert_eq!((code, text.as_str()), (0, "no findings\n"), "{name}");
    }
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
