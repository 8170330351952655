//! What the README says is true: its policy loads, its findings are what is said, its links lead somewhere.

#![allow(clippy::panic, clippy::expect_used)]

use std::path::Path;

use kouling::policy::source::PRESETS;
use kouling::rules::built_in;
use kouling::{Facts, Moment, Policy, User};

const README: &str = include_str!("../../README.md");

/// The blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    README.split(&fence as &str).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn its_policy_loads_and_does_what_it_says() {
    let policies = blocks("toml");
    assert_eq!(policies.len(), 1);
    let policy = Policy::parse(policies[0]).unwrap_or_else(|error| panic!("{error}"));
    let user = User::new();
    let facts = Facts::new(&user, Moment::from_unix(1_795_392_000));
    let codes = |password: &str| -> Vec<String> {
        let outcome = policy.evaluate(password.as_bytes(), &facts).expect("a judgement");
        outcome.violations().map(|judged| judged.code().to_owned()).collect()
    };
    assert_eq!(codes("My-Acme-heron-7"), ["pattern.forbidden"]);
    assert_eq!(codes("heron marsh wader stone"), Vec::<String>::new());
}

#[test]
fn its_findings_are_what_is_said() {
    let text = "format = 1\nname = \"acme\"\n\n[rules.lenght]\n\n[rules.length]\nmin = 0\n";
    let said = Policy::parse(text).expect_err("a wrong policy").to_string();
    let shown = blocks("text")[0];
    assert_eq!(said.replace("policy:", "acme.toml:").trim(), shown.trim());
}

#[test]
fn its_links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let links = README.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let mut seen = 0;
    for link in links.filter(|link| !link.starts_with("http") && !link.starts_with('#')) {
        seen += 1;
        let file = link.split('#').next().expect("a file");
        assert!(root.join(file).exists(), "{link}");
    }
    assert!(seen > 10);
}

#[test]
fn it_names_every_rule_and_preset() {
    for definition in built_in() {
        let link = format!("[`{0}`](rules/CATALOGUE.md#{0})", definition.kind());
        assert!(README.contains(&link), "README.md: the table of rules has no {link}");
    }
    for (preset, _) in PRESETS {
        assert!(README.contains(&format!("`{preset}`")), "{preset}");
    }
}
