//! Compiled word lists: a list with the rank of each word, that is searched as it lies in its file.
//!
//! The file, its numbers little-endian:
//!
//! | bytes | |
//! |---|---|
//! | 8 | `89 4B 4C 57 0D 0A 1A 0A`: no text begins so, and what changes line ends or cuts at `1A` is found out |
//! | 4 | version of the format, 1 |
//! | 1 | 1: the words are folded for case; 0: as typed |
//! | 1 | zero |
//! | 2 | length of the source, at most 512 |
//! | 8 | how many words |
//! | … | the source: where the words are from, UTF-8 |
//! | … | a map from word to rank, as the crate `fst` 0.4 writes it (its format version 3); the commonest has rank 1 |
//! | 32 | SHA-256 of everything before |
//!
//! The checksum finds every damage. It does not protect from who writes the file: that one decides what is listed.

use fst::raw::{Fst, Node, Output};
use sha2::{Digest, Sha256};

pub use super::parse::MAGIC;
use super::{MAX_NEAR, MIN_NEAR, WordListError, WordListErrorKind, parse};

/// The version of the format that is written, and the newest that is read.
pub const VERSION: u32 = 1;
/// The source may have this many bytes.
pub const MAX_SOURCE_BYTES: usize = 512;

const FIXED: usize = 24;
const CHECKSUM: usize = 32;

/// What stands in the head of a compiled list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledInfo {
    /// The version of the format.
    pub version: u32,
    /// Whether the words are folded for case.
    pub folded: bool,
    /// How many words it has.
    pub words: u64,
    /// Where the words are from.
    pub source: String,
    /// How long the file is.
    pub bytes: u64,
    /// SHA-256 of everything before it.
    pub checksum: [u8; 32],
}

/// Makes a compiled list of a plain one; the order of the words is their rank. `source` says where they are from.
///
/// Takes a few times the memory of the list.
///
/// # Errors
/// As those of [`WordList::parse`](super::WordList::parse), and when the source is longer than [`MAX_SOURCE_BYTES`].
pub fn compile(text: &[u8], fold: bool, source: &str) -> Result<Vec<u8>, WordListError> {
    let failed = || WordListError::of(WordListErrorKind::Damaged);
    let length = u16::try_from(source.len()).ok().filter(|&length| usize::from(length) <= MAX_SOURCE_BYTES);
    let length = length.ok_or(WordListError::of(WordListErrorKind::SourceTooLong))?;
    let ranked = parse::ranked(text, fold)?;
    let mut file = Vec::with_capacity(text.len() / 2 + FIXED + source.len());
    file.extend(MAGIC);
    file.extend(VERSION.to_le_bytes());
    file.extend([u8::from(fold), 0]);
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

/// Reads the head of a compiled list and verifies the checksum.
///
/// # Errors
/// When it is no compiled list, is damaged or cut, or is of a newer version.
pub fn info(bytes: &[u8]) -> Result<CompiledInfo, WordListError> {
    head(bytes).map(|(info, _)| info)
}

/// What the head says, and where the map begins.
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

/// The part of a file that is the map.
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

/// A compiled list, of which the words to a rank count.
pub(super) struct Compiled {
    map: Fst<Part>,
    most_rank: u64,
    info: CompiledInfo,
}

/// Where a walk stands in the map, and what it has collected of the rank.
#[derive(Clone, Copy)]
struct Place<'f> {
    node: Node<'f>,
    rank: Output,
}

impl Compiled {
    /// Reads a list; only the words to `most_rank` will count.
    pub(super) fn read(file: Vec<u8>, fold: bool, most_rank: u64) -> Result<Compiled, WordListError> {
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
            _ => Ok(Compiled { map, most_rank, info }),
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

    /// Whether a word that counts ends here.
    fn ends(&self, place: Place<'_>) -> bool {
        place.node.is_final() && place.rank.cat(place.node.final_output()).value() <= self.most_rank
    }

    /// Whether a word that counts goes on from here with `rest` and ends.
    fn goes_on(&self, place: Place<'_>, rest: &str) -> bool {
        self.step(place, rest.as_bytes()).is_some_and(|place| self.ends(place))
    }

    pub(super) fn whole(&self, text: &str) -> bool {
        self.goes_on(self.root(), text)
    }

    /// Whether `text` begins with a word of at least `least` code points.
    pub(super) fn begins(&self, text: &str, least: usize) -> bool {
        let mut place = self.root();
        for (before, c) in text.chars().enumerate() {
            let Some(next) = self.step(place, c.encode_utf8(&mut [0; 4]).as_bytes()) else { return false };
            place = next;
            if before + 1 >= least && self.ends(place) {
                return true;
            }
        }
        false
    }

    /// The same question as [`near`](super::near::near) answers, by a walk along the text: at every place each edit
    /// is tried with the characters that some word has there.
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
            let other =
                |c: &Place<'_>| self.goes_on(*c, after) || (same && first.is_some() && self.goes_on(*c, without));
            if (less && first.is_some() && self.goes_on(place, without))
                || (same && self.exchanged(place, after))
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

    /// Whether a word goes on with the next two characters exchanged and the rest as it is.
    fn exchanged(&self, place: Place<'_>, after: &str) -> bool {
        let mut rest = after.chars();
        let (Some(first), Some(second)) = (rest.next(), rest.next()) else { return false };
        let place = self.step(place, second.encode_utf8(&mut [0; 4]).as_bytes());
        let place = place.and_then(|place| self.step(place, first.encode_utf8(&mut [0; 4]).as_bytes()));
        place.is_some_and(|place| self.goes_on(place, rest.as_str()))
    }

    /// Whether `wanted` holds behind any character that words have here; `missing` bytes of it are still to come.
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
