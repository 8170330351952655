//! The evaluated part of a password, in the forms in which it is read.

use zeroize::Zeroize;

use super::{MAX_EVALUATED, fold};

/// A text of at most [`MAX_EVALUATED`] code points, without an allocation. It is wiped.
pub(super) struct Text {
    length: usize,
    written: [char; MAX_EVALUATED],
    folded: [char; MAX_EVALUATED],
    /// The folded text in UTF-8, and where each code point begins in it.
    bytes: [u8; MAX_EVALUATED * 4],
    starts: [u16; MAX_EVALUATED + 1],
}

impl Text {
    /// Reads the first code points of a text.
    pub(super) fn new(text: impl Iterator<Item = char>) -> Text {
        let mut read = Text {
            length: 0,
            written: ['\0'; MAX_EVALUATED],
            folded: ['\0'; MAX_EVALUATED],
            bytes: [0; MAX_EVALUATED * 4],
            starts: [0; MAX_EVALUATED + 1],
        };
        let mut end = 0;
        for (at, c) in text.take(MAX_EVALUATED).enumerate() {
            let folded = fold(c);
            read.written[at] = c;
            read.folded[at] = folded;
            end += folded.encode_utf8(&mut read.bytes[end..]).len();
            read.starts[at + 1] = end as u16;
            read.length = at + 1;
        }
        read
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Returns the text as written.
    pub(super) fn written(&self) -> &[char] {
        &self.written[..self.length]
    }

    /// Returns the text in lower case, one character for each.
    pub(super) fn folded(&self) -> &[char] {
        &self.folded[..self.length]
    }

    /// Returns the bytes of the folded character at index `at`.
    pub(super) fn bytes(&self, at: usize) -> &[u8] {
        &self.bytes[usize::from(self.starts[at])..usize::from(self.starts[at + 1])]
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        self.written[..self.length].zeroize();
        self.folded[..self.length].zeroize();
        self.bytes[..usize::from(self.starts[self.length])].zeroize();
    }
}
