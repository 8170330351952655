//! Reads a table of a policy key by key.
//!
//! Every invalid value is reported, and its default is used instead, so that one pass finds everything.
//! [`Table::finish`] reports the keys that were never read.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::diagnostic::{Reporter, Span, known_keys, suggestion};
use super::document::{Entry, Node, Value};
use super::parameter::{Declared, Read};
use super::source::{Files, MAX_LIST_BYTES, Source};
use super::units::{self, Rate};
use crate::blob::Blob;
use crate::time::{DAY, Moment};

/// A table that is being read.
pub struct Table<'d> {
    entries: &'d [Entry],
    /// The place to report a missing key at.
    span: Span,
    read: Vec<String>,
    reporter: &'d Reporter,
    source: &'d dyn Source,
}

/// A value with its place, for a diagnostic that is reported later.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its place in the text.
    pub span: Span,
}

impl<'d> Table<'d> {
    /// Creates a reader of `node`. Reports an error if it is not a table. `heading` is the place to report a missing key
    /// at.
    pub fn new(node: &'d Node, heading: Span, reporter: &'d Reporter, source: &'d dyn Source) -> Table<'d> {
        let entries = match &node.value {
            Value::Table(entries) => entries.as_slice(),
            other => {
                let message = format!("expected a table, found {}", other.type_name());
                reporter.report(node.span, "wrong-type", message, None);
                &[]
            }
        };
        Table { entries, span: heading, read: Vec::new(), reporter, source }
    }

    /// Creates a reader of a table that the policy does not contain: every key has its default.
    pub(crate) fn absent(reporter: &'d Reporter) -> Table<'d> {
        let span = Span { layer: 0, start: 0, end: 0 };
        Table { entries: &[], span, read: Vec::new(), reporter, source: &Files }
    }

    /// Returns the keys that were read, in order, each once.
    #[cfg(test)]
    pub(crate) fn keys_read(&self) -> Vec<&str> {
        let mut keys = Vec::new();
        for key in &self.read {
            if !keys.contains(&key.as_str()) {
                keys.push(key.as_str());
            }
        }
        keys
    }

    /// Returns the place of the heading, at which a missing key is reported.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns the keys and values in the order of the text, for tables whose keys the author chooses.
    pub fn entries(&self) -> &'d [Entry] {
        self.entries
    }

    /// Returns whether the table contains `key`.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// Returns the place of the value of `key`, or the heading if the key is absent.
    pub fn span_of(&self, key: &str) -> Span {
        self.entries.iter().find(|entry| entry.key == key).map_or(self.span, |entry| entry.node.span)
    }

    /// Returns the place of `key`, or the heading if the key is absent.
    pub(crate) fn key_span_of(&self, key: &str) -> Span {
        self.entries.iter().find(|entry| entry.key == key).map_or(self.span, |entry| entry.key_span)
    }

    /// Reports an error about the value of `key`. `id` names the type of the error for machines.
    pub fn report(&self, key: &str, id: &'static str, message: impl Into<String>, help: Option<String>) {
        self.reporter.report(self.span_of(key), id, message, help);
    }

    /// Reports an error about a place. `id` names the type of the error for machines.
    pub fn report_at(&self, span: Span, id: &'static str, message: impl Into<String>, help: Option<String>) {
        self.reporter.report(span, id, message, help);
    }

    /// Returns whether no error has been reported about the policy so far.
    pub(crate) fn reporter_is_clean(&self) -> bool {
        self.reporter.is_clean()
    }

    /// Returns the name of the layer that contains `span`: a path or a preset.
    pub(crate) fn layer_name(&self, span: Span) -> Arc<str> {
        self.reporter.layer_name(span.layer)
    }

    /// Reads a declared key, or returns its default. Reports an invalid value.
    pub fn read<V: Read + Copy>(&mut self, declared: &Declared<V>) -> V::Output {
        declared.read(self)
    }

    /// Marks `key` as read, where its value has been checked elsewhere.
    pub(crate) fn mark_read(&mut self, key: &str) {
        self.read.push(key.to_owned());
    }

    /// Reads the value of `key` as written.
    pub fn node(&mut self, key: &str) -> Option<&'d Node> {
        self.mark_read(key);
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    fn wrong_type(&self, key: &str, node: &Node, expected: &str) {
        let message = format!("`{key}` must be {expected}, found {}", node.value.type_name());
        self.reporter.report(node.span, "wrong-type", message, None);
    }

    /// Reads a whole number within `range`. Returns `None` if it is absent or invalid.
    pub fn optional_count(&mut self, key: &str, range: RangeInclusive<u64>) -> Option<u64> {
        let node = self.node(key)?;
        self.count_in(key, node, range)
    }

    /// Reads a whole number within `range` from one of [`Table::entries`].
    pub fn count_of(&mut self, entry: &'d Entry, range: RangeInclusive<u64>) -> Option<u64> {
        self.mark_read(&entry.key);
        self.count_in(&entry.key, &entry.node, range)
    }

    /// Returns the whole number at `key` without checking its range or marking it as read.
    pub(crate) fn written_count(&self, key: &str) -> Option<u64> {
        match self.entries.iter().find(|entry| entry.key == key)?.node.value {
            Value::Integer(number) => number.and_then(|number| u64::try_from(number).ok()),
            _ => None,
        }
    }

    fn count_in(&self, key: &str, node: &Node, range: RangeInclusive<u64>) -> Option<u64> {
        let number = match &node.value {
            Value::Integer(number) => number.and_then(|number| u64::try_from(number).ok()),
            _ => {
                self.wrong_type(key, node, "a whole number");
                return None;
            }
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let message = match (*range.start(), *range.end()) {
                (start, u64::MAX) => format!("`{key}` must be at least {start}"),
                (start, end) if start == end => format!("`{key}` must be {start}"),
                (start, end) => format!("`{key}` must be between {start} and {end}"),
            };
            self.reporter.report(node.span, "out-of-range", message, None);
        }
        number
    }

    /// Reads a whole number within `range`.
    pub fn count(&mut self, key: &str, default: u64, range: RangeInclusive<u64>) -> u64 {
        self.optional_count(key, range).unwrap_or(default)
    }

    /// Reads `true` or `false`.
    pub fn flag(&mut self, key: &str, default: bool) -> bool {
        let Some(node) = self.node(key) else { return default };
        match node.value {
            Value::Boolean(flag) => flag,
            _ => {
                self.wrong_type(key, node, "true or false");
                default
            }
        }
    }

    /// Reads a string.
    pub fn text(&mut self, key: &str) -> Option<Placed<String>> {
        self.text_as(key, "a string")
    }

    /// Reads a string. `expected` describes it where something else is found.
    fn text_as(&mut self, key: &str, expected: &str) -> Option<Placed<String>> {
        let node = self.node(key)?;
        match &node.value {
            Value::String(text) => Some(Placed { value: text.clone(), span: node.span }),
            _ => {
                self.wrong_type(key, node, expected);
                None
            }
        }
    }

    /// Reads a list of strings. One string counts as a list of one.
    pub fn texts(&mut self, key: &str) -> Option<Vec<Placed<String>>> {
        let node = self.node(key)?;
        let items = match &node.value {
            Value::Array(items) => items.as_slice(),
            Value::String(_) => std::slice::from_ref(node),
            _ => {
                self.wrong_type(key, node, "a list of strings");
                return None;
            }
        };
        let mut texts = Vec::new();
        for item in items {
            match &item.value {
                Value::String(text) => texts.push(Placed { value: text.clone(), span: item.span }),
                _ => self.wrong_type(key, item, "a list of strings"),
            }
        }
        Some(texts)
    }

    /// Reads one of several keywords.
    pub fn choice<T: Copy>(&mut self, key: &str, default: T, choices: &[(&str, T)]) -> T {
        let Some(text) = self.text(key) else { return default };
        match choices.iter().find(|(keyword, _)| *keyword == text.value) {
            Some((_, chosen)) => *chosen,
            None => {
                let keywords: Vec<&str> = choices.iter().map(|(keyword, _)| *keyword).collect();
                self.unknown_value(key, &text, &keywords);
                default
            }
        }
    }

    /// Reports that `text` is not a value of `key`, with the nearest one.
    pub fn unknown_value(&self, key: &str, text: &Placed<String>, known: &[&str]) {
        let message = format!("unknown value `{}` of `{key}`", text.value);
        self.reporter.report(text.span, "unknown-value", message, suggestion(&text.value, known));
    }

    /// Reads a duration, such as `"10m"`, within a range of seconds. Returns seconds.
    pub fn duration(&mut self, key: &str, default: u64, range: RangeInclusive<u64>) -> u64 {
        let Some(text) = self.text_as(key, "a duration, such as \"15m\"") else { return default };
        let Some(seconds) = units::duration(&text.value) else {
            let message = format!("invalid duration `{}`", text.value);
            let help = Some("a duration is a whole number and `s`, `m`, `h` or `d`, as in \"10m\"".to_owned());
            self.reporter.report(text.span, "unknown-value", message, help);
            return default;
        };
        if !range.contains(&seconds) {
            let [start, end] = [*range.start(), *range.end()].map(units::as_duration);
            let message = format!("`{key}` must be between \"{start}\" and \"{end}\"");
            self.reporter.report(text.span, "out-of-range", message, None);
            return default;
        }
        seconds
    }

    /// Reads a rate, such as `"5/h"`.
    pub fn rate(&mut self, key: &str, default: Rate) -> Rate {
        let Some(text) = self.text_as(key, "a rate, such as \"5/h\"") else { return default };
        match units::rate(&text.value) {
            Some(rate) if (1..=1_000_000).contains(&rate.most) && rate.per <= 366 * DAY => rate,
            _ => {
                let message = format!("invalid rate `{}`", text.value);
                let help = "a rate is a whole number above zero, `/` and a duration, as in \"5/h\"";
                self.reporter.report(text.span, "unknown-value", message, Some(help.to_owned()));
                default
            }
        }
    }

    /// Reads a date, such as `2027-01-01`. Returns its first moment in UTC.
    pub fn date(&mut self, key: &str) -> Option<Moment> {
        let node = self.node(key)?;
        match node.value {
            Value::Date(year, month, day) => Moment::from_date(year, month, day),
            _ => {
                self.wrong_type(key, node, "a date, such as `2027-01-01`");
                None
            }
        }
    }

    /// Reads a table inside this one.
    pub fn table(&mut self, key: &str) -> Option<Table<'d>> {
        self.mark_read(key);
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        if !matches!(entry.node.value, Value::Table(_)) {
            self.wrong_type(key, &entry.node, "a table");
            return Some(Table { entries: &[], span: entry.key_span, read: Vec::new(), ..*self });
        }
        Some(Table::new(&entry.node, entry.key_span, self.reporter, self.source))
    }

    /// Reads a table inside this one with `read`, and reports the keys that it did not read.
    pub(crate) fn section<T>(&mut self, key: &str, read: impl FnOnce(&mut Table<'_>) -> T) -> Option<T> {
        let mut table = self.table(key)?;
        let section = read(&mut table);
        table.finish();
        Some(section)
    }

    /// Reads a table inside this one with `read`. If it is absent, every key has its default.
    pub(crate) fn section_or_absent<T>(&mut self, key: &str, read: impl Fn(&mut Table<'_>) -> T) -> T {
        match self.section(key, &read) {
            Some(section) => section,
            None => read(&mut Table::absent(self.reporter)),
        }
    }

    /// Reads a list of tables inside this one. Empty if it is absent.
    pub fn tables(&mut self, key: &str) -> Vec<Table<'d>> {
        let Some(node) = self.node(key) else { return Vec::new() };
        match &node.value {
            Value::Array(items) => {
                items.iter().map(|item| Table::new(item, item.span, self.reporter, self.source)).collect()
            }
            _ => {
                self.wrong_type(key, node, "a list of tables");
                Vec::new()
            }
        }
    }

    /// Creates a reader of the value of one of [`Table::entries`].
    pub fn inside(&self, entry: &'d Entry) -> Table<'d> {
        Table::new(&entry.node, entry.key_span, self.reporter, self.source)
    }

    /// Reads the file that the policy names at `place`. A relative path is relative to the layer that contains it.
    /// Returns the resolved name and the contents. Reports an error if it cannot be read.
    pub fn file(&self, place: &Placed<String>) -> Option<(String, Vec<u8>)> {
        self.resolved(place, |name| self.source.read(name, MAX_LIST_BYTES))
    }

    /// Opens the file that the policy names at `place` for random access. A relative path is relative to the layer that
    /// contains it. Returns the resolved name and the file. Reports an error if it cannot be opened.
    pub fn open(&self, place: &Placed<String>) -> Option<(String, Arc<dyn Blob>)> {
        self.resolved(place, |name| self.source.open(name))
    }

    fn resolved<T>(
        &self,
        place: &Placed<String>,
        read: impl FnOnce(&str) -> Result<T, super::source::SourceError>,
    ) -> Option<(String, T)> {
        let name = self.source.resolve(&place.value, Some(&self.layer_name(place.span)));
        match read(&name) {
            Ok(contents) => Some((name, contents)),
            Err(error) => {
                self.reporter.report(place.span, "unreadable", format!("`{}` {error}", place.value), None);
                None
            }
        }
    }

    /// Marks every key as read, where an error has been reported that makes the keys meaningless.
    pub(crate) fn mark_all_read(&mut self) {
        self.read.extend(self.entries.iter().map(|entry| entry.key.clone()));
    }

    /// Returns the entries whose keys were never read.
    pub(crate) fn unread(&self) -> impl Iterator<Item = &'d Entry> {
        // An empty key is what the parser makes of a syntax error, which has been reported.
        self.entries.iter().filter(|entry| !entry.key.is_empty() && !self.read.contains(&entry.key))
    }

    /// Reports every key that was never read.
    pub fn finish(self) {
        let known: Vec<&str> = self.read.iter().map(String::as_str).collect();
        for entry in self.unread() {
            let message = format!("unknown key `{}`", entry.key);
            self.reporter.report(entry.key_span, "unknown-key", message, known_keys(&entry.key, &known));
        }
    }
}

/// Asserts that `read` reads exactly the declared keys.
#[cfg(test)]
pub(crate) fn assert_reads(declared: &[super::Parameter], read: impl FnOnce(&mut Table<'_>)) {
    let reporter = Reporter::default();
    let mut table = Table::absent(&reporter);
    read(&mut table);
    let mut keys = table.keys_read();
    let mut declared: Vec<&str> = declared.iter().map(|parameter| parameter.key.as_ref()).collect();
    keys.sort_unstable();
    declared.sort_unstable();
    assert_eq!(keys, declared);
}
