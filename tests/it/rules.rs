//! What a new rule kind needs: a vector file, messages for its codes in every language, and a row in README.md. Each test
//! names the file and the missing thing.
#![allow(clippy::panic, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use kouling::language::{LANGUAGES, placeholders};
use kouling::rules::{Definition, built_in};
use kouling::{Language, Policy};
use kouling_vector_runner::evaluation::cases;

#[test]
fn every_code_has_a_message_in_every_language() {
    let mut missing = Vec::new();
    for definition in built_in() {
        for code in definition.codes() {
            for language in LANGUAGES.iter().filter(|language| language.text(code).is_none()) {
                missing.push(format!("rules/languages/{}/messages.toml: no message `{code}`", language.tag()));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

fn placeholder_set(text: &str) -> BTreeSet<&str> {
    placeholders(text).into_iter().collect()
}

#[test]
fn languages_have_the_same_texts_with_the_same_placeholders() {
    let english = Language::ENGLISH;
    let mut errors = Vec::new();
    for language in LANGUAGES {
        let mut report =
            |key: &str, error: String| errors.push(format!("rules/languages/{}: {key}: {error}", language.tag()));
        for key in english.keys().filter(|key| language.text(key).is_none()) {
            report(key, "no text".to_owned());
        }
        for key in language.keys() {
            let text = language.text(key).unwrap_or_default();
            match english.text(key) {
                Some(original) if placeholder_set(original) != placeholder_set(text) => {
                    report(key, format!("other placeholders than {original:?}"));
                }
                Some(_) => {}
                None => report(key, "unknown key".to_owned()),
            }
            language.syntax_errors(text).into_iter().for_each(|error| report(key, error));
            if text.trim().is_empty() {
                report(key, "empty".to_owned());
            }
        }
    }
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn every_folder_of_languages_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/languages");
    let folders: BTreeSet<String> = fs::read_dir(folder)
        .expect("the folder of languages")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(
        folders,
        LANGUAGES.iter().map(|language| language.tag().to_owned()).collect(),
        "src/language/mod.rs"
    );
}

#[test]
fn rules_that_need_the_account_are_marked() {
    let described = Policy::preset("standard").expect("a preset").describe(LANGUAGES[0]);
    let items = described.checklist.iter().filter(|item| item.needs_account);
    let rules: Vec<&str> = items.map(|item| item.rule.as_str()).collect();
    assert_eq!(rules, ["reversed_username", "personal", "pinyin_name", "similarity", "history"]);
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
            for language in LANGUAGES.iter().filter(|language| language.text(code).is_none()) {
                missing.push(format!("rules/languages/{}/messages.toml: no message `{code}`", language.tag()));
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
            for placeholder in placeholders(language.text(code.code).unwrap_or_default()) {
                if placeholder != "clauses" && !code.numbers.contains(&placeholder) {
                    undeclared.push(format!(
                        "rules/languages/{}/messages.toml: {}: `{{{placeholder}}}`",
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
