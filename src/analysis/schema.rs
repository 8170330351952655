//! A JSON Schema of policies, for editors: completion, descriptions, and errors as the author types.
//!
//! It is generated from the declarations of the keys and of the rule kinds.

use serde_json::{Map, Value, json};

use crate::evaluation::Loader;
use crate::evaluation::sections::{EXTENDS, MAX_MESSAGE, MESSAGE, set_keys};
use crate::policy::findings::lint_pages;
use crate::policy::lint::{CHOSEN, FINDING};
use crate::policy::population::{POPULATION, attribute_key, condition_keys};
use crate::policy::source::{PRESETS, STANDARDS};
use crate::policy::{Parameter, ValueType, units};

/// Returns the JSON Schema (2020-12) of the policies and policy sets that `loader` loads, including its custom rule kinds. The loader
/// checks more than the schema: it also compares values with one another.
pub fn json_schema(loader: &Loader) -> Value {
    let shared = loader.rule_keys();
    let mut definitions = Map::new();
    for definition in loader.definitions() {
        let parameters = definition.parameters();
        let keys = shared.iter().chain(parameters.unwrap_or_default());
        let mut object = table(keys, parameters.is_none());
        let summary = definition.documentation().map_or(definition.kind(), |documentation| documentation.summary);
        object.insert("description".to_owned(), summary.into());
        definitions.insert(format!("kind-{}", definition.kind()), Value::Object(object));
    }
    let names: Vec<&str> = loader.definitions().iter().map(|definition| definition.kind()).collect();
    definitions.insert("kind".to_owned(), json!({ "enum": names }));
    definitions.insert("rule".to_owned(), rule_of_any_name(&names));
    let by_name = names.iter().map(|name| ((*name).to_owned(), rule_of_name(name)));
    let rules = json!({
        "type": "object",
        "description": "The rules by name. A rule whose name is a kind needs no `kind`.",
        "properties": by_name.collect::<Map<_, _>>(),
        "additionalProperties": { "$ref": "#/$defs/rule" },
    });
    definitions.insert("rules".to_owned(), rules);
    definitions.insert("condition".to_owned(), condition());
    // One table with the keys of both kinds of file: editors complete keys only where they are certain to be valid.
    let (mut keys, set_keys) = (loader.policy_keys(), set_keys());
    let names: Vec<&str> = set_keys.iter().map(|parameter| parameter.key.as_ref()).collect();
    keys.extend(
        set_keys.iter().filter(|key| keys.iter().all(|known| known.key != key.key)).cloned().collect::<Vec<_>>(),
    );
    let mut policy = table(&keys, false);
    policy.insert("if".to_owned(), json!({ "required": [POPULATION] }));
    policy.insert("then".to_owned(), json!({ "propertyNames": { "enum": names } }));
    policy.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
    policy.insert("title".to_owned(), "Kouling policy or policy set".into());
    policy.insert("$defs".to_owned(), definitions.into());
    Value::Object(policy)
}

/// Returns the schema of a condition on the attributes of a user.
fn condition() -> Value {
    let mut schema = table(&condition_keys(), false);
    let attribute = attribute_key();
    let mut values = value(&attribute.value);
    values["description"] = attribute.description().into();
    schema.insert("additionalProperties".to_owned(), values);
    schema.insert("minProperties".to_owned(), 1.into());
    Value::Object(schema)
}

/// Returns the schema of a rule whose name is a kind. `false` removes an inherited rule, and `kind` can name another kind.
fn rule_of_name(name: &str) -> Value {
    json!({
        "if": { "type": "object", "not": { "required": ["kind"] } },
        "then": { "$ref": format!("#/$defs/kind-{name}") },
        "else": { "$ref": "#/$defs/rule" },
    })
}

/// Returns the schema of a rule with its own name.
fn rule_of_any_name(kinds: &[&str]) -> Value {
    let of_kind = |kind: &&str| {
        json!({
            "if": { "type": "object", "required": ["kind"], "properties": { "kind": { "const": kind } } },
            "then": { "$ref": format!("#/$defs/kind-{kind}") },
        })
    };
    json!({
        "anyOf": [
            { "const": false, "description": "removes the rule of a layer below" },
            { "type": "object", "required": ["kind"], "properties": { "kind": { "$ref": "#/$defs/kind" } } },
        ],
        "allOf": kinds.iter().map(of_kind).collect::<Vec<_>>(),
    })
}

/// Returns the schema of a table with these keys. `is_open` allows others.
fn table<'p>(keys: impl IntoIterator<Item = &'p Parameter>, is_open: bool) -> Map<String, Value> {
    let mut properties = Map::new();
    for parameter in keys {
        let mut schema = match parameter.key.as_ref() {
            key if key == EXTENDS.key() => presets_or_files(),
            key if key == MESSAGE => messages(&parameter.value),
            key if key == CHOSEN.key() => one_or_more(STANDARDS.iter().map(|(name, _)| *name).collect()),
            key if key == FINDING.key() => {
                let ids = lint_pages().iter().filter(|page| page.waivable).map(|page| page.id);
                json!({ "enum": ids.collect::<Vec<_>>() })
            }
            _ => value(&parameter.value),
        };
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), parameter.description().into());
        }
        properties.insert(parameter.key.clone().into_owned(), schema);
    }
    let mut object = Map::new();
    object.insert("type".to_owned(), "object".into());
    object.insert("properties".to_owned(), properties.into());
    object.insert("additionalProperties".to_owned(), is_open.into());
    object
}

fn presets_or_files() -> Value {
    let presets: Vec<&str> = PRESETS.iter().map(|(name, _)| *name).collect();
    let name = json!({ "anyOf": [{ "enum": presets }, { "type": "string" }] });
    json!({ "anyOf": [name, { "type": "array", "items": name }] })
}

fn one_or_more(names: Vec<&str>) -> Value {
    json!({ "anyOf": [{ "enum": names }, { "type": "array", "items": { "enum": names } }] })
}

fn messages(languages: &ValueType) -> Value {
    let mut schema = value(languages);
    for property in schema["properties"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        property["maxLength"] = MAX_MESSAGE.into();
    }
    schema
}

fn value(value_type: &ValueType) -> Value {
    match value_type {
        ValueType::Count { range, default, .. } => {
            let mut schema = json!({ "type": "integer", "minimum": range.start(), "maximum": range.end() });
            if let Some(default) = default {
                schema["default"] = (*default).into();
            }
            schema
        }
        ValueType::Flag { default } => json!({ "type": "boolean", "default": default }),
        ValueType::Text => json!({ "type": "string" }),
        ValueType::Texts { .. } => {
            json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
        }
        ValueType::Choice { keywords } => json!({ "enum": keywords, "default": keywords.first() }),
        ValueType::Duration { default, .. } => {
            json!({ "type": "string", "pattern": "^[0-9]+[smhd]$", "default": units::as_duration(*default) })
        }
        ValueType::Rate { default } => {
            json!({ "type": "string", "pattern": "^[0-9]+/[0-9]*[smhd]$", "default": units::as_rate(*default) })
        }
        ValueType::Date => json!({ "type": "string", "format": "date" }),
        ValueType::Table(keys) => Value::Object(table(keys, false)),
        ValueType::Tables(keys) => json!({ "type": "array", "items": table(keys, false) }),
        ValueType::Map { values, .. } => json!({ "type": "object", "additionalProperties": value(values) }),
        ValueType::Rules => json!({ "$ref": "#/$defs/rules" }),
        ValueType::Condition => json!({ "$ref": "#/$defs/condition" }),
        ValueType::Conditions => json!({ "type": "array", "items": { "$ref": "#/$defs/condition" } }),
    }
}
