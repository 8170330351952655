//! Why a word list could not be read.

use std::fmt;

/// A word list could not be read. Its text names a line and holds no word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordListError {
    pub(super) kind: WordListErrorKind,
    pub(super) line: Option<usize>,
}

/// What is wrong with a word list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WordListErrorKind {
    /// A line is not UTF-8.
    NotUtf8,
    /// A line is longer than [`MAX_WORD_BYTES`](super::MAX_WORD_BYTES).
    WordTooLong,
    /// There are more words than [`MAX_WORDS`](super::MAX_WORDS).
    TooManyWords,
    /// There is no word: a list that refuses nothing is a list that is missing.
    Empty,
    /// It is neither text nor a compiled list.
    Foreign,
    /// A compiled list that ends too early.
    Truncated,
    /// A compiled list whose checksum is wrong.
    Damaged,
    /// A compiled list of a newer version of the format.
    NewerVersion,
    /// A compiled list whose words are folded, where they are wanted as typed.
    Folded,
    /// A compiled list whose words are as typed, where they are wanted folded.
    AsTyped,
    /// What is said of the source is longer than [`MAX_SOURCE_BYTES`](super::compiled::MAX_SOURCE_BYTES).
    SourceTooLong,
}

impl WordListError {
    pub(super) fn of(kind: WordListErrorKind) -> WordListError {
        WordListError { kind, line: None }
    }

    /// What is wrong.
    pub fn kind(&self) -> WordListErrorKind {
        self.kind
    }

    /// In which line, counted from one; `None` when it is the whole list.
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for WordListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            WordListErrorKind::NotUtf8 => write!(f, "the word list is not UTF-8")?,
            WordListErrorKind::WordTooLong => {
                write!(f, "the word list has a word of more than {} bytes", super::MAX_WORD_BYTES)?;
            }
            WordListErrorKind::TooManyWords => {
                write!(f, "the word list has more than {} words", super::MAX_WORDS)?;
            }
            WordListErrorKind::Empty => write!(f, "the word list has no word")?,
            WordListErrorKind::Foreign => write!(f, "this is neither text nor a compiled word list")?,
            WordListErrorKind::Truncated => write!(f, "the compiled word list ends too early")?,
            WordListErrorKind::Damaged => write!(f, "the compiled word list is damaged: its checksum is wrong")?,
            WordListErrorKind::NewerVersion => {
                write!(f, "the compiled word list is of a newer format than {}", super::compiled::VERSION)?;
            }
            WordListErrorKind::Folded => write!(f, "the compiled word list is folded, and not as typed")?,
            WordListErrorKind::AsTyped => write!(f, "the compiled word list is as typed, and not folded")?,
            WordListErrorKind::SourceTooLong => {
                write!(f, "the source has more than {} bytes", super::compiled::MAX_SOURCE_BYTES)?;
            }
        }
        match self.line {
            Some(line) => write!(f, " in line {line}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for WordListError {}
