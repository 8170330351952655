//! A corpus is read as lines in batches. Of a line that no policy would take, only the beginning is kept.

use std::io::{self, BufRead};

use zeroize::Zeroizing;

/// A batch ends with the line that reaches this many bytes, or this many lines.
const ROOM: usize = 1 << 16;
const MAX_LINES: usize = 4096;

/// Some lines of a corpus, one behind another.
pub(super) struct Batch {
    first: u64,
    bytes: Zeroizing<Vec<u8>>,
    ends: Vec<usize>,
}

impl Batch {
    /// Every line with its number, from 0.
    pub(super) fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        (self.first..).zip(starts.zip(&self.ends).map(|(start, end)| &self.bytes[start..*end]))
    }
}

/// Reads batches of lines that end in LF or CR LF; the last one need not.
pub(super) struct Lines<R> {
    from: R,
    longest: usize,
    count: u64,
    bytes: u64,
}

impl<R: BufRead> Lines<R> {
    /// Keeps of a line at least one byte more than `longest` where it is longer.
    pub(super) fn new(from: R, longest: usize) -> Lines<R> {
        Lines { from, longest, count: 0, bytes: 0 }
    }

    /// How many lines were read.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// How many bytes were read.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next lines, when there are any.
    pub(super) fn batch(&mut self) -> io::Result<Option<Batch>> {
        // One byte may be a carriage return that is no part of the line.
        let keep = self.longest + 2;
        // Room for all of it at once, so that no unwiped copy is left behind by growing.
        let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM + keep));
        let mut ends = Vec::new();
        let (mut start, mut inside) = (0, false);
        while inside || (bytes.len() < ROOM && ends.len() < MAX_LINES) {
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
    fn lines_end_in_either_way_and_the_last_need_not() {
        let found = lines(b"one\r\n\ntwo\nthree", 16);
        let expected: [(u64, &[u8]); 4] = [(0, b"one"), (1, b""), (2, b"two"), (3, b"three")];
        assert_eq!(found, expected.map(|(number, line)| (number, line.to_vec())));
        assert!(lines(b"", 16).is_empty());
    }

    #[test]
    fn of_a_long_line_one_byte_too_much_is_kept() {
        let mut text = vec![b'a'; 100_000];
        text.extend_from_slice(b"\r\nb\n");
        let found = lines(&text, 16);
        assert!(found[0].1.len() > 16 && found[0].1.len() <= 18);
        assert_eq!(found[1], (1, b"b".to_vec()));
    }

    #[test]
    fn many_lines_come_in_many_batches() {
        let text = b"password\n".repeat(50_000);
        assert_eq!(lines(&text, 16).len(), 50_000);
    }
}
