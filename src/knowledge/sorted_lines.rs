//! A sorted text used as a dictionary, searched in place.
//!
//! The lines are in byte order, as `LC_ALL=C sort` writes them, so all lines with the same prefix are contiguous.
//! A lookup narrows this range byte by byte with binary search. There is no index to build, so a list of any size
//! is ready at once.

use std::ops::Range;

/// Lines in byte order, each terminated by a line feed.
#[derive(Clone, Copy, Debug)]
pub struct SortedLines<'a> {
    bytes: &'a [u8],
}

/// The lines that share a prefix: their byte range, and the length of the prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRange {
    at: Range<usize>,
    depth: usize,
}

impl<'a> SortedLines<'a> {
    /// Wraps a text. If the lines are not sorted, lookups may miss lines; nothing worse happens.
    pub fn new(text: &'a str) -> SortedLines<'a> {
        SortedLines { bytes: text.as_bytes() }
    }

    /// Returns the range of all lines.
    pub fn all(&self) -> LineRange {
        LineRange { at: 0..self.bytes.len(), depth: 0 }
    }

    /// Returns whether `line` is one of the lines.
    pub fn has(&self, line: &str) -> bool {
        let wanted = line.as_bytes();
        let start = self.first(0..self.bytes.len(), |line| line >= wanted);
        start < self.bytes.len() && self.line(start) == wanted
    }

    /// Returns the lines of `range` that continue with `next`, or `None` if there are none.
    pub fn narrow(&self, range: &LineRange, next: &[u8]) -> Option<LineRange> {
        let mut at = range.at.clone();
        let mut depth = range.depth;
        for &byte in next {
            let start = self.first(at.clone(), |line| line.get(depth).is_some_and(|&found| found >= byte));
            // Most ranges are short here: compare the first line before searching for the end.
            if self.byte_at(start, &at, depth) != Some(byte) {
                return None;
            }
            let end = self.first(start..at.end, |line| line.get(depth).is_some_and(|&found| found > byte));
            at = start..end;
            depth += 1;
        }
        Some(LineRange { at, depth })
    }

    /// Returns the rest of the first line of `range`, after the prefix.
    pub fn rest(&self, range: &LineRange) -> &'a [u8] {
        let line = self.line(range.at.start);
        line.get(range.depth..).unwrap_or_default()
    }

    /// Returns the rest of the line after the prefix if `range` has exactly one line.
    pub fn only(&self, range: &LineRange) -> Option<&'a [u8]> {
        let line = self.line(range.at.start);
        if range.at.start + line.len() + 1 < range.at.end { None } else { line.get(range.depth..) }
    }

    /// Returns the lines of `range` if they take at most `max_bytes` bytes.
    pub fn few(&self, range: &LineRange, max_bytes: usize) -> Option<impl Iterator<Item = &'a [u8]>> {
        let bytes = self.bytes.get(range.at.clone()).filter(|bytes| bytes.len() <= max_bytes)?;
        Some(bytes.strip_suffix(b"\n").unwrap_or(bytes).split(|&b| b == b'\n'))
    }

    /// Returns the byte at `depth` of the line at `start`, if `start` is inside `at`.
    fn byte_at(&self, start: usize, at: &Range<usize>, depth: usize) -> Option<u8> {
        if start < at.end { self.line(start).get(depth).copied() } else { None }
    }

    /// Returns the start of the first line for which `wanted` is true. `wanted` must be monotonic: true for all
    /// later lines.
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

    /// Returns the line that starts at `start`, without its line feed.
    fn line(&self, start: usize) -> &'a [u8] {
        let rest = self.bytes.get(start..).unwrap_or_default();
        rest.iter().position(|&b| b == b'\n').map_or(rest, |feed| &rest[..feed])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\nab\nabc\nabd\nb\nba\nzebra\nä\n密码\n";

    fn rest_after(prefix: &str) -> Option<&'static str> {
        let lines = SortedLines::new(TEXT);
        let range = lines.narrow(&lines.all(), prefix.as_bytes())?;
        std::str::from_utf8(lines.rest(&range)).ok()
    }

    #[test]
    fn narrow_finds_every_prefix_and_nothing_else() {
        for line in TEXT.lines() {
            for (at, _) in line.char_indices().skip(1) {
                assert!(rest_after(&line[..at]).is_some(), "{line} {at}");
            }
            assert_eq!(rest_after(line), Some(""), "{line}");
            assert!(SortedLines::new(TEXT).has(line), "{line}");
        }
        assert_eq!(rest_after("zeb"), Some("ra"));
        assert_eq!(rest_after(""), Some("a"));
        for absent in ["c", "abe", "abcd", "zebras", "aa", "0", "\u{10FFFF}", "密"] {
            assert_eq!(rest_after(absent).filter(|_| absent != "密"), None, "{absent}");
            assert!(!SortedLines::new(TEXT).has(absent), "{absent}");
        }
    }

    #[test]
    fn unsorted_or_unterminated_text_never_panics() {
        for text in ["", "\n", "b\na", "zz\naa\nmm\n", "x"] {
            let lines = SortedLines::new(text);
            for prefix in ["", "a", "b", "x", "zz", "mmm"] {
                lines.has(prefix);
                if let Some(range) = lines.narrow(&lines.all(), prefix.as_bytes()) {
                    lines.rest(&range);
                }
            }
        }
    }
}
