//! Keys with the Rust type of their values: how each type is read, and how it is described as a [`Parameter`].

use std::ops::RangeInclusive;

use super::{Parameter, Stricter, ValueType};
use crate::policy::table::{Placed, Table};
use crate::policy::units::Rate;
use crate::time::Moment;

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
    default_with: Option<(&'static str, &'static [&'static str])>,
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

    pub(in crate::policy) fn read(&self, table: &mut Table<'_>) -> V::Output
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
        Declared::new(key, Texts { default, default_with: None })
    }

    /// Sets the default that applies if `other`, a key of the same table, is written.
    #[must_use]
    pub const fn default_with(self, other: &'static str, default: &'static [&'static str]) -> Declared<Texts> {
        Declared { value: Texts { default_with: Some((other, default)), ..self.value }, ..self }
    }

    /// Returns the default of the key in `table`.
    pub fn default_in(&self, table: &Table<'_>) -> &'static [&'static str] {
        match self.value.default_with {
            Some((other, default)) if table.has(other) => default,
            _ => self.value.default,
        }
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
    type Output = Option<Placed<String>>;

    fn read(&self, key: &'static str, table: &mut Table<'_>) -> Self::Output {
        table.text(key)
    }

    fn value_type(&self) -> ValueType {
        ValueType::Text
    }
}

impl Read for Texts {
    type Output = Option<Vec<Placed<String>>>;

    fn read(&self, key: &'static str, table: &mut Table<'_>) -> Self::Output {
        table.texts(key)
    }

    fn value_type(&self) -> ValueType {
        ValueType::Texts { default: self.default, default_with: self.default_with }
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
