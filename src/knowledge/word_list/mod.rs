//! Word lists: the words that a password may not be, hold, or be built on.
//!
//! A list is plain text, one word a line. Words are folded for case when the list is read, or kept as typed; what is
//! looked up must be folded or not as the list is. A list is kept as one sorted text and searched where it stands, so a list that
//! comes with the engine costs nothing to load, whatever its size. The first look-up makes a filter, which then
//! answers for nearly everything that is in no list.

mod error;
mod filter;
mod near;
mod parse;

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock};

use crate::knowledge::embedded;
use crate::knowledge::folding;
use crate::knowledge::sorted_lines::SortedLines;

use filter::{BEGINNING, Filter};

pub use error::{WordListError, WordListErrorKind};

/// A list may have this many words.
pub const MOST_WORDS: usize = 5_000_000;
/// A word may have this many bytes, as written in the list.
pub const MOST_WORD_BYTES: usize = 256;

/// A shorter word is no base of a password: too much is built on `the`.
const LEAST_BASE: usize = 4;
/// So many digits and symbols may always stand around a base; more only if the base is as long. What has sixteen
/// random digits beside `love` is not built on `love`.
const MOST_AROUND: usize = 8;

/// The lists that come with the engine: name and text, sorted, with a heading.
const BUILT_IN: [(&str, &str); 2] = [
    ("common", include_str!("../../../rules/words/common.txt")),
    ("chinese", include_str!("../../../rules/words/chinese.txt")),
];

/// A list of words.
#[derive(Clone)]
pub struct WordList {
    name: Cow<'static, str>,
    /// Sorted, each word once and ended by a line feed.
    words: Cow<'static, str>,
    digest: [u8; 32],
    filter: Arc<OnceLock<Filter>>,
}

/// The lists that come with the engine; policies share their filters.
static LISTS: LazyLock<[WordList; 2]> = LazyLock::new(|| {
    BUILT_IN.map(|(name, text)| {
        let words = text.split_once('\n').map_or(text, |(_heading, words)| words);
        WordList {
            name: name.into(),
            words: words.into(),
            digest: embedded::digest(&format!("{name}.txt")),
            filter: Arc::default(),
        }
    })
});

impl WordList {
    /// The names of the lists that come with the engine.
    pub fn built_in_names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// A list that comes with the engine: `common` (the commonest passwords of leaks) or `chinese` (what is common
    /// in Chinese; our own). Where they are from stands in `rules/words/SOURCES.md`.
    pub fn built_in(name: &str) -> Option<WordList> {
        LISTS.iter().find(|list| list.name == name).cloned()
    }

    /// Reads a list: UTF-8, one word a line; a first line that begins with `#` is a heading and no word. Line ends
    /// may be `\n` or `\r\n`; empty lines say nothing; every other character counts, spaces too.
    ///
    /// # Errors
    /// When it is not UTF-8, holds no word, more than [`MOST_WORDS`], or one longer than [`MOST_WORD_BYTES`].
    pub fn parse(name: impl Into<String>, bytes: &[u8]) -> Result<WordList, WordListError> {
        WordList::read(name.into(), bytes, true)
    }

    /// Reads a list as [`WordList::parse`] does, and keeps capitals as they are.
    ///
    /// # Errors
    /// As those of [`WordList::parse`].
    pub fn parse_as_typed(name: impl Into<String>, bytes: &[u8]) -> Result<WordList, WordListError> {
        WordList::read(name.into(), bytes, false)
    }

    fn read(name: String, bytes: &[u8], fold: bool) -> Result<WordList, WordListError> {
        let (words, digest) = parse::parse(bytes, fold)?;
        Ok(WordList { name: Cow::Owned(name), words: Cow::Owned(words), digest, filter: Arc::default() })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 of the file it was read from.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// How many words it has. Counts them.
    pub fn count(&self) -> usize {
        self.words.bytes().filter(|&b| b == b'\n').count()
    }

    fn filter(&self) -> &Filter {
        self.filter.get_or_init(|| Filter::new(&self.words))
    }

    /// Whether `folded` is a word of the list.
    pub fn whole(&self, folded: &str) -> bool {
        self.filter().may_have(folded) && !folded.is_empty() && SortedLines::new(&self.words).has(folded)
    }

    /// Whether a word of at least `least` code points stands anywhere in `folded`.
    ///
    /// The work is at most the length of `folded` times the length of the longest word.
    pub fn contained(&self, folded: &str, least: usize) -> bool {
        folded.char_indices().any(|(start, _)| {
            let text = &folded[start..];
            (least < BEGINNING || self.filter().may_begin(text)) && self.begins(text, least)
        })
    }

    /// Whether `text` begins with a word of at least `least` code points.
    fn begins(&self, text: &str, least: usize) -> bool {
        let lines = SortedLines::new(&self.words);
        let mut stretch = lines.all();
        for (before, (at, c)) in text.char_indices().enumerate() {
            let mut buffer = [0; 4];
            let Some(narrowed) = lines.narrow(&stretch, c.encode_utf8(&mut buffer).as_bytes()) else {
                return false;
            };
            stretch = narrowed;
            if let Some(rest) = lines.only(&stretch) {
                let after = &text[at + c.len_utf8()..];
                let length = before + 1 + rest.iter().filter(|&&b| b & 0xC0 != 0x80).count();
                return length >= least && after.as_bytes().starts_with(rest);
            }
            if before + 1 >= least && lines.rest(&stretch).is_empty() {
                return true;
            }
        }
        false
    }

    /// Whether `folded` is a word of the list with digits and symbols around it, substitutions read as letters:
    /// `p@ssw0rd2024!` is built on `password`.
    ///
    /// A base has at least four code points, and no more stands around it than eight code points or its own length.
    pub fn base(&self, folded: &str) -> bool {
        bases(folded).into_iter().any(|base| {
            (base != folded && self.whole(base))
                || folding::readings(base).iter().any(|reading| reading != base && self.whole(reading))
        })
    }

    /// Whether a word of the list is within one edit of `folded`: a character more, less or other, or two neighbours
    /// exchanged. Words of five code points and more are compared, with a text of up to thirty-two.
    ///
    /// The work is at most 150 look-ups for each code point, and ends where no word goes on as the text does.
    pub fn near(&self, folded: &str) -> bool {
        near::near(self, folded)
    }

    /// Whether a base of `folded`, as [`WordList::base`] has it, or one of its readings is within one edit of a word.
    pub fn near_base(&self, folded: &str) -> bool {
        bases(folded).into_iter().any(|base| {
            (base != folded && self.near(base))
                || folding::readings(base).iter().any(|reading| reading != base && self.near(reading))
        })
    }
}

/// What a text may be built on: itself, and what remains without the digits and symbols at either end. At either end
/// a sign may be decoration (`password5`) or a letter (`5ummer1`), so there are up to four.
fn bases(folded: &str) -> Vec<&str> {
    let letter = |c: char| c.is_alphabetic();
    let headless = folded.trim_start_matches(|c| !letter(c));
    let tailless = folded.trim_end_matches(|c| !letter(c));
    let stripped = headless.trim_end_matches(|c| !letter(c));
    let length = folded.chars().count();
    let mut bases: Vec<&str> = Vec::with_capacity(4);
    for base in [stripped, tailless, headless, folded] {
        let of_base = base.chars().count();
        let around = length - of_base;
        if of_base >= LEAST_BASE && around <= MOST_AROUND.max(of_base) && !bases.contains(&base) {
            bases.push(base);
        }
    }
    bases
}

impl fmt::Debug for WordList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WordList").field("name", &self.name).field("bytes", &self.words.len()).finish()
    }
}

#[cfg(test)]
mod tests;
