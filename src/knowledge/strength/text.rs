//! The evaluated part of a password, in the forms in which it is read.

use zeroize::Zeroizing;

use super::{MAX_EVALUATED, fold};

/// A text of at most [`MAX_EVALUATED`] code points. It is wiped. Its characters are on the heap, because moving a value leaves
/// a copy of what lies in it.
pub(super) struct Text {
    written: Zeroizing<Vec<char>>,
    folded: Zeroizing<Vec<char>>,
    /// The folded text in UTF-8, and where each code point begins in it.
    bytes: Zeroizing<Vec<u8>>,
    starts: Vec<u16>,
}

impl Text {
    /// Reads the first code points of a text.
    pub(super) fn new(text: impl Iterator<Item = char> + Clone) -> Text {
        let text = text.take(MAX_EVALUATED);
        let length = text.clone().count();
        let folded = || text.clone().map(fold);
        // Growing would leave a copy behind.
        let mut read = Text {
            written: Zeroizing::new(Vec::with_capacity(length)),
            folded: Zeroizing::new(Vec::with_capacity(length)),
            bytes: Zeroizing::new(Vec::with_capacity(folded().map(char::len_utf8).sum())),
            starts: Vec::with_capacity(length + 1),
        };
        read.written.extend(text.clone());
        read.folded.extend(folded());
        read.starts.push(0);
        for c in folded() {
            read.bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            read.starts.push(read.bytes.len() as u16);
        }
        read
    }

    pub(super) fn len(&self) -> usize {
        self.written.len()
    }

    /// Returns the text as written.
    pub(super) fn written(&self) -> &[char] {
        &self.written
    }

    /// Returns the text in lower case, one character for each.
    pub(super) fn folded(&self) -> &[char] {
        &self.folded
    }

    /// Returns the bytes of the folded character at index `at`.
    pub(super) fn bytes(&self, at: usize) -> &[u8] {
        &self.bytes[usize::from(self.starts[at])..usize::from(self.starts[at + 1])]
    }
}
