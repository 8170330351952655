//! Reading the lines of a password list in batches. Lines that are too long for every policy are truncated.

use std::io::{self, BufRead};

use zeroize::Zeroizing;

/// A batch ends with the line that reaches this many bytes.
const BATCH_BYTES: usize = 1 << 16;
/// Maximum number of lines in a batch.
const MAX_LINES: usize = 4096;

/// Consecutive lines of a list.
pub(crate) struct Batch {
    first: u64,
    bytes: Zeroizing<Vec<u8>>,
    ends: Vec<usize>,
}

impl Batch {
    /// The lines with their numbers, from 0.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        (self.first..).zip(starts.zip(&self.ends).map(|(start, end)| &self.bytes[start..*end]))
    }
}

/// Splits input into batches of lines. Lines end in LF or CR LF; the last line end is optional.
pub(crate) struct Lines<R> {
    from: R,
    longest: usize,
    count: u64,
    bytes: u64,
}

impl<R: BufRead> Lines<R> {
    /// Lines longer than `longest` bytes are truncated to one or two bytes more, so that they remain too long.
    pub(crate) fn new(from: R, longest: usize) -> Lines<R> {
        Lines { from, longest, count: 0, bytes: 0 }
    }

    /// Number of lines read.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Number of bytes read.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads the next batch. `None` at the end of the input.
    pub(crate) fn batch(&mut self) -> io::Result<Option<Batch>> {
        // One byte may be a carriage return, which is not part of the line.
        let keep = self.longest + 2;
        // Allocated at once: a vector that grows leaves copies that are not wiped.
        let mut bytes = Zeroizing::new(Vec::with_capacity(BATCH_BYTES + keep));
        let mut ends = Vec::new();
        let (mut start, mut inside) = (0, false);
        while inside || (bytes.len() < BATCH_BYTES && ends.len() < MAX_LINES) {
            let available = match self.from.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                available => available?,
            };
            if available.is_empty() {
                if inside {
                    ends.push(bytes.len());
                }
                break;
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let piece = &available[..end.unwrap_or(available.len())];
            let room = keep - (bytes.len() - start);
            bytes.extend_from_slice(&piece[..piece.len().min(room)]);
            let used = piece.len() + usize::from(end.is_some());
            self.from.consume(used);
            self.bytes += used as u64;
            inside = end.is_none();
            if end.is_some() {
                if bytes.len() > start && bytes.last() == Some(&b'\r') {
                    bytes.pop();
                }
                ends.push(bytes.len());
                start = bytes.len();
            }
        }
        let first = self.count;
        self.count += ends.len() as u64;
        Ok((!ends.is_empty()).then_some(Batch { first, bytes, ends }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8], longest: usize) -> Vec<(u64, Vec<u8>)> {
        let mut lines = Lines::new(io::BufReader::with_capacity(3, text), longest);
        let mut all = Vec::new();
        while let Some(batch) = lines.batch().expect("no error") {
            all.extend(batch.lines().map(|(number, line)| (number, line.to_vec())));
        }
        assert_eq!(lines.count(), all.len() as u64);
        assert_eq!(lines.bytes(), text.len() as u64);
        all
    }

    #[test]
    fn lines_with_lf_or_crlf_are_split() {
        let found = lines(b"one\r\n\ntwo\nthree", 16);
        let expected: [(u64, &[u8]); 4] = [(0, b"one"), (1, b""), (2, b"two"), (3, b"three")];
        assert_eq!(found, expected.map(|(number, line)| (number, line.to_vec())));
        assert!(lines(b"", 16).is_empty());
    }

    #[test]
    fn long_line_is_truncated_but_remains_too_long() {
        let mut text = vec![b'a'; 100_000];
        text.extend_from_slice(b"\r\nb\n");
        let found = lines(&text, 16);
        assert!(found[0].1.len() > 16 && found[0].1.len() <= 18);
        assert_eq!(found[1], (1, b"b".to_vec()));
    }

    #[test]
    fn long_list_is_read_in_several_batches() {
        let text = b"password\n".repeat(50_000);
        assert_eq!(lines(&text, 16).len(), 50_000);
    }
}
