//! The policy that an import writes: settings with their origins, and what was not translated.

use std::fmt::Write;

use super::source::{Entry, Place, Problem, Settings, shown};

/// Where a setting comes from.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// An entry of a file.
    Entry { place: Place, shown: String },
    /// A default of the product, or what it does always.
    Product(String),
}

impl Origin {
    pub(super) fn comment(&self) -> String {
        match self {
            Origin::Entry { place, shown } => format!("from {}:{}: {shown}", place.file, place.line),
            Origin::Product(text) => text.clone(),
        }
    }

    /// Returns the origin with a remark.
    pub(crate) fn with(&self, remark: &str) -> Origin {
        match self {
            Origin::Entry { place, shown } => {
                Origin::Entry { place: place.clone(), shown: format!("{shown}; {remark}") }
            }
            Origin::Product(text) => Origin::Product(format!("{text}; {remark}")),
        }
    }

    pub(super) fn place(&self) -> Option<&Place> {
        match self {
            Origin::Entry { place, .. } => Some(place),
            Origin::Product(_) => None,
        }
    }
}

/// A value with its origin.
#[derive(Clone, Debug)]
pub(crate) struct Sourced<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
}

/// A value of the policy.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Number(i64),
    Flag(bool),
    Text(String),
    List(Vec<String>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Number(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Value {
        Value::Flag(flag)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl<const N: usize> From<[&str; N]> for Value {
    fn from(list: [&str; N]) -> Value {
        Value::List(list.iter().map(|&text| text.to_owned()).collect())
    }
}

impl From<Vec<String>> for Value {
    fn from(list: Vec<String>) -> Value {
        Value::List(list)
    }
}

impl Value {
    pub(crate) fn to_toml(&self) -> String {
        match self {
            Value::Number(number) => number.to_string(),
            Value::Flag(flag) => flag.to_string(),
            Value::Text(text) => quoted(text),
            Value::List(list) => {
                let items: Vec<String> = list.iter().map(|text| quoted(text)).collect();
                format!("[{}]", items.join(", "))
            }
        }
    }
}

/// Returns a TOML string. Uses a literal string for text with backslashes, such as a regular expression.
pub(crate) fn quoted(text: &str) -> String {
    if text.contains('\\') && !text.contains('\'') && !text.chars().any(char::is_control) {
        return format!("'{text}'");
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A setting that was not translated.
#[derive(Clone, Debug)]
pub struct Untranslated {
    pub(crate) place: Place,
    /// The entry as the file writes it.
    pub(crate) shown: String,
    pub(crate) reason: String,
    /// What to do instead.
    pub(crate) instead: String,
}

impl Untranslated {
    /// Returns the file, line and column.
    pub fn place(&self) -> String {
        self.place.to_string()
    }

    /// Returns the setting as the file writes it, and why it was not translated.
    pub fn message(&self) -> String {
        format!("not translated: `{}`: {}", self.shown, self.reason)
    }

    /// Returns what to do instead.
    pub fn help(&self) -> &str {
        &self.instead
    }
}

/// Comments are aligned behind settings of at most this many characters.
const MAX_ALIGNED: usize = 48;

#[derive(Debug)]
struct Line {
    key: String,
    value: Value,
    origin: Origin,
}

/// A policy in preparation.
#[derive(Debug)]
pub(crate) struct Draft {
    /// The name of the policy.
    pub(crate) name: String,
    /// The name of the product, for comments.
    product: &'static str,
    /// Tables by name, in the order of the file. The first is the top of the file.
    tables: Vec<(String, Vec<Line>)>,
    pub(crate) untranslated: Vec<Untranslated>,
    pub(crate) problems: Vec<Problem>,
    /// Word lists that the policy reads: file names and words.
    pub(crate) word_lists: Vec<(String, Vec<String>)>,
    /// Remarks on what the host must do or know.
    remarks: Vec<&'static str>,
}

impl Draft {
    pub(crate) fn new(name: &str, product: &'static str) -> Draft {
        Draft {
            name: name.to_owned(),
            product,
            tables: vec![(String::new(), Vec::new())],
            untranslated: Vec::new(),
            problems: Vec::new(),
            word_lists: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// Returns an empty draft for the same product.
    pub(crate) fn sibling(&self, name: &str) -> Draft {
        Draft::new(name, self.product)
    }

    /// Moves the problems and remarks on what was not translated from another draft.
    pub(crate) fn adopt(&mut self, other: &mut Draft) {
        self.problems.append(&mut other.problems);
        self.untranslated.append(&mut other.untranslated);
    }

    pub(crate) fn problem(&mut self, place: &Place, message: impl Into<String>) {
        if self.problems.len() < 100 {
            self.problems.push(Problem::new(place, message));
        }
    }

    /// Lists an entry as not translated.
    pub(crate) fn skip(&mut self, entry: &Entry, reason: &str, instead: &str) {
        self.untranslated.push(Untranslated {
            place: entry.place.clone(),
            shown: shown(&entry.shown),
            reason: reason.to_owned(),
            instead: instead.to_owned(),
        });
    }

    /// Lists the entry of an origin as not translated. What the product does by default is not listed.
    pub(crate) fn skip_origin(&mut self, origin: &Origin, reason: &str, instead: &str) {
        if let Origin::Entry { place, shown } = origin {
            self.untranslated.push(Untranslated {
                place: place.clone(),
                shown: shown.clone(),
                reason: reason.to_owned(),
                instead: instead.to_owned(),
            });
        }
    }

    /// Returns the origin of a default.
    pub(crate) fn default_origin(&self) -> Origin {
        Origin::Product(format!("default of {}", self.product))
    }

    /// Returns the origin of what the product does without a setting.
    pub(crate) fn built_in(&self, what: &str) -> Origin {
        Origin::Product(format!("{} {what}", self.product))
    }

    /// Writes a setting. `table` is the name of a table, such as `rules.length`; empty for the top of the file.
    pub(crate) fn set(&mut self, table: &str, key: &str, value: impl Into<Value>, origin: &Origin) {
        let line = Line { key: key.to_owned(), value: value.into(), origin: origin.clone() };
        let at = match self.tables.iter().position(|(name, _)| name == table) {
            Some(at) => at,
            None => {
                self.tables.push((table.to_owned(), Vec::new()));
                self.tables.len() - 1
            }
        };
        let lines = &mut self.tables[at].1;
        match lines.iter_mut().find(|line| line.key == key) {
            Some(known) => *known = line,
            None => lines.push(line),
        }
    }

    /// Whether the policy has a table.
    pub(crate) fn has(&self, table: &str) -> bool {
        self.tables.iter().any(|(name, _)| name == table)
    }

    /// Whether a table has a key.
    pub(crate) fn has_key(&self, table: &str, key: &str) -> bool {
        self.tables.iter().any(|(name, lines)| name == table && lines.iter().any(|line| line.key == key))
    }

    /// Writes a setting unless its table has the key.
    pub(crate) fn set_default(&mut self, table: &str, key: &str, value: impl Into<Value>, origin: &Origin) {
        if !self.has_key(table, key) {
            self.set(table, key, value, origin);
        }
    }

    /// Returns the names of the rules.
    pub(crate) fn rules(&self) -> Vec<String> {
        let rules = self.tables.iter().filter_map(|(name, _)| name.strip_prefix("rules."));
        rules.filter(|rule| !rule.contains('.')).map(str::to_owned).collect()
    }

    /// Adds a word list that the policy reads.
    pub(crate) fn word_list(&mut self, file: &str, words: Vec<String>) {
        self.word_lists.push((file.to_owned(), words));
    }

    /// Adds a prefix to the names of the word lists, and to the settings that name them.
    pub(crate) fn prefix_word_lists(&mut self, prefix: &str) {
        for (file, _) in &mut self.word_lists {
            let (old, new) = (format!("./{file}"), format!("./{prefix}-{file}"));
            for line in self.tables.iter_mut().flat_map(|(_, lines)| lines) {
                if let Value::List(list) = &mut line.value {
                    list.iter_mut().filter(|name| **name == old).for_each(|name| name.clone_from(&new));
                }
            }
            *file = format!("{prefix}-{file}");
        }
    }

    /// Adds a remark on what the host does.
    pub(crate) fn remark(&mut self, remark: &'static str) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    /// Takes a number of the product within its range, or its default. After an error, returns the default, so that the rest is read.
    pub(crate) fn number(
        &mut self,
        settings: &mut Settings,
        key: &str,
        range: (i64, i64),
        default: Option<i64>,
    ) -> Option<Sourced<i64>> {
        match settings.take(key) {
            Some(entry) => {
                let value = entry.number(self, range.0, range.1).or(default)?;
                Some(Sourced { value, origin: entry.origin() })
            }
            None => default.map(|value| Sourced { value, origin: self.default_origin() }),
        }
    }

    /// Takes yes or no (`true`, `false`, 1, 0, `on`, `off`, `yes`, `no`), or the default.
    pub(crate) fn flag(
        &mut self,
        settings: &mut Settings,
        key: &str,
        default: Option<bool>,
    ) -> Option<Sourced<bool>> {
        match settings.take(key) {
            Some(entry) => {
                let value =
                    entry.flag(self, &["true", "1", "on", "yes"], &["false", "0", "off", "no"]).or(default)?;
                Some(Sourced { value, origin: entry.origin() })
            }
            None => default.map(|value| Sourced { value, origin: self.default_origin() }),
        }
    }

    /// Returns a number no greater than Kouling's limit. Lists a greater one as not translated exactly.
    pub(crate) fn at_most(&mut self, number: &Sourced<i64>, max: i64) -> i64 {
        if number.value > max {
            let reason = format!("{} is more than Kouling supports", number.value);
            self.skip_origin(&number.origin, &reason, &format!("the policy has {max}, the maximum"));
        }
        number.value.min(max)
    }

    /// Writes a duration of `seconds`, between the limits of Kouling. Lists another one as not translated.
    pub(crate) fn set_duration(
        &mut self,
        table: &str,
        key: &str,
        seconds: &Sourced<i64>,
        limits: (i64, i64),
    ) -> bool {
        if !(limits.0..=limits.1).contains(&seconds.value) {
            let (min, max) = (duration(limits.0), duration(limits.1));
            let reason = format!("`{table}.{key}` is limited to {min} to {max}");
            self.skip_origin(&seconds.origin, &reason, "choose a value within the limits");
            return false;
        }
        self.set(table, key, duration(seconds.value), &seconds.origin);
        true
    }

    /// Writes the policy. Returns its text and, for each line, the place that it comes from.
    pub(crate) fn to_toml(&self, head: &str) -> (String, Vec<Option<Place>>) {
        let mut text = String::new();
        for line in head.lines() {
            let _ = writeln!(text, "# {line}");
        }
        for remark in &self.remarks {
            let _ = writeln!(text, "#\n# {remark}");
        }
        if !self.untranslated.is_empty() {
            text.push_str("#\n# Not translated:\n");
            for skipped in &self.untranslated {
                let place = &skipped.place;
                let _ = writeln!(text, "# - {}:{}: {}", place.file, place.line, skipped.shown);
                let _ = writeln!(text, "#   {}; {}", skipped.reason, skipped.instead);
            }
        }
        text.push('\n');
        let mut places = vec![None; text.matches('\n').count()];
        for (table, lines) in &self.tables {
            let mut rows: Vec<(String, String, Option<&Place>)> = Vec::new();
            if table.is_empty() {
                rows.push(("format = 1".to_owned(), "the version of the policy format".to_owned(), None));
                let name = format!("name = {}", quoted(&self.name));
                rows.push((name, "the name in outcomes and logs".to_owned(), None));
            } else {
                let _ = write!(text, "\n[{table}]\n");
                places.extend([None, lines.iter().find_map(|line| line.origin.place()).cloned()]);
            }
            for line in lines {
                let setting = format!("{} = {}", line.key, line.value.to_toml());
                rows.push((setting, line.origin.comment(), line.origin.place()));
            }
            let widths = rows.iter().map(|(setting, ..)| setting.chars().count());
            let width = widths.filter(|width| *width <= MAX_ALIGNED).max().unwrap_or(0);
            for (setting, comment, place) in rows {
                let _ = writeln!(text, "{setting:width$} # {comment}");
                places.push(place.cloned());
            }
        }
        (text, places)
    }
}

/// Returns a duration as a policy writes it, in the largest unit that needs no fraction.
pub(crate) fn duration(seconds: i64) -> String {
    match seconds {
        0 => "0s".to_owned(),
        seconds if seconds % 86_400 == 0 => format!("{}d", seconds / 86_400),
        seconds if seconds % 3_600 == 0 => format!("{}h", seconds / 3_600),
        seconds if seconds % 60 == 0 => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}
