//! Checks the README: its policy loads, its sample diagnostics are real, its links exist, and it names every rule.

use std::path::Path;

use kouling::policy::source::PRESETS;
use kouling::rules::built_in;
use kouling::{Facts, Moment, Policy, User};

const README: &str = include_str!("../../README.md");

/// The fenced code blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    README.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// The first code block of a language.
fn block(language: &str) -> &'static str {
    let blocks = blocks(language);
    blocks.first().copied().unwrap_or_else(|| panic!("README.md: no ```{language} block"))
}

/// Fails with the list of what is missing, if anything is.
fn assert_none(missing: &[String]) {
    assert!(missing.is_empty(), "README.md: {} missing:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn sample_policy_refuses_what_it_forbids() {
    let policies = blocks("toml");
    assert_eq!(policies.len(), 1, "README.md: expected one ```toml block");
    let policy =
        Policy::parse(policies[0]).unwrap_or_else(|error| panic!("README.md: the ```toml block:\n{error}"));
    let user = User::new();
    let facts = Facts::new(&user, Moment::from_unix(1_795_392_000));
    let codes = |password: &str| -> Vec<String> {
        let outcome = policy.evaluate(password.as_bytes(), &facts).expect("an outcome");
        outcome.violations().map(|violation| violation.code().to_owned()).collect()
    };
    for (password, expected) in [("My-Acme-heron-7", &["pattern.forbidden"][..]), ("Heron marsh wader stone", &[])]
    {
        assert_eq!(codes(password), expected, "README.md: the ```toml block, password {password:?}");
    }
}

#[test]
fn sample_diagnostics_match_real_output() {
    let text = "format = 1\nname = \"acme\"\n\n[rules.lenght]\n\n[rules.length]\nmin = 0\n";
    let printed = Policy::parse(text).expect_err("a policy with errors").to_string();
    let printed = printed.replace("policy:", "acme.toml:");
    assert_eq!(block("text").trim(), printed.trim(), "README.md: the first ```text block");
}

#[test]
fn relative_links_point_to_existing_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let links = README.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let links: Vec<&str> = links.filter(|link| !link.starts_with("http") && !link.starts_with('#')).collect();
    let exists = |link: &str| link.split('#').next().is_some_and(|file| root.join(file).exists());
    let missing: Vec<String> =
        links.iter().filter(|link| !exists(link)).map(|link| format!("the target of the link `{link}`")).collect();
    assert_none(&missing);
    assert!(links.len() > 10, "README.md: only {} relative links found", links.len());
}

#[test]
fn rules_and_presets_are_all_named() {
    let rules = built_in().iter().map(|rule| format!("[`{0}`](rules/CATALOGUE.md#{0})", rule.kind()));
    let presets = PRESETS.iter().map(|(preset, _)| format!("`{preset}`"));
    let missing: Vec<String> = rules.chain(presets).filter(|text| !README.contains(text.as_str())).collect();
    assert_none(&missing);
}
