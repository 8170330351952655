//! What a new rule kind needs: a vector file, messages for its codes in every language, and a row in README.md. Each test
//! names the file and the missing thing.
#![allow(clippy::panic, clippy::expect_used)]

use std::collections::BTreeSet;

use kouling::Policy;
use kouling::evaluation::LANGUAGES;
use kouling::rules::{Definition, built_in};
use kouling_vector_runner::evaluation::cases;

#[test]
fn every_code_has_a_message_in_every_language() {
    let mut missing = Vec::new();
    for definition in built_in() {
        for code in definition.codes() {
            for language in LANGUAGES.iter().filter(|language| language.template(code).is_none()) {
                missing.push(format!("rules/messages/{}.toml: no message `{code}`", language.tag()));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Returns the names of the placeholders of a message, sorted, each once.
fn placeholders(template: &str) -> Vec<String> {
    let names = template.split('{').skip(1).filter_map(|rest| rest.split(['}', ':']).next());
    names.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

#[test]
fn languages_have_the_same_messages_with_the_same_placeholders() {
    let english = LANGUAGES[0];
    for language in &LANGUAGES[1..] {
        assert_eq!(
            english.codes().collect::<Vec<_>>(),
            language.codes().collect::<Vec<_>>(),
            "{}",
            language.tag()
        );
        for code in english.codes() {
            let (a, b) = (english.template(code).unwrap_or(""), language.template(code).unwrap_or(""));
            assert_eq!(placeholders(a), placeholders(b), "{code} in {}", language.tag());
        }
    }
}

#[test]
fn rules_that_need_the_account_are_marked() {
    let described = Policy::preset("standard").expect("a preset").describe(LANGUAGES[0]);
    let items = described.checklist.iter().filter(|item| item.needs_account);
    let rules: Vec<&str> = items.map(|item| item.rule.as_str()).collect();
    assert_eq!(rules, ["reversed_username", "personal", "pinyin_name", "history"]);
}

#[test]
fn every_kind_has_vectors_for_every_code() {
    let cases = cases();
    let mut missing = Vec::new();
    for definition in built_in() {
        let file = format!("tests/vectors/rules/{}.toml", definition.kind());
        let of_kind: Vec<_> =
            cases.iter().filter(|case| case.name.starts_with(&format!("rules/{}/", definition.kind()))).collect();
        if of_kind.is_empty() {
            missing.push(format!("{file}: no cases"));
            continue;
        }
        for code in definition.codes() {
            let mut reported = of_kind.iter().flat_map(|case| case.refused.iter().chain(&case.notes).flatten());
            if !reported.any(|reported| reported == code) {
                missing.push(format!("{file}: no case with `{code}` in `refused` or `notes`"));
            }
        }
        if !of_kind.iter().any(|case| case.refused.as_ref().is_some_and(Vec::is_empty)) {
            missing.push(format!("{file}: no accepted case"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// A missing message would show its code to the user.
#[test]
fn every_requirement_has_a_message_in_every_language() {
    let mut missing = Vec::new();
    for definition in built_in() {
        let kind = definition.kind();
        let policies: BTreeSet<String> = cases()
            .into_iter()
            .filter(|case| case.name.starts_with(&format!("rules/{kind}/")) && case.preset.is_none())
            .map(|case| case.policy)
            .collect();
        let mut codes = BTreeSet::new();
        for text in policies {
            let policy =
                Policy::parse(&text).unwrap_or_else(|error| panic!("tests/vectors/rules/{kind}.toml: {error}"));
            let rules = policy.rules().filter(|rule| rule.kind() == kind);
            codes.extend(rules.flat_map(|rule| rule.requirements().iter().map(|requirement| requirement.code)));
        }
        if codes.is_empty() {
            missing.push(format!(
                "src/rules/{kind}.rs: `requirements` returns nothing for any policy of its vectors"
            ));
        }
        for code in codes {
            for language in LANGUAGES.iter().filter(|language| language.template(code).is_none()) {
                missing.push(format!("rules/messages/{}.toml: no message `{code}`", language.tag()));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// The placeholders of a message can only be the numbers that its code declares.
#[test]
fn placeholders_are_declared_numbers() {
    let mut undeclared = Vec::new();
    for code in
        built_in().iter().filter_map(Definition::documentation).flat_map(|documentation| documentation.codes)
    {
        for language in LANGUAGES {
            for placeholder in placeholders(language.template(code.code).unwrap_or_default()) {
                if placeholder != "clauses" && !code.numbers.contains(&placeholder.as_str()) {
                    undeclared.push(format!(
                        "rules/messages/{}.toml: {}: `{{{placeholder}}}`",
                        language.tag(),
                        code.code
                    ));
                }
            }
        }
    }
    assert!(undeclared.is_empty(), "{}", undeclared.join("\n"));
}

#[test]
fn descriptions_have_no_stray_blanks() {
    for case in cases().into_iter().filter(|case| case.name.starts_with("rules/") && case.preset.is_none()) {
        let policy = Policy::parse(&case.policy).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        for language in LANGUAGES {
            for item in policy.describe(language).checklist {
                assert!(
                    item.text.trim() == item.text && !item.text.contains("  "),
                    "{}: {:?}",
                    case.name,
                    item.text
                );
            }
        }
    }
}
