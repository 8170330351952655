//! Errors of reading and building a filter.

use std::fmt;
use std::io;

/// Error of opening, reading or verifying a filter.
#[derive(Debug)]
pub struct FilterError {
    kind: FilterErrorKind,
    cause: Option<io::Error>,
}

/// Category of a [`FilterError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FilterErrorKind {
    /// The file cannot be read.
    Unreadable,
    /// The file is not a filter.
    Foreign,
    /// The file is truncated.
    Truncated,
    /// A checksum does not match, or the content is inconsistent despite a valid checksum.
    Damaged,
    /// The format version is newer than [`VERSION`](super::VERSION).
    NewerVersion,
    /// The filter contains no password. A filter that rejects nothing counts as missing.
    Empty,
}

impl FilterError {
    pub(super) fn of(kind: FilterErrorKind) -> FilterError {
        FilterError { kind, cause: None }
    }

    pub(super) fn read(cause: io::Error) -> FilterError {
        // The file was truncated while it was open.
        let kind = match cause.kind() {
            io::ErrorKind::UnexpectedEof => FilterErrorKind::Truncated,
            _ => FilterErrorKind::Unreadable,
        };
        FilterError { kind, cause: Some(cause) }
    }

    /// Returns the category of the error.
    pub fn kind(&self) -> FilterErrorKind {
        self.kind
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, &self.cause) {
            (FilterErrorKind::Unreadable, Some(cause)) => write!(f, "the breach filter cannot be read: {cause}"),
            (FilterErrorKind::Unreadable, None) => write!(f, "the breach filter cannot be read"),
            (FilterErrorKind::Foreign, _) => write!(f, "not a breach filter"),
            (FilterErrorKind::Truncated, _) => write!(f, "the breach filter is truncated"),
            (FilterErrorKind::Damaged, _) => write!(f, "the breach filter is damaged: checksum mismatch"),
            (FilterErrorKind::NewerVersion, _) => {
                write!(f, "unsupported breach filter format; the newest supported version is {}", super::VERSION)
            }
            (FilterErrorKind::Empty, _) => write!(f, "the breach filter contains no password"),
        }
    }
}

impl std::error::Error for FilterError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}

/// Error of building a filter.
#[derive(Debug)]
pub struct BuildError {
    kind: BuildErrorKind,
    /// Name of the input, and the line, counted from 1.
    place: Option<(String, u64)>,
    /// Number of invalid lines.
    lines: u64,
    cause: Option<io::Error>,
}

/// Category of a [`BuildError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuildErrorKind {
    /// A line is neither `HASH:COUNT` nor `HASH`.
    BadLine,
    /// Lines are not UTF-8. [`BuildError::place`] is the first.
    NotUtf8,
    /// The first thousand lines of a list of passwords, or all of it, are hashes.
    Hashes,
    /// A line exceeds 4,096 bytes.
    LineTooLong,
    /// The prefix of a range is not five hexadecimal digits.
    BadPrefix,
    /// The hashes are not sorted.
    OutOfOrder,
    /// `min_count` is not one of the [`TIERS`](super::TIERS).
    MinCount,
    /// Far more passwords than expected.
    TooMany,
    /// The input contains no password.
    Empty,
    /// The source exceeds [`MAX_SOURCE_BYTES`](super::MAX_SOURCE_BYTES).
    SourceTooLong,
    /// The passwords were hashed with another [`HashKind`](super::HashKind) than the filter's.
    OtherHash,
    /// The fingerprints of a shard could not be constructed.
    NotMade,
    /// An input cannot be read.
    Reading,
    /// The filter or the scratch space cannot be written.
    Writing,
}

impl BuildError {
    pub(super) fn of(kind: BuildErrorKind) -> BuildError {
        BuildError { kind, place: None, lines: 1, cause: None }
    }

    pub(super) fn writing(cause: io::Error) -> BuildError {
        BuildError { cause: Some(cause), ..BuildError::of(BuildErrorKind::Writing) }
    }

    pub(super) fn reading(name: &str, line: u64, cause: io::Error) -> BuildError {
        BuildError { cause: Some(cause), ..BuildError::of(BuildErrorKind::Reading).at(name, line) }
    }

    pub(super) fn at(self, name: &str, line: u64) -> BuildError {
        BuildError { place: Some((name.to_owned(), line)), ..self }
    }

    /// Adds the number of invalid lines.
    pub(super) fn on_lines(self, lines: u64) -> BuildError {
        BuildError { lines, ..self }
    }

    /// Returns the category of the error.
    pub fn kind(&self) -> BuildErrorKind {
        self.kind
    }

    /// Returns the name of the input and the line in it, counted from 1. The line is 0 if the error concerns the
    /// whole input.
    pub fn place(&self) -> Option<(&str, u64)> {
        self.place.as_ref().map(|(name, line)| (name.as_str(), *line))
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((name, line)) = &self.place {
            write!(f, "{name}:{line}: ")?;
        }
        match self.kind {
            BuildErrorKind::BadLine => write!(f, "invalid line; expected `HASH:COUNT` or `HASH`")?,
            BuildErrorKind::NotUtf8 if self.lines > 1 => {
                write!(f, "the line is not UTF-8, like {} more", self.lines - 1)?;
            }
            BuildErrorKind::NotUtf8 => write!(f, "the line is not UTF-8")?,
            BuildErrorKind::Hashes => write!(f, "the lines are hashes, which no password equals")?,
            BuildErrorKind::LineTooLong => write!(f, "the line exceeds {} bytes", super::lines::MAX_LINE)?,
            BuildErrorKind::BadPrefix => write!(f, "invalid range name; expected five hexadecimal digits")?,
            BuildErrorKind::OutOfOrder => write!(f, "the hashes are not sorted")?,
            BuildErrorKind::MinCount => write!(f, "invalid minimum count; expected 1, 10, 100 or 1000")?,
            BuildErrorKind::TooMany => write!(f, "far more passwords than expected")?,
            BuildErrorKind::Empty => write!(f, "the input contains no password")?,
            BuildErrorKind::SourceTooLong => {
                write!(f, "the source exceeds {} bytes", super::MAX_SOURCE_BYTES)?;
            }
            BuildErrorKind::OtherHash => write!(f, "the passwords and the filter use different hashes")?,
            BuildErrorKind::NotMade => write!(f, "the filter cannot be built from these hashes")?,
            BuildErrorKind::Reading => write!(f, "the input cannot be read")?,
            BuildErrorKind::Writing => write!(f, "the filter cannot be written")?,
        }
        match &self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}
