//! The parameters of the rules that compare a password with other texts.

use super::AttributesRead;
use crate::knowledge::comparison::Transformations;
use crate::policy::parameter::{Count, OptionalCount, Texts};
use crate::policy::{Declared, Stricter, Table};

/// Declares the readings in which a rule compares a password.
pub(super) const fn read(default: &'static [&'static str]) -> Declared<Texts> {
    Declared::texts("read", default).stricter(Stricter::LongerList).doc(
        "The readings of the password in which it is compared. \"plain\": as typed, ignoring case; always included. \
         \"folded\": full width as half width, without invisible characters and marks, letters of other scripts as the \
         Latin letters that they look like. \"substituted\": letters instead of digits and signs. \"separated\": without \
         spaces and signs. \"reversed\": in reverse order. See `knowledge::comparison`.",
    )
}

/// The share of the password that a match must exceed.
pub(super) const MAX_SHARE: Declared<Count> = Declared::count("max_share", 0, 0..=99)
    .unit("per cent")
    .stricter(Stricter::Lower)
    .doc("A match counts if its share of the code points of the password is greater.");

/// The length of a part of an attribute that counts.
pub(super) const MIN_PART: Declared<OptionalCount> = Declared::optional_count("min_part", 3..=64)
    .unit("characters")
    .stricter(Stricter::Lower)
    .doc(
        "The length of a part of an attribute, from any of its characters, that counts anywhere in the password. With \
         `max_share`, longer parts of its first 32 characters count too, so that the share is that of the longest. Without \
         `min_part`, only whole attributes and their words count.",
    );

const NAMES: [(&str, Transformations); 5] = [
    ("plain", Transformations::PLAIN),
    ("folded", Transformations::FOLDED),
    ("substituted", Transformations::SUBSTITUTED),
    ("separated", Transformations::SEPARATED),
    ("reversed", Transformations::REVERSED),
];

/// Reads the attributes of the user that a rule reads. `"*"` means every attribute.
pub(super) fn read_attributes(table: &mut Table<'_>, declared: &Declared<Texts>) -> AttributesRead {
    let mut read = AttributesRead::default();
    match table.read(declared) {
        None => read.usual = declared.default().iter().map(|name| (*name).to_owned()).collect(),
        Some(names) => read.named = names.into_iter().map(|name| name.value).collect(),
    }
    let is_every = |name: &String| name == "*";
    if read.usual.iter().chain(&read.named).any(is_every) {
        return AttributesRead { every: true, ..AttributesRead::default() };
    }
    read
}

/// Reads the readings of a rule.
pub(super) fn read_transformations(table: &mut Table<'_>, declared: &Declared<Texts>) -> Transformations {
    let written = table.read(declared);
    let mut read = Transformations::PLAIN;
    let of = |name: &str| NAMES.iter().find(|(known, _)| *known == name).map(|(_, one)| *one);
    match written {
        None => {
            for one in declared.default().iter().filter_map(|name| of(name)) {
                read = read | one;
            }
        }
        Some(names) => {
            if names.is_empty() {
                table.report(declared.key(), "missing-key", "`read` needs at least one reading: \"plain\"", None);
            }
            for name in &names {
                match of(&name.value) {
                    Some(one) => read = read | one,
                    None => table.unknown_value(declared.key(), name, &NAMES.map(|(known, _)| known)),
                }
            }
        }
    }
    read
}
