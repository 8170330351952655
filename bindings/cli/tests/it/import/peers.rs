//! Every setting of `rules/peers.toml` that a policy can state is imported to that statement.

use kouling::User;
use kouling_cli::import::{FORMATS, Format, Imported};
use toml::{Table, Value};

use super::{codes, imported, load};

const PEERS: &str = include_str!("../../../../../rules/peers.toml");

/// Values that the schema requires and that limit nothing.
const FILLERS: [(&str, i64); 2] = [("min", 1), ("min_classes", 1)];

fn list(table: &Table, key: &str) -> Vec<Table> {
    let items = table.get(key).and_then(Value::as_array).expect("a list");
    items.iter().map(|item| item.as_table().expect("a table").clone()).collect()
}

fn text<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table.get(key).and_then(Value::as_str)
}

/// Returns every rule of a policy, those inside others too, with its kind.
fn rules(policy: &Table) -> Vec<(String, Table)> {
    let Some(Value::Table(rules)) = policy.get("rules") else { return Vec::new() };
    let mut all = Vec::new();
    for (name, rule) in rules {
        let rule = rule.as_table().expect("a rule");
        all.extend(self::rules(rule));
        let kind = text(rule, "kind").unwrap_or(name).to_owned();
        all.push((kind, rule.clone()));
    }
    all
}

/// Whether a table contains another one. A list of one string equals the string, and the names of files do not matter.
fn contains(found: &Table, expected: &Table) -> bool {
    expected.iter().all(|(key, value)| {
        let is_filler = FILLERS.iter().any(|(name, number)| key == name && value.as_integer() == Some(*number));
        match (found.get(key), value) {
            _ if key == "kind" => true,
            (Some(found), _) if found == value => true,
            _ if is_filler => true,
            (Some(Value::Table(found)), Value::Table(value)) => contains(found, value),
            (Some(found), value) => !strings(found).is_empty() && strings(found) == strings(value),
            (None, _) => false,
        }
    })
}

fn strings(value: &Value) -> Vec<String> {
    let items = match value {
        Value::Array(items) => items.clone(),
        value => vec![value.clone()],
    };
    let named = |text: &str| if text.starts_with("./") { "./file".to_owned() } else { text.to_owned() };
    items.iter().filter_map(Value::as_str).map(named).collect()
}

/// Whether the result, or what it advises, has everything that a policy of `peers.toml` states.
fn states(imported: &Imported, expected: &Table) -> bool {
    let mut stated: Vec<Table> = vec![imported.files[0].1.parse().expect("TOML")];
    let advice = imported.untranslated.iter().flat_map(|skipped| skipped.help().split('`').skip(1).step_by(2));
    stated.extend(advice.filter_map(|advice| advice.parse().ok()));
    let found: Vec<(String, Table)> = stated.iter().flat_map(rules).collect();
    let has_rules = rules(expected)
        .iter()
        .all(|(kind, rule)| found.iter().any(|(other, candidate)| other == kind && contains(candidate, rule)));
    let others = expected.iter().filter(|(key, _)| *key != "rules");
    has_rules
        && others.into_iter().all(|(key, value)| match (stated[0].get(key), value) {
            // Who has which policy: the attribute of the condition.
            (Some(Value::Array(found)), Value::Array(expected)) if key == "population" => {
                let whens =
                    |list: &[Value]| list.iter().filter(|population| population.get("when").is_some()).count();
                whens(found) == whens(expected)
            }
            (Some(Value::Table(found)), Value::Table(value)) => contains(found, value),
            (found, value) => found == Some(value),
        })
}

#[test]
fn every_setting_is_imported_as_the_peers_state() {
    let peers: Table = PEERS.parse().expect("TOML");
    let mut wrong = Vec::new();
    let mut formats = Vec::new();
    let mut imports = 0;
    for product in list(&peers, "product") {
        let Some(name) = text(&product, "import") else { continue };
        let format = Format::named(name).expect("a format");
        formats.push(format);
        for setting in list(&product, "setting") {
            let place = format!("{name}: {}", text(&setting, "name").unwrap_or_default());
            if text(&setting, "status") != Some("yes") {
                continue;
            }
            let Some(file) = text(&setting, "import") else {
                assert!(text(&setting, "not_imported").is_some_and(|reason| !reason.is_empty()), "{place}");
                continue;
            };
            imports += 1;
            let imported = imported(format, "file", file);
            let policy = text(&setting, "policy").expect("a policy");
            if !states(&imported, &policy.parse().expect("TOML")) {
                let skipped: Vec<String> = imported.untranslated.iter().map(|skipped| skipped.message()).collect();
                wrong.push(format!("{place}: `{policy}` is not in\n{}\n{skipped:?}", imported.files[0].1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    // Of OpenLDAP and of login.defs, the peers have no settings.
    for format in FORMATS {
        let is_peer = formats.contains(format) || matches!(format, Format::Openldap | Format::LoginDefs);
        assert!(is_peer, "{format:?}: no product in rules/peers.toml");
    }
    assert!(imports > 110, "{imports}");
}

#[test]
fn imported_settings_reject_what_the_peers_state() {
    let peers: Table = PEERS.parse().expect("TOML");
    let user = User::new()
        .with("username", "heronlake")
        .with("name", "Anna Keller")
        .with("email", "anna.keller@acme.com")
        .with("phone", "")
        .with("tenant", "Contoso");
    let mut wrong = Vec::new();
    for product in list(&peers, "product") {
        let Some(name) = text(&product, "import") else { continue };
        let format = Format::named(name).expect("a format");
        for setting in list(&product, "setting") {
            let place = format!("{name}: {}", text(&setting, "name").unwrap_or_default());
            let Some(file) = text(&setting, "import") else { continue };
            let imported = imported(format, "file", file);
            let is_set = imported.files[0].1.contains("[[population]]");
            let is_advice = !imported.untranslated.is_empty();
            let set = load(&imported);
            let rejects = setting.get("rejects").and_then(Value::as_array).cloned().unwrap_or_default();
            for password in rejects.iter().filter_map(Value::as_str).filter(|_| !is_set && !is_advice) {
                if codes(&set, &user, password).is_empty() {
                    wrong.push(format!("{place}: {password} is accepted by\n{}", imported.files[0].1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
