//! Declarations of the keys that a policy can contain.
//!
//! Each key is declared once, next to the code that reads it: its name, type, default, bounds, unit, documentation and
//! the direction in which it becomes stricter. Parsing, diagnostics, the JSON Schema, the catalogue, `diff`, `lint` and
//! `comply` read the declaration.

mod declared;

use std::borrow::Cow;
use std::ops::RangeInclusive;

use super::units::{self, Rate};

pub use declared::{Choice, Count, Date, Declared, Duration, Flag, OptionalCount, Read, Text, Texts};

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
    /// A keyword that is listed later.
    LaterKeyword,
    /// `true`.
    True,
    /// `false`.
    False,
    /// A table of numbers, each of which is stricter if it is higher. Without a default, an absent number is no limit.
    EachHigher,
    /// A table of numbers, each of which is stricter if it is lower. Without a default, an absent number is no limit.
    EachLower,
    /// A table of numbers, one of which suffices, and each of which is stricter if it is higher. An absent number suffices
    /// never, an absent table always.
    AnySuffices,
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
            Stricter::LaterKeyword => "The later value is stricter.",
            Stricter::True => "`true` is stricter.",
            Stricter::False => "`false` is stricter.",
            Stricter::EachHigher | Stricter::AnySuffices => "Each is stricter if it is higher.",
            Stricter::EachLower => "Each is stricter if it is lower.",
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
        /// A key, and the default if that key is written.
        default_with: Option<(&'static str, &'static [&'static str])>,
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
    /// A condition on the attributes of a user.
    Condition,
    /// A list of conditions.
    Conditions,
}

impl ValueType {
    /// Returns the default of a list of strings in a table that contains the keys for which `is_written` is true. Empty
    /// for every other type.
    pub fn default_texts(&self, is_written: impl Fn(&str) -> bool) -> &'static [&'static str] {
        match self {
            ValueType::Texts { default_with: Some((other, default)), .. } if is_written(other) => default,
            ValueType::Texts { default, .. } => default,
            _ => &[],
        }
    }

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
            ValueType::Texts { default: [], .. } => "string or list of strings".to_owned(),
            ValueType::Texts { default, default_with } => {
                let other = default_with.map(|(key, default)| format!(", or {default:?} if `{key}` is set"));
                format!("string or list of strings, default {default:?}{}", other.unwrap_or_default())
            }
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
            ValueType::Condition => "condition".to_owned(),
            ValueType::Conditions => "list of conditions".to_owned(),
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
