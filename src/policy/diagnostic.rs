//! Diagnostics about a policy, for its author: the place, the problem and, if known, the solution.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

/// A range of bytes in the text of one layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The layer, in the order in which the layers were read.
    pub layer: usize,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// One error in a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The type of the error, for machines: `unknown-key`, `out-of-range`, …
    pub id: &'static str,
    /// The name of the layer: a path or a preset.
    pub file: Arc<str>,
    /// The line, from 1. 0 if the error has no place, as for a file that does not exist.
    pub line: usize,
    /// The column in characters, from 1. 0 if the error has no place.
    pub column: usize,
    /// The range of text.
    pub span: Span,
    /// The problem: lower case, no full stop, backticks around what the author wrote.
    pub message: String,
    /// The solution, if it is known.
    pub help: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diagnostic { id, file, line, column, message, help, .. } = self;
        if *line > 0 {
            write!(f, "{file}:{line}:{column}: ")?;
        }
        write!(f, "{message} [{id}]")?;
        match help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// The errors of a policy that does not load: all of them.
#[derive(Clone, Debug)]
pub struct PolicyError {
    diagnostics: Vec<Diagnostic>,
    layers: Vec<(Arc<str>, Arc<str>)>,
}

impl PolicyError {
    /// Returns the text that the span of a diagnostic refers to.
    pub fn text(&self, diagnostic: &Diagnostic) -> &str {
        self.layers.get(diagnostic.span.layer).map_or("", |(_, text)| text)
    }

    /// Returns the errors of several policies as one. An error that several of them have, in a layer that they share, is
    /// reported once. `None` if there is none.
    pub(crate) fn all(errors: Vec<PolicyError>) -> Option<PolicyError> {
        let mut all = PolicyError { diagnostics: Vec::new(), layers: Vec::new() };
        for error in errors {
            let offset = all.layers.len();
            all.layers.extend(error.layers);
            for diagnostic in error.diagnostics {
                let same = |known: &Diagnostic| {
                    (&known.file, known.line, known.column, &known.message)
                        == (&diagnostic.file, diagnostic.line, diagnostic.column, &diagnostic.message)
                };
                if !all.diagnostics.iter().any(same) {
                    let span = Span { layer: diagnostic.span.layer + offset, ..diagnostic.span };
                    all.diagnostics.push(Diagnostic { span, ..diagnostic });
                }
            }
        }
        (!all.diagnostics.is_empty()).then_some(all)
    }

    /// Returns every diagnostic in the order of layers and lines. Never empty.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PolicyError {}

/// Collects diagnostics while a policy is read, with the texts that they refer to.
#[derive(Debug, Default)]
pub struct Reporter {
    layers: RefCell<Vec<(Arc<str>, Arc<str>)>>,
    /// The presets among the layers, each with the place that names it in `extends`.
    extended_presets: RefCell<Vec<(usize, Span)>>,
    diagnostics: RefCell<Vec<Diagnostic>>,
}

/// The maximum number of diagnostics for one policy. It bounds the memory that a hostile text can use.
const MAX_DIAGNOSTICS: usize = 200;

impl Reporter {
    /// Adds a layer. Returns its [`Span::layer`].
    pub(crate) fn add_layer(&self, name: Arc<str>, text: Arc<str>) -> usize {
        let mut layers = self.layers.borrow_mut();
        layers.push((name, text));
        layers.len() - 1
    }

    /// Marks the layer that is read next as a preset, named at `extends`.
    pub(crate) fn next_layer_is_preset(&self, extends: Span) {
        let layer = self.layers.borrow().len();
        self.extended_presets.borrow_mut().push((layer, extends));
    }

    /// Returns the place that the author of the policy can change: for a place in a preset that the policy extends, the
    /// entry of `extends` that names the preset; otherwise `span`.
    pub fn author_place(&self, span: Span) -> Span {
        let presets = self.extended_presets.borrow();
        // A layer is named in an earlier one, so the search ends.
        let mut place = span;
        while let Some((_, extends)) = presets.iter().find(|(layer, _)| *layer == place.layer) {
            place = *extends;
        }
        place
    }

    /// Returns the names of the presets that the policy extends, directly or through another layer.
    pub(crate) fn extended_presets(&self) -> Vec<Arc<str>> {
        self.extended_presets.borrow().iter().map(|(layer, _)| self.layer_name(*layer)).collect()
    }

    /// Adds the layers of another reporter. Their places move by the number of layers here.
    pub(crate) fn add_layers_of(&self, other: &Reporter) {
        let offset = self.layers.borrow().len();
        self.layers.borrow_mut().extend(other.layers());
        let moved = |span: Span| Span { layer: span.layer + offset, ..span };
        let presets = other.extended_presets.borrow();
        self.extended_presets
            .borrow_mut()
            .extend(presets.iter().map(|(layer, extends)| (layer + offset, moved(*extends))));
    }

    /// Returns the name of a layer: a path or a preset.
    pub fn layer_name(&self, layer: usize) -> Arc<str> {
        self.layers.borrow().get(layer).map_or_else(|| Arc::from("?"), |(name, _)| name.clone())
    }

    /// Returns the place where `span` begins: the name of the layer, the line and the column, both from 1.
    pub fn place(&self, span: Span) -> (Arc<str>, usize, usize) {
        let layers = self.layers.borrow();
        let (file, text) = match layers.get(span.layer) {
            Some((name, text)) => (name.clone(), text.as_ref()),
            None => (Arc::from("?"), ""),
        };
        let (line, column) = position(text, span.start);
        (file, line, column)
    }

    /// Returns the text of a layer.
    pub fn layer_text(&self, layer: usize) -> Arc<str> {
        self.layers.borrow().get(layer).map_or_else(|| Arc::from(""), |(_, text)| text.clone())
    }

    /// Returns the name and the text of every layer, in the order of reading.
    pub(crate) fn layers(&self) -> Vec<(Arc<str>, Arc<str>)> {
        self.layers.borrow().clone()
    }

    /// Reports an error at a place. `id` names the type of the error for machines; `help` is the solution, if it is known.
    pub fn report(&self, span: Span, id: &'static str, message: impl Into<String>, help: Option<String>) {
        let (file, line, column) = self.place(span);
        self.push(Diagnostic { id, file, line, column, span, message: message.into(), help });
    }

    /// Reports an error about a file that has no text to point at.
    pub(crate) fn report_file(&self, name: &str, id: &'static str, message: String, help: Option<String>) {
        let span = Span { layer: self.add_layer(name.into(), "".into()), start: 0, end: 0 };
        self.push(Diagnostic { id, file: name.into(), line: 0, column: 0, span, message, help });
    }

    fn push(&self, diagnostic: Diagnostic) {
        let mut diagnostics = self.diagnostics.borrow_mut();
        // What is too large was not read, so nothing else can be said about it.
        let is_unread = diagnostics.iter().any(|known| known.id == "too-large" && known.span == diagnostic.span);
        if diagnostics.len() < MAX_DIAGNOSTICS && !is_unread {
            let (message, help) = (one_line(diagnostic.message), diagnostic.help.map(one_line));
            diagnostics.push(Diagnostic { message, help, ..diagnostic });
        }
    }

    /// Returns whether no error has been reported.
    pub fn is_clean(&self) -> bool {
        self.diagnostics.borrow().is_empty()
    }

    /// Finishes the collection.
    ///
    /// # Errors
    /// Returns every reported error, if there is one.
    pub fn finish(&self) -> Result<(), PolicyError> {
        let mut diagnostics = self.diagnostics.take();
        if diagnostics.is_empty() {
            return Ok(());
        }
        diagnostics.sort_by_key(|d| d.span);
        diagnostics.dedup();
        self.drop_echoes(&mut diagnostics);
        Err(PolicyError { diagnostics, layers: self.layers() })
    }

    /// Drops consequences of a syntax error: further ones on its line, values that could not be read, and keys that seem
    /// unknown because the heading above them could not be read.
    fn drop_echoes(&self, diagnostics: &mut Vec<Diagnostic>) {
        let layers = self.layers.borrow();
        let errors: Vec<(Span, usize)> =
            diagnostics.iter().filter(|d| d.id == "syntax").map(|d| (d.span, d.line)).collect();
        diagnostics.retain(|d| {
            let before = |error: &&(Span, usize)| error.0.layer == d.span.layer && error.0.start < d.span.start;
            let mut earlier = errors.iter().filter(before);
            match d.id {
                "syntax" => !earlier.any(|(_, line)| *line == d.line),
                "wrong-type" => !errors.iter().any(|(error, _)| {
                    error.layer == d.span.layer
                        && error.start < d.span.end.max(d.span.start + 1)
                        && d.span.start <= error.start
                }),
                "unknown-key" => !earlier.any(|(error, _)| {
                    let text = layers.get(d.span.layer).map_or("", |(_, text)| text.as_ref());
                    text.get(error.start..d.span.start).is_some_and(|between| !between.contains("\n["))
                }),
                _ => true,
            }
        });
    }
}

/// The maximum length of a message, in characters: it can quote a long text.
const MAX_MESSAGE: usize = 600;

/// Makes a message one line of bounded length. What it quotes can contain line ends and terminal escapes.
fn one_line(message: String) -> String {
    let is_plain = |c: char| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
    if message.len() <= MAX_MESSAGE && message.chars().all(is_plain) {
        return message;
    }
    let mut line = String::with_capacity(MAX_MESSAGE);
    let length = message.chars().count();
    for (at, c) in message.chars().enumerate() {
        let is_left_out = length > MAX_MESSAGE && (MAX_MESSAGE / 2..length - MAX_MESSAGE / 2).contains(&at);
        match c {
            _ if is_left_out => line.push_str(if at == MAX_MESSAGE / 2 { " … " } else { "" }),
            c if is_plain(c) => line.push(c),
            c => line.extend(c.escape_default()),
        }
    }
    line
}

/// Returns the line and the column of a byte, both from 1, the column in characters.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    let before = &text[..byte];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// A help line lists at most this many values.
const MAX_LISTED: usize = 5;

/// Returns the name most similar to what was written, if it is similar enough to be a typo: an edit distance with
/// transpositions of at most a third of the length.
pub fn nearest<'n>(written: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let written: String = written.chars().take(64).flat_map(char::to_lowercase).collect();
    known
        .into_iter()
        .map(|name| (strsim::osa_distance(&written, name), name))
        .filter(|(distance, name)| *distance <= (name.chars().count().max(written.chars().count()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Returns a help line: the nearest value, or every valid one if none is near and they are few.
pub(crate) fn suggestion(written: &str, known: &[&str]) -> Option<String> {
    match nearest(written, known.iter().copied()) {
        Some(name) => Some(format!("did you mean `{name}`?")),
        None if known.is_empty() || known.len() > MAX_LISTED => None,
        None => Some(format!("valid here: `{}`", known.join("`, `"))),
    }
}

/// Returns a help line about an unknown key: the nearest key, or every key that the table can contain.
pub(crate) fn known_keys(written: &str, known: &[&str]) -> Option<String> {
    let mut keys: Vec<&str> = Vec::new();
    known.iter().for_each(|key| {
        if !keys.contains(key) {
            keys.push(key)
        }
    });
    match nearest(written, keys.iter().copied()) {
        Some(name) => Some(format!("did you mean `{name}`?")),
        None if keys.is_empty() => None,
        None => Some(format!("valid here: `{}`", keys.join("`, `"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_counts_characters() {
        assert_eq!(position("a\n口令 x", 9), (2, 4));
        assert_eq!(position("", 99), (1, 1));
    }

    #[test]
    fn message_is_one_short_line() {
        assert_eq!(one_line("`a\nb\u{1b}` is 汉字".to_owned()), "`a\\nb\\u{1b}` is 汉字");
        let long = one_line(format!("`{}` is no alphabet", "x".repeat(1 << 20)));
        assert!(long.len() < 700 && long.ends_with("x` is no alphabet"), "{long}");
    }

    #[test]
    fn nearest_name_must_be_similar() {
        assert_eq!(nearest("lenght", ["length", "pattern"]), Some("length"));
        assert_eq!(nearest("zzz", ["length", "pattern"]), None);
    }
}
