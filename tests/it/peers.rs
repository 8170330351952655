//! `rules/peers.toml`: the settings of other products, and how a policy states each. The catalogue is generated from it. Every
//! policy loads, and accepts and rejects the passwords that the file states.

use std::fmt::Write;
use std::path::Path;

use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::{Facts, Loader, Moment, User};

const NOW: Moment = Moment::from_unix(1_795_392_000);
/// The words of `./words.txt`.
const WORDS: &[u8] = b"kingfisher\ncontoso\nblank\n";
/// The maximum number of lines of a policy besides `format = 1`.
const MAX_LINES: usize = 2;

struct Product {
    name: String,
    source: String,
    settings: Vec<Setting>,
}

struct Setting {
    name: String,
    status: String,
    policy: Option<String>,
    rejects: Vec<String>,
    accepts: Vec<String>,
    note: String,
}

fn read(file: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn products() -> Vec<Product> {
    let text = String::from_utf8(read("rules/peers.toml")).expect("UTF-8");
    let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("rules/peers.toml: {error}"));
    let list = |table: &toml::Table, key: &str| -> Vec<toml::Table> {
        let items = table.get(key).and_then(toml::Value::as_array).expect("a list of tables");
        items.iter().map(|item| item.as_table().expect("a table").clone()).collect()
    };
    let text =
        |table: &toml::Table, key: &str| table.get(key).map(|text| text.as_str().expect("a string").to_owned());
    let setting = |setting: toml::Table| {
        const KEYS: [&str; 8] =
            ["name", "status", "import", "not_imported", "policy", "rejects", "accepts", "note"];
        assert!(setting.keys().all(|key| KEYS.contains(&key.as_str())), "{setting:?}");
        let passwords = |key: &str| {
            let items = setting.get(key).and_then(toml::Value::as_array).cloned().unwrap_or_default();
            items.iter().map(|item| item.as_str().expect("a string").to_owned()).collect()
        };
        Setting {
            name: text(&setting, "name").expect("a name"),
            status: text(&setting, "status").expect("a status"),
            policy: text(&setting, "policy"),
            rejects: passwords("rejects"),
            accepts: passwords("accepts"),
            note: text(&setting, "note").unwrap_or_default(),
        }
    };
    list(&table, "product")
        .iter()
        .map(|product| Product {
            name: text(product, "name").expect("a name"),
            source: text(product, "source").expect("a source"),
            settings: list(product, "setting").into_iter().map(setting).collect(),
        })
        .collect()
}

/// Returns the section of the catalogue.
pub(crate) fn section() -> String {
    let mut text = String::from(
        "## Settings of other products\n\nGenerated from `rules/peers.toml`. Each policy follows `format = 1`.\n",
    );
    for product in products() {
        let _ = writeln!(
            text,
            "\n### {}\n\nSource: {}.\n\n| setting | in a policy |\n|---|---|",
            product.name, product.source
        );
        for setting in product.settings {
            let policy = setting.policy.iter().flat_map(|policy| policy.lines()).map(|line| format!("`{line}`"));
            let status = match setting.status.as_str() {
                "yes" => None,
                "pending" => Some("not yet:".to_owned()),
                status => Some(format!("{status}:")),
            };
            let note = Some(setting.note).filter(|note| !note.is_empty());
            let cells: Vec<String> = status.into_iter().chain(policy).chain(note).collect();
            let _ = writeln!(text, "| {} | {} |", setting.name, cells.join(" ").replace('|', "\\|"));
        }
    }
    text
}

fn loader() -> Loader {
    let filters = ["leaked.filter", "leaked-often.filter"];
    let files = filters.into_iter().fold(Memory::default().with("words.txt", WORDS), |files, name| {
        files.with(name, read(&format!("tests/vectors/files/{name}")))
    });
    Loader::new().with_source(files)
}

#[test]
fn every_policy_loads_and_decides_as_stated() {
    let user = User::new()
        .with("username", "heronlake")
        .with("name", "Anna Keller")
        .with("email", "anna.keller@acme.com")
        .with("tenant", "Contoso");
    let facts = Facts { current: Some(b"Winter-2026"), ..Facts::new(&user, NOW) };
    let mut wrong = Vec::new();
    for product in products() {
        for setting in &product.settings {
            let place = format!("{}: {}", product.name, setting.name);
            let Some(written) = &setting.policy else { continue };
            let text = format!("format = 1\n{written}");
            if text.contains("population") {
                let set = loader().load_set(Start::Text("policy.toml", &text));
                wrong.extend(set.err().map(|error| format!("{place}: {error}")));
                continue;
            }
            let policy = match loader().load(Start::Text("policy.toml", &text)) {
                Ok(policy) => policy,
                Err(error) => {
                    wrong.push(format!("{place}: {error}"));
                    continue;
                }
            };
            for (passwords, expected) in [(&setting.rejects, false), (&setting.accepts, true)] {
                for password in passwords {
                    let outcome = policy.evaluate(password.as_bytes(), &facts).expect("an outcome");
                    if outcome.accepted() != expected {
                        let codes: Vec<&str> = outcome.violations().map(|violation| violation.code()).collect();
                        wrong.push(format!("{place}: {password}: accepted {}, {codes:?}", outcome.accepted()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_setting_is_short_or_has_a_reason() {
    let products = products();
    for product in &products {
        for setting in &product.settings {
            let place = format!("{}: {}", product.name, setting.name);
            let lines = setting.policy.iter().map(|policy| policy.lines().count()).sum::<usize>();
            match setting.status.as_str() {
                "yes" => assert!((1..=MAX_LINES).contains(&lines), "{place}: {lines} lines"),
                "no" | "host" | "pending" => assert!(lines == 0 && !setting.note.is_empty(), "{place}"),
                other => panic!("{place}: unknown status {other}"),
            }
            // Whether a password was used before needs its hash. The other tables decide nothing about a password itself.
            let needs_no_password =
                ["history", "population", "expiry", "sign_in", "temporary", "min_password_age"]
                    .iter()
                    .any(|word| setting.policy.as_ref().is_some_and(|policy| policy.contains(word)));
            let is_tried = !setting.rejects.is_empty() || !setting.accepts.is_empty();
            assert!(setting.status != "yes" || is_tried != needs_no_password, "{place}: no passwords");
        }
    }
    let settings: usize = products.iter().map(|product| product.settings.len()).sum();
    assert!(products.len() == 16 && settings >= 138, "{} products, {settings} settings", products.len());
}
