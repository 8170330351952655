//! Reads the document of a policy for comparison, in one form however it was written.

use std::collections::BTreeSet;

use crate::policy::Document;
use crate::policy::Span;
use crate::policy::document::{Entry, Node, Value};

/// A place in a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The layer: a path or a preset.
    pub layer: String,
    /// The line, from 1.
    pub line: usize,
}

/// Returns the place of a span.
pub(crate) fn place(document: &Document, span: Span) -> Place {
    let layers = document.reporter.layers();
    let text = layers.get(span.layer).map_or("", |(_, text)| text);
    let line = text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1;
    Place { layer: document.reporter.layer_name(span.layer).to_string(), line }
}

/// Returns the entries of a table. Empty for any other value.
pub(crate) fn entries(node: Option<&Node>) -> &[Entry] {
    match node.map(|node| &node.value) {
        Some(Value::Table(entries)) => entries,
        _ => &[],
    }
}

pub(crate) fn entry<'d>(entries: &'d [Entry], key: &str) -> Option<&'d Entry> {
    entries.iter().find(|entry| entry.key == key)
}

pub(crate) fn value<'d>(entries: &'d [Entry], key: &str) -> Option<&'d Value> {
    entry(entries, key).map(|entry| &entry.node.value)
}

pub(crate) fn number(value: Option<&Value>) -> Option<u64> {
    match value {
        Some(Value::Integer(Some(number))) => u64::try_from(*number).ok(),
        _ => None,
    }
}

pub(crate) fn flag(value: Option<&Value>) -> Option<bool> {
    match value {
        Some(Value::Boolean(flag)) => Some(*flag),
        _ => None,
    }
}

/// Returns a list of strings as a set. A string stands for a list of one.
pub(crate) fn texts(value: Option<&Value>) -> Option<BTreeSet<&str>> {
    let items = match value {
        Some(Value::Array(items)) => items,
        Some(Value::String(text)) => return Some(BTreeSet::from([text.as_str()])),
        _ => return None,
    };
    let text = |item: &Node| matches!(item.value, Value::String(_));
    if !items.iter().all(text) {
        return None;
    }
    let mut found = BTreeSet::new();
    for item in items {
        if let Value::String(text) = &item.value {
            found.insert(text.as_str());
        }
    }
    Some(found)
}

/// Formats a value as TOML with tables sorted by key, so that equal values have equal texts.
pub(crate) fn show(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Integer(Some(number)) => number.to_string(),
        Value::Integer(None) | Value::OtherTime => "?".to_owned(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Date(year, month, day) => format!("{year:04}-{month:02}-{day:02}"),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| show(&item.value)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(entries) => {
            let mut shown: Vec<String> =
                entries.iter().map(|entry| format!("{} = {}", entry.key, show(&entry.node.value))).collect();
            shown.sort();
            if shown.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", shown.join(", ")) }
        }
    }
}
