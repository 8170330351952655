//! External sort of unordered passwords: hashes are distributed over 256 scratch streams by their first byte, and
//! each stream is then sorted on its own.
//!
//! Memory use is 4 MB of buffers, and later one stream of up to 40 bytes per password: 160 MB for 1,000 million
//! passwords. The streams take 20 bytes per password on the caller's disk.

use std::io::{BufRead, BufWriter, Read, Seek, SeekFrom, Write};

use super::lines::each_line;
use super::{BuildError, BuildErrorKind, HashKind, Progress};

const STREAMS: usize = 256;
const BUFFER: usize = 1 << 14;
const LINES_PER_PROGRESS: u64 = 1 << 16;

/// Collects passwords for [`Builder::add_scattered`](super::Builder::add_scattered).
pub struct Scatter<S: Write> {
    hash: HashKind,
    streams: Vec<BufWriter<S>>,
    done: Progress,
}

impl<S: Read + Write + Seek> Scatter<S> {
    /// Opens 256 empty scratch streams with `open`, for example temporary files.
    ///
    /// # Errors
    /// If `open` fails.
    pub fn new(hash: HashKind, mut open: impl FnMut() -> std::io::Result<S>) -> Result<Scatter<S>, BuildError> {
        let stream = |_| open().map(|stream| BufWriter::with_capacity(BUFFER, stream));
        let streams = (0..STREAMS).map(stream).collect::<Result<_, _>>().map_err(BuildError::writing)?;
        Ok(Scatter { hash, streams, done: Progress::default() })
    }

    /// Adds a list: UTF-8, one password per line, normalized like the passwords to check (NFC). Empty lines are
    /// ignored. `name` names the input in errors. `progress` is called every 65,536 lines.
    ///
    /// # Errors
    /// If a line is not UTF-8 or too long, or reading or writing fails.
    pub fn add_passwords(
        &mut self,
        name: &str,
        input: impl BufRead,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), BuildError> {
        each_line(name, input, |line, _| {
            self.done.bytes += line.len() as u64 + 1;
            self.done.lines += 1;
            if self.done.lines.is_multiple_of(LINES_PER_PROGRESS) {
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

    /// Returns the number of lines added.
    pub fn lines(&self) -> u64 {
        self.done.lines
    }

    pub(super) fn hash(&self) -> HashKind {
        self.hash
    }

    /// Calls `each` with every distinct hash, in order, and its number of occurrences.
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
