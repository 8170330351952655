//! A diagnostic is one thing wrong with a policy, said to its author: where, what, and what would be right.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

/// A stretch of one layer's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Which layer, in the order in which they were read.
    pub layer: usize,
    /// First byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// One finding about a policy text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of finding, for machines: `unknown-key`, `out-of-range`, …
    pub id: &'static str,
    /// The layer's name as its source gave it: a path or a preset.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The stretch of text itself.
    pub span: Span,
    /// What is wrong: lower case, no full stop, backticks round what the author wrote.
    pub message: String,
    /// What would be right, when that is known.
    pub help: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diagnostic { id, file, line, column, message, help, .. } = self;
        write!(f, "{file}:{line}:{column}: {message} [{id}]")?;
        match help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// A policy that does not load, with everything that is wrong with it.
#[derive(Clone, Debug)]
pub struct PolicyError {
    diagnostics: Vec<Diagnostic>,
    layers: Vec<(Arc<str>, Arc<str>)>,
}

impl PolicyError {
    /// The text that a finding's span points into.
    pub fn text(&self, diagnostic: &Diagnostic) -> &str {
        self.layers.get(diagnostic.span.layer).map_or("", |(_, text)| text)
    }

    /// Every finding, in the order of layers and lines. Never empty.
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

/// Collects findings while a policy is read, and knows the texts they point into.
#[derive(Debug, Default)]
pub struct Reporter {
    layers: RefCell<Vec<(Arc<str>, Arc<str>)>>,
    diagnostics: RefCell<Vec<Diagnostic>>,
}

/// More findings than this about one policy help nobody, and a hostile text must not make us collect millions.
const MAX_DIAGNOSTICS: usize = 200;

impl Reporter {
    /// Makes a layer known; the number is its [`Span::layer`].
    pub(crate) fn add_layer(&self, name: Arc<str>, text: Arc<str>) -> usize {
        let mut layers = self.layers.borrow_mut();
        layers.push((name, text));
        layers.len() - 1
    }

    /// The name of a layer: a path or a preset.
    pub fn layer_name(&self, layer: usize) -> Arc<str> {
        self.layers.borrow().get(layer).map_or_else(|| Arc::from("?"), |(name, _)| name.clone())
    }

    /// Where a stretch of text begins: the layer's name, line and column, as a finding says them.
    pub fn place(&self, span: Span) -> (Arc<str>, usize, usize) {
        let layers = self.layers.borrow();
        let (file, text) = match layers.get(span.layer) {
            Some((name, text)) => (name.clone(), text.as_ref()),
            None => (Arc::from("?"), ""),
        };
        let (line, column) = position(text, span.start);
        (file, line, column)
    }

    /// The text of a layer.
    pub fn layer_text(&self, layer: usize) -> Arc<str> {
        self.layers.borrow().get(layer).map_or_else(|| Arc::from(""), |(_, text)| text.clone())
    }

    /// Every layer read so far: name and text, in the order of reading.
    pub(crate) fn layers(&self) -> Vec<(Arc<str>, Arc<str>)> {
        self.layers.borrow().clone()
    }

    /// Says what is wrong at a place, and, where it is known, what would be right.
    pub fn complain(&self, span: Span, id: &'static str, message: impl Into<String>, help: Option<String>) {
        let mut diagnostics = self.diagnostics.borrow_mut();
        if diagnostics.len() >= MAX_DIAGNOSTICS {
            return;
        }
        let (file, line, column) = self.place(span);
        let (message, help) = (one_line(message.into()), help.map(one_line));
        diagnostics.push(Diagnostic { id, file, line, column, span, message, help });
    }

    /// Whether anything has been found.
    pub fn is_clean(&self) -> bool {
        self.diagnostics.borrow().is_empty()
    }

    /// All findings as an error, or `Ok` when there are none.
    ///
    /// # Errors
    /// As said.
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

    /// Drops what only follows from a syntax error: further ones on its line, and keys that seem unknown because the
    /// heading above them could not be read.
    fn drop_echoes(&self, diagnostics: &mut Vec<Diagnostic>) {
        let layers = self.layers.borrow();
        let errors: Vec<(Span, usize)> =
            diagnostics.iter().filter(|d| d.id == "syntax").map(|d| (d.span, d.line)).collect();
        diagnostics.retain(|d| {
            let before = |error: &&(Span, usize)| error.0.layer == d.span.layer && error.0.start < d.span.start;
            let mut earlier = errors.iter().filter(before);
            match d.id {
                "syntax" => !earlier.any(|(_, line)| *line == d.line),
                "unknown-key" => !earlier.any(|(error, _)| {
                    let text = layers.get(d.span.layer).map_or("", |(_, text)| text.as_ref());
                    text.get(error.start..d.span.start).is_some_and(|between| !between.contains("\n["))
                }),
                _ => true,
            }
        });
    }
}

/// What is said about one finding has no more characters, whatever the author wrote that it holds.
const MAX_SAID: usize = 600;

/// A message as one line of bounded length: what it quotes may hold line ends, escapes of a terminal and a whole book.
fn one_line(message: String) -> String {
    let is_plain = |c: char| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
    if message.len() <= MAX_SAID && message.chars().all(is_plain) {
        return message;
    }
    let mut line = String::with_capacity(MAX_SAID);
    let length = message.chars().count();
    for (at, c) in message.chars().enumerate() {
        let is_left_out = length > MAX_SAID && (MAX_SAID / 2..length - MAX_SAID / 2).contains(&at);
        match c {
            _ if is_left_out => line.push_str(if at == MAX_SAID / 2 { " … " } else { "" }),
            c if is_plain(c) => line.push(c),
            c => line.extend(c.escape_default()),
        }
    }
    line
}

/// Line and column of a byte, both from 1, the column in characters.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    let before = &text[..byte];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// A longer list of names helps nobody.
const MAX_LISTED: usize = 5;

/// The known name nearest to what was written, when it is near enough to be a slip of the pen.
///
/// Nearness is the edit distance with transpositions (optimal string alignment), at most a third of the length.
pub fn nearest<'n>(written: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let written: Vec<char> = written.chars().take(64).flat_map(char::to_lowercase).collect();
    known
        .into_iter()
        .map(|name| (edit_distance(&written, &name.chars().collect::<Vec<_>>()), name))
        .filter(|(distance, name)| *distance <= (name.chars().count().max(written.len()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let substituted = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = substituted.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before_last[j - 2] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// A help line: the nearest name, or every known one when none is near and they are few.
pub(crate) fn suggestion(written: &str, known: &[&str]) -> Option<String> {
    match nearest(written, known.iter().copied()) {
        Some(name) => Some(format!("did you mean `{name}`?")),
        None if known.is_empty() || known.len() > MAX_LISTED => None,
        None => Some(format!("known here: `{}`", known.join("`, `"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        assert_eq!(position("a\n口令 x", 9), (2, 4));
        assert_eq!(position("", 99), (1, 1));
    }

    #[test]
    fn what_is_said_is_one_short_line() {
        assert_eq!(one_line("`a\nb\u{1b}` is 汉字".to_owned()), "`a\\nb\\u{1b}` is 汉字");
        let long = one_line(format!("`{}` is no alphabet", "x".repeat(1 << 20)));
        assert!(long.len() < 700 && long.ends_with("x` is no alphabet"), "{long}");
    }

    #[test]
    fn the_nearest_name_is_near() {
        assert_eq!(nearest("lenght", ["length", "pattern"]), Some("length"));
        assert_eq!(nearest("zzz", ["length", "pattern"]), None);
    }
}
