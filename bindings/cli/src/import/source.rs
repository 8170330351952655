//! The files of an import: bounded, decoded, and cut into lines and entries with their places.

use std::fmt;
use std::sync::Arc;

use kouling::policy::diagnostic::nearest;

use super::draft::{Draft, Origin};

/// The maximum size of a file in bytes.
pub(crate) const MAX_BYTES: usize = 1 << 20;
/// The maximum number of entries of a file, and of elements of a JSON or YAML document.
pub(crate) const MAX_ENTRIES: usize = 20_000;
/// The maximum number of lines of a file.
const MAX_LINES: usize = 50_000;
/// The maximum number of settings that no importer knows. A file with more is of another format.
const MAX_UNKNOWN: usize = 200;
/// The maximum depth of nested lists and objects.
pub(crate) const MAX_DEPTH: usize = 32;
/// The maximum number of characters of the source that a comment or message repeats.
const MAX_SHOWN: usize = 100;

/// One file of an import.
pub struct Input {
    /// The name of the file, for messages and comments.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Whether the file was found in a folder of fragments.
    pub is_fragment: bool,
}

/// A position in a file: line and column start at 1, columns count characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: Arc<str>,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// An error in a file: the import has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub(crate) place: Place,
    pub(crate) message: String,
}

impl Problem {
    pub(crate) fn new(place: &Place, message: impl Into<String>) -> Problem {
        Problem { place: place.clone(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// A decoded file.
#[derive(Clone)]
pub(crate) struct Text {
    pub(crate) file: Arc<str>,
    pub(crate) text: String,
    pub(crate) is_fragment: bool,
}

impl Text {
    /// Decodes a file: UTF-8, or UTF-16 with a byte order mark as `secedit` writes it.
    pub(crate) fn decode(input: &Input) -> Result<Text, Problem> {
        let file: Arc<str> = shown(&input.name).into();
        let start = Place { file: file.clone(), line: 1, column: 1 };
        if input.bytes.len() > MAX_BYTES {
            return Err(Problem::new(
                &start,
                format!("the file is too large; expected at most {MAX_BYTES} bytes"),
            ));
        }
        let text = match input.bytes.as_slice() {
            [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
            [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
            [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
            bytes => utf8(bytes),
        };
        match text {
            Ok(text) if text.contains('\0') => {
                let before = text.split('\0').next().unwrap_or_default();
                Err(Problem::new(&end_of(&file, before), "unexpected zero byte; expected a text file"))
            }
            Ok(text) if text.matches('\n').count() > MAX_LINES => {
                Err(Problem::new(&start, format!("too many lines; expected at most {MAX_LINES}")))
            }
            Ok(text) => Ok(Text { file, text, is_fragment: input.is_fragment }),
            Err(valid) => Err(Problem::new(
                &end_of(&file, &valid),
                "invalid encoding; expected UTF-8 or UTF-16 with a byte order mark",
            )),
        }
    }

    /// Returns the lines with their numbers, without their ends.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .split('\n')
            .map(|line| line.strip_suffix('\r').unwrap_or(line))
            .enumerate()
            .map(|(n, line)| (n + 1, line))
    }

    /// Returns a place in this file.
    pub(crate) fn place(&self, line: usize, column: usize) -> Place {
        Place { file: self.file.clone(), line, column }
    }

    /// Returns the place of a part of a line. `part` must be a slice of `line`.
    pub(crate) fn place_of(&self, number: usize, line: &str, part: &str) -> Place {
        let offset = (part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize).min(line.len());
        let before = line.get(..offset).map_or(0, |before| before.chars().count());
        self.place(number, before + 1)
    }

    /// Returns the first character that is not white space.
    pub(crate) fn first(&self) -> Option<char> {
        self.text.chars().find(|c| !c.is_whitespace())
    }
}

fn utf8(bytes: &[u8]) -> Result<String, String> {
    String::from_utf8(bytes.to_vec()).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        String::from_utf8_lossy(&bytes[..valid]).into_owned()
    })
}

fn utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Result<String, String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::new();
    for c in char::decode_utf16(pairs.iter().map(|pair| read(*pair))) {
        match c {
            Ok(c) => text.push(c),
            Err(_) => return Err(text),
        }
    }
    if rest.is_empty() { Ok(text) } else { Err(text) }
}

/// Returns the place after a text that starts a file.
fn end_of(file: &Arc<str>, text: &str) -> Place {
    let line = text.matches('\n').count() + 1;
    let column = text.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Place { file: file.clone(), line, column }
}

/// Returns text of a file for a message or comment: one line, shortened, without characters that change how it is displayed.
pub(crate) fn shown(text: &str) -> String {
    let is_plain =
        |c: char| c == ' ' || c.is_alphanumeric() || c.is_ascii_punctuation() || (c > '\u{A0}' && !is_hidden(c));
    let mut shown: String = text
        .trim()
        .chars()
        .take(MAX_SHOWN)
        .map(|c| {
            if c == '\t' {
                ' '
            } else if is_plain(c) {
                c
            } else {
                '?'
            }
        })
        .collect();
    if text.trim().chars().count() > MAX_SHOWN {
        shown.push('…');
    }
    shown
}

/// Whether a character is invisible or changes the direction of text.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || c.is_whitespace()
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// A value: text of a line format, or an element of a JSON, YAML or Python document.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
}

/// The kinds of values.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// Text, a number or a Boolean, as written. `quoted` is false for a plain scalar.
    Scalar {
        text: String,
        quoted: bool,
    },
    List(Vec<Node>),
    Object(Vec<Entry>),
    Null,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) value: Node,
    /// The entry as the file writes it, for comments.
    pub(crate) shown: String,
}

impl Node {
    /// Returns the text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Returns the elements of a list, or the value itself as the only one.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// Returns the entries of an object.
    pub(crate) fn object(&self) -> Option<&[Entry]> {
        match &self.kind {
            Kind::Object(entries) => Some(entries),
            _ => None,
        }
    }

    /// Returns the last value of a key of an object. `None` if there is none or it is null.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Returns the last entry of a key of an object. `None` if there is none or it is null.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        let entry = self.object()?.iter().rev().find(|entry| entry.key == key)?;
        (!matches!(entry.value.kind, Kind::Null)).then_some(entry)
    }

    /// Returns the value at the end of a path of keys.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Returns the value in the form of JSON, for comments.
    pub(crate) fn written(&self) -> String {
        match &self.kind {
            Kind::Scalar { text, quoted: true } => format!("\"{text}\""),
            Kind::Scalar { text, .. } => text.clone(),
            Kind::List(items) => {
                let items: Vec<String> = items.iter().take(8).map(Node::written).collect();
                format!("[{}]", items.join(", "))
            }
            Kind::Object(_) => "{…}".to_owned(),
            Kind::Null => "null".to_owned(),
        }
    }
}

impl Entry {
    /// Returns the origin for the comment of a setting.
    pub(crate) fn origin(&self) -> Origin {
        Origin::Entry { place: self.place.clone(), shown: shown(&self.shown) }
    }

    /// Returns the value as text, or reports an error.
    pub(crate) fn text(&self, draft: &mut Draft) -> Option<String> {
        let text = self.value.text().map(str::to_owned);
        if text.is_none() {
            draft.problem(&self.value.place, format!("invalid `{}`; expected text", shown(&self.key)));
        }
        text
    }

    /// Returns the value as a whole number within a range, or reports an error.
    pub(crate) fn number(&self, draft: &mut Draft, min: i64, max: i64) -> Option<i64> {
        let number = self.value.text().and_then(|text| text.trim().parse::<i64>().ok());
        match number {
            Some(number) if (min..=max).contains(&number) => Some(number),
            _ => {
                let found = shown(&self.value.written());
                let key = shown(&self.key);
                draft.problem(
                    &self.value.place,
                    format!("invalid `{key}`: `{found}`; expected a whole number from {min} to {max}"),
                );
                None
            }
        }
    }

    /// Returns the value as yes or no, or reports an error. `words` are the words for yes and no, of any case.
    pub(crate) fn flag(&self, draft: &mut Draft, yes: &[&str], no: &[&str]) -> Option<bool> {
        let text = self.value.text().unwrap_or_default().trim().to_owned();
        let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(&text));
        if is(yes) || is(no) {
            return Some(is(yes));
        }
        let expected: Vec<String> = yes.iter().chain(no).map(|word| format!("`{word}`")).collect();
        let (key, found) = (shown(&self.key), shown(&self.value.written()));
        draft
            .problem(&self.value.place, format!("invalid `{key}`: `{found}`; expected {}", expected.join(" or ")));
        None
    }
}

/// The entries of a file or object, of which an importer takes those that it knows.
pub(crate) struct Settings {
    entries: Vec<Entry>,
    known: Vec<String>,
    ignores_case: bool,
}

impl Settings {
    pub(crate) fn new(entries: Vec<Entry>) -> Settings {
        Settings { entries, known: Vec::new(), ignores_case: false }
    }

    /// Creates settings whose keys have no case.
    pub(crate) fn ignoring_case(entries: Vec<Entry>) -> Settings {
        Settings { ignores_case: true, ..Settings::new(entries) }
    }

    /// Creates the settings of an object. Reports any other value.
    pub(crate) fn of(node: &Node, draft: &mut Draft) -> Settings {
        match node.object() {
            Some(entries) => Settings::new(entries.to_vec()),
            None => {
                draft.problem(&node.place, "unexpected value; expected an object");
                Settings::new(Vec::new())
            }
        }
    }

    fn is(&self, entry: &Entry, key: &str) -> bool {
        if self.ignores_case { entry.key.eq_ignore_ascii_case(key) } else { entry.key == key }
    }

    /// Removes and returns the entries of a key, in the order of the file.
    pub(crate) fn take_all(&mut self, key: &str) -> Vec<Entry> {
        self.known.push(key.to_owned());
        let (taken, rest) = std::mem::take(&mut self.entries).into_iter().partition(|entry| self.is(entry, key));
        self.entries = rest;
        taken
    }

    /// Removes the entries of a key and returns the last one, which counts. `None` if it is null.
    pub(crate) fn take(&mut self, key: &str) -> Option<Entry> {
        let mut taken = self.take_all(key);
        let mut last = taken.pop()?;
        if let Some(earlier) = taken.last() {
            last.shown.push_str(&format!(" (overrides {}:{})", earlier.place.file, earlier.place.line));
        }
        (!matches!(last.value.kind, Kind::Null)).then_some(last)
    }

    /// Removes the entry of a key whose value is an object, and returns its settings.
    pub(crate) fn inner(&mut self, key: &str, draft: &mut Draft) -> Settings {
        match self.take(key) {
            Some(entry) => Settings::of(&entry.value, draft),
            None => Settings::new(Vec::new()),
        }
    }

    /// Removes the entries of keys that say nothing about passwords.
    pub(crate) fn ignore(&mut self, keys: &[&str]) {
        for key in keys {
            self.take_all(key);
        }
    }

    /// Removes and returns every entry whose key starts with `prefix`.
    pub(crate) fn take_prefixed(&mut self, prefix: &str) -> Vec<Entry> {
        let (taken, rest) =
            std::mem::take(&mut self.entries).into_iter().partition(|entry| entry.key.starts_with(prefix));
        self.entries = rest;
        taken
    }

    /// Lists keys as not translated, for a reason.
    pub(crate) fn skip(&mut self, draft: &mut Draft, keys: &[&str], reason: &str, instead: &str) {
        for key in keys {
            if let Some(entry) = self.take(key) {
                draft.skip(&entry, reason, instead);
            }
        }
    }

    /// Lists the entries that nothing took as not translated.
    pub(crate) fn finish(self, draft: &mut Draft) {
        if let Some(entry) = self.entries.get(MAX_UNKNOWN) {
            draft.problem(&entry.place, "too many unknown settings; is the file of another format?");
            return;
        }
        for entry in &self.entries {
            let known = self.known.iter().map(String::as_str);
            let instead = match nearest(&entry.key, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "see the documentation of the product".to_owned(),
            };
            let key = Entry { shown: entry.key.clone(), ..entry.clone() };
            draft.skip(&key, "unknown setting", &instead);
        }
    }
}

/// Creates an entry of a line format.
pub(crate) fn line_entry(text: &Text, number: usize, line: &str, key: &str, value: &str) -> Entry {
    let place_of = |part: &str| text.place_of(number, line, part);
    let kind = Kind::Scalar { text: value.to_owned(), quoted: false };
    Entry {
        key: key.to_owned(),
        place: place_of(key),
        value: Node { kind, place: if value.is_empty() { place_of(key) } else { place_of(value) } },
        shown: line.trim().to_owned(),
    }
}
