//! Compares the parameters of two rules of a built-in kind, in the direction that each parameter declares.
//!
//! A change of a parameter without a declared direction is reported with an unknown direction.

use std::collections::BTreeSet;

use super::reading::{entries, flag, number, show, texts, value};
use super::{Direction, Side, files};
use crate::analysis::view::declared_default;
use crate::policy::document::{Entry, Node, Value};
use crate::policy::{Parameter, Stricter, ValueType};
use crate::rules::characters::class_named;
use crate::rules::definition_of;

/// A parameter with different values.
pub(crate) struct Changed {
    pub(crate) key: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
    pub(crate) direction: Direction,
}

impl Changed {
    /// Returns the keys of the parameter: one, or the key of a table and that of a number in it.
    pub(crate) fn keys(&self) -> Vec<&str> {
        self.key.splitn(2, '.').collect()
    }
}

/// Returns the parameters that differ between two rules of a kind, except for the keys in `apart`.
pub(crate) fn compare(
    kind: &str,
    sides: [Side<'_>; 2],
    [old, new]: [&[Entry]; 2],
    apart: &[&str],
) -> Vec<Changed> {
    let declared = definition_of(kind).and_then(|definition| definition.parameters()).unwrap_or_default();
    let mut changed = Vec::new();
    for parameter in declared.iter().filter(|parameter| parameter.value != ValueType::Rules) {
        let comparing = Comparing { kind, parameter, old, new };
        match parameter.stricter {
            Stricter::AnySuffices if comparing.is_in_one() => changed.extend(comparing.presence()),
            Stricter::EachHigher | Stricter::EachLower | Stricter::AnySuffices => changed.extend(comparing.each()),
            Stricter::MoreFiles | Stricter::File => changed.extend(comparing.files(sides)),
            Stricter::HigherInsteadOf(other) => changed.extend(comparing.alternatives(other)),
            // Compared with its alternative.
            Stricter::HigherWithout(_) => {}
            _ => changed.extend(comparing.value()),
        }
    }
    let known = |key: &str| apart.contains(&key) || declared.iter().any(|parameter| parameter.key == key);
    let keys: BTreeSet<&str> = old.iter().chain(new).map(|entry| entry.key.as_str()).collect();
    for key in keys.into_iter().filter(|key| !known(key)) {
        let (was, is) = (value(old, key).map(show), value(new, key).map(show));
        if was != is {
            changed.push(Changed { key: key.to_owned(), old: was, new: is, direction: Direction::Unknown });
        }
    }
    changed
}

/// One parameter of two rules.
struct Comparing<'a> {
    kind: &'a str,
    parameter: &'a Parameter,
    old: &'a [Entry],
    new: &'a [Entry],
}

impl Comparing<'_> {
    fn key(&self) -> &str {
        &self.parameter.key
    }

    fn changed(&self, direction: Direction) -> Changed {
        let shown =
            |entries: &[Entry]| value(entries, self.key()).map(show).or_else(|| self.shown_default(entries));
        Changed { key: self.key().to_owned(), old: shown(self.old), new: shown(self.new), direction }
    }

    /// Returns the default as a report shows it.
    fn shown_default(&self, entries: &[Entry]) -> Option<String> {
        let default = match &self.parameter.value {
            ValueType::Count { .. } => self.default_count(entries)?.to_string(),
            ValueType::Flag { default } => default.to_string(),
            // An absent set of characters is not an empty one.
            ValueType::Texts { default: [], .. } => return None,
            ValueType::Texts { .. } => format!("{:?}", self.default_texts(entries)),
            ValueType::Choice { keywords } => format!("{:?}", keywords.first()?),
            _ => return None,
        };
        Some(format!("{default} (default)"))
    }

    fn default_count(&self, entries: &[Entry]) -> Option<u64> {
        declared_default(self.kind, self.key(), &|key| number(value(entries, key)))
    }

    /// Returns the number in `entries`, its default, or `absent`.
    fn count(&self, entries: &[Entry], absent: u64) -> u64 {
        number(value(entries, self.key())).or_else(|| self.default_count(entries)).unwrap_or(absent)
    }

    fn value(&self) -> Option<Changed> {
        let counts = |absent| (self.count(self.old, absent), self.count(self.new, absent));
        let (was, is) = (value(self.old, self.key()), value(self.new, self.key()));
        let direction = match self.parameter.stricter {
            Stricter::Higher => {
                let (was, is) = counts(0);
                ordered(was, is)
            }
            Stricter::Lower => {
                let (was, is) = counts(u64::MAX);
                ordered(is, was)
            }
            Stricter::LowerOrAbsent => {
                let (was, is) = counts(0);
                ordered(is, was)
            }
            Stricter::HigherOrAbsent => {
                let (was, is) = counts(u64::MAX);
                ordered(was, is)
            }
            Stricter::LongerList => {
                let (was, is) = (self.list(self.old, was), self.list(self.new, is));
                match (was.contains("*"), is.contains("*")) {
                    (true, true) => None,
                    (false, true) => Some(Direction::Tighter),
                    (true, false) => Some(Direction::Looser),
                    (false, false) => contained(&was, &is),
                }
            }
            Stricter::FewerCharacters => match (characters(was), characters(is)) {
                (None, None) => None,
                (None, Some(_)) => Some(Direction::Tighter),
                (Some(_), None) => Some(Direction::Looser),
                (Some(was), Some(is)) => contained(&is, &was),
            },
            Stricter::MoreCharacters => {
                contained(&characters(was).unwrap_or_default(), &characters(is).unwrap_or_default())
            }
            Stricter::True | Stricter::False => {
                let (was, is) = (self.flag(was), self.flag(is));
                let direction = ordered(was.into(), is.into());
                if self.parameter.stricter == Stricter::True {
                    direction
                } else {
                    direction.map(Direction::reversed)
                }
            }
            Stricter::Present => match (was.map(show), is.map(show)) {
                (None, Some(_)) => Some(Direction::Tighter),
                (Some(_), None) => Some(Direction::Looser),
                (was, is) => (was != is).then_some(Direction::Unknown),
            },
            _ => {
                let shown = |entries: &[Entry], value: Option<&Value>| {
                    value.map_or_else(|| self.plain_default(entries), |value| Some(show(value)))
                };
                (shown(self.old, was) != shown(self.new, is)).then_some(Direction::Unknown)
            }
        };
        direction.map(|direction| self.changed(direction))
    }

    /// Returns the default as a policy would write it, so that a written default is no change.
    fn plain_default(&self, entries: &[Entry]) -> Option<String> {
        match &self.parameter.value {
            ValueType::Texts { .. } => Some(format!("{:?}", self.default_texts(entries))),
            _ => self.shown_default(entries).map(|shown| shown.trim_end_matches(" (default)").to_owned()),
        }
    }

    fn flag(&self, written: Option<&Value>) -> bool {
        let ValueType::Flag { default } = self.parameter.value else { return false };
        flag(written).unwrap_or(default)
    }

    /// Returns the texts in `written`, the value of the key in `entries`, or its default.
    fn list<'v>(&self, entries: &[Entry], written: Option<&'v Value>) -> BTreeSet<&'v str> {
        texts(written).unwrap_or_else(|| self.default_texts(entries).iter().copied().collect())
    }

    fn default_texts(&self, entries: &[Entry]) -> &'static [&'static str] {
        self.parameter.value.default_texts(|key| value(entries, key).is_some())
    }

    fn node<'e>(&self, entries: &'e [Entry]) -> Option<&'e Node> {
        super::reading::entry(entries, self.key()).map(|entry| &entry.node)
    }

    /// Compares files by content.
    fn files(&self, [old, new]: [Side<'_>; 2]) -> Option<Changed> {
        let lists = |side: Side<'_>, entries: &[Entry]| -> Option<BTreeSet<String>> {
            let node = self.node(entries);
            match node.map(|node| (node, &node.value)) {
                None => Some(self.list(entries, None).into_iter().map(str::to_owned).collect()),
                Some((_, Value::Array(items))) => items.iter().map(|item| files::named(side, item)).collect(),
                Some((node, _)) => Some(BTreeSet::from([files::named(side, node)?])),
            }
        };
        let (was, is) = (self.node(self.old), self.node(self.new));
        let direction = match (lists(old, self.old), lists(new, self.new)) {
            (Some(was), Some(is)) => contained(&was, &is),
            // Read by a source of the host: the same names mean the same if every file is the same.
            _ => {
                let written = |node: Option<&Node>| node.map(|node| show(&node.value));
                let same = written(was) == written(is) && old.policy.dictionaries() == new.policy.dictionaries();
                (!same).then_some(Direction::Unknown)
            }
        };
        let is_file = self.parameter.stricter == Stricter::File;
        direction.map(|direction| self.changed(if is_file { Direction::Unknown } else { direction }))
    }

    /// Returns whether only one of the rules has the parameter.
    fn is_in_one(&self) -> bool {
        self.node(self.old).is_some() != self.node(self.new).is_some()
    }

    /// Compares a parameter of which only one of the rules has a value, where a value is stricter than none.
    fn presence(&self) -> Option<Changed> {
        let direction = if self.node(self.old).is_none() { Direction::Tighter } else { Direction::Looser };
        Some(self.changed(direction))
    }

    /// Compares a table of numbers.
    fn each(&self) -> Vec<Changed> {
        let (old, new) = (entries(self.node(self.old)), entries(self.node(self.new)));
        let keys: BTreeSet<&str> = old.iter().chain(new).map(|entry| entry.key.as_str()).collect();
        let default = match &self.parameter.value {
            ValueType::Map { values, .. } => match **values {
                ValueType::Count { default, .. } => default,
                _ => None,
            },
            _ => None,
        };
        let changed = keys.into_iter().filter_map(|key| {
            let count = |entries| number(value(entries, key)).or(default).unwrap_or(u64::MAX);
            let direction = match (ordered(count(old), count(new))?, self.parameter.stricter) {
                (direction, Stricter::EachLower) => direction.reversed(),
                (direction, _) => direction,
            };
            let shown = |entries| {
                value(entries, key).map(show).or_else(|| default.map(|default| format!("{default} (default)")))
            };
            Some(Changed { key: format!("{}.{key}", self.key()), old: shown(old), new: shown(new), direction })
        });
        changed.collect()
    }

    /// Compares two parameters of which a rule has one: this one, or `other`.
    fn alternatives(&self, other: &str) -> Option<Changed> {
        let effective = |entries: &[Entry]| match number(value(entries, self.key())) {
            Some(number) => (self.key().to_owned(), number),
            None => {
                let default = || declared_default(self.kind, other, &|key| number(value(entries, key)));
                (other.to_owned(), number(value(entries, other)).or_else(default).unwrap_or(0))
            }
        };
        let ((was_key, was), (key, is)) = (effective(self.old), effective(self.new));
        let direction = if was_key == key { ordered(was, is) } else { Some(Direction::Unknown) }?;
        let (old, new) = (Some(format!("{was_key} = {was}")), Some(format!("{key} = {is}")));
        Some(Changed { key, old, new, direction })
    }
}

/// Returns the direction from one number to another, where a higher one is stricter.
pub(super) fn ordered(old: u64, new: u64) -> Option<Direction> {
    match new.cmp(&old) {
        std::cmp::Ordering::Greater => Some(Direction::Tighter),
        std::cmp::Ordering::Less => Some(Direction::Looser),
        std::cmp::Ordering::Equal => None,
    }
}

/// Returns the direction from one set to another, where a larger one is stricter.
fn contained<T: Ord>(old: &BTreeSet<T>, new: &BTreeSet<T>) -> Option<Direction> {
    match (old.is_subset(new), old.is_superset(new)) {
        (true, true) => None,
        (true, false) => Some(Direction::Tighter),
        (false, true) => Some(Direction::Looser),
        (false, false) => Some(Direction::Unknown),
    }
}

/// Returns the members of a set of characters: names of classes, and characters one by one.
fn characters(value: Option<&Value>) -> Option<BTreeSet<String>> {
    let mut members = BTreeSet::new();
    for text in texts(value)? {
        match class_named(text) {
            Some(_) => _ = members.insert(text.to_owned()),
            None => members.extend(text.chars().map(String::from)),
        }
    }
    Some(members)
}
