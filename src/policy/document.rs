//! A policy as written: its layers, parsed and merged. Every value retains its place in the text.

use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::diagnostic::{PolicyError, Reporter, Span, nearest};
use super::lint::WAIVER;
use super::source::{MAX_POLICY_BYTES, PRESETS, Source};

/// The version of the policy format that this engine supports.
pub const FORMAT: u64 = 1;
/// The maximum nesting depth.
const MAX_DEPTH: usize = 16;
/// The maximum number of layers.
const MAX_LAYERS: usize = 16;

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its place.
    pub span: Span,
    /// The value.
    pub value: Value,
}

/// A value of a policy.
#[derive(Clone, Debug)]
pub enum Value {
    /// A string.
    String(String),
    /// A whole number. `None` if it does not fit into 64 bits.
    Integer(Option<i64>),
    /// A floating-point number.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A date without a time: year, month, day.
    Date(i64, u64, u64),
    /// A date with a time, or a time.
    OtherTime,
    /// A list.
    Array(Vec<Node>),
    /// Keys and values in the order of the text; those of later layers follow those of earlier ones.
    Table(Vec<Entry>),
}

/// One key of a table.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The place of the key.
    pub key_span: Span,
    /// Its value.
    pub node: Node,
}

impl Value {
    /// Returns the name of the type for diagnostics.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Value::String(_) => "a string",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a floating-point number",
            Value::Boolean(_) => "true or false",
            Value::Date(..) => "a date",
            Value::OtherTime => "a time",
            Value::Array(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

/// A policy as written, with all layers merged.
#[derive(Debug)]
pub struct Document {
    /// The table at the top.
    pub root: Node,
    /// The diagnostics so far, and the texts of the layers.
    pub reporter: Reporter,
}

/// The first layer to read.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// The name of a preset.
    Preset(&'a str),
    /// A name that the source resolves, such as a path.
    Named(&'a str),
    /// A name for diagnostics, and the text of the policy.
    Text(&'a str, &'a str),
}

impl Document {
    /// Reads a policy and the layers that it extends. The layers in `extends` come first, in their order; the extending
    /// file overrides them, key by key.
    ///
    /// # Errors
    /// Returns an error only if nothing can be read. Other errors are in [`Document::reporter`].
    pub fn read(start: Start<'_>, source: &dyn Source) -> Result<Document, PolicyError> {
        let mut reading = Reading { source, reporter: Reporter::default(), open: Vec::new(), layers: 0 };
        let nowhere = Span { layer: 0, start: 0, end: 0 };
        let root = match start {
            Start::Text(name, text) => reading.layer(name, text),
            Start::Preset(name) => reading.preset(name, nowhere, true),
            Start::Named(name) => reading.named(&source.resolve(name, None), nowhere, true),
        };
        match root {
            Some(root) => Ok(Document { root, reporter: reading.reporter }),
            None => {
                reading.reporter.finish()?;
                Ok(Document {
                    root: Node { span: nowhere, value: Value::Table(Vec::new()) },
                    reporter: reading.reporter,
                })
            }
        }
    }
}

/// Returns whether a reference to a layer names a file. Other references name presets.
pub(crate) fn names_file(reference: &str) -> bool {
    reference.contains(['/', '\\']) || reference.ends_with(".toml")
}

struct Reading<'s> {
    source: &'s dyn Source,
    reporter: Reporter,
    /// The names of the layers being read, outermost first. A name that occurs twice is a cycle.
    open: Vec<String>,
    layers: usize,
}

impl Reading<'_> {
    fn preset(&mut self, name: &str, asked_at: Span, first: bool) -> Option<Node> {
        let Some((name, text)) = PRESETS.iter().find(|(preset, _)| *preset == name) else {
            let names: Vec<&str> = PRESETS.iter().map(|(name, _)| *name).collect();
            let (message, help) = match nearest(name, names.iter().copied()) {
                Some(near) => (format!("unknown preset `{name}`"), Some(format!("did you mean `{near}`?"))),
                None => (format!("unknown preset `{name}`; available: {}", names.join(", ")), None),
            };
            self.report_unreadable(asked_at, first, name, message, help);
            return None;
        };
        if !first {
            self.reporter.next_layer_is_preset(asked_at);
        }
        self.layer(name, text)
    }

    fn named(&mut self, name: &str, asked_at: Span, first: bool) -> Option<Node> {
        let text = match self.source.read(name, MAX_POLICY_BYTES) {
            Ok(bytes) => String::from_utf8(bytes),
            Err(error) => {
                self.report_unreadable(asked_at, first, name, format!("the policy `{name}` {error}"), None);
                return None;
            }
        };
        match text {
            Ok(text) => self.layer(name, &text),
            Err(error) => {
                let valid =
                    String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
                let layer = self.reporter.add_layer(name.into(), valid.as_str().into());
                let end = Span { layer, start: valid.len(), end: valid.len() };
                self.reporter.report(end, "syntax", "invalid UTF-8", None);
                None
            }
        }
    }

    /// Reports a layer that cannot be read: at the place that names it, or without a place if the host names it.
    fn report_unreadable(
        &mut self,
        asked_at: Span,
        first: bool,
        name: &str,
        message: String,
        help: Option<String>,
    ) {
        match first {
            true => self.reporter.report_file(name, "unreadable", message, help),
            false => self.reporter.report(asked_at, "unreadable", message, help),
        }
    }

    fn layer(&mut self, name: &str, text: &str) -> Option<Node> {
        self.layers += 1;
        let shared: Arc<str> = text.into();
        let layer = self.reporter.add_layer(name.into(), shared);
        let whole = Span { layer, start: 0, end: text.len() };
        if text.len() > MAX_POLICY_BYTES {
            let message = format!("the text is longer than {MAX_POLICY_BYTES} bytes");
            self.reporter.report(Span { end: 0, ..whole }, "too-large", message, None);
            return None;
        }
        let (parsed, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let span = error.span().unwrap_or(0..0);
            let span = Span { layer, start: span.start, end: span.end };
            self.reporter.report(span, "syntax", lower_first(error.message()), None);
        }
        let own = self.table(parsed.into_inner(), layer, whole, 0);
        self.check_format(&own);
        self.open.push(name.to_owned());
        let base = self.extended(&own, name);
        self.open.pop();
        Some(match base {
            Some(base) => overlay(base, own),
            None => own,
        })
    }

    /// Checks the format of a layer. Merging would hide the `format` of the layers below.
    fn check_format(&self, own: &Node) {
        let Value::Table(entries) = &own.value else { return };
        let Some(format) = entries.iter().find(|entry| entry.key == "format") else { return };
        match format.node.value {
            Value::Integer(Some(number)) if u64::try_from(number) == Ok(FORMAT) => {}
            Value::Integer(_) => {
                let message = format!("`format` must be {FORMAT}");
                self.reporter.report(format.node.span, "out-of-range", message, None);
            }
            ref other => {
                let message = format!("`format` must be a whole number, found {}", other.type_name());
                self.reporter.report(format.node.span, "wrong-type", message, None);
            }
        }
    }

    /// Reads and merges the layers that `own` names in `extends`.
    fn extended(&mut self, own: &Node, name: &str) -> Option<Node> {
        let Value::Table(entries) = &own.value else { return None };
        let extends = &entries.iter().find(|entry| entry.key == "extends")?.node;
        let references: Vec<&Node> = match &extends.value {
            Value::Array(items) => items.iter().collect(),
            _ => vec![extends],
        };
        let mut base: Option<Node> = None;
        for reference in references {
            let Value::String(written) = &reference.value else {
                let message =
                    format!("expected the name of a preset or a file, found {}", reference.value.type_name());
                self.reporter.report(reference.span, "wrong-type", message, None);
                continue;
            };
            let is_file = names_file(written);
            let target = if is_file { self.source.resolve(written, Some(name)) } else { written.clone() };
            if self.open.contains(&target) {
                let help = Some(format!("{} → {target}", self.open.join(" → ")));
                self.reporter.report(reference.span, "loop", format!("`{written}` extends itself"), help);
                continue;
            }
            if self.layers >= MAX_LAYERS || self.open.len() >= MAX_LAYERS {
                let message = format!("more than {MAX_LAYERS} layers");
                self.reporter.report(reference.span, "too-large", message, None);
                continue;
            }
            let layer = if is_file {
                self.named(&target, reference.span, false)
            } else {
                self.preset(&target, reference.span, false)
            };
            base = match (base, layer) {
                (Some(base), Some(layer)) => Some(overlay(base, layer)),
                (base, layer) => layer.or(base),
            };
        }
        base
    }

    fn table(&self, table: DeTable<'_>, layer: usize, span: Span, depth: usize) -> Node {
        let mut entries: Vec<Entry> = table
            .into_iter()
            .map(|(key, value)| {
                let key_span = Span { layer, start: key.span().start, end: key.span().end };
                let value_span = Span { layer, start: value.span().start, end: value.span().end };
                let node = self.value(value.into_inner(), layer, value_span, depth + 1);
                Entry { key: key.into_inner().into_owned(), key_span, node }
            })
            .collect();
        entries.sort_by_key(|entry| entry.key_span);
        Node { span, value: Value::Table(entries) }
    }

    fn value(&self, value: DeValue<'_>, layer: usize, span: Span, depth: usize) -> Node {
        if depth > MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} deep");
            self.reporter.report(span, "too-large", message, None);
            return Node { span, value: Value::OtherTime };
        }
        let value = match value {
            DeValue::String(text) => Value::String(text.into_owned()),
            DeValue::Integer(number) => Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()),
            DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(flag) => Value::Boolean(flag),
            DeValue::Datetime(time) => match (time.date, time.time) {
                (Some(date), None) => Value::Date(date.year.into(), date.month.into(), date.day.into()),
                _ => Value::OtherTime,
            },
            DeValue::Array(items) => Value::Array(
                items
                    .into_iter()
                    .map(|item| {
                        let item_span = Span { layer, start: item.span().start, end: item.span().end };
                        self.value(item.into_inner(), layer, item_span, depth + 1)
                    })
                    .collect(),
            ),
            DeValue::Table(table) => return self.table(table, layer, span, depth),
        };
        Node { span, value }
    }
}

/// Merges `over` into `base`: tables key by key; other values are replaced. `extends` applies only to its own layer. The
/// waivers of both apply.
fn overlay(base: Node, over: Node) -> Node {
    match (base.value, over.value) {
        (Value::Table(mut entries), Value::Table(over_entries)) => {
            entries.retain(|entry| entry.key != "extends");
            for entry in over_entries {
                match entries.iter().position(|known| known.key == entry.key) {
                    Some(at) => {
                        let below = entries.remove(at);
                        let node = match (below.node.value, entry.node.value) {
                            (Value::Array(mut waivers), Value::Array(over)) if entry.key == WAIVER => {
                                waivers.extend(over);
                                Node { span: entry.node.span, value: Value::Array(waivers) }
                            }
                            (below_value, value) => {
                                overlay(Node { value: below_value, ..below.node }, Node { value, ..entry.node })
                            }
                        };
                        entries.insert(at, Entry { key: entry.key, key_span: entry.key_span, node });
                    }
                    None => entries.push(entry),
                }
            }
            Node { span: over.span, value: Value::Table(entries) }
        }
        (_, value) => Node { span: over.span, value },
    }
}

fn lower_first(message: &str) -> String {
    let message = message.trim().trim_end_matches('.').replace('\n', "; ");
    let mut characters = message.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}
