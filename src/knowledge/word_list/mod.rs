//! Word lists: words that a password must not equal, contain, or be based on.
//!
//! A list is text with one word per line, also with counts or compressed. Words are folded to their [key](folding::key) when
//! the list is read, or left as typed, in normalization form C; looked-up texts must be treated the same way. A list is stored as one sorted text and searched in place.
//! The first lookup builds a filter, which answers most lookups of unlisted texts. The built-in lists are in a trie, so they
//! load at no cost.
//!
//! A [`compiled`] list is searched in its file and knows the rank of each word. Its results equal those of the
//! plain list it was compiled from.

pub mod compiled;
mod division;
mod error;
mod filter;
mod near;
mod parse;
mod trie;

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::knowledge::embedded;
use crate::knowledge::folding;
use crate::knowledge::sorted_lines::SortedLines;
use crate::knowledge::trie::BuiltIn;

pub use crate::knowledge::listing::Encoding;

use compiled::Compiled;
use filter::{Filter, PREFIX};

pub use division::{Sum, Weights};
pub use error::{WordListError, WordListErrorKind};

/// Maximum number of words in a list.
pub const MAX_WORDS: usize = 5_000_000;
/// Maximum length of a decompressed list in bytes.
pub const MAX_BYTES: usize = 1 << 28;
/// Maximum length of a word in bytes, before folding.
pub const MAX_WORD_BYTES: usize = 256;

/// Minimum length of a base word in characters. Shorter words, such as `the`, match too many passwords.
const MIN_BASE: usize = 4;
/// Maximum number of digits and symbols around a base word, unless the word is longer than that. Sixteen random
/// digits next to `love` are not based on `love`.
const MAX_AROUND: usize = 8;

/// Minimum length of a word for similarity. Shorter words are similar to too many texts.
const MIN_NEAR: usize = 5;
/// Maximum length of a text for similarity. Longer weak texts are caught by other checks.
const MAX_NEAR: usize = 32;

/// The built-in lists: name, and number of words.
const BUILT_IN: [(&str, BuiltIn, &str); 2] = [
    ("common", BuiltIn::COMMON, env!("KOULING_COMMON_WORDS")),
    ("chinese", BuiltIn::CHINESE, env!("KOULING_CHINESE_WORDS")),
];

/// How a list is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListOptions {
    /// Whether words are folded to lower case. A compiled list must match.
    pub fold: bool,
    /// Maximum number of words that count, the most common ones.
    pub max_rank: u64,
    /// The encoding of a plain list. A compiled list is always UTF-8.
    pub encoding: Encoding,
}

impl Default for ListOptions {
    fn default() -> ListOptions {
        ListOptions { fold: true, max_rank: u64::MAX, encoding: Encoding::Utf8 }
    }
}

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
    /// Lists in the trie of the built-in words.
    BuiltIn(BuiltIn),
    /// Sorted lines without duplicates, each terminated by a line feed.
    Text(String),
    /// A compiled list, searched in place.
    Compiled(Arc<Compiled>),
}

impl WordList {
    /// Returns the names of the built-in lists.
    pub fn built_in_names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, ..)| *name)
    }

    /// Returns a built-in list: `common` (common leaked passwords) or `chinese` (common Chinese passwords).
    /// `rules/words/SOURCES.md` lists their sources.
    pub fn built_in(name: &str) -> Option<WordList> {
        BUILT_IN.iter().find(|(known, ..)| *known == name).map(|(name, list, _)| WordList {
            name: Cow::Borrowed(name),
            words: Words::BuiltIn(*list),
            digest: embedded::digest(&format!("{name}.txt")),
            filter: Arc::default(),
        })
    }

    /// Returns lists that contain the same words together. One lookup searches all built-in ones.
    pub fn merged(lists: &[WordList]) -> Vec<WordList> {
        let mut merged: Vec<WordList> = Vec::new();
        for list in lists {
            let built_in = merged.iter_mut().find_map(|known| match &mut known.words {
                Words::BuiltIn(lists) => Some(lists),
                _ => None,
            });
            match (built_in, &list.words) {
                (Some(known), Words::BuiltIn(list)) => *known = known.and(*list),
                _ => merged.push(list.clone()),
            }
        }
        merged
    }

    /// Parses a plain list, folded to its [keys](folding::key). See [`WordList::read`].
    ///
    /// # Errors
    /// As for [`WordList::read`].
    pub fn parse(name: impl Into<String>, bytes: &[u8]) -> Result<WordList, WordListError> {
        WordList::of_text(name.into(), bytes, &ListOptions::default())
    }

    /// Parses a list like [`WordList::parse`], without folding.
    ///
    /// # Errors
    /// As for [`WordList::read`].
    pub fn parse_as_typed(name: impl Into<String>, bytes: &[u8]) -> Result<WordList, WordListError> {
        WordList::of_text(name.into(), bytes, &ListOptions { fold: false, ..ListOptions::default() })
    }

    /// Reads a plain or compiled list, as its first bytes show. The file can be compressed with gzip or Zstandard.
    ///
    /// A plain list has one word per line, which ends in LF, CR LF or CR. A first line that starts with `#` is a
    /// heading. Empty lines and blanks around a word are ignored. Words can be written as `$HEX[…]`. They are normalized
    /// to NFC. If every line is a count, a blank and a word, or a word, a colon or tab and a count, the words are ranked
    /// by their counts; otherwise by the order of the lines.
    ///
    /// # Errors
    /// If the file is damaged, is not in the encoding, contains no word, has more than [`MAX_WORDS`] words or one longer
    /// than [`MAX_WORD_BYTES`], or if every line is a hash. Also if a compiled list is damaged, truncated, has a newer
    /// format version, or does not match [`ListOptions::fold`].
    pub fn read(
        name: impl Into<String>,
        bytes: Vec<u8>,
        options: &ListOptions,
    ) -> Result<WordList, WordListError> {
        let (bytes, digest) = parse::decompressed(bytes.into())?;
        if !bytes.starts_with(&compiled::MAGIC) {
            return WordList::of_decompressed(name.into(), &bytes, digest, options);
        }
        let compiled = Compiled::read(bytes.into_owned(), options.fold, options.max_rank)?;
        let digest = compiled.info().checksum;
        let words = Words::Compiled(Arc::new(compiled));
        Ok(WordList { name: Cow::Owned(name.into()), words, digest, filter: Arc::default() })
    }

    fn of_text(name: String, bytes: &[u8], options: &ListOptions) -> Result<WordList, WordListError> {
        let (bytes, digest) = parse::decompressed(bytes.into())?;
        WordList::of_decompressed(name, &bytes, digest, options)
    }

    fn of_decompressed(
        name: String,
        bytes: &[u8],
        digest: [u8; 32],
        options: &ListOptions,
    ) -> Result<WordList, WordListError> {
        let words = Words::Text(parse::parse(bytes, options)?);
        Ok(WordList { name: Cow::Owned(name), words, digest, filter: Arc::default() })
    }

    /// Returns the name of the list.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the SHA-256 digest of the file. For a compiled list, this is its stored checksum.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Returns the number of words of any rank. Linear in the size of a plain list.
    pub fn count(&self) -> usize {
        match &self.words {
            Words::BuiltIn(list) => {
                let of_list = BUILT_IN.iter().find(|(_, known, _)| known == list);
                of_list.and_then(|(.., words)| words.parse().ok()).unwrap_or_default()
            }
            Words::Text(text) => text.bytes().filter(|&b| b == b'\n').count(),
            Words::Compiled(compiled) => usize::try_from(compiled.info().words).unwrap_or(usize::MAX),
        }
    }

    /// Returns the filter of a plain list with this `text`.
    fn filter(&self, text: &str) -> &Filter {
        self.filter.get_or_init(|| Filter::new(text))
    }

    /// Returns whether `folded` is listed.
    pub fn whole(&self, folded: &str) -> bool {
        match &self.words {
            Words::BuiltIn(list) => trie::has(*list, folded),
            Words::Text(text) => {
                self.filter(text).may_have(folded) && !folded.is_empty() && SortedLines::new(text).has(folded)
            }
            Words::Compiled(compiled) => compiled.whole(folded),
        }
    }

    /// Returns whether `folded` contains a listed word of at least `min` code points.
    ///
    /// The work is at most the length of `folded` times the length of the longest word.
    pub fn contained(&self, folded: &str, min: usize) -> bool {
        folded.char_indices().any(|(start, _)| {
            let rest = &folded[start..];
            match &self.words {
                Words::Text(text) if min >= PREFIX && !self.filter(text).may_start(rest) => false,
                _ => self.starts_with(rest, &mut |length| length >= min),
            }
        })
    }

    /// Calls `wanted` with the length in code points of each word that `folded` starts with, the shortest first, until it
    /// returns `true`. Returns whether it did.
    pub fn starts_with(&self, folded: &str, wanted: &mut impl FnMut(usize) -> bool) -> bool {
        match &self.words {
            Words::BuiltIn(list) => trie::begins(*list, folded, wanted),
            Words::Text(text) => begins(SortedLines::new(text), folded, wanted),
            Words::Compiled(compiled) => compiled.begins(folded, wanted),
        }
    }

    /// Divides `folded` into listed words and other characters so that it has the fewest points, and among such divisions the
    /// fewest words.
    ///
    /// The work is at most the length of the text times the length of the longest word, for each list. Within one edit, it
    /// is at most 450 calls of [`WordList::near`].
    pub fn fewest_points(folded: &str, lists: &[WordList], weights: Weights) -> Sum {
        division::fewest(folded, lists, weights)
    }

    /// Returns whether `folded` is a listed word with digits and symbols around it, after undoing substitutions:
    /// `p@ssw0rd2024!` is based on `password`.
    ///
    /// A base word has at least four code points. At most eight code points, or the length of the word if that is
    /// more, may surround it.
    pub fn base(&self, folded: &str) -> bool {
        bases(folded).any(|base| (base.len() < folded.len() && self.whole(base)) || self.substituted(base))
    }

    /// Returns whether a text with substitutions stands for a listed word.
    fn substituted(&self, text: &str) -> bool {
        match &self.words {
            Words::BuiltIn(lists) => trie::has_substituted(*lists, text),
            _ => folding::readings(text).iter().any(|reading| reading != text && self.whole(reading)),
        }
    }

    /// Returns the result of [`WordList::base`] without undoing substitutions.
    pub fn base_as_typed(&self, folded: &str) -> bool {
        bases(folded).any(|base| base.len() < folded.len() && self.whole(base))
    }

    /// Returns whether a listed word is within one edit of `folded`: one character inserted, deleted or
    /// substituted, or two adjacent characters transposed. Applies to words of at least 5 and texts of at most 32
    /// code points.
    ///
    /// The work is at most 150 lookups per code point, plus two for every non-ASCII character of the list, and
    /// stops as soon as no word continues like the text.
    pub fn near(&self, folded: &str) -> bool {
        match &self.words {
            Words::BuiltIn(list) => trie::near(*list, folded),
            Words::Text(text) => near::near(text, self.filter(text), folded),
            Words::Compiled(compiled) => compiled.near(folded),
        }
    }

    /// Returns whether a base word of `folded`, as in [`WordList::base`], or one of its readings is within one
    /// edit of a listed word.
    pub fn near_base(&self, folded: &str) -> bool {
        bases(folded).any(|base| {
            (base != folded && self.near(base))
                || folding::readings(base).iter().any(|reading| reading != base && self.near(reading))
        })
    }

    /// Returns the result of [`WordList::near_base`] without undoing substitutions.
    pub fn near_base_as_typed(&self, folded: &str) -> bool {
        bases(folded).any(|base| base != folded && self.near(base))
    }
}

/// Calls `wanted` with the length of each line that `text` starts with. See [`WordList::starts_with`].
fn begins(lines: SortedLines<'_>, text: &str, wanted: &mut impl FnMut(usize) -> bool) -> bool {
    let mut range = lines.all();
    for (before, (at, c)) in text.char_indices().enumerate() {
        let mut buffer = [0; 4];
        let Some(narrowed) = lines.narrow(&range, c.encode_utf8(&mut buffer).as_bytes()) else {
            return false;
        };
        range = narrowed;
        if let Some(rest) = lines.only(&range) {
            let after = &text[at + c.len_utf8()..];
            let length = before + 1 + rest.iter().filter(|&&b| b & 0xC0 != 0x80).count();
            return after.as_bytes().starts_with(rest) && wanted(length);
        }
        if lines.rest(&range).is_empty() && wanted(before + 1) {
            return true;
        }
    }
    false
}

/// Returns the candidates for a base word: the text without digits and symbols at either end, both or neither. A
/// symbol may be decoration (`password5`) or a letter (`5ummer1`).
pub fn bases(folded: &str) -> impl Iterator<Item = &str> {
    let is_sign = |c: char| !c.is_alphabetic();
    let length = folded.chars().count();
    let start = folded.len() - folded.trim_start_matches(is_sign).len();
    let end = folded.trim_end_matches(is_sign).len().max(start);
    let bounds = [(start, end), (0, end), (start, folded.len()), (0, folded.len())];
    let new = [true, start > 0, end < folded.len(), start > 0 && end < folded.len()];
    bounds.into_iter().zip(new).filter_map(move |((start, end), new)| {
        let base = folded.get(start..end).filter(|_| new)?;
        let of_base = base.chars().count();
        (of_base >= MIN_BASE && length - of_base <= MAX_AROUND.max(of_base)).then_some(base)
    })
}

impl fmt::Debug for WordList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WordList").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
