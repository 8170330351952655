//! A sorted text is a dictionary: its lines are found where they stand.
//!
//! The lines are in the order of their bytes, as `LC_ALL=C sort` puts them, so all lines that begin alike stand
//! together. A look-up narrows that stretch, byte for byte, by bisection. Nothing is built and nothing is read that
//! the search does not pass, so a list of any size is ready the moment it is there.

use std::ops::Range;

/// Lines in the order of their bytes, each ended by a line feed.
#[derive(Clone, Copy, Debug)]
pub struct SortedLines<'a> {
    bytes: &'a [u8],
}

/// The lines that begin with a prefix: a stretch of the text, and how long the prefix is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    at: Range<usize>,
    depth: usize,
}

impl<'a> SortedLines<'a> {
    /// The lines of a text. If they are out of order, what is looked up may not be found; nothing worse happens.
    pub fn new(text: &'a str) -> SortedLines<'a> {
        SortedLines { bytes: text.as_bytes() }
    }

    /// Every line.
    pub fn all(&self) -> Stretch {
        Stretch { at: 0..self.bytes.len(), depth: 0 }
    }

    /// Whether this is one of the lines.
    pub fn has(&self, line: &str) -> bool {
        let wanted = line.as_bytes();
        let start = self.first(0..self.bytes.len(), |line| line >= wanted);
        start < self.bytes.len() && self.line(start) == wanted
    }

    /// Of the lines of a stretch those that go on with `next`; `None` if there are none.
    pub fn narrow(&self, stretch: &Stretch, next: &[u8]) -> Option<Stretch> {
        let mut at = stretch.at.clone();
        let mut depth = stretch.depth;
        for &byte in next {
            let start = self.first(at.clone(), |line| line.get(depth).is_some_and(|&found| found >= byte));
            // Most stretches are short by now: look at the first line before searching for the end.
            if self.byte_at(start, &at, depth) != Some(byte) {
                return None;
            }
            let end = self.first(start..at.end, |line| line.get(depth).is_some_and(|&found| found > byte));
            at = start..end;
            depth += 1;
        }
        Some(Stretch { at, depth })
    }

    /// What the first line of a stretch says after the prefix.
    pub fn rest(&self, stretch: &Stretch) -> &'a [u8] {
        let line = self.line(stretch.at.start);
        line.get(stretch.depth..).unwrap_or_default()
    }

    /// What the line says after the prefix, if there is but one line.
    pub fn only(&self, stretch: &Stretch) -> Option<&'a [u8]> {
        let line = self.line(stretch.at.start);
        if stretch.at.start + line.len() + 1 < stretch.at.end { None } else { line.get(stretch.depth..) }
    }

    /// The lines of a stretch, if they are no more than `most` bytes.
    pub fn few(&self, stretch: &Stretch, most: usize) -> Option<impl Iterator<Item = &'a [u8]>> {
        let bytes = self.bytes.get(stretch.at.clone()).filter(|bytes| bytes.len() <= most)?;
        Some(bytes.strip_suffix(b"\n").unwrap_or(bytes).split(|&b| b == b'\n'))
    }

    /// The byte after the prefix of the line at `start`, if that lies within `at`.
    fn byte_at(&self, start: usize, at: &Range<usize>, depth: usize) -> Option<u8> {
        if start < at.end { self.line(start).get(depth).copied() } else { None }
    }

    /// The start of the first line for which `wanted` holds; it must hold for every line after that.
    fn first(&self, at: Range<usize>, wanted: impl Fn(&[u8]) -> bool) -> usize {
        let (mut low, mut high) = (at.start, at.end);
        while low < high {
            let middle = low + (high - low) / 2;
            let start =
                self.bytes[low..middle].iter().rposition(|&b| b == b'\n').map_or(low, |feed| low + feed + 1);
            let line = self.line(start);
            if wanted(line) {
                high = start;
            } else {
                low = start + line.len() + 1;
            }
        }
        high.min(at.end)
    }

    /// The line that begins at `start`, without its line feed.
    fn line(&self, start: usize) -> &'a [u8] {
        let rest = self.bytes.get(start..).unwrap_or_default();
        rest.iter().position(|&b| b == b'\n').map_or(rest, |feed| &rest[..feed])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\nab\nabc\nabd\nb\nba\nzebra\nä\n密码\n";

    fn begins(prefix: &str) -> Option<&'static str> {
        let lines = SortedLines::new(TEXT);
        let stretch = lines.narrow(&lines.all(), prefix.as_bytes())?;
        std::str::from_utf8(lines.rest(&stretch)).ok()
    }

    #[test]
    fn every_prefix_is_found_and_no_other() {
        for line in TEXT.lines() {
            for (at, _) in line.char_indices().skip(1) {
                assert!(begins(&line[..at]).is_some(), "{line} {at}");
            }
            assert_eq!(begins(line), Some(""), "{line}");
            assert!(SortedLines::new(TEXT).has(line), "{line}");
        }
        assert_eq!(begins("zeb"), Some("ra"));
        assert_eq!(begins(""), Some("a"));
        for absent in ["c", "abe", "abcd", "zebras", "aa", "0", "\u{10FFFF}", "密"] {
            assert_eq!(begins(absent).filter(|_| absent != "密"), None, "{absent}");
            assert!(!SortedLines::new(TEXT).has(absent), "{absent}");
        }
    }

    #[test]
    fn a_text_out_of_order_or_empty_or_unended_does_no_harm() {
        for text in ["", "\n", "b\na", "zz\naa\nmm\n", "x"] {
            let lines = SortedLines::new(text);
            for prefix in ["", "a", "b", "x", "zz", "mmm"] {
                lines.has(prefix);
                if let Some(stretch) = lines.narrow(&lines.all(), prefix.as_bytes()) {
                    lines.rest(&stretch);
                }
            }
        }
    }
}
