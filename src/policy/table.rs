//! Walking a table of a policy: each key is asked for once, with its type, range and default; whatever is wrong
//! with it is reported and the default stands in, so that the walk finds everything in one go. What was never
//! asked for is unknown, and [`Table::finish`] says so with the nearest name.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::diagnostic::{Reporter, Span, suggestion};
use super::document::{Entry, Node, Value};
use super::grammar::{Grammar, ValueType};
use super::source::{MAX_LIST_BYTES, Source};
use super::units::{self, Rate};
use crate::blob::Blob;
use crate::time::Moment;

/// A table being walked.
pub struct Table<'d> {
    entries: &'d [Entry],
    /// Where to point when a key is missing.
    span: Span,
    asked: Vec<String>,
    reporter: &'d Reporter,
    source: &'d dyn Source,
    /// Where to record what is asked for, and the keys on the way here.
    grammar: Option<(&'d Grammar, Vec<String>)>,
}

/// A value with its place, for a complaint that comes later.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<'d> Table<'d> {
    /// Begins a walk; complains when `node` is no table.
    pub fn new(node: &'d Node, heading: Span, reporter: &'d Reporter, source: &'d dyn Source) -> Table<'d> {
        let entries = match &node.value {
            Value::Table(entries) => entries.as_slice(),
            other => {
                let message = format!("expected a table, found {}", other.kind());
                reporter.complain(node.span, "wrong-type", message, None);
                &[]
            }
        };
        Table { entries, span: heading, asked: Vec::new(), reporter, source, grammar: None }
    }

    /// A walk over nothing, which records what it is asked for.
    pub(crate) fn recording(reporter: &'d Reporter, source: &'d dyn Source, grammar: &'d Grammar) -> Table<'d> {
        Table::nothing(reporter, source, Some((grammar, Vec::new())))
    }

    fn nothing(
        reporter: &'d Reporter,
        source: &'d dyn Source,
        grammar: Option<(&'d Grammar, Vec<String>)>,
    ) -> Table<'d> {
        let span = Span { layer: 0, start: 0, end: 0 };
        Table { entries: &[], span, asked: Vec::new(), reporter, source, grammar }
    }

    fn record(&self, key: &str, form: impl FnOnce() -> ValueType) {
        if let Some((grammar, path)) = &self.grammar {
            grammar.record(path, Some(key), form());
        }
    }

    /// The walk over nothing one table further in, where what is asked for is recorded.
    fn recorded_inside(&self, key: &str) -> Option<Table<'d>> {
        let (grammar, path) = self.grammar.as_ref()?;
        let path = path.iter().cloned().chain([key.to_owned()]).collect();
        Some(Table::nothing(self.reporter, self.source, Some((grammar, path))))
    }

    /// Takes `key` for asked for: its value was looked at before.
    pub(crate) fn was_read(&mut self, key: &str, form: ValueType) {
        self.record(key, || form);
        self.asked.push(key.to_owned());
    }

    /// The rules in a table of names and rules.
    pub(crate) fn rules(&self) -> &'d [Entry] {
        if let Some((grammar, path)) = &self.grammar {
            grammar.record(path, None, ValueType::Rules);
        }
        self.entries
    }

    /// The heading of the table: where to point when something is missing.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The keys and values in the order of writing, for tables whose keys the author chooses.
    pub fn entries(&self) -> &'d [Entry] {
        if let Some((grammar, path)) = &self.grammar {
            grammar.record(path, None, ValueType::AnyKey);
        }
        self.entries
    }

    /// Whether the author wrote this key.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// Where the value of `key` stands, or the heading when there is none.
    pub fn span_of(&self, key: &str) -> Span {
        self.entries.iter().find(|entry| entry.key == key).map_or(self.span, |entry| entry.node.span)
    }

    /// Reports something about the value of `key`.
    pub fn complain(&self, key: &str, id: &'static str, message: impl Into<String>, help: Option<String>) {
        self.reporter.complain(self.span_of(key), id, message, help);
    }

    /// Reports something about a place.
    pub fn complain_at(&self, span: Span, id: &'static str, message: impl Into<String>, help: Option<String>) {
        self.reporter.complain(span, id, message, help);
    }

    /// Whether nothing has been found wrong with the policy so far.
    pub(crate) fn reporter_is_clean(&self) -> bool {
        self.reporter.is_clean()
    }

    /// The value of `key` as written.
    pub fn node(&mut self, key: &str) -> Option<&'d Node> {
        self.asked.push(key.to_owned());
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    fn wrong_type(&self, key: &str, node: &Node, expected: &str) {
        let message = format!("`{key}` must be {expected}, found {}", node.value.kind());
        self.reporter.complain(node.span, "wrong-type", message, None);
    }

    /// A whole number within `range`, or `None` when it is not given (or wrong, which is reported).
    pub fn optional_count(&mut self, key: &str, range: RangeInclusive<u64>) -> Option<u64> {
        self.record(key, || ValueType::Count { range: range.clone(), default: None });
        let node = self.node(key)?;
        self.count_in(key, node, range)
    }

    /// The same for one of [`Table::entries`], which counts as asked for.
    pub fn count_of(&mut self, entry: &'d Entry, range: RangeInclusive<u64>) -> Option<u64> {
        self.asked.push(entry.key.clone());
        self.count_in(&entry.key, &entry.node, range)
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
            let message = match *range.end() {
                u64::MAX => format!("`{key}` must be at least {}", range.start()),
                end => format!("`{key}` must be between {} and {end}", range.start()),
            };
            self.reporter.complain(node.span, "out-of-range", message, None);
        }
        number
    }

    /// A whole number within `range`.
    pub fn count(&mut self, key: &str, default: u64, range: RangeInclusive<u64>) -> u64 {
        self.record(key, || ValueType::Count { range: range.clone(), default: Some(default) });
        self.optional_count(key, range).unwrap_or(default)
    }

    /// True or false.
    pub fn flag(&mut self, key: &str, default: bool) -> bool {
        self.record(key, || ValueType::Flag { default });
        let Some(node) = self.node(key) else { return default };
        match node.value {
            Value::Boolean(flag) => flag,
            _ => {
                self.wrong_type(key, node, "true or false");
                default
            }
        }
    }

    /// A text.
    pub fn text(&mut self, key: &str) -> Option<Placed<String>> {
        self.record(key, || ValueType::Text);
        let node = self.node(key)?;
        match &node.value {
            Value::String(text) => Some(Placed { value: text.clone(), span: node.span }),
            _ => {
                self.wrong_type(key, node, "a string");
                None
            }
        }
    }

    /// A list of texts; a single text counts as a list of one.
    pub fn texts(&mut self, key: &str) -> Option<Vec<Placed<String>>> {
        self.record(key, || ValueType::Texts);
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

    /// One of a few words.
    pub fn choice<T: Copy>(&mut self, key: &str, default: T, choices: &[(&str, T)]) -> T {
        let words = || choices.iter().map(|(word, _)| (*word).to_owned()).collect();
        self.record(key, || ValueType::Choice { words: words() });
        let Some(text) = self.text(key) else { return default };
        match choices.iter().find(|(word, _)| *word == text.value) {
            Some((_, chosen)) => *chosen,
            None => {
                let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
                let message = format!("`{}` is no value of `{key}`", text.value);
                self.reporter.complain(text.span, "unknown-value", message, suggestion(&text.value, &words));
                default
            }
        }
    }

    /// Seconds, written `"10m"`, within a range of seconds.
    pub fn duration(&mut self, key: &str, default: u64, range: RangeInclusive<u64>) -> u64 {
        self.record(key, || ValueType::Duration { range: range.clone(), default });
        let Some(text) = self.text(key) else { return default };
        let Some(seconds) = units::duration(&text.value) else {
            let message = format!("`{}` is no duration", text.value);
            let help = Some("a whole number and `s`, `m`, `h` or `d`, as in \"10m\"".to_owned());
            self.reporter.complain(text.span, "unknown-value", message, help);
            return default;
        };
        if !range.contains(&seconds) {
            let message = format!("`{key}` must be between {} and {} seconds", range.start(), range.end());
            self.reporter.complain(text.span, "out-of-range", message, None);
            return default;
        }
        seconds
    }

    /// Events per stretch of time, written `"5/h"`.
    pub fn rate(&mut self, key: &str, default: Rate) -> Rate {
        self.record(key, || ValueType::Rate { default });
        let Some(text) = self.text(key) else { return default };
        match units::rate(&text.value) {
            Some(rate) if (1..=1_000_000).contains(&rate.most) && rate.per <= 366 * 86_400 => rate,
            _ => {
                let message = format!("`{}` is no rate", text.value);
                let help = Some("a whole number above zero, `/` and a duration, as in \"5/h\"".to_owned());
                self.reporter.complain(text.span, "unknown-value", message, help);
                default
            }
        }
    }

    /// A day, written `2027-01-01`: its first moment, UTC.
    pub fn date(&mut self, key: &str) -> Option<Moment> {
        self.record(key, || ValueType::Date);
        let node = self.node(key)?;
        match node.value {
            Value::Date(year, month, day) => Moment::from_date(year, month, day),
            _ => {
                self.wrong_type(key, node, "a date, as in `2027-01-01`");
                None
            }
        }
    }

    /// A table inside this one.
    pub fn table(&mut self, key: &str) -> Option<Table<'d>> {
        self.asked.push(key.to_owned());
        self.record(key, || ValueType::Table);
        if let Some(inside) = self.recorded_inside(key) {
            return Some(inside);
        }
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(Table::new(&entry.node, entry.key_span, self.reporter, self.source))
    }

    /// A list of tables inside this one; empty when it is not given.
    pub fn tables(&mut self, key: &str) -> Vec<Table<'d>> {
        self.record(key, || ValueType::Tables);
        if let Some(inside) = self.recorded_inside(key) {
            return vec![inside];
        }
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

    /// The walk over the value of one of [`Table::entries`].
    pub fn inside(&self, entry: &'d Entry) -> Table<'d> {
        Table::new(&entry.node, entry.key_span, self.reporter, self.source)
    }

    /// Reads a file that the policy names at `place`, relative to the layer it stands in.
    pub fn file(&self, place: &Placed<String>) -> Option<(String, Vec<u8>)> {
        let from = self.reporter.layer_name(place.span.layer);
        let name = self.source.resolve(&place.value, Some(&from));
        match self.source.read(&name, MAX_LIST_BYTES) {
            Ok(bytes) => Some((name, bytes)),
            Err(error) => {
                self.reporter.complain(place.span, "unreadable", format!("`{}` {error}", place.value), None);
                None
            }
        }
    }

    /// Takes every key for asked for, where a complaint says already that nothing here can be understood.
    pub(crate) fn ask_for_everything(&mut self) {
        self.asked.extend(self.entries.iter().map(|entry| entry.key.clone()));
    }

    /// Opens a file that the policy names at `place`, relative to the layer it stands in, to be read in places.
    pub fn open(&self, place: &Placed<String>) -> Option<(String, Arc<dyn Blob>)> {
        let from = self.reporter.layer_name(place.span.layer);
        let name = self.source.resolve(&place.value, Some(&from));
        match self.source.open(&name) {
            Ok(blob) => Some((name, blob)),
            Err(error) => {
                self.reporter.complain(place.span, "unreadable", format!("`{}` {error}", place.value), None);
                None
            }
        }
    }

    /// Reports every key that was never asked for.
    pub fn finish(self) {
        let asked: Vec<&str> = self.asked.iter().map(String::as_str).collect();
        for entry in self.entries {
            let key = entry.key.as_str();
            // An empty key is what the parser makes of a syntax error, which has been reported.
            if !key.is_empty() && !asked.contains(&key) {
                let message = format!("unknown key `{key}`");
                self.reporter.complain(entry.key_span, "unknown-key", message, suggestion(key, &asked));
            }
        }
    }
}
