//! Store errors.

use std::error::Error;
use std::fmt;

/// A store operation failed. Nothing was changed.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    cause: Box<dyn Error + Send + Sync>,
}

/// What kept a store from answering. Also the `kind` label of the metric `kouling_store_errors_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The disk, or the database's own size limit, is full.
    Full,
    /// Another process held the write lock for too long, or too many calls wait for the writing connection.
    Busy,
    /// The file cannot be read or written.
    Io,
    /// Anything else.
    Other,
}

impl StoreErrorKind {
    /// Returns the name in metrics and in `/readyz`.
    pub fn name(self) -> &'static str {
        match self {
            StoreErrorKind::Full => "full",
            StoreErrorKind::Busy => "busy",
            StoreErrorKind::Io => "io",
            StoreErrorKind::Other => "unavailable",
        }
    }
}

impl StoreError {
    /// Creates an error and counts it in the metric `kouling_store_errors_total`.
    pub fn new(kind: StoreErrorKind, cause: impl Into<Box<dyn Error + Send + Sync>>) -> StoreError {
        metrics::counter!("kouling_store_errors_total", "kind" => kind.name()).increment(1);
        StoreError { kind, cause: cause.into() }
    }

    /// Creates an error of the kind [`StoreErrorKind::Other`].
    pub fn other(cause: impl Into<Box<dyn Error + Send + Sync>>) -> StoreError {
        StoreError::new(StoreErrorKind::Other, cause)
    }

    /// Returns what kept the store from answering.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "store error ({}): {}", self.kind.name(), self.cause)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.cause.as_ref())
    }
}
