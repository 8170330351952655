//! Errors of reading and compiling a word list.

use std::fmt;

/// Error of reading or compiling a word list. Names a line, but never contains a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordListError {
    pub(super) kind: WordListErrorKind,
    pub(super) line: Option<usize>,
    /// Number of invalid lines, or of the digits of a hash.
    pub(super) number: usize,
}

/// Category of a [`WordListError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WordListErrorKind {
    /// Lines are not UTF-8. [`WordListError::line`] is the first.
    NotUtf8,
    /// Every line is a hash. Hashes are looked up in a breach filter.
    Hashes,
    /// A line is longer than [`MAX_WORD_BYTES`](super::MAX_WORD_BYTES).
    WordTooLong,
    /// The list has more than [`MAX_WORDS`](super::MAX_WORDS) words.
    TooManyWords,
    /// The list is empty. A list that rejects nothing counts as missing.
    Empty,
    /// The list decompresses to more than [`MAX_BYTES`](super::MAX_BYTES).
    TooLong,
    /// The file is compressed, and damaged or truncated.
    DamagedCompression,
    /// The file is neither text nor a compiled list.
    Foreign,
    /// The compiled list is truncated.
    Truncated,
    /// The checksum of the compiled list does not match.
    Damaged,
    /// The compiled list has a newer format version.
    NewerVersion,
    /// The compiled list is folded to lower case, but words as typed are required.
    Folded,
    /// The compiled list is as typed, but folded words are required.
    AsTyped,
    /// The source exceeds [`MAX_SOURCE_BYTES`](super::compiled::MAX_SOURCE_BYTES).
    SourceTooLong,
}

impl WordListError {
    pub(super) fn of(kind: WordListErrorKind) -> WordListError {
        WordListError { kind, line: None, number: 0 }
    }

    /// Returns the category of the error.
    pub fn kind(&self) -> WordListErrorKind {
        self.kind
    }

    /// Returns the line, counted from 1. `None` if the error concerns the whole list.
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for WordListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            WordListErrorKind::NotUtf8 if self.number > 1 => {
                write!(f, "the word list is not UTF-8 in {} lines, the first", self.number)?;
            }
            WordListErrorKind::NotUtf8 => write!(f, "the word list is not UTF-8")?,
            WordListErrorKind::Hashes => {
                let digits = self.number;
                write!(f, "every line is a hash of {digits} hexadecimal digits, which no password equals")?;
            }
            WordListErrorKind::TooLong => {
                write!(f, "the decompressed word list is longer than {} bytes", super::MAX_BYTES)?;
            }
            WordListErrorKind::DamagedCompression => write!(f, "the compressed file is damaged or truncated")?,
            WordListErrorKind::WordTooLong => {
                write!(f, "the word list has a word longer than {} bytes", super::MAX_WORD_BYTES)?;
            }
            WordListErrorKind::TooManyWords => {
                write!(f, "the word list has more than {} words", super::MAX_WORDS)?;
            }
            WordListErrorKind::Empty => write!(f, "the word list is empty")?,
            WordListErrorKind::Foreign => write!(f, "neither a text file nor a compiled word list")?,
            WordListErrorKind::Truncated => write!(f, "the compiled word list is truncated")?,
            WordListErrorKind::Damaged => write!(f, "the compiled word list is damaged: checksum mismatch")?,
            WordListErrorKind::NewerVersion => {
                write!(
                    f,
                    "unsupported word list format; the newest supported version is {}",
                    super::compiled::VERSION
                )?;
            }
            WordListErrorKind::Folded => write!(f, "the compiled word list is folded; expected words as typed")?,
            WordListErrorKind::AsTyped => write!(f, "the compiled word list is as typed; expected folded words")?,
            WordListErrorKind::SourceTooLong => {
                write!(f, "the source exceeds {} bytes", super::compiled::MAX_SOURCE_BYTES)?;
            }
        }
        match self.line {
            Some(line) => write!(f, " in line {line}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for WordListError {}
