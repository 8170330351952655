//! Why a filter could not be read, or not be made.

use std::fmt;
use std::io;

/// A filter could not be read.
#[derive(Debug)]
pub struct FilterError {
    kind: FilterErrorKind,
    cause: Option<io::Error>,
}

/// What is wrong with a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FilterErrorKind {
    /// It cannot be read.
    Unreadable,
    /// It is no filter.
    Foreign,
    /// It ends too early.
    Truncated,
    /// A checksum is wrong, or what is right by its checksum makes no sense.
    Damaged,
    /// It is of a newer version of the format.
    NewerVersion,
    /// It holds no password: a filter that refuses nothing is a filter that is missing.
    Empty,
}

impl FilterError {
    pub(super) fn of(kind: FilterErrorKind) -> FilterError {
        FilterError { kind, cause: None }
    }

    pub(super) fn read(cause: io::Error) -> FilterError {
        // A file that became shorter while it was open.
        let kind = match cause.kind() {
            io::ErrorKind::UnexpectedEof => FilterErrorKind::Truncated,
            _ => FilterErrorKind::Unreadable,
        };
        FilterError { kind, cause: Some(cause) }
    }

    /// What is wrong.
    pub fn kind(&self) -> FilterErrorKind {
        self.kind
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, &self.cause) {
            (FilterErrorKind::Unreadable, Some(cause)) => write!(f, "the breach filter cannot be read: {cause}"),
            (FilterErrorKind::Unreadable, None) => write!(f, "the breach filter cannot be read"),
            (FilterErrorKind::Foreign, _) => write!(f, "this is no breach filter"),
            (FilterErrorKind::Truncated, _) => write!(f, "the breach filter ends too early"),
            (FilterErrorKind::Damaged, _) => write!(f, "the breach filter is damaged: a checksum is wrong"),
            (FilterErrorKind::NewerVersion, _) => {
                write!(f, "the breach filter is of a newer format than {}", super::VERSION)
            }
            (FilterErrorKind::Empty, _) => write!(f, "the breach filter holds no password"),
        }
    }
}

impl std::error::Error for FilterError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}

/// A filter could not be made.
#[derive(Debug)]
pub struct BuildError {
    kind: BuildErrorKind,
    /// The input and the line in it.
    place: Option<(String, u64)>,
    cause: Option<io::Error>,
}

/// Why a filter could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuildErrorKind {
    /// A line is no hash, colon and count.
    BadLine,
    /// A line is no UTF-8.
    NotUtf8,
    /// A line is longer than any should be.
    LineTooLong,
    /// The prefix of a range is not five hexadecimal digits.
    BadPrefix,
    /// Hashes do not come in order.
    OutOfOrder,
    /// `min_count` is none of the [`TIERS`](super::TIERS).
    MinCount,
    /// There are far more passwords than were expected.
    TooMany,
    /// There is no password.
    Empty,
    /// What is said of the source is longer than [`MAX_SOURCE_BYTES`](super::MAX_SOURCE_BYTES).
    SourceTooLong,
    /// The hashes are of another kind than the filter's.
    OtherHash,
    /// No filter could be made of the hashes of a shard.
    NotMade,
    /// An input cannot be read.
    Reading,
    /// The filter or the scratch space cannot be written.
    Writing,
}

impl BuildError {
    pub(super) fn of(kind: BuildErrorKind) -> BuildError {
        BuildError { kind, place: None, cause: None }
    }

    pub(super) fn writing(cause: io::Error) -> BuildError {
        BuildError { kind: BuildErrorKind::Writing, place: None, cause: Some(cause) }
    }

    pub(super) fn reading(name: &str, line: u64, cause: io::Error) -> BuildError {
        BuildError { cause: Some(cause), ..BuildError::of(BuildErrorKind::Reading).at(name, line) }
    }

    pub(super) fn at(self, name: &str, line: u64) -> BuildError {
        BuildError { place: Some((name.to_owned(), line)), ..self }
    }

    /// Why.
    pub fn kind(&self) -> BuildErrorKind {
        self.kind
    }

    /// The input, and the line in it, counted from one.
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
            BuildErrorKind::BadLine => write!(f, "the line is no hash, colon and count")?,
            BuildErrorKind::NotUtf8 => write!(f, "the line is not UTF-8")?,
            BuildErrorKind::LineTooLong => write!(f, "the line has more than {} bytes", super::lines::MAX_LINE)?,
            BuildErrorKind::BadPrefix => write!(f, "the range is not named by five hexadecimal digits")?,
            BuildErrorKind::OutOfOrder => write!(f, "the hashes do not come in order")?,
            BuildErrorKind::MinCount => write!(f, "passwords are told apart from 1, 10, 100 and 1000 times on")?,
            BuildErrorKind::TooMany => write!(f, "there are far more passwords than were expected")?,
            BuildErrorKind::Empty => write!(f, "there is no password")?,
            BuildErrorKind::SourceTooLong => {
                write!(f, "the source has more than {} bytes", super::MAX_SOURCE_BYTES)?;
            }
            BuildErrorKind::OtherHash => write!(f, "the passwords are hashed in another way than the filter's")?,
            BuildErrorKind::NotMade => write!(f, "no filter can be made of these hashes")?,
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
