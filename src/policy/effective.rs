//! The effective settings of a policy: every value after all layers are merged, with its place; and the merged policy as
//! text.

use std::sync::Arc;

use super::diagnostic::Span;
use super::document::{Document, Entry, Node, Value};
use super::source::Source;

/// Keys whose texts can name files.
const FILE_KEYS: [&str; 2] = ["lists", "filter"];

/// An effective value and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its keys, separated by dots. A table in a list has its index: `exempt[0].rules`.
    pub path: String,
    /// The value, as TOML.
    pub value: String,
    /// The layer: a path or a preset.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The range of text.
    pub span: Span,
}

impl Document {
    /// Returns every effective value, in the order of the merged policy. A table without keys is a value too: it can
    /// enable a rule. `extends` is not included.
    pub fn effective(&self) -> Vec<Setting> {
        let mut settings = Vec::new();
        self.collect("", &self.root, &mut settings);
        settings.retain(|setting| setting.path != "extends");
        settings
    }

    fn collect(&self, path: &str, node: &Node, settings: &mut Vec<Setting>) {
        match &node.value {
            Value::Table(entries) if !entries.is_empty() => {
                for entry in entries {
                    let dot = if path.is_empty() { "" } else { "." };
                    let path = format!("{path}{dot}{}", key(&entry.key));
                    let empty = matches!(&entry.node.value, Value::Table(inside) if inside.is_empty());
                    // The place of an empty table is its heading.
                    let span = if empty { entry.key_span } else { entry.node.span };
                    self.collect(&path, &Node { span, value: entry.node.value.clone() }, settings);
                }
            }
            Value::Array(items) if is_tables(items) => {
                for (number, item) in items.iter().enumerate() {
                    self.collect(&format!("{path}[{number}]"), item, settings);
                }
            }
            value => {
                let (file, line, column) = self.reporter.place(node.span);
                let value = print(value, &|text| text.to_owned());
                settings.push(Setting { path: path.to_owned(), value, file, line, column, span: node.span });
            }
        }
    }

    /// Returns the merged policy as text without `extends`. It loads to an equivalent policy.
    ///
    /// A relative path is replaced by its resolved name, so the text must be loaded from the same working directory.
    pub fn to_toml(&self, source: &dyn Source) -> String {
        let mut text = String::new();
        let Value::Table(entries) = &self.root.value else { return text };
        let plain = |entry: &&Entry| !is_table(&entry.node) && !is_list_of_tables(&entry.node);
        for entry in entries.iter().filter(|entry| entry.key != "extends").filter(plain) {
            text.push_str(&self.line(entry, source));
        }
        for entry in entries {
            match &entry.node.value {
                Value::Table(inside) => self.section(&key(&entry.key), inside, source, &mut text),
                Value::Array(items) if is_tables(items) => {
                    for item in items {
                        text.push_str(&format!("\n[[{}]]\n", key(&entry.key)));
                        let Value::Table(inside) = &item.value else { continue };
                        inside.iter().for_each(|entry| text.push_str(&self.line(entry, source)));
                    }
                }
                _ => {}
            }
        }
        text
    }

    fn section(&self, path: &str, entries: &[Entry], source: &dyn Source, text: &mut String) {
        let (tables, plain): (Vec<&Entry>, Vec<&Entry>) = entries.iter().partition(|entry| is_table(&entry.node));
        if !plain.is_empty() || tables.is_empty() {
            text.push_str(&format!("\n[{path}]\n"));
        }
        plain.iter().for_each(|entry| text.push_str(&self.line(entry, source)));
        for entry in tables {
            let Value::Table(inside) = &entry.node.value else { continue };
            self.section(&format!("{path}.{}", key(&entry.key)), inside, source, text);
        }
    }

    fn line(&self, entry: &Entry, source: &dyn Source) -> String {
        format!("{} = {}\n", key(&entry.key), self.value(&entry.key, &entry.node, source))
    }

    fn value(&self, name: &str, node: &Node, source: &dyn Source) -> String {
        match &node.value {
            Value::Table(entries) => {
                let inside: Vec<String> =
                    entries.iter().map(|entry| self.line(entry, source).trim_end().to_owned()).collect();
                format!("{{ {} }}", inside.join(", "))
            }
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(name, item, source)).collect();
                format!("[{}]", items.join(", "))
            }
            value if FILE_KEYS.contains(&name) => print(value, &|text| self.relocated(text, node.span, source)),
            value => print(value, &|text| text.to_owned()),
        }
    }

    /// Returns the resolved name of a file that the layer of `span` names.
    fn relocated(&self, written: &str, span: Span, source: &dyn Source) -> String {
        let is_path = |text: &str| text.contains(['/', '.', '\\']);
        if !is_path(written) {
            return written.to_owned();
        }
        let (layer, ..) = self.reporter.place(span);
        let resolved = source.resolve(written, Some(&layer));
        if is_path(&resolved) { resolved } else { format!("./{resolved}") }
    }
}

fn is_table(node: &Node) -> bool {
    matches!(node.value, Value::Table(_))
}

fn is_tables(items: &[Node]) -> bool {
    !items.is_empty() && items.iter().all(is_table)
}

fn is_list_of_tables(node: &Node) -> bool {
    matches!(&node.value, Value::Array(items) if is_tables(items))
}

/// Returns a key as TOML: in quotes unless it consists of ASCII letters, digits, `_` and `-`.
pub(crate) fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { quoted(name) }
}

fn quoted(text: &str) -> String {
    let mut written = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            c if c.is_control() => written.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => written.push(c),
        }
    }
    written.push('"');
    written
}

/// Formats a value as TOML. A value that no valid policy contains is printed as zero.
fn print(value: &Value, text: &dyn Fn(&str) -> String) -> String {
    match value {
        Value::String(written) => quoted(&text(written)),
        Value::Integer(number) => number.unwrap_or_default().to_string(),
        Value::Float(number) => format!("{number:?}").to_lowercase(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Date(year, month, day) => format!("{year:04}-{month:02}-{day:02}"),
        Value::OtherTime => "0".to_owned(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| print(&item.value, text)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(entries) => {
            let entry = |entry: &Entry| format!("{} = {}", key(&entry.key), print(&entry.node.value, text));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}
