//! Passwords that come in no order are hashed and scattered over 256 scratch streams by the first byte of the hash;
//! each stream is then sorted by itself.
//!
//! What is taken in memory is a buffer for each stream, 4 MB together, and later one stream, up to 40 bytes a
//! password: 160 MB for a thousand million. The streams take 20 bytes a password on the caller's disk.

use std::io::{BufRead, BufWriter, Read, Seek, SeekFrom, Write};

use super::lines::each_line;
use super::{BuildError, BuildErrorKind, HashKind, Progress};

const STREAMS: usize = 256;
const BUFFER: usize = 1 << 14;
const STEP: u64 = 1 << 16;

/// Passwords on their way into a filter.
pub struct Scatter<S: Write> {
    hash: HashKind,
    streams: Vec<BufWriter<S>>,
    done: Progress,
}

impl<S: Read + Write + Seek> Scatter<S> {
    /// Begins with 256 empty streams, which `open` makes: temporary files.
    ///
    /// # Errors
    /// When `open` cannot.
    pub fn new(hash: HashKind, mut open: impl FnMut() -> std::io::Result<S>) -> Result<Scatter<S>, BuildError> {
        let stream = |_| open().map(|stream| BufWriter::with_capacity(BUFFER, stream));
        let streams = (0..STREAMS).map(stream).collect::<Result<_, _>>().map_err(BuildError::writing)?;
        Ok(Scatter { hash, streams, done: Progress::default() })
    }

    /// Adds a list: UTF-8, one password a line, in the form in which passwords will be judged (NFC); empty lines say
    /// nothing. `progress` is called now and then.
    ///
    /// # Errors
    /// When a line is not UTF-8 or too long, or something cannot be read or written; `name` stands in the error.
    pub fn add_passwords(
        &mut self,
        name: &str,
        input: impl BufRead,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), BuildError> {
        each_line(name, input, |line, _| {
            self.done.bytes += line.len() as u64 + 1;
            self.done.lines += 1;
            if self.done.lines.is_multiple_of(STEP) {
                progress(self.done);
            }
            if line.is_empty() {
                return Ok(());
            }
            let password = std::str::from_utf8(line).map_err(|_| BuildError::of(BuildErrorKind::NotUtf8))?;
            let hash = self.hash.of(password);
            match self.streams.get_mut(usize::from(hash[0])) {
                Some(stream) => stream.write_all(hash.as_slice()).map_err(BuildError::writing),
                None => Err(BuildError::of(BuildErrorKind::NotMade)),
            }
        })
    }

    /// How many lines were added.
    pub fn lines(&self) -> u64 {
        self.done.lines
    }

    pub(super) fn hash(&self) -> HashKind {
        self.hash
    }

    /// Gives every hash once, in order, and how often it came.
    pub(super) fn each_in_order(
        self,
        mut each: impl FnMut([u8; 20], u64) -> Result<(), BuildError>,
    ) -> Result<(), BuildError> {
        for buffered in self.streams {
            let mut stream = buffered.into_inner().map_err(|error| BuildError::writing(error.into_error()))?;
            let mut bytes = Vec::new();
            let read = stream.seek(SeekFrom::Start(0)).and_then(|_| stream.read_to_end(&mut bytes));
            read.map_err(BuildError::writing)?;
            let (hashes, _) = bytes.as_chunks_mut::<20>();
            hashes.sort_unstable();
            for same in hashes.chunk_by(|a, b| a == b) {
                if let Some(hash) = same.first() {
                    each(*hash, same.len() as u64)?;
                }
            }
        }
        Ok(())
    }
}
