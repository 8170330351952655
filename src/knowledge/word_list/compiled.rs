//! Compiled word lists: a file of words and their ranks, searched in place.
//!
//! File format (numbers are little-endian, lengths in bytes):
//!
//! | bytes | |
//! |---|---|
//! | 8 | `89 4B 4C 57 0D 0A 1A 0A`: never the start of a text; detects changed line endings and truncation at `1A` |
//! | 4 | version of the format, 1 |
//! | 1 | 1: words folded to lower case; 0: as typed |
//! | 1 | zero |
//! | 2 | length of the source, at most 512 |
//! | 8 | number of words |
//! | … | source: the origin of the words, UTF-8 |
//! | … | a map from word to rank, as written by the crate `fst` 0.4 (format version 3); the most common word has rank 1 |
//! | 32 | SHA-256 of all preceding bytes |
//!
//! The checksum detects damage. It does not protect against the author of the file, who decides what it lists.

use fst::raw::{Fst, Node, Output};
use sha2::{Digest, Sha256};

pub use super::parse::MAGIC;
use super::{ListOptions, MAX_NEAR, MIN_NEAR, WordListError, WordListErrorKind, parse};

/// Format version that is written, and the newest that is read.
pub const VERSION: u32 = 1;
/// Maximum length of the source, in bytes.
pub const MAX_SOURCE_BYTES: usize = 512;

const FIXED: usize = 24;
const CHECKSUM: usize = 32;

/// Metadata of a compiled list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledInfo {
    /// Format version.
    pub version: u32,
    /// Whether the words are folded to lower case.
    pub folded: bool,
    /// Number of words.
    pub words: u64,
    /// Origin of the words.
    pub source: String,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// SHA-256 of all preceding bytes.
    pub checksum: [u8; 32],
}

/// Compiles a plain list, as [`WordList::read`](super::WordList::read) reads it. The order of the words or of their
/// counts is their rank. `source` states their origin.
///
/// Takes a few times the size of the list in memory.
///
/// # Errors
/// As for [`WordList::read`](super::WordList::read), and [`SourceTooLong`](WordListErrorKind::SourceTooLong).
pub fn compile(text: &[u8], options: &ListOptions, source: &str) -> Result<Vec<u8>, WordListError> {
    let failed = || WordListError::of(WordListErrorKind::Damaged);
    let length = u16::try_from(source.len()).ok().filter(|&length| usize::from(length) <= MAX_SOURCE_BYTES);
    let length = length.ok_or(WordListError::of(WordListErrorKind::SourceTooLong))?;
    let (text, _) = parse::decompressed(text.into())?;
    let ranked = parse::ranked(&text, options)?;
    let mut file = Vec::with_capacity(text.len() / 2 + FIXED + source.len());
    file.extend(MAGIC);
    file.extend(VERSION.to_le_bytes());
    file.extend([u8::from(options.fold), 0]);
    file.extend(length.to_le_bytes());
    file.extend((ranked.len() as u64).to_le_bytes());
    file.extend(source.as_bytes());
    let mut map = fst::MapBuilder::new(file).map_err(|_| failed())?;
    for (word, rank) in &ranked {
        map.insert(word, *rank).map_err(|_| failed())?;
    }
    let mut file = map.into_inner().map_err(|_| failed())?;
    let checksum: [u8; 32] = Sha256::digest(&file).into();
    file.extend(checksum);
    Ok(file)
}

/// Reads the metadata of a compiled list and verifies its checksum.
///
/// # Errors
/// If the file is not a compiled list, is damaged or truncated, or has a newer format version.
pub fn info(bytes: &[u8]) -> Result<CompiledInfo, WordListError> {
    head(bytes).map(|(info, _)| info)
}

/// Parses the head and returns the offset of the map.
fn head(bytes: &[u8]) -> Result<(CompiledInfo, usize), WordListError> {
    let of = WordListError::of;
    if !bytes.starts_with(&MAGIC) {
        return Err(of(WordListErrorKind::Foreign));
    }
    let (fixed, rest) = bytes.split_first_chunk::<FIXED>().ok_or(of(WordListErrorKind::Truncated))?;
    let [.., a, b, c, d, fold, zero, low, high, _, _, _, _, _, _, _, _] = *fixed;
    let version = u32::from_le_bytes([a, b, c, d]);
    if version > VERSION {
        return Err(of(WordListErrorKind::NewerVersion));
    }
    let (body, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(of(WordListErrorKind::Truncated))?;
    if body.len() < FIXED {
        return Err(of(WordListErrorKind::Truncated));
    }
    if Sha256::digest(body).as_slice() != checksum || version != VERSION || fold > 1 || zero != 0 {
        return Err(of(WordListErrorKind::Damaged));
    }
    let length = usize::from(u16::from_le_bytes([low, high]));
    let source = rest.get(..length).and_then(|source| std::str::from_utf8(source).ok());
    let source = source.filter(|_| FIXED + length <= body.len()).ok_or(of(WordListErrorKind::Damaged))?;
    let words = fixed.last_chunk().map_or(0, |words| u64::from_le_bytes(*words));
    let info = CompiledInfo {
        version,
        folded: fold == 1,
        words,
        source: source.to_owned(),
        bytes: bytes.len() as u64,
        checksum: *checksum,
    };
    Ok((info, FIXED + length))
}

/// The map inside the file.
struct Part {
    file: Vec<u8>,
    begin: usize,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        let end = self.file.len().saturating_sub(CHECKSUM);
        self.file.get(self.begin..end).unwrap_or_default()
    }
}

/// A compiled list, limited to the words up to a rank.
pub(super) struct Compiled {
    map: Fst<Part>,
    max_rank: u64,
    info: CompiledInfo,
}

/// Position of a walk in the map, and the partial rank.
#[derive(Clone, Copy)]
struct Place<'f> {
    node: Node<'f>,
    rank: Output,
}

impl Compiled {
    /// Parses a list. Words beyond `max_rank` are ignored.
    pub(super) fn read(file: Vec<u8>, fold: bool, max_rank: u64) -> Result<Compiled, WordListError> {
        let (info, begin) = head(&file)?;
        let damaged = |_| WordListError::of(WordListErrorKind::Damaged);
        let map = Fst::new(Part { file, begin }).map_err(damaged)?;
        if info.words != map.len() as u64 {
            return Err(WordListError::of(WordListErrorKind::Damaged));
        }
        if map.is_empty() {
            return Err(WordListError::of(WordListErrorKind::Empty));
        }
        match (info.folded, fold) {
            (true, false) => Err(WordListError::of(WordListErrorKind::Folded)),
            (false, true) => Err(WordListError::of(WordListErrorKind::AsTyped)),
            _ => Ok(Compiled { map, max_rank, info }),
        }
    }

    pub(super) fn info(&self) -> &CompiledInfo {
        &self.info
    }

    fn root(&self) -> Place<'_> {
        Place { node: self.map.root(), rank: Output::zero() }
    }

    fn step<'f>(&'f self, place: Place<'f>, bytes: &[u8]) -> Option<Place<'f>> {
        bytes.iter().try_fold(place, |place, &byte| {
            let transition = place.node.transition(place.node.find_input(byte)?);
            Some(Place { node: self.map.node(transition.addr), rank: place.rank.cat(transition.out) })
        })
    }

    /// Returns whether a word within the rank limit ends here.
    fn ends(&self, place: Place<'_>) -> bool {
        place.node.is_final() && place.rank.cat(place.node.final_output()).value() <= self.max_rank
    }

    /// Returns whether a word within the rank limit continues from here with exactly `rest`.
    fn continues_with(&self, place: Place<'_>, rest: &str) -> bool {
        self.step(place, rest.as_bytes()).is_some_and(|place| self.ends(place))
    }

    pub(super) fn whole(&self, text: &str) -> bool {
        self.continues_with(self.root(), text)
    }

    /// Returns whether `text` starts with a word of at least `min` code points.
    pub(super) fn begins(&self, text: &str, wanted: &mut impl FnMut(usize) -> bool) -> bool {
        let mut place = self.root();
        for (before, c) in text.chars().enumerate() {
            let Some(next) = self.step(place, c.encode_utf8(&mut [0; 4]).as_bytes()) else { return false };
            place = next;
            if self.ends(place) && wanted(before + 1) {
                return true;
            }
        }
        false
    }

    /// Like [`near`](super::near::near), with one walk along the text. At every position, each edit is tried with
    /// the characters that continue some word.
    pub(super) fn near(&self, text: &str) -> bool {
        let length = text.chars().count();
        if !(MIN_NEAR - 1..=MAX_NEAR).contains(&length) {
            return false;
        }
        let (less, same) = (length > MIN_NEAR, length >= MIN_NEAR);
        let mut place = self.root();
        let mut rest = text.chars();
        loop {
            let after = rest.as_str();
            let first = rest.next();
            let without = rest.as_str();
            let other = |c: &Place<'_>| {
                self.continues_with(*c, after) || (same && first.is_some() && self.continues_with(*c, without))
            };
            if (less && first.is_some() && self.continues_with(place, without))
                || (same && self.transposed(place, after))
                || self.any_next(place, 0, &other)
            {
                return true;
            }
            let Some(c) = first else { return same && self.ends(place) };
            match self.step(place, c.encode_utf8(&mut [0; 4]).as_bytes()) {
                Some(next) => place = next,
                None => return false,
            }
        }
    }

    /// Returns whether a word continues with the next two characters transposed and the rest unchanged.
    fn transposed(&self, place: Place<'_>, after: &str) -> bool {
        let mut rest = after.chars();
        let (Some(first), Some(second)) = (rest.next(), rest.next()) else { return false };
        let place = self.step(place, second.encode_utf8(&mut [0; 4]).as_bytes());
        let place = place.and_then(|place| self.step(place, first.encode_utf8(&mut [0; 4]).as_bytes()));
        place.is_some_and(|place| self.continues_with(place, rest.as_str()))
    }

    /// Returns whether `wanted` is true after any character that continues a word here. `missing` is the number of
    /// bytes of this character still to read.
    fn any_next(&self, place: Place<'_>, missing: u32, wanted: &dyn Fn(&Place<'_>) -> bool) -> bool {
        place.node.transitions().any(|transition| {
            let next = Place { node: self.map.node(transition.addr), rank: place.rank.cat(transition.out) };
            let missing = match missing {
                0 => transition.inp.leading_ones().min(4).saturating_sub(1),
                more => more - 1,
            };
            if missing == 0 { wanted(&next) } else { self.any_next(next, missing, wanted) }
        })
    }
}
