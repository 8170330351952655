//! The pages `rules/presets/README.md` and `rules/contracts/README.md`: their tables and examples match the engine.
//!
//! `KOULING_WRITE=1 cargo test -p kouling --test it rules_pages` writes the table of presets.

use std::fs;
use std::path::Path;

use kouling::policy::document::Start;
use kouling::policy::source::{Files, PRESETS};
use kouling::{Contract, Facts, Language, Moment, Policy, User};
use toml::{Table, Value};

const HEAD: &str = "| preset | length | character classes | longest run | blocklist | personal data | strength | history \
                    | maximum age | code lifetime |\n|---|---|---|---|---|---|---|---|---|---|\n";
const NONE: &str = "–";

/// Returns the value at a path such as `rules.length.min`, if the preset sets it.
fn value<'t>(table: &'t Table, path: &str) -> Option<&'t Value> {
    let mut keys = path.split('.');
    let first = table.get(keys.next()?)?;
    keys.try_fold(first, |value, key| value.get(key))
}

/// Returns the value at a path as text without quotation marks, or a dash if the preset does not set it.
fn cell(table: &Table, path: &str) -> String {
    match value(table, path) {
        None => NONE.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Returns the labels of the rules that the preset has, or a dash.
fn present(table: &Table, rules: &[(&str, &str)]) -> String {
    let found: Vec<&str> = rules.iter().filter(|(rule, _)| has(table, rule)).map(|(_, label)| *label).collect();
    if found.is_empty() { NONE.to_owned() } else { found.join(", ") }
}

fn has(table: &Table, rule: &str) -> bool {
    value(table, &format!("rules.{rule}")).is_some()
}

fn classes(table: &Table) -> String {
    let mut parts = Vec::new();
    if let Some(Value::Integer(count)) = value(table, "rules.characters.min_classes") {
        parts.extend((*count > 1).then(|| format!("at least {count}")));
    }
    parts.extend(value(table, "rules.characters.require.digit").map(|_| "a digit".to_owned()));
    for (rule, label) in [("letter", "a letter"), ("non-letter", "a non-letter")] {
        parts.extend(has(table, rule).then(|| label.to_owned()));
    }
    if parts.is_empty() { NONE.to_owned() } else { parts.join(", ") }
}

fn row(name: &str, text: &str) -> String {
    let table: Table = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
    let policy = Policy::preset(name).unwrap_or_else(|error| panic!("{error}"));
    let columns = [
        format!("[`{name}`]({name}.toml)"),
        format!("{}–{}", cell(&table, "rules.length.min"), cell(&table, "rules.length.max")),
        classes(&table),
        cell(&table, "rules.repetition.max_run"),
        present(&table, &[("words", "yes")]),
        present(
            &table,
            &[
                ("personal", "attributes"),
                ("pinyin_name", "pinyin"),
                ("reversed_username", "reversed username"),
                ("similarity", "current password"),
            ],
        ),
        value(&table, "rules.strength.min_score").map_or(NONE.to_owned(), |score| format!("score {score}")),
        value(&table, "rules.history.depth").map_or(NONE.to_owned(), |depth| format!("last {depth}")),
        policy.expiry().map_or(NONE.to_owned(), |expiry| format!("{} days", expiry.max_age / 86_400)),
        match policy.reset().code.lifetime {
            seconds if seconds % 3600 == 0 => format!("{} h", seconds / 3600),
            seconds => format!("{} min", seconds / 60),
        },
    ];
    format!("| {} |\n", columns.join(" | "))
}

#[test]
fn preset_table_matches_presets() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/presets/README.md");
    let page = fs::read_to_string(&file).expect("rules/presets/README.md");
    let table: String = PRESETS.iter().map(|(name, text)| row(name, text)).collect();
    let table = format!("{HEAD}{table}");
    let start = page.find("| preset |").expect("rules/presets/README.md has a table");
    let end = page[start..].find("\n\n").map_or(page.len(), |length| start + length + 1);
    if std::env::var_os("KOULING_WRITE").is_some() {
        fs::write(&file, format!("{}{table}{}", &page[..start], &page[end..])).expect("the page can be written");
        return;
    }
    assert_eq!(
        page[start..end],
        table,
        "rules/presets/README.md differs: run KOULING_WRITE=1 cargo test -p kouling --test it rules_pages"
    );
}

/// Rules that no column shows would make the table incomplete without notice.
#[test]
fn preset_table_covers_every_rule_of_a_preset() {
    const SHOWN: [&str; 13] = [
        "length",
        "characters",
        "letter",
        "non-letter",
        "repetition",
        "words",
        "personal",
        "full-name",
        "similarity",
        "pinyin_name",
        "reversed_username",
        "strength",
        "history",
    ];
    for (name, _) in PRESETS {
        let policy = Policy::preset(name).unwrap_or_else(|error| panic!("{error}"));
        for rule in policy.rules() {
            assert!(
                SHOWN.contains(&rule.name()),
                "rules/presets/README.md has no column for `{}` of `{name}`",
                rule.name()
            );
        }
    }
}

/// Returns the only block of TOML on a page.
fn example(page: &str) -> &str {
    let mut blocks = page.split("```toml\n").skip(1);
    let block = blocks.next().and_then(|rest| rest.split("```").next()).expect("a block of TOML");
    assert!(blocks.next().is_none(), "the page has one block of TOML");
    block
}

#[test]
fn preset_page_example_loads() {
    let policy = Policy::parse(example(include_str!("../../rules/presets/README.md"))).expect("a valid policy");
    assert!(policy.rules().any(|rule| rule.name() == "history"));
}

#[test]
fn contract_page_example_maps_violations() {
    let text = example(include_str!("../../rules/contracts/README.md"));
    let contract = Contract::load(Start::Text("acme", text), &Files).expect("a valid contract");
    let policy = Policy::preset("standard").expect("a preset");
    let user = User::new();
    let outcome =
        policy.evaluate(b"heron", &Facts::new(&user, Moment::from_unix(1_795_392_000))).expect("an outcome");
    let answers: Vec<_> = outcome
        .violations()
        .map(|violation| contract.violation(violation, &policy, Language::ENGLISH))
        .map(|answer| (answer.status, answer.code, answer.message))
        .collect();
    let first = (422, "AUTH-100".to_owned(), "The password must have 8 to 64 characters.".to_owned());
    assert_eq!(answers.first(), Some(&first));
    assert!(answers[1..].iter().all(|(status, code, _)| *status == 422 && code == "AUTH-199"), "{answers:?}");
}
