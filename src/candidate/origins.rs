//! Where in a password the characters of one of its readings come from.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::knowledge::comparison::Transformations;
use crate::knowledge::folding::{fold_case, is_separator, key, letter_of, without_marks};

/// The origin of each character of a reading.
pub(crate) struct Origins {
    /// The index of a code point of the password for each code point of the reading.
    indices: Vec<usize>,
    /// Whether the reading is one of the key of the password, and not of the password in upper or lower case.
    pub(crate) folded: bool,
}

/// Returns the form of a single character in one of the bases of a reading.
type Base = fn(&str) -> Zeroizing<String>;

/// The bases of readings, and whether they are folded: see [`knowledge::comparison`](crate::knowledge::comparison).
const BASES: [(Base, bool); 5] = [
    (|c| Zeroizing::new(c.to_owned()), false),
    (|c| Zeroizing::new(fold_case(c)), false),
    (key, true),
    (|c| bare(c, false), true),
    (|c| bare(c, true), true),
];

fn bare(c: &str, spelled: bool) -> Zeroizing<String> {
    let key = key(c);
    without_marks(&key, spelled).unwrap_or(key)
}

impl Origins {
    /// Finds the origins of `reading`, a reading of `password` that undoes `undone`. `None` if a character of it comes from
    /// several characters, as when marks are composed.
    pub(crate) fn of(password: &str, reading: &str, undone: Transformations) -> Option<Origins> {
        BASES.iter().find_map(|(base, folded)| {
            let indices = indices(password, reading, undone, *base)?;
            Some(Origins { indices, folded: *folded })
        })
    }

    /// Returns the code points of the password from which a range of code points of the reading comes.
    pub(crate) fn place(&self, range: Range<usize>) -> Option<Range<usize>> {
        let indices = self.indices.get(range)?;
        Some(*indices.iter().min()?..*indices.iter().max()? + 1)
    }
}

fn indices(password: &str, reading: &str, undone: Transformations, base: Base) -> Option<Vec<usize>> {
    let reversed = undone.contains(Transformations::REVERSED);
    let separated = undone.contains(Transformations::SEPARATED);
    let substituted = undone.contains(Transformations::SUBSTITUTED);
    let mut rest = reading.chars();
    let mut next = || if reversed { rest.next_back() } else { rest.next() };
    let mut indices = Vec::new();
    for (index, c) in password.chars().enumerate() {
        for c in base(c.encode_utf8(&mut [0; 4])).chars().filter(|c| !separated || !is_separator(*c)) {
            let read = next()?;
            if read != c && !(substituted && (read == letter_of(c, false) || read == letter_of(c, true))) {
                return None;
            }
            indices.push(index);
        }
    }
    if next().is_some() {
        return None;
    }
    if reversed {
        indices.reverse();
    }
    Some(indices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::comparison::Readings;

    /// Returns the place of the last three code points of `reading`, and whether it is folded.
    fn tail(password: &str, reading: &str, undone: Transformations) -> Option<(Range<usize>, bool)> {
        let origins = Origins::of(password, reading, undone)?;
        let length = reading.chars().count();
        Some((origins.place(length - 3..length)?, origins.folded))
    }

    #[test]
    fn reading_is_traced_to_the_password() {
        let (plain, substituted) = (Transformations::PLAIN, Transformations::SUBSTITUTED);
        let (separated, reversed) = (Transformations::SEPARATED, Transformations::REVERSED);
        for (password, reading, undone, expected) in [
            ("Heron", "heron", plain, (2..5, false)),
            ("H3r0n", "heron", substituted, (2..5, false)),
            ("he-ro-n", "heron", separated, (3..7, false)),
            ("noreh", "heron", reversed, (0..3, false)),
            ("n-0r3H", "heron", substituted | separated | reversed, (0..4, false)),
            ("ｈｅ\u{200B}ｒｏｎ", "heron", plain, (3..6, true)),
            ("hérön", "heron", plain, (2..5, true)),
            ("hérön", "heroen", plain, (3..5, true)),
            ("Straße", "strasse", plain, (4..6, true)),
        ] {
            assert_eq!(tail(password, reading, undone), Some(expected), "{password}");
        }
        assert_eq!(tail("heron", "herons", plain), None);
        assert_eq!(tail("herons", "heron", plain), None);
        assert_eq!(tail("h3ron", "heron", plain), None);
    }

    #[test]
    fn readings_of_ordinary_passwords_have_origins() {
        for password in ["Pass-W0rd!", "Ｐａｓｓ-ｗ0ｒｄ", "Müller+Straße", "раssword1", "密码-2026", "ΣΊΣΥΦΟΣ"]
        {
            let readings = Readings::of(&fold_case(password), true);
            for folded in [Transformations::PLAIN, Transformations::FOLDED] {
                let all = Transformations::SUBSTITUTED | Transformations::SEPARATED | Transformations::REVERSED;
                for reading in readings.select(all | folded) {
                    assert!(Origins::of(password, reading.text, reading.undone).is_some(), "{password}");
                }
            }
        }
    }
}
