//! Adding a rule is: the file, a line in the list, a vector file, a message per code and language. What is missing is
//! named here.
#![allow(clippy::panic, clippy::expect_used)]

use std::fs;
use std::path::Path;

use kouling::Policy;
use kouling::evaluation::LANGUAGES;
use kouling::rules::built_in;
use kouling_vector_runner::judgement::cases;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_code_has_a_message_in_every_language() {
    let mut missing = Vec::new();
    for definition in built_in() {
        for code in definition.codes() {
            for language in LANGUAGES.iter().filter(|language| language.template(code).is_none()) {
                missing.push(format!("rules/messages/{}.toml has no sentence for {code}", language.tag()));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn the_languages_have_the_same_sentences_with_the_same_holes() {
    let holes = |template: &str| -> Vec<String> {
        let mut holes: Vec<String> = template
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next())
            .map(|hole| hole.split(':').next().unwrap_or_default().to_owned())
            .collect();
        holes.sort();
        holes.dedup();
        holes
    };
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
            assert_eq!(holes(a), holes(b), "{code} in {}", language.tag());
        }
    }
}

#[test]
fn what_needs_the_account_says_so() {
    let described = Policy::preset("standard").expect("a preset").describe(LANGUAGES[0]);
    let items = described.checklist.iter().filter(|item| item.needs_account);
    let rules: Vec<&str> = items.map(|item| item.rule.as_str()).collect();
    assert_eq!(rules, ["reversed_username", "personal", "pinyin_name", "history"]);
}

#[test]
fn every_rule_has_its_header_and_its_vectors() {
    let cases = cases();
    for definition in built_in() {
        let kind = definition.kind();
        let file = root().join(format!("src/rules/{kind}.rs"));
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(text.starts_with("//! Rejects passwords "), "{kind}: the header completes “Rejects passwords …”");
        let mut rest = text.as_str();
        for heading in ["//! # Parameters", "//! # Violations", "//! # Example", "//! # Why", "//! # Limits"] {
            let at = rest.find(heading).unwrap_or_else(|| panic!("{kind}: no `{heading}` in its place"));
            rest = &rest[at..];
        }
        for code in definition.codes() {
            assert!(text.contains(&format!("//! - `{code}` {{")), "{kind}: the header does not name `{code}`");
            let of_kind = || cases.iter().filter(|case| case.name.starts_with(&format!("rules/{kind}/")));
            let given =
                of_kind().any(|case| case.refused.iter().chain(&case.notes).flatten().any(|given| given == code));
            assert!(
                given,
                "tests/vectors/rules/{kind}.toml has no case refused for `{code}`, nor with it as a note"
            );
            let accepted = of_kind().any(|case| case.refused.as_ref().is_some_and(Vec::is_empty));
            assert!(accepted, "tests/vectors/rules/{kind}.toml has no accepted case");
        }
    }
}
