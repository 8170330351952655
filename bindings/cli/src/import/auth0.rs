//! Auth0: JSON of a connection. Source: Management API, options of a database connection.

use super::Translated;
use super::draft::{Draft, Origin};
use super::json;
use super::source::{Node, Problem, Settings, Text};

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut draft = Draft::new("auth0", "Auth0");
    for text in texts {
        let document = json::read(text)?;
        let node = document.items().first().unwrap_or(&document);
        if let Some(more) = document.items().get(1) {
            draft.problem(&more.place, "unexpected second connection; expected one");
        }
        let options = node.get("options").unwrap_or(node);
        if options.object().is_none() {
            draft.problem(&options.place, "unexpected value; expected a connection with `options`");
            continue;
        }
        write(&mut draft, options);
    }
    Ok(Translated::Policy(draft))
}

fn write(draft: &mut Draft, options: &Node) {
    // A connection has many other options.
    let entries = options.object().unwrap_or_default().iter();
    let mut settings =
        Settings::new(entries.filter(|entry| entry.key.to_lowercase().contains("password")).cloned().collect());
    let level = settings.take("passwordPolicy");
    let (name, origin) = match &level {
        Some(entry) => (entry.text(draft).unwrap_or_default(), entry.origin()),
        None => ("good".to_owned(), draft.default_origin()),
    };
    let mut complexity = settings.inner("password_complexity_options", draft);
    let min = draft.number(&mut complexity, "min_length", (1, 128), None);
    complexity.finish(draft);
    let default = match name.as_str() {
        "none" => 1,
        "low" => 6,
        "fair" | "good" => 8,
        "excellent" => 10,
        _ => {
            if let Some(entry) = &level {
                draft.problem(
                    &entry.value.place,
                    "invalid `passwordPolicy`; expected `none`, `low`, `fair`, `good` or `excellent`",
                );
            }
            return;
        }
    };
    match min {
        Some(min) => draft.set("rules.length", "min", min.value, &min.origin),
        None => draft.set("rules.length", "min", default, &origin),
    }
    draft.set("rules.length", "max", 128, &draft.built_in("accepts up to 128 characters"));
    levels(draft, &name, &origin);
    history(draft, &mut settings);
    dictionary(draft, &mut settings);
    let mut personal = settings.inner("password_no_personal_info", draft);
    if let Some(enable) = draft.flag(&mut personal, "enable", Some(false)).filter(|enable| enable.value) {
        draft.set("rules.personal", "attributes", ["username", "name", "email", "phone"], &enable.origin);
    }
    personal.finish(draft);
    settings.skip(
        draft,
        &["enable_script_context", "import_mode", "password_hash"],
        "the host stores the passwords",
        "keep it in Auth0",
    );
    settings.finish(draft);
    draft.remark(
        "Breached password detection is a setting of the tenant: build a filter with `kouling words build --filter` and add \
         `rules.breached`.",
    );
}

fn levels(draft: &mut Draft, name: &str, origin: &Origin) {
    const TABLE: &str = "rules.characters";
    match name {
        "fair" => {
            draft.set(TABLE, "min_classes", 1, &draft.built_in("requires three classes"));
            for class in ["lower", "upper", "digit"] {
                draft.set(TABLE, &format!("require.{class}"), 1, origin);
            }
        }
        "good" | "excellent" => draft.set(TABLE, "min_classes", 3, origin),
        _ => {}
    }
    if name == "excellent" {
        draft.set("rules.repetition", "max_run", 2, origin);
    }
}

fn history(draft: &mut Draft, settings: &mut Settings) {
    let mut history = settings.inner("password_history", draft);
    let enable = draft.flag(&mut history, "enable", Some(false)).is_some_and(|enable| enable.value);
    let size = draft.number(&mut history, "size", (1, 24), Some(5));
    if let Some(size) = size.filter(|_| enable) {
        draft.set("rules.history", "depth", size.value, &size.origin);
    }
    history.finish(draft);
}

fn dictionary(draft: &mut Draft, settings: &mut Settings) {
    let mut dictionary = settings.inner("password_dictionary", draft);
    let enable = draft.flag(&mut dictionary, "enable", Some(false));
    let own = dictionary.take("dictionary");
    if let Some(enable) = enable.filter(|enable| enable.value) {
        let words: Vec<String> = own
            .as_ref()
            .map(|own| {
                own.value
                    .items()
                    .iter()
                    .filter_map(Node::text)
                    .map(str::to_lowercase)
                    .filter(|word| !word.trim().is_empty())
                    .collect()
            })
            .unwrap_or_default();
        let origin = enable.origin.with("the list of Kouling instead of that of Auth0");
        if words.is_empty() {
            draft.set("rules.words", "lists", ["common"], &origin);
        } else {
            draft.set("rules.words", "lists", ["common", "./words.txt"], &origin);
            draft.word_list("words.txt", words);
        }
    }
    dictionary.finish(draft);
}
