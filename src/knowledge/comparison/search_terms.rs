//! Texts to search for in a password, and the search.

use std::fmt;
use std::ops::Range;

use super::readings::{Reading, Readings, Transformations};

/// The minimum length in code points of a term that counts inside a password without its separators.
const MIN_SEPARATED: usize = 6;

/// A text to search for.
#[derive(Clone, Copy, Debug)]
pub struct Term<'t> {
    /// The text, in normalization form C and lower case.
    pub text: &'t str,
    /// What the term is, at most 63. A search returns the groups of which some term was found.
    pub group: u8,
    /// Where the term counts.
    pub place: Place,
    /// Whether to search for the term in reverse order.
    pub reversed: bool,
}

/// Where a term counts in a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Anywhere, also inside a word.
    Anywhere,
    /// Between boundaries, where letters, digits and signs meet.
    Alone,
    /// At the beginning of the password.
    Start,
    /// At the end of the password.
    End,
    /// As the whole password.
    Whole,
}

/// Limits that a match must meet.
#[derive(Clone, Copy, Debug)]
pub struct MatchLimits {
    /// The readings of the password.
    pub read: Transformations,
    /// The share of the password that a match must exceed, in per cent.
    pub max_share: u64,
}

/// Sorted terms in all their readings. Contains personal data, so `Debug` shows only a count.
#[derive(Default)]
pub struct SearchTerms {
    letters: String,
    entries: Vec<Entry>,
    /// A bit is set for each [`pair`] of bytes with which a term starts.
    starts: [u64; 16],
}

struct Entry {
    at: Range<usize>,
    length: usize,
    group: u8,
    place: Place,
    /// Whether the reading undid substitutions. It is only searched in readings that do, too.
    substituted: bool,
    /// Whether the term has digits only, and is not searched where digits became letters.
    number: bool,
    /// The longest earlier term that is a prefix of this one.
    prefix: Option<usize>,
}

impl SearchTerms {
    /// Adds a term in the readings selected by `read`. Separators and order are those of the password only.
    pub fn add(&mut self, term: Term<'_>, read: Transformations) {
        let number = term.text.bytes().all(|b| b.is_ascii_digit());
        let readings = Readings::of(term.text, read.contains(Transformations::FOLDED));
        let read = read.without(Transformations::SEPARATED | Transformations::REVERSED);
        for reading in readings.select(read) {
            let substituted = reading.undone.contains(Transformations::SUBSTITUTED);
            if substituted && number {
                continue;
            }
            let start = self.letters.len();
            if term.reversed {
                self.letters.extend(reading.text.chars().rev());
            } else {
                self.letters.push_str(reading.text);
            }
            self.entries.push(Entry {
                at: start..self.letters.len(),
                length: reading.length,
                group: term.group,
                place: term.place,
                substituted,
                number,
                prefix: None,
            });
        }
    }

    /// Prepares the search after the last term.
    #[must_use]
    pub fn finish(mut self) -> SearchTerms {
        let SearchTerms { letters, entries, starts } = &mut self;
        entries.sort_unstable_by(|a, b| letters[a.at.clone()].cmp(&letters[b.at.clone()]));
        let mut open: Vec<usize> = Vec::new();
        for index in 0..entries.len() {
            let text = &letters[entries[index].at.clone()];
            match *text.as_bytes() {
                [first, second, ..] => {
                    let (word, bit) = pair(first, second);
                    starts[word] |= bit;
                }
                // It starts with every pair that begins so.
                _ => starts.fill(u64::MAX),
            }
            while open.last().is_some_and(|last| !text.starts_with(&letters[entries[*last].at.clone()])) {
                open.pop();
            }
            entries[index].prefix = open.last().copied();
            open.push(index);
        }
        self
    }

    /// Returns whether there are no terms.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the set of groups of which a term occurs in a password: bit `n` for group `n`.
    pub fn find(&self, password: &Readings, limits: &MatchLimits) -> u64 {
        if self.is_empty() {
            return 0;
        }
        password.select(limits.read).fold(0, |found, reading| found | self.find_in(reading, limits.max_share))
    }

    fn find_in(&self, reading: Reading<'_>, max_share: u64) -> u64 {
        let mut found = 0;
        let bytes = reading.text.as_bytes();
        for (at, byte) in bytes.iter().enumerate() {
            let (word, bit) = pair(*byte, bytes.get(at + 1).copied().unwrap_or(0));
            if self.starts[word] & bit == 0 {
                continue;
            }
            let rest = &bytes[at..];
            let after = self.entries.partition_point(|entry| self.bytes(entry) <= rest);
            // Every term that is a prefix of the rest is the last one before it, or a prefix of that one.
            let mut next = after.checked_sub(1);
            while let Some(index) = next {
                let entry = &self.entries[index];
                if rest.starts_with(self.bytes(entry)) && counts(entry, reading, at, max_share) {
                    found |= 1 << entry.group;
                }
                next = entry.prefix;
            }
        }
        found
    }

    fn bytes(&self, entry: &Entry) -> &[u8] {
        self.letters[entry.at.clone()].as_bytes()
    }
}

/// Returns the word and the bit that stand for a pair of bytes in [`SearchTerms::starts`]. Other pairs can have the same.
#[inline]
fn pair(first: u8, second: u8) -> (usize, u64) {
    let place = (usize::from(first) * 33 + usize::from(second)) % 1024;
    (place / 64, 1 << (place % 64))
}

/// Returns whether an occurrence of a term at byte `at` counts.
fn counts(entry: &Entry, reading: Reading<'_>, at: usize, max_share: u64) -> bool {
    let end = at + entry.at.len();
    let substituted = reading.undone.contains(Transformations::SUBSTITUTED);
    let comparable = if entry.number { !substituted } else { substituted || !entry.substituted };
    if !comparable || entry.length as u64 * 100 <= max_share * reading.length as u64 {
        return false;
    }
    // The boundaries are removed there, so a short term counts only as the whole password.
    let separated = reading.undone.contains(Transformations::SEPARATED);
    let is_long = !separated || entry.length >= MIN_SEPARATED;
    let ends = [at == 0, end == reading.text.len()];
    let [at_start, at_end] =
        if reading.undone.contains(Transformations::REVERSED) { [ends[1], ends[0]] } else { ends };
    (at_start && at_end)
        || match entry.place {
            Place::Anywhere => is_long,
            Place::Alone => !separated && is_alone(reading.text, at..end),
            Place::Start => is_long && at_start,
            Place::End => is_long && at_end,
            Place::Whole => false,
        }
}

/// Returns whether no adjacent character has the same type as the end of the occurrence: letters end where digits begin.
fn is_alone(text: &str, at: Range<usize>) -> bool {
    let kind = |c: char| {
        if c.is_alphabetic() {
            1
        } else if c.is_numeric() {
            2
        } else {
            3
        }
    };
    let inside = &text[at.clone()];
    let before = text[..at.start].chars().next_back().map(kind);
    let after = text[at.end..].chars().next().map(kind);
    before.is_none_or(|before| inside.chars().next().map(kind) != Some(before))
        && after.is_none_or(|after| inside.chars().next_back().map(kind) != Some(after))
}

impl fmt::Debug for SearchTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SearchTerms").field("count", &self.entries.len()).finish_non_exhaustive()
    }
}
