//! Policy sets: `which`, and the commands that take a set.

use std::path::Path;
use std::process::Command;

use kouling_vector_runner::populations::{Observed, run as run_vectors};
use serde_json::Value;

use crate::process::run;

const SET: &str = r#"
format = 1
name = "bank"

[[population]]
name = "admins"
when = { role = ["admin", "root"] }
policy = "./admins.toml"

[[population]]
name = "staff"
when = { group = "staff" }
policy = "./staff.toml"

[[population]]
name = "customers"
policy = "./customers.toml"
"#;

/// Runs the program in a directory with the set, and returns its exit status, stdout and stderr.
struct Bank(tempfile::TempDir);

impl Bank {
    fn new() -> Bank {
        let directory = tempfile::tempdir().expect("a directory");
        let bank = Bank(directory);
        bank.write("set.toml", SET);
        bank.write("admins.toml", "format = 1\nname = \"admins\"\n[rules.length]\nmin = 16\n");
        bank.write("staff.toml", "format = 1\nname = \"staff\"\n[rules.length]\nmin = 12\n");
        bank.write("customers.toml", "format = 1\nname = \"customers\"\n[rules.length]\nmin = 8\n");
        bank
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).expect("written");
    }

    fn run(&self, arguments: &[&str], stdin: &str) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kouling"));
        let output = run(command.args(arguments), self.path(), stdin.as_bytes());
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
    }

    fn json(&self, arguments: &[&str], stdin: &str) -> (i32, Value) {
        let (code, stdout, stderr) = self.run(&[arguments, &["--format", "json"]].concat(), stdin);
        (code, serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}")))
    }
}

#[test]
fn which_selects_as_the_vectors_state() {
    let directory = tempfile::tempdir().expect("a directory");
    let report = run_vectors(|case| {
        for (name, contents) in &case.files {
            std::fs::write(directory.path().join(name), contents.bytes()).expect("written");
        }
        std::fs::write(directory.path().join("set.toml"), &case.set).expect("written");
        let mut user = Vec::new();
        for (name, value) in case.attributes() {
            user.extend(["--user".to_owned(), format!("{name}={value}")]);
        }
        let program = |command: &[&str], stdin: &[u8]| {
            let mut process = Command::new(env!("CARGO_BIN_EXE_kouling"));
            run(process.args(command).args(&user).args(["--format", "json"]), directory.path(), stdin)
        };
        let output = program(&["which", "set.toml"], b"");
        let which: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let mut observed = Observed::default();
        match which["selected"].as_array() {
            Some(names) => {
                observed.selected = names.iter().map(|name| name.as_str().expect("a name").to_owned()).collect();
            }
            None => {
                assert_eq!(output.status.code(), Some(2), "{}", case.name);
                let error = String::from_utf8(output.stderr).expect("UTF-8");
                let line = error.lines().next().expect("an error");
                let (_, kind) = line.trim_end_matches(']').rsplit_once('[').expect("a kind");
                observed.error = Some(kind.to_owned());
            }
        }
        if let Some(password) = case.password.as_ref().filter(|_| observed.error.is_none()) {
            let output = program(&["check", "set.toml", "--now", &case.now().to_string()], password.as_bytes());
            let checked: Value = serde_json::from_slice(&output.stdout).expect("JSON");
            let codes = |list: &str| -> Vec<String> {
                let found = checked[list].as_array().expect("a list");
                found.iter().map(|one| one["code"].as_str().expect("a code").to_owned()).collect()
            };
            observed.refused = codes("violations");
            observed.warned = codes("warnings");
        }
        Some(observed)
    });
    report.finish(0);
}

#[test]
fn which_shows_every_condition() {
    let bank = Bank::new();
    let (code, text, _) = bank.run(&["which", "set.toml", "--user", "role=", "--user", "group=staff"], "");
    assert_eq!(code, 0);
    assert_eq!(
        text,
        "admins { role = [\"admin\", \"root\"] }  no\n\
         staff { group = \"staff\" }            yes\n\
         customers (everyone else)            yes\n\
         \n\
         staff: staff\n"
    );
    let (code, text, error) = bank.run(&["which", "set.toml", "--user", "group=staff"], "");
    assert_eq!(code, 2);
    assert!(text.starts_with("admins { role = [\"admin\", \"root\"] }  ?  needs role\n"), "{text}");
    assert!(error.contains("needs the user attribute `role`") && error.contains("--user NAME=VALUE"), "{error}");
    let (_, text, _) = bank.run(&["which", "set.toml", "--user", "role=root", "--layers"], "");
    assert!(text.contains("rules.length.min = 16") && text.contains("# admins.toml:4"), "{text}");
}

#[test]
fn check_and_generate_use_the_policy_of_the_user() {
    let bank = Bank::new();
    let staff = ["--user", "role=", "--user", "group=staff"];
    let (code, text, _) = bank.run(&[&["check", "set.toml"][..], &staff].concat(), "elevenchars");
    assert_eq!((code, text.contains("length.too_short")), (1, true), "{text}");
    assert_eq!(bank.run(&["check", "set.toml", "--population", "customers"], "elevenchars").0, 0);
    let (code, _, error) = bank.run(&["check", "set.toml"], "elevenchars");
    assert_eq!(code, 2);
    assert!(error.contains("[missing_fact]"), "{error}");
    let (code, _, error) = bank.run(&["check", "set.toml", "--population", "custmers"], "elevenchars");
    assert_eq!(code, 2);
    assert!(error.contains("unknown population `custmers`; available: admins, staff, customers"), "{error}");
    let (code, _, error) = bank.run(&["check", "admins.toml", "--population", "admins"], "elevenchars");
    assert_eq!((code, error.contains("is not a policy set")), (2, true), "{error}");
    let (code, text, _) = bank.run(&["generate", "set.toml", "--user", "role=root", "--bits", "1"], "");
    assert_eq!((code, text.trim_end().chars().count()), (0, 16), "{text}");
}

#[test]
fn describe_and_comply_show_every_population() {
    let bank = Bank::new();
    let (code, text, _) = bank.run(&["describe", "set.toml"], "");
    assert_eq!(code, 0);
    for line in
        ["== admins { role = [\"admin\", \"root\"] }", "== customers (everyone else)", "- 12 to 64 characters"]
    {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let (_, value) = bank.json(&["describe", "set.toml"], "");
    assert_eq!(value["populations"][1]["name"], "staff");
    assert_eq!(bank.run(&["describe", "set.toml", "--format", "regex"], "").0, 2);
    assert_eq!(bank.run(&["describe", "set.toml", "--format", "regex", "--population", "staff"], "").0, 0);
    let (code, value) = bank.json(&["comply", "set.toml", "--standard", "nist-800-63b-4"], "");
    assert_eq!(code, 1);
    let names: Vec<&str> = value["populations"]
        .as_array()
        .expect("populations")
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(names, ["admins", "staff", "customers"]);
}

#[test]
fn lint_reports_each_finding_of_a_shared_layer_once() {
    let bank = Bank::new();
    for name in ["admins", "staff"] {
        bank.write(
            &format!("{name}.toml"),
            "format = 1\nextends = [\"./customers.toml\"]\n[rules.length]\nmax = 20\n",
        );
    }
    bank.write(
        "customers.toml",
        "format = 1\n[rules.length]\nmin = 20\n[rules.x]\nkind = \"pattern\"\nforbid = \"a*\"\n",
    );
    let (code, value) = bank.json(&["lint", "set.toml"], "");
    assert_eq!(code, 1);
    let places: Vec<String> = value["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| format!("{}:{} {}", finding["file"], finding["line"], finding["id"]))
        .collect();
    let mut distinct = places.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), places.len(), "{places:?}");
    assert!(places.iter().any(|place| place.contains("customers.toml")), "{places:?}");
}

#[test]
fn diff_compares_populations_by_name() {
    let bank = Bank::new();
    bank.write("new-staff.toml", "format = 1\nname = \"staff\"\n[rules.length]\nmin = 10\n");
    bank.write("new.toml", &SET.replace("./staff.toml", "./new-staff.toml"));
    let (code, value) = bank.json(&["diff", "set.toml", "new.toml"], "");
    assert_eq!(code, 1);
    let verdicts: Vec<(&str, &str)> = value["differences"]
        .as_array()
        .expect("differences")
        .iter()
        .map(|one| {
            (
                one["population"].as_str().unwrap_or_default(),
                one["difference"]["verdict"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(verdicts, [("admins", "same"), ("staff", "looser"), ("customers", "same")]);
    assert_eq!(bank.run(&["diff", "set.toml", "set.toml"], "").0, 0);

    bank.write("new.toml", &SET.replace("\"root\"", "\"operator\""));
    let (code, text, error) = bank.run(&["diff", "set.toml", "new.toml"], "");
    assert_eq!((code, error.contains("the populations differ")), (2, true), "{error}");
    assert!(text.contains("{ role = [\"admin\", \"operator\"] }"), "{text}");
    let (code, value) = bank.json(&["diff", "customers.toml", "set.toml"], "");
    assert_eq!((code, value["differences"].as_array().map(Vec::len)), (0, Some(3)));
}

#[test]
fn cases_belong_to_populations() {
    let bank = Bank::new();
    let cases = |selected: &str| {
        format!(
            "policy = \"./set.toml\"\nuser = {{ role = \"\", group = [\"branch\", \"staff\"] }}\n\
             [[case]]\nname = \"staff\"\npassword = \"elevenchars\"\nselected = [\"{selected}\"]\nrefused = [\"length.too_short\"]\n\
             [[case]]\nname = \"customer\"\nuser = {{ group = \"\" }}\npassword = \"elevenchars\"\nselected = [\"customers\"]\nrefused = []\n\
             [[case]]\nname = \"unknown role\"\nuser = {{ group = [] }}\npassword = \"elevenchars\"\nerror = \"missing_fact\"\n"
        )
    };
    bank.write("cases.toml", &cases("staff"));
    let (code, text, error) = bank.run(&["test", "cases.toml"], "");
    assert_eq!(code, 0, "{text}{error}");
    assert!(text.contains("set.toml: admins\n  rules that refuse no case: length"), "{text}");
    bank.write("cases.toml", &cases("admins"));
    let (code, text, _) = bank.run(&["test", "cases.toml"], "");
    assert_eq!(code, 1);
    assert!(text.contains("selected\n    expected [\"admins\"]\n    actual   [\"staff\"]"), "{text}");
}

#[test]
fn simulation_evaluates_users_by_population() {
    let bank = Bank::new();
    bank.write("passwords.txt", "elevenchars\nsixteen-character\n");
    let (code, value) = bank.json(&["simulate", "set.toml", "passwords.txt"], "");
    assert_eq!(code, 0);
    let refused = |value: &Value, at: usize| value["populations"][at]["result"]["refused"].clone();
    assert_eq!([refused(&value, 0), refused(&value, 1), refused(&value, 2)], [1, 1, 0]);
    let lines = [
        r#"{"password": "elevenchars", "user": {"role": "admin"}}"#,
        r#"{"password": "elevenchars", "user": {"role": "", "group": "staff"}}"#,
        r#"{"password": "elevenchars", "user": {"role": "", "group": ""}}"#,
        r#"{"password": "elevenchars", "user": {}}"#,
        "no JSON",
    ];
    bank.write("users.jsonl", &lines.join("\n"));
    let (code, value) =
        bank.json(&["simulate", "set.toml", "users.jsonl", "--jsonl", "--against", "set.toml"], "");
    assert_eq!(code, 0);
    assert_eq!([refused(&value, 0), refused(&value, 1), refused(&value, 2)], [1, 1, 0]);
    let totals: Vec<u64> =
        (0..3).map(|at| value["populations"][at]["result"]["total"].as_u64().expect("a total")).collect();
    assert_eq!(totals, [3, 1, 1]);
    assert_eq!(bank.run(&["simulate", "set.toml", "-"], "x").0, 2);
    assert_eq!(bank.run(&["simulate", "set.toml", "-", "--population", "staff"], "x\n").0, 0);
}

#[test]
fn lint_reports_populations_that_no_password_satisfies() {
    let bank = Bank::new();
    bank.write("staff.toml", "format = 1\n[rules.length]\nmin = 4\nmax = 6\n");
    bank.write("set.toml", &SET.replace("name = \"bank\"", "select = \"strictest\""));
    let (code, value) = bank.json(&["lint", "set.toml"], "");
    let ids: Vec<&str> = value["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|finding| finding["level"] == "error")
        .filter_map(|finding| finding["id"].as_str())
        .collect();
    assert_eq!((code, ids.is_empty()), (1, false), "{value}");
}

#[test]
fn attribute_names_are_shown_as_toml() {
    let bank = Bank::new();
    bank.write("set.toml", &SET.replace("{ group = \"staff\" }", "{ \"my group\" = \"staff\" }"));
    let (_, text, _) = bank.run(&["which", "set.toml", "--user", "role=", "--user", "my group=staff"], "");
    assert!(text.contains("staff { \"my group\" = \"staff\" }"), "{text}");
}
