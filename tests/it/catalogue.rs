//! `rules/CATALOGUE.md` is generated from the declarations of the rule kinds and of the policy keys, the messages, the lint
//! pages, the standards, and `rules/peers.toml`. To update it, run `KOULING_WRITE=1 cargo test --test it catalogue::`.
#![allow(clippy::panic, clippy::expect_used)]

use std::fmt::Write;
use std::fs;
use std::path::Path;

use kouling::Language;
use kouling::analysis::comply::{STANDARDS, Standard};
use kouling::analysis::lint::{MAX_DATES, lint_pages};
use kouling::analysis::{catalogue, json_schema};
use kouling::policy::source::PRESETS;
use kouling::rules::built_in;
use kouling::{Facts, Loader, Moment, Policy, User};

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn generated() -> String {
    let mut text = String::from(
        "# Catalogue\n\nGenerated from the declarations in `src/`; do not edit. \
         `KOULING_WRITE=1 cargo test --test it catalogue::` writes it.\nFor a guide, see [README.md](README.md). \
         `kouling rules <kind>` shows a page.\n\n\
         - [Rules](#rules)\n- [Policy file](#policy-file)\n- [Account facts](#account-facts)\n- [Lint findings](#lint-findings)\n- [Standards](#standards)\n\
         - [Settings of other products](#settings-of-other-products)\n\n\
         ## Rules\n\n| kind | |\n|---|---|\n",
    );
    for kind in catalogue::kinds() {
        let _ = writeln!(text, "| [`{kind}`](#{kind}) | {} |", catalogue::summary(kind).expect("a summary"));
    }
    for kind in catalogue::kinds() {
        let _ = write!(text, "\n### `{kind}`\n\n{}\n", catalogue::page(kind).expect("a page"));
    }
    let _ = write!(text, "\n## Policy file\n\n{}", catalogue::policy_file());
    let _ = write!(text, "## Policy set\n\n{}", catalogue::policy_set());
    let _ = write!(
        text,
        "## Account facts\n\nWhat a host supplies to `standing`. A fact that the policy needs and that is absent is an \
         error.\n\n{}\n",
        catalogue::facts()
    );
    text.push_str(&findings());
    text.push_str("## Standards\n\n`kouling comply` compares a policy with these requirements, in our words.\n");
    for (name, standard) in STANDARDS {
        let standard = Standard::parse(name, standard).unwrap_or_else(|error| panic!("{error}"));
        let _ =
            writeln!(text, "\n#### {} (`{name}`)\n\n| id | clause | requirement |\n|---|---|---|", standard.title);
        for requirement in &standard.requirements {
            let requirement_text = requirement.text(Language::ENGLISH);
            let _ = writeln!(text, "| `{}` | {} | {requirement_text} |", requirement.id, requirement.clause);
        }
    }
    text.push('\n');
    text.push_str(&crate::peers::section());
    text
}

/// Returns the matrix of the findings.
fn findings() -> String {
    let mut text = format!(
        "## Lint findings\n\n`kouling lint --explain <id>` shows one. A finding with \"loads: no\" prevents the policy from \
         loading. A `[[waiver]]` can name those with \"waiver: yes\". Those with \"dates: yes\" are also looked for on every \
         later date that the policy names, at most {MAX_DATES}.\n\n\
         | id | severity | loads | waiver | dates | meaning | why | what to do |\n|---|---|---|---|---|---|---|---|\n"
    );
    let yes = |flag: bool| if flag { "yes" } else { "no" };
    for page in lint_pages() {
        let cells = [page.title, page.why, page.fix].map(|cell| cell.replace('|', "\\|"));
        let (id, level) = (page.id, page.level.name());
        let flags = [!page.prevents_loading, page.waivable, page.on_dates].map(yes).join(" | ");
        let _ = writeln!(text, "| `{id}` | {level} | {flags} | {} |", cells.join(" | "));
    }
    text.push('\n');
    text
}

#[test]
fn catalogue_matches_declarations() {
    let text = generated();
    if std::env::var_os("KOULING_WRITE").is_some() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/CATALOGUE.md");
        fs::write(&file, &text).expect("the catalogue is written");
        return;
    }
    let committed = read("rules/CATALOGUE.md");
    let differs = text.lines().zip(committed.lines()).position(|(a, b)| a != b);
    assert!(
        text == committed,
        "rules/CATALOGUE.md differs in line {}; to update it, run `KOULING_WRITE=1 cargo test --test it catalogue::`",
        differs.unwrap_or(text.lines().count().min(committed.lines().count())) + 1
    );
}

#[test]
fn guide_lists_every_preset_and_links_to_catalogue() {
    let guide = read("rules/README.md");
    for (preset, _) in PRESETS {
        let row = format!("[`{preset}`](presets/{preset}.toml)");
        assert!(guide.contains(&row), "rules/README.md: the preset table has no row {row}");
    }
    assert!(guide.contains("(CATALOGUE.md"), "rules/README.md: missing link to CATALOGUE.md");
}

#[test]
fn guide_examples_load() {
    let guide = read("rules/README.md");
    let mut tried = 0;
    for example in toml_examples(&guide).filter(|example| example.starts_with("format = 1")) {
        Policy::parse(example).unwrap_or_else(|error| panic!("rules/README.md: {error}\n{example}"));
        tried += 1;
    }
    assert!(tried >= 4, "only {tried} examples in rules/README.md are policies");
}

fn toml_examples(markdown: &str) -> impl Iterator<Item = &str> {
    markdown.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next())
}

#[test]
fn every_kind_has_a_page_without_rustdoc_links() {
    let kinds: Vec<_> = built_in().iter().map(|definition| definition.kind()).collect();
    assert_eq!(catalogue::kinds().collect::<Vec<_>>(), kinds);
    for kind in kinds {
        let page = catalogue::page(kind).unwrap_or_else(|| panic!("{kind}: missing page"));
        assert!(
            page.starts_with("Rejects passwords "),
            "{kind}: the summary must begin with \"Rejects passwords\""
        );
        assert!(!page.contains("crate::"), "{kind}: Rust path in a text for policy authors");
        assert!(page.lines().all(|line| line.trim_end() == line), "{kind}: trailing whitespace");
    }
}

#[test]
fn page_examples_load() {
    let mut tried = 0;
    for kind in catalogue::kinds() {
        let page = catalogue::page(kind).expect("a page");
        for example in toml_examples(&page) {
            if example.contains("\"./") {
                continue; // The example names a file that does not exist here.
            }
            let text = format!("format = 1\n{example}");
            let policy = Policy::parse(&text).unwrap_or_else(|error| panic!("{kind}: {error}"));
            let user = User::new();
            let outcome = policy.evaluate(b"blue heron 77", &Facts::new(&user, Moment::from_unix(1_795_392_000)));
            assert!(outcome.is_ok(), "{kind}");
            tried += 1;
        }
    }
    assert!(tried > 12, "only {tried} page examples are policies");
}

#[test]
fn every_declared_key_is_documented() {
    let loader = Loader::new();
    let mut missing = Vec::new();
    undocumented("", &loader.policy_keys(), &mut missing);
    undocumented("rule", &loader.rule_keys(), &mut missing);
    for definition in loader.definitions() {
        undocumented(definition.kind(), definition.parameters().unwrap_or_default(), &mut missing);
    }
    assert!(missing.is_empty(), "keys without documentation: {missing:#?}");
}

fn undocumented(path: &str, keys: &[kouling::policy::Parameter], missing: &mut Vec<String>) {
    use kouling::policy::ValueType;
    for parameter in keys {
        let path = format!("{path}.{}", parameter.key);
        if !parameter.doc.ends_with('.') {
            missing.push(path.clone());
        }
        if let ValueType::Table(keys) | ValueType::Tables(keys) = &parameter.value {
            undocumented(&path, keys, missing);
        }
    }
}

#[test]
fn schema_contains_every_declared_parameter() {
    let loader = Loader::new();
    let schema = json_schema(&loader);
    for definition in loader.definitions() {
        let properties = &schema["$defs"][format!("kind-{}", definition.kind())]["properties"];
        for parameter in definition.parameters().unwrap_or_default() {
            let property = &properties[parameter.key.as_ref()];
            assert!(property["description"].is_string(), "{}.{}", definition.kind(), parameter.key);
        }
    }
    assert_eq!(schema["properties"]["reset"]["properties"]["code"]["properties"]["lifetime"]["default"], "10m");
    assert_eq!(schema["additionalProperties"], false);
}
