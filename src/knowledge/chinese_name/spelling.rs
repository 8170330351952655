//! The bounded, sorted list of the spellings of a name.

use std::fmt;

use super::texts::Texts;
use super::{MAX_LETTERS, MAX_SPELLINGS};

/// How a spelling combines the parts of a name. Ordered by weight: if two forms have the same letters, the earlier
/// one is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NameForm {
    /// Family name, given name: zhangsanfeng.
    FamilyGiven,
    /// Given name, family name: sanfengzhang.
    GivenFamily,
    /// Given name: sanfeng. Also one part of a name that is separated by dots.
    Given,
    /// Family name: zhang.
    Family,
    /// One name in full, the other as initials: zhangsf, zsanfeng, sanfengz, sfzhang.
    InitialsMixed,
    /// Initials only: zsf, sfz.
    Initials,
}

/// One spelling of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Spelling<'s> {
    /// Lower-case ASCII letters, and perhaps `ü`; no separators.
    pub text: &'s str,
    /// Form of the spelling.
    pub form: NameForm,
}

/// The spellings of one name, sorted and without duplicates: at most [`MAX_SPELLINGS`]. Stored in two allocations.
#[derive(Clone, Default)]
pub struct Spellings {
    letters: String,
    entries: Vec<Entry>,
    /// Bit `n` is set if a spelling starts with the n-th letter of the alphabet.
    starts: u32,
    /// For each bit of a first letter, the bits of the letters that follow it.
    seconds: [u32; 32],
}

#[derive(Clone, Copy)]
pub(super) struct Entry {
    start: usize,
    end: usize,
    pub(super) form: NameForm,
    /// Number of syllables spelled in full. Initials do not count.
    pub(super) syllables: usize,
    /// Bit `n` is set if a syllable ends before byte `n`.
    pub(super) joints: u64,
    /// The first eight bytes. Comparing them orders most spellings.
    prefix: u64,
}

impl Spellings {
    /// Iterates over the spellings in sorted order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Spelling<'_>> {
        self.entries.iter().map(|entry| Spelling { text: &self.letters[entry.start..entry.end], form: entry.form })
    }

    /// Returns the number of spellings.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether there are no spellings: the name has no 汉字.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the byte at index `place` of an entry's text, which must be longer.
    pub(super) fn byte(&self, entry: &Entry, place: usize) -> u8 {
        match entry.prefix.to_be_bytes().get(place) {
            Some(byte) => *byte,
            None => self.letters.as_bytes()[entry.start + place],
        }
    }

    pub(super) fn some_start_with(&self, letter: u8) -> bool {
        self.starts & start_bit(letter) != 0
    }

    /// Returns whether a spelling can start with two letters.
    pub(super) fn some_start_with_both(&self, first: u8, second: u8) -> bool {
        self.seconds[start_bit(first).trailing_zeros() as usize % 32] & start_bit(second) != 0
    }

    /// Adds every combination of a head and a tail, or every head if `tails` is empty. Combinations beyond the
    /// limits are dropped.
    pub(super) fn join(&mut self, form: NameForm, heads: &Texts, tails: &Texts) {
        self.entries.reserve(heads.len() * tails.len().max(1));
        for (head, first) in heads.iter() {
            if tails.len() == 0 {
                self.push(form, [head, ""], first.joints, first.syllables);
            }
            for (tail, second) in tails.iter() {
                if head.len() + tail.len() <= MAX_LETTERS {
                    let joints = first.joints | 1 << head.len() | second.joints << head.len();
                    self.push(form, [head, tail], joints, first.syllables + second.syllables);
                }
            }
        }
    }

    fn push(&mut self, form: NameForm, texts: [&str; 2], joints: u64, syllables: usize) {
        if self.entries.len() == MAX_SPELLINGS {
            return;
        }
        let start = self.letters.len();
        self.letters.extend(texts);
        let added = &self.letters.as_bytes()[start..];
        let mut prefix = [0; 8];
        let length = added.len().min(8);
        prefix[..length].copy_from_slice(&added[..length]);
        self.starts |= added.first().map_or(0, |letter| start_bit(*letter));
        if let Some(first) = added.first() {
            let second = added.get(1).map_or(u32::MAX, |second| start_bit(*second));
            self.seconds[start_bit(*first).trailing_zeros() as usize % 32] |= second;
        }
        let prefix = u64::from_be_bytes(prefix);
        self.entries.push(Entry { start, end: self.letters.len(), form, syllables, joints, prefix });
    }

    /// Sorts the spellings and merges those with the same letters.
    pub(super) fn finish(mut self) -> Self {
        let letters = self.letters.as_bytes();
        self.entries.sort_unstable_by(|a, b| {
            let order =
                a.prefix.cmp(&b.prefix).then_with(|| letters[a.start..a.end].cmp(&letters[b.start..b.end]));
            order.then(a.form.cmp(&b.form)).then(b.syllables.cmp(&a.syllables))
        });
        self.entries.dedup_by(|later, first| {
            let same = letters[later.start..later.end] == letters[first.start..first.end];
            if same {
                first.joints |= later.joints;
            }
            same
        });
        self
    }
}

impl Entry {
    /// Returns the length of the text in bytes.
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }
}

/// Returns the bit of a letter. All bytes outside the alphabet share one bit.
fn start_bit(letter: u8) -> u32 {
    1 << letter.wrapping_sub(b'a').min(31)
}

/// The name is personal data, so `Debug` shows only a count.
impl fmt::Debug for Spellings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Spellings").field("len", &self.len()).finish_non_exhaustive()
    }
}
