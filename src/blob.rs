//! A blob is a file that stays open and is read in places, for what is too large to be read as a whole.

use std::fmt;
use std::io;
use std::sync::Arc;

/// Bytes of a fixed number that can be read at any place, by several threads at once.
pub trait Blob: fmt::Debug + Send + Sync {
    /// How many bytes there are.
    ///
    /// # Errors
    /// When that cannot be found out.
    fn length(&self) -> io::Result<u64>;

    /// Fills `buffer` with the bytes at `offset`.
    ///
    /// # Errors
    /// When there are not so many, or they cannot be read.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;
}

/// Bytes in memory, shared.
#[derive(Clone)]
pub struct Bytes(Arc<[u8]>);

impl Bytes {
    /// These bytes.
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
