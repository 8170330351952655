//! Declarations of the keys that a policy can contain.
//!
//! Each key is declared once, next to the code that reads it: its name, type, default, bounds, unit, documentation and
//! the direction in which it becomes stricter. Parsing, diagnostics, the JSON Schema, the catalogue, `diff`, `lint` and
//! `comply` read the declaration.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use super::table::Table;
use super::units::{self, Rate};
use crate::time::Moment;

/// The direction in which a parameter rejects more passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stricter {
    /// A change can reject more or fewer passwords.
    Unknown,
    /// A higher number. Without a default, an absent number is 0.
    Higher,
    /// A lower number. Without a default, an absent number is no limit.
    Lower,
    /// A lower number; none is the strictest.
    LowerOrAbsent,
    /// A higher number; no limit is the strictest.
    HigherOrAbsent,
    /// A higher number, while the parameter named here is absent.
    HigherWithout(&'static str),
    /// A higher number. The parameter replaces the one named here.
    HigherInsteadOf(&'static str),
    /// A longer list. `"*"` stands for every entry.
    LongerList,
    /// A longer list of built-in names and files. Files are compared by content.
    MoreFiles,
    /// A file, compared by content. Another file can reject more or fewer passwords.
    File,
    /// A smaller set of characters. An absent set contains every character.
    FewerCharacters,
    /// A larger set of characters.
    MoreCharacters,
    /// `true`.
    True,
    /// `false`.
    False,
    /// A table of numbers, each of which is stricter if it is higher. An absent number is 0.
    EachHigher,
    /// A value is stricter than none. Another value can reject more or fewer passwords.
    Present,
}

impl Stricter {
    /// Returns the sentence about it in the catalogue. Empty if nothing is known.
    pub fn sentence(self) -> &'static str {
        match self {
            Stricter::Unknown | Stricter::File => "",
            Stricter::Higher | Stricter::HigherWithout(_) | Stricter::HigherInsteadOf(_) => "Higher is stricter.",
            Stricter::Lower => "Lower is stricter.",
            Stricter::LowerOrAbsent => "Lower is stricter; none is the strictest.",
            Stricter::HigherOrAbsent => "Higher is stricter; no limit is the strictest.",
            Stricter::LongerList | Stricter::MoreFiles => "A longer list is stricter.",
            Stricter::FewerCharacters => "Fewer characters are stricter.",
            Stricter::MoreCharacters => "More characters are stricter.",
            Stricter::True => "`true` is stricter.",
            Stricter::False => "`false` is stricter.",
            Stricter::EachHigher => "Each is stricter if it is higher.",
            Stricter::Present => "A value is stricter than none.",
        }
    }
}

/// The type, bounds and default of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// A whole number.
    Count {
        /// The bounds.
        range: RangeInclusive<u64>,
        /// The default. `None` if the key is optional or required.
        default: Option<u64>,
        /// The key whose value is the default if it is greater, and that key's own default.
        at_least: Option<(&'static str, u64)>,
    },
    /// `true` or `false`.
    Flag {
        /// The default.
        default: bool,
    },
    /// A string.
    Text,
    /// A string or a list of strings.
    Texts {
        /// The default.
        default: &'static [&'static str],
    },
    /// One of several keywords, the default first.
    Choice {
        /// The keywords.
        keywords: Vec<&'static str>,
    },
    /// A duration, such as `"10m"`.
    Duration {
        /// The bounds, in seconds.
        range: RangeInclusive<u64>,
        /// The default, in seconds.
        default: u64,
    },
    /// Events per duration, such as `"5/h"`.
    Rate {
        /// The default.
        default: Rate,
    },
    /// A date, such as `2027-01-01`.
    Date,
    /// A table with these keys.
    Table(Vec<Parameter>),
    /// A list of tables with these keys.
    Tables(Vec<Parameter>),
    /// A table whose keys the author chooses. The value of each key has the type given here.
    Map {
        /// What the documentation calls a key: `<class>`.
        placeholder: &'static str,
        /// The type of the values.
        values: Box<ValueType>,
    },
    /// A table of rules by name.
    Rules,
}

impl ValueType {
    /// Describes the type, the bounds and the default in plain language.
    pub fn describe(&self, unit: &str) -> String {
        match self {
            ValueType::Count { range, default, at_least } => {
                let unit = if unit.is_empty() { String::new() } else { format!(" of {unit}") };
                let bounds = match (*range.start(), *range.end()) {
                    (start, u64::MAX) => format!("at least {start}"),
                    (start, end) if start == end => format!("{start}"),
                    (start, end) => format!("{start} to {end}"),
                };
                let default = match (default, at_least) {
                    (Some(default), Some((key, _))) => {
                        format!(", default {default}, or `{key}` if that is greater")
                    }
                    (Some(default), None) => format!(", default {default}"),
                    (None, _) => String::new(),
                };
                format!("whole number{unit}, {bounds}{default}")
            }
            ValueType::Flag { default } => format!("true or false, default {default}"),
            ValueType::Text => "string".to_owned(),
            ValueType::Texts { default: [] } => "string or list of strings".to_owned(),
            ValueType::Texts { default } => format!("string or list of strings, default {default:?}"),
            ValueType::Choice { keywords } => {
                let quoted: Vec<String> = keywords.iter().map(|keyword| format!("{keyword:?}")).collect();
                format!("{}, default {}", quoted.join(" or "), quoted.first().map_or("", String::as_str))
            }
            ValueType::Duration { range, default } => {
                let [start, end, default] = [*range.start(), *range.end(), *default].map(units::as_duration);
                format!("duration, \"{start}\" to \"{end}\", default \"{default}\"")
            }
            ValueType::Rate { default } => format!("rate, default \"{}\"", units::as_rate(*default)),
            ValueType::Date => "date".to_owned(),
            ValueType::Table(_) | ValueType::Map { .. } => "table".to_owned(),
            ValueType::Tables(_) => "list of tables".to_owned(),
            ValueType::Rules => "table of rules by name".to_owned(),
        }
    }
}

/// A key of a policy: everything that is known about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The key.
    pub key: Cow<'static, str>,
    /// Its type, bounds and default.
    pub value: ValueType,
    /// The unit of a number. Empty if there is none.
    pub unit: &'static str,
    /// The direction in which it becomes stricter.
    pub stricter: Stricter,
    /// Its documentation: one or more sentences.
    pub doc: Cow<'static, str>,
}

impl Parameter {
    /// Creates a parameter without a unit or a known direction.
    pub fn new(
        key: impl Into<Cow<'static, str>>,
        value: ValueType,
        doc: impl Into<Cow<'static, str>>,
    ) -> Parameter {
        Parameter { key: key.into(), value, unit: "", stricter: Stricter::Unknown, doc: doc.into() }
    }

    /// Sets the direction in which the parameter becomes stricter.
    #[must_use]
    pub fn stricter(self, stricter: Stricter) -> Parameter {
        Parameter { stricter, ..self }
    }

    /// Returns the key as the documentation shows it: `require.<class>`.
    pub fn name(&self) -> String {
        match &self.value {
            ValueType::Map { placeholder, .. } => format!("{}.{placeholder}", self.key),
            _ => self.key.clone().into_owned(),
        }
    }

    /// Returns the description for the catalogue and for editors: type, meaning and direction.
    pub fn description(&self) -> String {
        let value = match &self.value {
            ValueType::Map { values, .. } => values.describe(self.unit),
            value => value.describe(self.unit),
        };
        format!("{value}. {} {}", self.doc, self.stricter.sentence()).trim_end().to_owned()
    }
}

/// A key with the Rust type of its value. Create one with a constructor such as [`Declared::count`], store it in a
/// constant and read it with [`Table::read`].
#[derive(Clone, Copy, Debug)]
pub struct Declared<V> {
    key: &'static str,
    value: V,
    unit: &'static str,
    stricter: Stricter,
    doc: &'static str,
}

/// A type of value that a table can contain.
pub trait Read {
    /// The Rust type of the value.
    type Output;

    /// Reads the value of `key`, or returns the default. Reports invalid values.
    fn read(&self, key: &'static str, table: &mut Table<'_>) -> Self::Output;

    /// Returns the type, the bounds and the default as data.
    fn value_type(&self) -> ValueType;
}

/// A whole number with a default.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    default: u64,
    start: u64,
    end: u64,
    at_least: Option<&'static Declared<Count>>,
}

/// A whole number without a default.
#[derive(Clone, Copy, Debug)]
pub struct OptionalCount {
    start: u64,
    end: u64,
}

/// `true` or `false`.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    default: bool,
}

/// A string.
#[derive(Clone, Copy, Debug)]
pub struct Text;

/// A list of strings. One string counts as a list of one.
#[derive(Clone, Copy, Debug)]
pub struct Texts {
    default: &'static [&'static str],
}

/// One of several keywords.
#[derive(Clone, Copy, Debug)]
pub struct Choice<T: 'static> {
    keywords: &'static [(&'static str, T)],
    default: T,
}

/// A duration in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Duration {
    default: u64,
    start: u64,
    end: u64,
}

/// A date: its first moment in UTC.
#[derive(Clone, Copy, Debug)]
pub struct Date;

impl<V: Copy> Declared<V> {
    const fn new(key: &'static str, value: V) -> Declared<V> {
        Declared { key, value, unit: "", stricter: Stricter::Unknown, doc: "" }
    }

    /// Sets the unit of the number.
    #[must_use]
    pub const fn unit(self, unit: &'static str) -> Declared<V> {
        Declared { unit, ..self }
    }

    /// Sets the direction in which the parameter becomes stricter.
    #[must_use]
    pub const fn stricter(self, stricter: Stricter) -> Declared<V> {
        Declared { stricter, ..self }
    }

    /// Sets the documentation: one or more sentences.
    #[must_use]
    pub const fn doc(self, doc: &'static str) -> Declared<V> {
        Declared { doc, ..self }
    }

    /// Returns the key.
    pub const fn key(&self) -> &'static str {
        self.key
    }

    pub(super) fn read(&self, table: &mut Table<'_>) -> V::Output
    where
        V: Read,
    {
        self.value.read(self.key, table)
    }

    /// Returns the declaration as data.
    pub fn parameter(&self) -> Parameter
    where
        V: Read,
    {
        Parameter {
            key: self.key.into(),
            value: self.value.value_type(),
            unit: self.unit,
            stricter: self.stricter,
            doc: self.doc.into(),
        }
    }
}

impl Declared<Count> {
    /// Declares a whole number within `range`.
    pub const fn count(key: &'static str, default: u64, range: RangeInclusive<u64>) -> Declared<Count> {
        let (start, end) = (*range.start(), *range.end());
        Declared::new(key, Count { default, start, end, at_least: None })
    }

    /// Raises the default to the value of `other`, a key of the same table.
    #[must_use]
    pub const fn default_at_least(self, other: &'static Declared<Count>) -> Declared<Count> {
        Declared { value: Count { at_least: Some(other), ..self.value }, ..self }
    }

    /// Lowers the maximum and the default to `max`, which is known only when the policy is read.
    #[must_use]
    pub fn at_most(self, max: u64) -> Declared<Count> {
        let (end, default) = (self.value.end.min(max), self.value.default.min(max));
        Declared { value: Count { end, default, ..self.value }, ..self }
    }
}

impl Declared<OptionalCount> {
    /// Declares a whole number within `range` that has no default.
    pub const fn optional_count(key: &'static str, range: RangeInclusive<u64>) -> Declared<OptionalCount> {
        let (start, end) = (*range.start(), *range.end());
        Declared::new(key, OptionalCount { start, end })
    }
}

impl Declared<Flag> {
    /// Declares `true` or `false`.
    pub const fn flag(key: &'static str, default: bool) -> Declared<Flag> {
        Declared::new(key, Flag { default })
    }
}

impl Declared<Text> {
    /// Declares a string.
    pub const fn text(key: &'static str) -> Declared<Text> {
        Declared::new(key, Text)
    }
}

impl Declared<Texts> {
    /// Declares a list of strings. Reading it returns `None` if it is absent, so the reader applies the default.
    pub const fn texts(key: &'static str, default: &'static [&'static str]) -> Declared<Texts> {
        Declared::new(key, Texts { default })
    }

    /// Returns the default.
    pub const fn default(&self) -> &'static [&'static str] {
        self.value.default
    }
}

impl<T: Copy> Declared<Choice<T>> {
    /// Declares one of several keywords. `default` is the value of the first.
    pub const fn choice(
        key: &'static str,
        default: T,
        keywords: &'static [(&'static str, T)],
    ) -> Declared<Choice<T>> {
        Declared::new(key, Choice { keywords, default })
    }
}

impl Declared<Duration> {
    /// Declares a duration. The default and the bounds are in seconds.
    pub const fn duration(key: &'static str, default: u64, range: RangeInclusive<u64>) -> Declared<Duration> {
        let (start, end) = (*range.start(), *range.end());
        Declared::new(key, Duration { default, start, end })
    }

    /// Lowers the maximum and the default to `max`, which is known only when the policy is read.
    #[must_use]
    pub fn at_most(self, max: u64) -> Declared<Duration> {
        let (end, default) = (self.value.end.min(max), self.value.default.min(max));
        Declared { value: Duration { end, default, ..self.value }, ..self }
    }
}

impl Declared<Rate> {
    /// Declares a rate.
    pub const fn rate(key: &'static str, default: Rate) -> Declared<Rate> {
        Declared::new(key, default)
    }
}

impl Declared<Date> {
    /// Declares a date.
    pub const fn date(key: &'static str) -> Declared<Date> {
        Declared::new(key, Date)
    }
}

impl Read for Count {
    type Output = u64;

    fn read(&self, key: &'static str, table: &mut Table<'_>) -> u64 {
        let floor = self.at_least.map_or(0, |other| {
            let Count { default, start, end, .. } = other.value;
            table.written_count(other.key).filter(|number| (start..=end).contains(number)).unwrap_or(default)
        });
        table.count(key, self.default.max(floor), self.start..=self.end)
    }

    fn value_type(&self) -> ValueType {
        ValueType::Count {
            range: self.start..=self.end,
            default: Some(self.default),
            at_least: self.at_least.map(|other| (other.key, other.value.default)),
        }
    }
}

impl Read for OptionalCount {
    type Output = Option<u64>;

    fn read(&self, key: &'static str, table: &mut Table<'_>) -> Option<u64> {
        table.optional_count(key, self.start..=self.end)
    }

    fn value_type(&self) -> ValueType {
        ValueType::Count { range: self.start..=self.end, default: None, at_least: None }
    }
}

impl Read for Flag {
    type Output = bool;

    fn read(&self, key: &'static str, table: &mut Table<'_>) -> bool {
        table.flag(key, self.default)
    }

    fn value_type(&self) -> ValueType {
        ValueType::Flag { default: self.default }
    }
}

impl Read for Text {
    type Output = Option<super::table::Placed<String>>;

    fn read(&self, key: &'static str, table: &mut Table<'_>) -> Self::Output {
        table.text(key)
    }

    fn value_type(&self) -> ValueType {
        ValueType::Text
    }
}

impl Read for Texts {
    type Output = Option<Vec<super::table::Placed<String>>>;

    fn read(&self, key: &'static str, table: &mut Table<'_>) -> Self::Output {
        table.texts(key)
    }

    fn value_type(&self) -> ValueType {
        ValueType::Texts { default: self.default }
    }
}

impl<T: Copy> Read for Choice<T> {
    type Output = T;

    fn read(&self, key: &'static str, table: &mut Table<'_>) -> T {
        table.choice(key, self.default, self.keywords)
    }

    fn value_type(&self) -> ValueType {
        ValueType::Choice { keywords: self.keywords.iter().map(|(keyword, _)| *keyword).collect() }
    }
}

impl Read for Duration {
    type Output = u64;

    fn read(&self, key: &'static str, table: &mut Table<'_>) -> u64 {
        table.duration(key, self.default, self.start..=self.end)
    }

    fn value_type(&self) -> ValueType {
        ValueType::Duration { range: self.start..=self.end, default: self.default }
    }
}

impl Read for Rate {
    type Output = Rate;

    fn read(&self, key: &'static str, table: &mut Table<'_>) -> Rate {
        table.rate(key, *self)
    }

    fn value_type(&self) -> ValueType {
        ValueType::Rate { default: *self }
    }
}

impl Read for Date {
    type Output = Option<Moment>;

    fn read(&self, key: &'static str, table: &mut Table<'_>) -> Option<Moment> {
        table.date(key)
    }

    fn value_type(&self) -> ValueType {
        ValueType::Date
    }
}
