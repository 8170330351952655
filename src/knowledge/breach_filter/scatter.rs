//! External sort of unordered passwords: hashes are distributed over 256 scratch streams by their first byte, and
//! each stream is then sorted on its own.
//!
//! Memory use is 4 MB of buffers, and later one stream of up to 44 bytes per password: 170 MB for 1,000 million
//! passwords. The streams take 22 bytes per password on the caller's disk.

use std::io::{BufRead, BufWriter, Read, Seek, SeekFrom, Write};

use unicode_normalization::UnicodeNormalization;

use super::lines::each_line;
use super::{BuildError, BuildErrorKind, HashKind, Progress};
use crate::knowledge::listing::{Encoding, Form, Forms, decode, entry};

const STREAMS: usize = 256;
const BUFFER: usize = 1 << 14;
const LINES_PER_PROGRESS: u64 = 1 << 16;
/// Bytes of a hash and its count. Counts above 65,535 are in the same tier.
const RECORD: usize = 22;
/// Number of lines that decide about the form of a list.
const SAMPLE: usize = 1000;

/// What is known about a list while it is read.
struct List {
    encoding: Encoding,
    form: Form,
    /// The first line that is not in the encoding, and the number of such lines.
    not_decoded: Option<(u64, u64)>,
}

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

    /// Adds a list of passwords, in the forms that [`WordList::read`](crate::knowledge::word_list::WordList::read)
    /// describes; the first 1,000 lines decide about counts. The count of a password is its own, or the number of lines
    /// it occurs on. Passwords are normalized to NFC, like the passwords to check. A line with blanks at either end is
    /// added with and without them. Lines must be in `encoding`. `name` names the input in errors. `progress` is called
    /// every 65,536 lines.
    ///
    /// # Errors
    /// If lines are not in the encoding or too long, if all of the first 1,000 lines are hashes, or if reading or writing
    /// fails.
    pub fn add_passwords(
        &mut self,
        name: &str,
        input: impl BufRead,
        encoding: Encoding,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), BuildError> {
        let mut list = List { encoding, form: Form::Plain, not_decoded: None };
        let mut forms = Forms::new();
        let mut sample: Option<Vec<(u64, Vec<u8>)>> = Some(Vec::new());
        each_line(name, input, |line, number| {
            self.done.bytes += line.len() as u64 + 1;
            self.done.lines += 1;
            if self.done.lines.is_multiple_of(LINES_PER_PROGRESS) {
                progress(self.done);
            }
            let Some(lines) = &mut sample else { return self.add_line(line, number, &mut list) };
            forms.add(line);
            lines.push((number, line.to_vec()));
            if lines.len() < SAMPLE {
                return Ok(());
            }
            let lines = sample.take().unwrap_or_default();
            self.add_sample(&lines, &forms, &mut list)
        })?;
        if let Some(lines) = sample {
            self.add_sample(&lines, &forms, &mut list).map_err(|error| error.at(name, 1))?;
        }
        match list.not_decoded {
            Some((first, lines)) => Err(BuildError::of(BuildErrorKind::NotUtf8).on_lines(lines).at(name, first)),
            None => Ok(()),
        }
    }

    /// Determines the form of a list from its first lines, and adds these.
    fn add_sample(&mut self, lines: &[(u64, Vec<u8>)], forms: &Forms, list: &mut List) -> Result<(), BuildError> {
        if forms.hash_digits().is_some() {
            return Err(BuildError::of(BuildErrorKind::Hashes));
        }
        list.form = forms.form();
        lines.iter().try_for_each(|(number, line)| self.add_line(line, *number, list))
    }

    fn add_line(&mut self, line: &[u8], number: u64, list: &mut List) -> Result<(), BuildError> {
        let Some((count, word)) = entry(line, list.form) else { return Ok(()) };
        let Some(password) = decode(word, list.encoding) else {
            list.not_decoded.get_or_insert((number, 0)).1 += 1;
            return Ok(());
        };
        // After an invalid line, the rest is read to count the others.
        if list.not_decoded.is_some() || password.is_empty() {
            return Ok(());
        }
        self.add(&password, count)?;
        if list.form == Form::Plain
            && word.len() < line.len()
            && let Ok(with_blanks) = std::str::from_utf8(line)
        {
            let normalized: String = with_blanks.nfc().collect();
            self.add(&normalized, count)?;
        }
        Ok(())
    }

    fn add(&mut self, password: &str, count: u64) -> Result<(), BuildError> {
        let hash = self.hash.of(password);
        let Some(stream) = self.streams.get_mut(usize::from(hash[0])) else {
            return Err(BuildError::of(BuildErrorKind::NotMade));
        };
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        let written = stream.write_all(hash.as_slice()).and_then(|()| stream.write_all(&count.to_be_bytes()));
        written.map_err(BuildError::writing)
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
            let (records, _) = bytes.as_chunks_mut::<RECORD>();
            records.sort_unstable();
            let hash = |record: &[u8; RECORD]| record.first_chunk::<20>().copied().unwrap_or_default();
            let count = |record: &[u8; RECORD]| {
                record.last_chunk().map_or(0, |count| u64::from(u16::from_be_bytes(*count)))
            };
            for same in records.chunk_by(|a, b| hash(a) == hash(b)) {
                if let Some(first) = same.first() {
                    each(hash(first), same.iter().map(count).sum())?;
                }
            }
        }
        Ok(())
    }
}
