//! Word lists: the words that a password may not be, hold, or be built on.
//!
//! A list is plain text, one word a line. Words are folded for case when the list is read, or kept as typed; what is
//! looked up must be folded or not as the list is. A list is kept as one sorted text and searched where it stands, so a list that
//! comes with the engine costs nothing to load, whatever its size. The first look-up makes a filter, which then
//! answers for nearly everything that is in no list.
//!
//! A [`compiled`] list is a file that is searched as it lies and knows the rank of each word; it answers as the plain
//! text does that it was made of.

pub mod compiled;
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

use compiled::Compiled;
use filter::{BEGINNING, Filter};

pub use error::{WordListError, WordListErrorKind};

/// A list may have this many words.
pub const MAX_WORDS: usize = 5_000_000;
/// A word may have this many bytes, as written in the list.
pub const MAX_WORD_BYTES: usize = 256;

/// A shorter word is no base of a password: too much is built on `the`.
const MIN_BASE: usize = 4;
/// So many digits and symbols may always stand around a base; more only if the base is as long. What has sixteen
/// random digits beside `love` is not built on `love`.
const MAX_AROUND: usize = 8;

/// A shorter word is near too much.
const MIN_NEAR: usize = 5;
/// A longer text is not compared; what is longer and weak is so for another reason.
const MAX_NEAR: usize = 32;

/// The lists that come with the engine: name and text, sorted, with a heading.
const BUILT_IN: [(&str, &str); 2] = [
    ("common", include_str!("../../../rules/words/common.txt")),
    ("chinese", include_str!("../../../rules/words/chinese.txt")),
];

/// A list of words.
#[derive(Clone)]
pub struct WordList {
    name: Cow<'static, str>,
    words: Words,
    digest: [u8; 32],
    filter: Arc<OnceLock<Filter>>,
}

#[derive(Clone)]
enum Words {
    /// Sorted, each word once and ended by a line feed.
    Text(Cow<'static, str>),
    /// A file that is searched as it lies.
    Compiled(Arc<Compiled>),
}

/// The lists that come with the engine; policies share their filters.
static LISTS: LazyLock<[WordList; 2]> = LazyLock::new(|| {
    BUILT_IN.map(|(name, text)| {
        let words = text.split_once('\n').map_or(text, |(_heading, words)| words);
        WordList {
            name: name.into(),
            words: Words::Text(words.into()),
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
    /// When it is not UTF-8, holds no word, more than [`MAX_WORDS`], or one longer than [`MAX_WORD_BYTES`].
    pub fn parse(name: impl Into<String>, bytes: &[u8]) -> Result<WordList, WordListError> {
        WordList::of_text(name.into(), bytes, true, u64::MAX)
    }

    /// Reads a list as [`WordList::parse`] does, and keeps capitals as they are.
    ///
    /// # Errors
    /// As those of [`WordList::parse`].
    pub fn parse_as_typed(name: impl Into<String>, bytes: &[u8]) -> Result<WordList, WordListError> {
        WordList::of_text(name.into(), bytes, false, u64::MAX)
    }

    /// Reads a list, compiled or plain: the first bytes tell. Of its words the first `most_rank` count; in a plain
    /// list the order of the lines is the rank.
    ///
    /// # Errors
    /// As those of [`WordList::parse`]; and when a compiled list is damaged, cut, of a newer version, or folded where
    /// it should not be, or the other way round.
    pub fn read(
        name: impl Into<String>,
        bytes: Vec<u8>,
        fold: bool,
        most_rank: u64,
    ) -> Result<WordList, WordListError> {
        if !bytes.starts_with(&compiled::MAGIC) {
            return WordList::of_text(name.into(), &bytes, fold, most_rank);
        }
        let compiled = Compiled::read(bytes, fold, most_rank)?;
        let digest = compiled.info().checksum;
        let words = Words::Compiled(Arc::new(compiled));
        Ok(WordList { name: Cow::Owned(name.into()), words, digest, filter: Arc::default() })
    }

    fn of_text(name: String, bytes: &[u8], fold: bool, most_rank: u64) -> Result<WordList, WordListError> {
        let (words, digest) = parse::parse(bytes, fold, most_rank)?;
        let words = Words::Text(Cow::Owned(words));
        Ok(WordList { name: Cow::Owned(name), words, digest, filter: Arc::default() })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 of the file it was read from; of a compiled list the checksum that stands in it.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// How many words it has, whatever their rank. Counts them, if it is no compiled list.
    pub fn count(&self) -> usize {
        match &self.words {
            Words::Text(text) => text.bytes().filter(|&b| b == b'\n').count(),
            Words::Compiled(compiled) => usize::try_from(compiled.info().words).unwrap_or(usize::MAX),
        }
    }

    /// The filter of a plain list, which is `text`.
    fn filter(&self, text: &str) -> &Filter {
        self.filter.get_or_init(|| Filter::new(text))
    }

    /// Whether `folded` is a word of the list.
    pub fn whole(&self, folded: &str) -> bool {
        match &self.words {
            Words::Text(text) => {
                self.filter(text).may_have(folded) && !folded.is_empty() && SortedLines::new(text).has(folded)
            }
            Words::Compiled(compiled) => compiled.whole(folded),
        }
    }

    /// Whether a word of at least `least` code points stands anywhere in `folded`.
    ///
    /// The work is at most the length of `folded` times the length of the longest word.
    pub fn contained(&self, folded: &str, least: usize) -> bool {
        folded.char_indices().any(|(start, _)| {
            let rest = &folded[start..];
            match &self.words {
                Words::Text(text) => {
                    (least < BEGINNING || self.filter(text).may_begin(rest))
                        && begins(SortedLines::new(text), rest, least)
                }
                Words::Compiled(compiled) => compiled.begins(rest, least),
            }
        })
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
    /// The work is at most 150 look-ups for each code point, two more for every character outside ASCII that the list
    /// has, and ends where no word goes on as the text does.
    pub fn near(&self, folded: &str) -> bool {
        match &self.words {
            Words::Text(text) => near::near(text, self.filter(text), folded),
            Words::Compiled(compiled) => compiled.near(folded),
        }
    }

    /// Whether a base of `folded`, as [`WordList::base`] has it, or one of its readings is within one edit of a word.
    pub fn near_base(&self, folded: &str) -> bool {
        bases(folded).into_iter().any(|base| {
            (base != folded && self.near(base))
                || folding::readings(base).iter().any(|reading| reading != base && self.near(reading))
        })
    }
}

/// Whether `text` begins with a line of at least `least` code points.
fn begins(lines: SortedLines<'_>, text: &str, least: usize) -> bool {
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
        if of_base >= MIN_BASE && around <= MAX_AROUND.max(of_base) && !bases.contains(&base) {
            bases.push(base);
        }
    }
    bases
}

impl fmt::Debug for WordList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WordList").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
