//! The catalogue `rules/README.md` is made from the headers of the rules, the messages and the presets, and compared here.
//! `KOULING_WRITE=1 cargo test --test it catalogue` writes it anew.
#![allow(clippy::panic, clippy::expect_used)]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use kouling::analysis::comply::{STANDARDS, Standard};
use kouling::analysis::lint::lint_pages;
use kouling::analysis::{catalogue, json_schema};
use kouling::evaluation::{LANGUAGES, Language};
use kouling::policy::source::PRESETS;
use kouling::rules::{Composition, Definition, built_in};
use kouling::{Contract, Facts, Loader, Moment, Policy, User};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The header of a rule's file, without its marks.
fn header(kind: &str) -> String {
    let file: PathBuf = root().join(format!("src/rules/{kind}.rs"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// What a code is on the wire of the built-in contract.
fn wire(contract: &Contract, definition: &Definition, code: &str) -> String {
    contract.wire_of(code).map_or_else(
        || {
            if definition.composition() != Composition::None {
                "of the first rule inside".into()
            } else {
                "—".into()
            }
        },
        |code| format!("`{}`", code.trim_start_matches("IDAAS.SDK.")),
    )
}

fn page(contract: &Contract, definition: &Definition) -> String {
    let kind = definition.kind();
    let mut page = format!("### `{kind}`\n\n");
    let mut in_violations = false;
    for line in header(kind).lines() {
        if let Some(heading) = line.strip_prefix("# ") {
            in_violations = heading == "Violations";
            let _ = writeln!(page, "#### {heading}");
            continue;
        }
        let code = line.strip_prefix("- `").and_then(|rest| rest.split('`').next());
        match code.filter(|_| in_violations) {
            Some(code) => {
                let _ = writeln!(page, "{line} · wire {}", wire(contract, definition, code));
                for language in LANGUAGES {
                    let sentence = language.template(code).unwrap_or_else(|| panic!("no sentence for {code}"));
                    let _ = writeln!(page, "  - {}: {sentence}", language.tag());
                }
            }
            None => {
                let _ = writeln!(page, "{line}");
            }
        }
    }
    page.push('\n');
    page
}

/// What the comment at the head of a preset says of it.
fn about_preset(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("# "));
    lines.collect::<Vec<_>>().join(" ")
}

fn made() -> String {
    let contract = Contract::built_in("idaas-ciam").expect("known").expect("right");
    let mut text = String::from(
        "# Catalogue\n\nMade from the headers of the files in `src/rules`, the messages and the presets; \
         `KOULING_WRITE=1 cargo test --test it catalogue`\nwrites it anew. `kouling rules <kind>` shows a page.\n\n",
    );
    text.push_str("## Rules\n\n| kind | |\n|---|---|\n");
    for definition in built_in() {
        let summary = header(definition.kind());
        let summary = summary.split("\n\n").next().expect("a first paragraph").replace('\n', " ");
        let _ = writeln!(text, "| [`{0}`](#{0}) | {summary} |", definition.kind());
    }
    text.push_str(
        "\nEvery rule of a policy can also have a `kind` (its name, if not given), a `severity` (`refuse`, `warn`, \
         `shadow`), a day\n`from` which it refuses, a `message` by language, and a code of its own on the `wire`.\n\n",
    );
    for definition in built_in() {
        text.push_str(&page(&contract, definition));
    }
    text.push_str("## Presets\n\n| preset | |\n|---|---|\n");
    for (name, preset) in PRESETS {
        let _ = writeln!(text, "| [`{name}`](presets/{name}.toml) | {} |", about_preset(preset));
    }
    text.push_str(
        "\n## Findings\n\nWhat `kouling lint` says, by the id that stands behind each finding; \
         `kouling lint --explain <id>` shows one.\n\n",
    );
    for page in lint_pages() {
        let _ = writeln!(
            text,
            "#### `{}`\n{}, {}: {}\n\nFix: {}\n",
            page.id,
            page.title,
            page.level.name(),
            page.why,
            page.fix
        );
    }
    text.push_str("## Standards\n\nWhat `kouling comply` compares a policy with, in our words.\n");
    for (name, standard) in STANDARDS {
        let standard = Standard::parse(name, standard).unwrap_or_else(|error| panic!("{error}"));
        let _ = writeln!(text, "\n#### {} (`{name}`)\n\n| id | clause | asks |\n|---|---|---|", standard.title);
        for requirement in &standard.requirements {
            let says = requirement.text(Language::ENGLISH.tag());
            let _ = writeln!(text, "| `{}` | {} | {says} |", requirement.id, requirement.clause);
        }
    }
    text
}

#[test]
fn every_finding_has_its_page() {
    for page in lint_pages() {
        assert!(catalogue::CATALOGUE.contains(&format!("\n#### `{}`\n", page.id)), "{}", page.id);
    }
}

#[test]
fn the_catalogue_is_what_the_headers_say() {
    let file = root().join("rules/README.md");
    let made = made();
    if std::env::var_os("KOULING_WRITE").is_some() {
        fs::write(&file, &made).expect("the catalogue is written");
        return;
    }
    let written = fs::read_to_string(&file).expect("rules/README.md");
    let differs = made.lines().zip(written.lines()).position(|(a, b)| a != b);
    assert!(
        made == written,
        "rules/README.md differs in line {}: KOULING_WRITE=1 cargo test --test it catalogue",
        differs.map_or(made.lines().count().min(written.lines().count()), |at| at) + 1
    );
}

#[test]
fn every_kind_has_its_page() {
    let kinds: Vec<_> = built_in().iter().map(|definition| definition.kind().to_owned()).collect();
    assert_eq!(catalogue::kinds().collect::<Vec<_>>(), kinds);
    for kind in kinds {
        assert!(
            catalogue::summary(&kind).is_some_and(|summary| summary.starts_with("Rejects passwords ")),
            "{kind}"
        );
    }
}

/// What a header says can be written and what the loader reads are the same keys.
#[test]
fn the_headers_name_the_parameters_that_are_read() {
    for (kind, keys) in Loader::new().grammar_of_kinds() {
        let mut read: Vec<String> = keys.iter().map(|key| key.path[0].clone()).collect();
        let mut said: Vec<String> = catalogue::parameters(kind)
            .keys()
            .map(|name| name.split('.').next().expect("a name").to_owned())
            .collect();
        for names in [&mut read, &mut said] {
            names.sort();
            names.dedup();
        }
        assert_eq!(read, said, "{kind}");
    }
}

#[test]
fn the_example_of_every_page_is_a_policy_that_loads() {
    let mut tried = 0;
    for kind in catalogue::kinds() {
        let page = catalogue::page(kind).expect("a page");
        for example in page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            if example.contains("\"./") {
                continue; // names a file of the author's
            }
            let text = format!("format = 1\n{example}");
            let policy = Policy::parse(&text).unwrap_or_else(|error| panic!("{kind}: {error}"));
            let user = User::new();
            let judged = policy.evaluate(b"blue heron 77", &Facts::new(&user, Moment::from_unix(1_795_392_000)));
            assert!(judged.is_ok(), "{kind}");
            tried += 1;
        }
    }
    assert!(tried > 12, "the test reads the examples: it saw {tried}");
}

/// Every key that is read is described to an editor.
#[test]
fn the_schema_describes_every_key() {
    fn undescribed(path: &str, schema: &serde_json::Value, missing: &mut Vec<String>) {
        for (key, value) in schema["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}.{key}");
            let is_language = path.contains(".message.") || path.contains(".$defs.");
            if value["description"].is_null() && value["$ref"].is_null() && !is_language {
                missing.push(path.clone());
            }
            undescribed(&path, value, missing);
            undescribed(&format!("{path}[]"), &value["items"], missing);
        }
    }
    let schema = json_schema(&Loader::new());
    let mut missing = Vec::new();
    undescribed("", &schema, &mut missing);
    for (name, definition) in schema["$defs"].as_object().expect("definitions") {
        if name.starts_with("kind-") {
            undescribed(name, definition, &mut missing);
        }
    }
    assert!(missing.is_empty(), "no description: {missing:#?}");
}
