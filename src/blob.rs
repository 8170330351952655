//! Random-access, read-only byte sources, for files too large to load into memory.

use std::fmt;
use std::io;
use std::sync::Arc;

/// A random-access, read-only byte source of fixed length. Several threads may read it at once.
pub trait Blob: fmt::Debug + Send + Sync {
    /// Returns the length in bytes.
    ///
    /// # Errors
    /// Returns an error if the length cannot be determined.
    fn length(&self) -> io::Result<u64>;

    /// Fills `buffer` with the bytes that start at `offset`, counted in bytes from 0.
    ///
    /// # Errors
    /// Returns [`io::ErrorKind::UnexpectedEof`] if `buffer` extends past the end, or the error of the read.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;
}

/// A [`Blob`] in memory. Clones share the bytes.
#[derive(Clone)]
pub struct Bytes(Arc<[u8]>);

impl Bytes {
    /// Creates a blob from `bytes`.
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Bytes {
        Bytes(bytes.into())
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bytes").field(&self.0.len()).finish()
    }
}

impl Blob for Bytes {
    fn length(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let begin = usize::try_from(offset).ok();
        let end = begin.and_then(|begin| begin.checked_add(buffer.len()));
        let bytes = begin.zip(end).and_then(|(begin, end)| self.0.get(begin..end));
        buffer.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}
