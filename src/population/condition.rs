//! Conditions on the attributes of a user.
//!
//! A condition holds, does not hold, or is unknown because the host did not supply an attribute. `any`, `all` and `not`
//! combine these as in Kleene's three-valued logic: `any` holds if one part holds, whatever the unknown ones are. So an
//! attribute is only needed if the result depends on it.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::Holds;
use crate::candidate::User;
use crate::policy::Table;
use crate::policy::diagnostic::suggestion;
use crate::policy::document::{Entry, Value};
use crate::policy::effective::key;
use crate::policy::population::{ALL, ANY, NOT, PRESENT};

/// The maximum length of a value in a condition, in characters. It is shorter than the part of an attribute that counts, so
/// a shortened attribute never equals it.
const MAX_VALUE: usize = 255;

/// A condition on the attributes of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// Every part holds.
    All(Vec<Condition>),
    /// At least one part holds.
    Any(Vec<Condition>),
    /// The part does not hold.
    Not(Box<Condition>),
    /// A value of the attribute, in NFC, is one of these, which are in NFC.
    OneOf(String, Vec<String>),
    /// The attribute has a value that is not empty.
    Present(String),
}

impl Condition {
    /// Reads the condition at `key`. `known` are the attributes that the host sends, if the set states them.
    pub(super) fn read(table: &mut Table<'_>, key: &str, known: Option<&[String]>) -> Option<Condition> {
        let is_table = matches!(table.node(key)?.value, Value::Table(_));
        let inside = table.table(key)?;
        is_table.then(|| Condition::of(inside, known))
    }

    /// Reads a condition: a table, all of whose keys must hold.
    fn of(mut table: Table<'_>, known: Option<&[String]>) -> Condition {
        let mut parts = Vec::new();
        if table.entries().is_empty() {
            let help = Some("the last population applies to everyone and has no `when`".to_owned());
            table.report_at(table.span(), "missing-key", "the condition is empty", help);
        }
        for entry in table.entries() {
            parts.extend(match entry.key.as_str() {
                ALL => Some(Condition::All(read_list(&mut table, ALL, known))),
                ANY => Some(Condition::Any(read_list(&mut table, ANY, known))),
                NOT => Condition::read(&mut table, NOT, known).map(|part| Condition::Not(Box::new(part))),
                key if key == PRESENT.key() => read_present(&mut table, known),
                _ => read_values(&mut table, entry, known),
            });
        }
        match <[Condition; 1]>::try_from(parts) {
            Ok([only]) => only,
            Err(parts) => Condition::All(parts),
        }
    }

    /// Evaluates the condition.
    pub(super) fn holds(&self, user: &User) -> Holds {
        match self {
            Condition::All(parts) => combined(parts, user, &Holds::No, Holds::Yes),
            Condition::Any(parts) => combined(parts, user, &Holds::Yes, Holds::No),
            Condition::Not(part) => match part.holds(user) {
                Holds::Yes => Holds::No,
                Holds::No => Holds::Yes,
                unknown @ Holds::Unknown(_) => unknown,
            },
            Condition::OneOf(name, values) => {
                of_values(user, name, |value| values.iter().any(|one| value.nfc().eq(one.chars())))
            }
            Condition::Present(name) => of_values(user, name, |value| !value.is_empty()),
        }
    }

    /// Adds the names of the attributes that the condition reads.
    pub(super) fn add_attributes<'c>(&'c self, names: &mut Vec<&'c str>) {
        match self {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| part.add_attributes(names));
            }
            Condition::Not(part) => part.add_attributes(names),
            Condition::OneOf(name, _) | Condition::Present(name) => names.push(name),
        }
    }
}

/// Evaluates `parts`: the result is `decisive` if one part is, unknown if one part is unknown, and `otherwise` if neither.
fn combined(parts: &[Condition], user: &User, decisive: &Holds, otherwise: Holds) -> Holds {
    let mut missing = Vec::new();
    for part in parts {
        match part.holds(user) {
            found if found == *decisive => return found,
            Holds::Unknown(names) => {
                missing.extend(names.into_iter().filter(|name| !missing.contains(name)).collect::<Vec<_>>())
            }
            _ => {}
        }
    }
    if missing.is_empty() { otherwise } else { Holds::Unknown(missing) }
}

fn of_values(user: &User, name: &str, holds: impl Fn(&str) -> bool) -> Holds {
    let mut values = user.values(name).peekable();
    if values.peek().is_none() {
        return Holds::Unknown(vec![name.to_owned()]);
    }
    if values.any(holds) { Holds::Yes } else { Holds::No }
}

fn read_list(table: &mut Table<'_>, key: &str, known: Option<&[String]>) -> Vec<Condition> {
    if matches!(table.node(key).map(|node| &node.value), Some(Value::Array(items)) if items.is_empty()) {
        let help = Some(format!(
            "write a list of conditions: `{key} = [{{ role = \"admin\" }}, {{ group = \"staff\" }}]`"
        ));
        table.report(key, "missing-key", format!("`{key}` has no conditions"), help);
    }
    table.tables(key).into_iter().map(|part| Condition::of(part, known)).collect()
}

fn read_present(table: &mut Table<'_>, known: Option<&[String]>) -> Option<Condition> {
    let names = table.read(&PRESENT)?;
    if names.is_empty() {
        table.report(PRESENT.key(), "missing-key", "`present` names no attribute", None);
    }
    let mut parts = Vec::new();
    for name in names {
        if let Some(help) = unknown_attribute(&name.value, known) {
            let message = format!("unknown attribute `{}`", name.value);
            table.report_at(name.span, "unknown-value", message, help);
        }
        parts.push(Condition::Present(name.value));
    }
    Some(Condition::All(parts))
}

fn read_values(table: &mut Table<'_>, entry: &Entry, known: Option<&[String]>) -> Option<Condition> {
    if let Some(help) = unknown_attribute(&entry.key, known) {
        table.report_at(entry.key_span, "unknown-key", format!("unknown attribute `{}`", entry.key), help);
    }
    if matches!(&entry.node.value, Value::Table(_) | Value::Boolean(_)) {
        let help = Some(format!(
            "write `{} = \"value\"`, a list of values, or `present = \"{}\"`; `any`, `all` and `not` combine conditions",
            entry.key, entry.key
        ));
        let message = format!(
            "`{}` must be a string or a list of strings, found {}",
            entry.key,
            entry.node.value.type_name()
        );
        table.mark_read(&entry.key);
        table.report_at(entry.node.span, "wrong-type", message, help);
        return None;
    }
    let values = table.texts(&entry.key)?;
    if values.is_empty() {
        table.report_at(entry.node.span, "missing-key", format!("`{}` lists no value", entry.key), None);
    }
    for value in &values {
        if value.value.is_empty() {
            let help = Some(format!(
                "to test that a user does not have it, write `not = {{ present = \"{}\" }}`",
                entry.key
            ));
            table.report_at(value.span, "out-of-range", "a value in a condition cannot be empty", help);
        }
        if value.value.chars().nth(MAX_VALUE).is_some() {
            let message = format!("the value is longer than {MAX_VALUE} characters");
            table.report_at(value.span, "too-large", message, None);
        }
    }
    Some(Condition::OneOf(
        entry.key.clone(),
        values.into_iter().map(|value| value.value.nfc().collect()).collect(),
    ))
}

/// Returns the help line if the host does not send the attribute `name`.
fn unknown_attribute(name: &str, known: Option<&[String]>) -> Option<Option<String>> {
    let known: Vec<&str> = known?.iter().map(String::as_str).collect();
    (!known.contains(&name)).then(|| suggestion(name, &known))
}

/// Formats the condition as TOML.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::All(parts) if parts.iter().all(|part| matches!(part, Condition::Present(_))) => {
                let names: Vec<&str> = parts.iter().filter_map(Condition::present).collect();
                write!(f, "{{ {} = {names:?} }}", PRESENT.key())
            }
            Condition::All(parts) => list(f, ALL, parts),
            Condition::Any(parts) => list(f, ANY, parts),
            Condition::Not(part) => write!(f, "{{ {NOT} = {part} }}"),
            Condition::OneOf(name, values) if values.len() == 1 => {
                write!(f, "{{ {} = {:?} }}", key(name), values.concat())
            }
            Condition::OneOf(name, values) => write!(f, "{{ {} = {values:?} }}", key(name)),
            Condition::Present(name) => write!(f, "{{ {} = {name:?} }}", PRESENT.key()),
        }
    }
}

impl Condition {
    fn present(&self) -> Option<&str> {
        match self {
            Condition::Present(name) => Some(name),
            _ => None,
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, key: &str, parts: &[Condition]) -> fmt::Result {
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    write!(f, "{{ {key} = [{}] }}", parts.join(", "))
}
