//! The readings of a text: the forms in which it is compared.

use std::fmt;
use std::ops::{BitOr, Range};

use zeroize::Zeroizing;

use crate::knowledge::folding::{
    AMBIGUOUS, SEPARATOR, SUBSTITUTED, ascii_letter_of, is_ambiguous, is_separator, key, letter_of, traits_of,
    without_marks,
};

/// The maximum number of readings of a text: four bases, each with three forms of substitutions, with and without
/// separators, in two directions.
pub const MAX_READINGS: usize = 4 * 3 * 2 * 2;
/// The maximum length in code points of a text that is read without separators and reversed.
pub const MAX_DERIVED: usize = 128;

/// A set of transformations that a reading undoes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Transformations(u8);

impl Transformations {
    /// Only upper and lower case.
    pub const PLAIN: Transformations = Transformations(0);
    /// Compatibility forms, invisible characters, look-alike letters and marks.
    pub const FOLDED: Transformations = Transformations(1);
    /// Digits and signs instead of letters.
    pub const SUBSTITUTED: Transformations = Transformations(2);
    /// Spaces and signs, except those that stand for letters.
    pub const SEPARATED: Transformations = Transformations(4);
    /// The order of the characters.
    pub const REVERSED: Transformations = Transformations(8);

    /// Returns whether this set contains every transformation of `other`.
    pub const fn contains(self, other: Transformations) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns the set without the transformations of `other`.
    #[must_use]
    pub const fn without(self, other: Transformations) -> Transformations {
        Transformations(self.0 & !other.0)
    }
}

impl BitOr for Transformations {
    type Output = Transformations;

    fn bitor(self, other: Transformations) -> Transformations {
        Transformations(self.0 | other.0)
    }
}

/// One reading of a text.
#[derive(Clone, Copy)]
pub struct Reading<'r> {
    /// The text as read.
    pub text: &'r str,
    /// Its length in code points.
    pub length: usize,
    /// The transformations that were undone on top of the base, without [`Transformations::FOLDED`].
    pub undone: Transformations,
}

/// The readings of one text, in one allocation that is zeroized. `Debug` shows no part of them.
pub struct Readings {
    buffer: Zeroizing<String>,
    readings: Vec<Entry>,
    /// The capacity that was reserved.
    #[cfg(test)]
    reserved: usize,
}

#[derive(Clone)]
struct Entry {
    at: Range<usize>,
    length: usize,
    undone: Transformations,
    /// Whether the reading is one of the text in lower case.
    of_plain: bool,
    /// Whether the reading is one of the key of the text.
    of_key: bool,
}

impl Readings {
    /// Returns the readings of a text in normalization form C and lower case. Without `key`, the text is compared as typed
    /// and has no folded readings.
    pub fn of(text: &str, with_key: bool) -> Readings {
        if text.is_ascii() {
            return Readings::of_ascii(text.as_bytes(), with_key);
        }
        let key = with_key.then(|| key(text));
        let folded = key.as_ref().map_or(text, |key| key.as_str());
        let bare = if with_key { without_marks(folded, false) } else { None };
        let spelled = if with_key { without_marks(folded, true) } else { None };
        let bases = [
            Some((text, true, with_key && folded == text)),
            (folded != text).then_some((folded, false, true)),
            bare.as_ref().map(|text| (text.as_str(), false, true)),
            spelled
                .as_ref()
                .filter(|spelled| Some(*spelled) != bare.as_ref())
                .map(|text| (text.as_str(), false, true)),
        ];
        // Reallocating would leave a copy of a password behind.
        let size = bases
            .iter()
            .flatten()
            .map(|(text, ..)| text.len() * if is_derived(text) { MAX_READINGS / 4 } else { MAX_READINGS / 16 })
            .sum();
        let buffer = Zeroizing::new(String::with_capacity(size));
        #[cfg(test)]
        let reserved = buffer.capacity();
        let mut readings = Readings {
            buffer,
            readings: Vec::with_capacity(8),
            #[cfg(test)]
            reserved,
        };
        for (text, of_plain, of_key) in bases.into_iter().flatten() {
            readings.add_base(text, of_plain, of_key);
        }
        readings
    }

    /// Returns the readings that undo no other transformations than those selected.
    pub fn select(&self, selected: Transformations) -> impl Iterator<Item = Reading<'_>> + Clone {
        let folded = selected.contains(Transformations::FOLDED);
        self.readings
            .iter()
            .filter(move |entry| if folded { entry.of_key } else { entry.of_plain })
            .filter(move |entry| selected.contains(entry.undone))
            .map(|entry| Reading {
                text: &self.buffer[entry.at.clone()],
                length: entry.length,
                undone: entry.undone,
            })
    }

    #[cfg(test)]
    pub(super) fn has_grown(&self) -> bool {
        self.buffer.capacity() > self.reserved
    }

    /// Returns the readings of an ASCII text. The key is the text itself, and one byte is one code point.
    fn of_ascii(text: &[u8], of_key: bool) -> Readings {
        let traits = text.iter().fold(0, |traits, byte| traits | traits_of(*byte));
        let is_derived = text.len() <= MAX_DERIVED;
        let substitutions = [None, Some(false), Some(true)];
        let substitutions = &substitutions[..match traits & (SUBSTITUTED | AMBIGUOUS) {
            0 => 1,
            SUBSTITUTED => 2,
            _ => 3,
        }];
        let kept = match traits & SEPARATOR {
            0 => 0,
            _ => text.iter().filter(|byte| traits_of(**byte) & SEPARATOR == 0).count(),
        };
        let has_separated = is_derived && kept > 0;
        let lengths = text.len() + if has_separated { kept } else { 0 };
        let directions = if is_derived { 2 } else { 1 };
        let mut buffer = Zeroizing::new(Vec::with_capacity(lengths * substitutions.len() * directions));
        let mut readings = Vec::with_capacity(2 * substitutions.len() * directions);
        let plain = Entry { at: 0..0, length: 0, undone: Transformations::PLAIN, of_plain: true, of_key };
        for separated in [false, true] {
            if text.is_empty() || (separated && !has_separated) {
                break;
            }
            for second in substitutions {
                let mut undone = Transformations::PLAIN;
                let start = buffer.len();
                if separated {
                    undone = undone | Transformations::SEPARATED;
                    buffer.extend(text.iter().filter(|byte| traits_of(**byte) & SEPARATOR == 0));
                } else {
                    buffer.extend_from_slice(text);
                }
                if let Some(second) = second {
                    undone = undone | Transformations::SUBSTITUTED;
                    buffer[start..].iter_mut().for_each(|byte| *byte = ascii_letter_of(*byte, *second));
                }
                readings.push(Entry { at: start..buffer.len(), length: buffer.len() - start, undone, ..plain });
            }
        }
        for index in 0..if is_derived { readings.len() } else { 0 } {
            let entry = readings[index].clone();
            let start = buffer.len();
            buffer.extend_from_within(entry.at.clone());
            buffer[start..].reverse();
            if buffer[start..] == buffer[entry.at.clone()] {
                buffer.truncate(start);
                continue;
            }
            let undone = entry.undone | Transformations::REVERSED;
            readings.push(Entry { at: start..buffer.len(), undone, ..entry });
        }
        #[cfg(test)]
        let reserved = buffer.capacity();
        Readings {
            // ASCII is UTF-8.
            buffer: Zeroizing::new(String::from_utf8(std::mem::take(&mut *buffer)).unwrap_or_default()),
            readings,
            #[cfg(test)]
            reserved,
        }
    }

    fn add_base(&mut self, base: &str, of_plain: bool, of_key: bool) {
        let origin = Entry { at: 0..0, length: 0, undone: Transformations::PLAIN, of_plain, of_key };
        self.add_substituted(base.chars(), is_ambiguous(base), &origin);
        if !is_derived(base) {
            return;
        }
        if !base.bytes().all(|b| b.is_ascii_alphanumeric()) && base.contains(is_separator) {
            let separated = Entry { undone: Transformations::SEPARATED, ..origin };
            self.add_substituted(base.chars().filter(|c| !is_separator(*c)), is_ambiguous(base), &separated);
        }
        for index in 0..self.readings.len() {
            let entry = self.readings[index].clone();
            let forwards = !entry.undone.contains(Transformations::REVERSED);
            if forwards && (entry.of_plain, entry.of_key) == (of_plain, of_key) {
                let start = self.buffer.len();
                // The buffer cannot be read while it grows; its capacity is sufficient.
                let mut end = entry.at.end;
                while let Some(c) = self.buffer[entry.at.start..end].chars().next_back() {
                    end -= c.len_utf8();
                    self.buffer.push(c);
                }
                let undone = entry.undone | Transformations::REVERSED;
                self.finish(start, Entry { undone, ..entry });
            }
        }
    }

    /// Adds a text as it is, and with its substitutions undone.
    fn add_substituted(&mut self, text: impl Iterator<Item = char> + Clone, ambiguous: bool, origin: &Entry) {
        self.add(text.clone(), origin.clone());
        let substituted = Entry { undone: origin.undone | Transformations::SUBSTITUTED, ..origin.clone() };
        self.add(text.clone().map(|c| letter_of(c, false)), substituted.clone());
        if ambiguous {
            self.add(text.map(|c| letter_of(c, true)), substituted);
        }
    }

    fn add(&mut self, text: impl Iterator<Item = char>, entry: Entry) {
        let start = self.buffer.len();
        self.buffer.extend(text);
        self.finish(start, entry);
    }

    /// Keeps the text after `start` as a reading, unless it is empty or the same as a reading that undoes less.
    fn finish(&mut self, start: usize, mut entry: Entry) {
        let text = &self.buffer[start..];
        let known = self.readings.iter().any(|other| {
            entry.undone.contains(other.undone)
                && (other.of_plain || !entry.of_plain)
                && (other.of_key || !entry.of_key)
                && self.buffer[other.at.clone()] == *text
        });
        if known || text.is_empty() {
            return self.buffer.truncate(start);
        }
        entry.length = text.chars().count();
        entry.at = start..self.buffer.len();
        self.readings.push(entry);
    }
}

/// Returns whether a text is read without separators and reversed.
fn is_derived(text: &str) -> bool {
    text.chars().take(MAX_DERIVED + 1).count() <= MAX_DERIVED
}

impl fmt::Debug for Readings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readings").field("count", &self.readings.len()).finish_non_exhaustive()
    }
}
