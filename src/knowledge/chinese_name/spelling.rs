//! What is made of a name: a bounded, sorted list of spellings.

use std::fmt;

use super::texts::Texts;
use super::{MAX_LETTERS, MAX_SPELLINGS};

/// How a spelling puts a name together. The order is that of conviction: of two forms with the same letters, the
/// earlier is the one that is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NameForm {
    /// Family name, given name: zhangsanfeng.
    FamilyGiven,
    /// Given name, family name: sanfengzhang.
    GivenFamily,
    /// The given name: sanfeng. Also a part of a name that has dots between its parts.
    Given,
    /// The family name: zhang.
    Family,
    /// One name whole, the other by its initials: zhangsf, zsanfeng, sanfengz, sfzhang.
    InitialsMixed,
    /// Initials only: zsf, sfz.
    Initials,
}

/// One way to type a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Spelling<'s> {
    /// Lower-case ASCII letters, and perhaps `ü`; no separators.
    pub text: &'s str,
    /// How it is put together.
    pub form: NameForm,
}

/// The ways to type one name: at most [`MAX_SPELLINGS`], each once, in the order of their letters. Two
/// allocations, whatever their number.
#[derive(Clone, Default)]
pub struct Spellings {
    letters: String,
    entries: Vec<Entry>,
    /// Bit `n` is set where some spelling starts with the n-th letter of the alphabet.
    starts: u32,
}

#[derive(Clone, Copy)]
pub(super) struct Entry {
    start: usize,
    end: usize,
    pub(super) form: NameForm,
    /// How many syllables it spells out; an initial is none.
    pub(super) syllables: usize,
    /// Bit `n` is set where a syllable ends before byte `n`.
    pub(super) joints: u64,
    /// The first eight bytes, which order most spellings.
    prefix: u64,
}

impl Spellings {
    /// Every spelling, in the order of their letters.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Spelling<'_>> {
        self.entries.iter().map(|entry| Spelling { text: &self.letters[entry.start..entry.end], form: entry.form })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none: the name has no 汉字.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The byte at a place of an entry's text, which must be longer.
    pub(super) fn byte(&self, entry: &Entry, place: usize) -> u8 {
        match entry.prefix.to_be_bytes().get(place) {
            Some(byte) => *byte,
            None => self.letters.as_bytes()[entry.start + place],
        }
    }

    pub(super) fn some_start_with(&self, letter: u8) -> bool {
        self.starts & start_bit(letter) != 0
    }

    /// Adds every text of the one list followed by every text of the other, or by nothing where that list is
    /// empty. What would be too long or too much is left out.
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
        let known = added.len().min(8);
        prefix[..known].copy_from_slice(&added[..known]);
        self.starts |= added.first().map_or(0, |letter| start_bit(*letter));
        let prefix = u64::from_be_bytes(prefix);
        self.entries.push(Entry { start, end: self.letters.len(), form, syllables, joints, prefix });
    }

    /// Sorts, and makes one of those that have the same letters.
    pub(super) fn finish(mut self) -> Self {
        let letters = self.letters.as_bytes();
        self.entries.sort_unstable_by(|a, b| {
            let order =
                a.prefix.cmp(&b.prefix).then_with(|| letters[a.start..a.end].cmp(&letters[b.start..b.end]));
            order.then(a.form.cmp(&b.form)).then(b.syllables.cmp(&a.syllables))
        });
        self.entries.dedup_by(|later, kept| {
            let same = letters[later.start..later.end] == letters[kept.start..kept.end];
            if same {
                kept.joints |= later.joints;
            }
            same
        });
        self
    }
}

impl Entry {
    /// The length of the text in bytes.
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }
}

/// The bit of a letter; all that is not in the alphabet shares one.
fn start_bit(letter: u8) -> u32 {
    1 << letter.wrapping_sub(b'a').min(31)
}

/// The name is the user's: a log that prints this shows a count and no letter.
impl fmt::Debug for Spellings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Spellings").field("len", &self.len()).finish_non_exhaustive()
    }
}
