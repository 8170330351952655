//! A JSON Schema of policies, for editors: completion, descriptions, and what is wrong while one types.
//!
//! It is made from the grammar that the loader itself records, and from the pages of the catalogue and the comments of
//! the preset `standard`, where each key is described: one fact, one place.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::catalogue;
use crate::evaluation::{LANGUAGES, Loader};
use crate::policy::grammar::{Key, ValueType};
use crate::policy::source::PRESETS;
use crate::policy::units::Rate;

/// The JSON Schema (2020-12) of the policies that `loader` loads, its own kinds of rules included. It is stricter than
/// an editor needs and laxer than the loader, which also compares values with one another.
pub fn json_schema(loader: &Loader) -> Value {
    let kinds = loader.grammar_of_kinds();
    let shared = loader.grammar_of_rules();
    let mut definitions = Map::new();
    for (kind, keys) in &kinds {
        let keys: Vec<Key> = shared.iter().chain(keys).cloned().collect();
        let parameters = catalogue::parameters(kind);
        let describe = |path: &[String]| {
            // A page writes `require.<class>` for a table of classes and for each key in it.
            let own = parameters.get(&path.join(".")).or_else(|| {
                let placeholder = format!("{}.<", path.first()?);
                parameters.iter().find(|(name, _)| name.starts_with(&placeholder)).map(|(_, text)| text)
            });
            own.cloned().or_else(|| shared_key(path))
        };
        let mut object = table(&keys, &[], &describe);
        object.insert("description".to_owned(), catalogue::summary(kind).unwrap_or(kind).into());
        definitions.insert(format!("kind-{kind}"), Value::Object(object));
    }
    let names: Vec<&str> = kinds.iter().map(|(kind, _)| *kind).collect();
    definitions.insert("kind".to_owned(), json!({ "enum": names }));
    definitions.insert("rule".to_owned(), rule_of_any_name(&names));
    let by_name = names.iter().map(|name| ((*name).to_owned(), rule_of_name(name)));
    let rules = json!({
        "type": "object",
        "description": "rules by name; a rule whose name is a kind needs no `kind`",
        "properties": by_name.collect::<Map<_, _>>(),
        "additionalProperties": { "$ref": "#/$defs/rule" },
    });
    definitions.insert("rules".to_owned(), rules);
    let described = described_by_standard();
    let mut policy =
        table(&loader.grammar(), &[], &|path| described.get(&path.join(".")).cloned().or_else(|| top_key(path)));
    policy.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
    policy.insert("title".to_owned(), "Kouling policy".into());
    policy.insert("$defs".to_owned(), definitions.into());
    Value::Object(policy)
}

/// A rule under the name of a kind: `false` switches it off, and another `kind` may be given.
fn rule_of_name(name: &str) -> Value {
    json!({
        "if": { "type": "object", "not": { "required": ["kind"] } },
        "then": { "$ref": format!("#/$defs/kind-{name}") },
        "else": { "$ref": "#/$defs/rule" },
    })
}

/// A rule under a name of the author's.
fn rule_of_any_name(kinds: &[&str]) -> Value {
    let of_kind = |kind: &&str| {
        json!({
            "if": { "type": "object", "required": ["kind"], "properties": { "kind": { "const": kind } } },
            "then": { "$ref": format!("#/$defs/kind-{kind}") },
        })
    };
    json!({
        "anyOf": [
            { "const": false, "description": "switches off the rule of a layer below" },
            { "type": "object", "required": ["kind"], "properties": { "kind": { "$ref": "#/$defs/kind" } } },
        ],
        "allOf": kinds.iter().map(of_kind).collect::<Vec<_>>(),
    })
}

/// The table at `path`, as an object.
fn table(keys: &[Key], path: &[String], describe: &dyn Fn(&[String]) -> Option<String>) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut any_key = false;
    for key in keys {
        if key.path == path && key.form == ValueType::AnyKey {
            any_key = true;
        }
        let Some((name, before)) = key.path.split_last() else { continue };
        if before != path || key.form == ValueType::AnyKey {
            continue;
        }
        let mut schema = form(key, keys, describe);
        if let (Some(schema), Some(text)) = (schema.as_object_mut(), describe(&key.path)) {
            schema.insert("description".to_owned(), text.into());
        }
        properties.insert(name.clone(), schema);
    }
    let mut object = Map::new();
    object.insert("type".to_owned(), "object".into());
    if path.last().is_some_and(|name| name == "message") {
        let languages =
            LANGUAGES.iter().map(|l| (l.tag().to_owned(), json!({ "type": "string", "maxLength": 500 })));
        properties.extend(languages);
        any_key = false;
    }
    object.insert("properties".to_owned(), properties.into());
    object.insert("additionalProperties".to_owned(), any_key.into());
    object
}

fn form(key: &Key, keys: &[Key], describe: &dyn Fn(&[String]) -> Option<String>) -> Value {
    match &key.form {
        ValueType::Count { range, default } => {
            let mut schema = json!({ "type": "integer", "minimum": range.start(), "maximum": range.end() });
            if let (Some(schema), Some(default)) = (schema.as_object_mut(), default) {
                schema.insert("default".to_owned(), (*default).into());
            }
            schema
        }
        ValueType::Flag { default } => json!({ "type": "boolean", "default": default }),
        ValueType::Text => json!({ "type": "string" }),
        ValueType::Texts if key.path == ["extends"] => {
            let presets: Vec<&str> = PRESETS.iter().map(|(name, _)| *name).collect();
            let name = json!({ "anyOf": [{ "enum": presets }, { "type": "string" }] });
            json!({ "anyOf": [name, { "type": "array", "items": name }] })
        }
        ValueType::Texts => {
            json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
        }
        ValueType::Choice { words } => json!({ "enum": words }),
        ValueType::Duration { default, .. } => {
            json!({ "type": "string", "pattern": "^[0-9]+[smhd]$", "default": in_words(*default) })
        }
        ValueType::Rate { default: Rate { most, per } } => {
            let default = format!("{most}/{}", in_words(*per).trim_start_matches('1'));
            json!({ "type": "string", "pattern": "^[0-9]+/[0-9]*[smhd]$", "default": default })
        }
        ValueType::Date => json!({ "type": "string", "format": "date" }),
        ValueType::Table => Value::Object(table(keys, &key.path, describe)),
        ValueType::Tables => json!({ "type": "array", "items": table(keys, &key.path, describe) }),
        ValueType::Rules => json!({ "$ref": "#/$defs/rules" }),
        ValueType::AnyKey => Value::Bool(true),
    }
}

/// Seconds as a policy writes them, in the greatest unit that divides them.
fn in_words(seconds: u64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "m")];
    match units.iter().find(|(unit, _)| seconds > 0 && seconds.is_multiple_of(*unit)) {
        Some((unit, letter)) => format!("{}{letter}", seconds / unit),
        None => format!("{seconds}s"),
    }
}

/// What every rule can say, whatever its kind.
fn shared_key(path: &[String]) -> Option<String> {
    let text = match path {
        [key] if key == "kind" => "the kind of the rule; its name, if not given",
        [key] if key == "severity" => {
            "refuse: the password is refused; warn: its owner is told; shadow: judged and counted, never shown"
        }
        [key] if key == "from" => {
            "the day from which the rule refuses, whatever its severity; before, it warns or does what that says"
        }
        [key] if key == "message" => "what the reader is told instead of the built-in sentence, by language",
        [key] if key == "wire" => "the code that goes over the wire instead of the contract's own",
        _ => return None,
    };
    Some(text.to_owned())
}

/// What the preset `standard` does not hold.
fn top_key(path: &[String]) -> Option<String> {
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    let text = match keys.as_slice() {
        ["format"] => "the version of the policy format",
        ["name"] => "what the policy is called in outcomes and logs",
        ["extends"] => "presets or files (relative to this one) that lie below; a later layer wins, key by key",
        ["password"] => "what is asked of a password before its rules",
        ["password", "hash_limit_bytes"] => {
            "set it when the host hashes with bcrypt (72): longer is refused, never cut"
        }
        ["expiry"] => "how long a password may be used, for hosts that ask for change",
        ["expiry", "max_age"] => "how long a password may be in use",
        ["expiry", "warn_before"] => "how long before the end its owner is told",
        ["exempt"] => "rules that a password need not obey when it meets all of `when`",
        ["exempt", "when"] => "the conditions, written as rules are",
        ["exempt", "rules"] => "the names of the rules it need not obey",
        ["reset"] => "the reset of a forgotten password",
        ["reset", "code"] => "the code that is sent",
        ["reset", "code", "digits"] => "so many decimal digits; short for `alphabet` and `length`",
        ["reset", "code", "alphabet"] => {
            "the characters of a code: two or more different ASCII letters and digits"
        }
        ["reset", "code", "length"] => "how many of them a code has",
        ["reset", "captcha"] => "the captcha before a code is sent",
        ["reset", "limits"] => "how many codes may be asked for",
        _ => return None,
    };
    Some(text.to_owned())
}

/// Key by key what the comments of the preset `standard` say.
fn described_by_standard() -> BTreeMap<String, String> {
    let text = PRESETS.iter().find(|(name, _)| *name == "standard").map_or("", |(_, text)| *text);
    let mut described = BTreeMap::new();
    let mut heading = String::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.split(']').next()) {
            heading = format!("{name}.");
        } else if let Some((key, rest)) = line.split_once(" = ")
            && !key.starts_with('#')
            && let Some((_, comment)) = rest.split_once(" # ")
        {
            described.insert(format!("{heading}{key}"), comment.trim().to_owned());
        }
    }
    described
}
