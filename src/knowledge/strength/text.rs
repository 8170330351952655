//! The evaluated part of a password, in the forms in which it is read.

use zeroize::Zeroizing;

use super::{MAX_EVALUATED, fold};

/// A text of at most [`MAX_EVALUATED`] code points. It is wiped. Its characters are on the heap, because moving a value leaves
/// a copy of what lies in it.
pub(super) struct Text {
    written: Zeroizing<Vec<char>>,
    folded: Zeroizing<Vec<char>>,
    keys: Zeroizing<Vec<u8>>,
    is_ascii: bool,
}

impl Text {
    /// Reads the first code points of a text.
    pub(super) fn new(text: &str) -> Text {
        if text.is_ascii() {
            let text = &text.as_bytes()[..text.len().min(MAX_EVALUATED)];
            let mut read = Text::with_capacity(text.len(), true);
            read.written.extend(text.iter().map(|byte| char::from(*byte)));
            read.keys.extend(text.iter().map(u8::to_ascii_lowercase));
            read.folded.extend(read.keys.iter().map(|key| char::from(*key)));
            return read;
        }
        let evaluated = || text.chars().take(MAX_EVALUATED);
        let mut read = Text::with_capacity(evaluated().count(), false);
        for c in evaluated() {
            let folded = fold(c);
            read.written.push(c);
            read.folded.push(folded);
            read.keys.push(key(folded));
        }
        read
    }

    /// Returns the text of the characters at these places.
    pub(super) fn select(&self, places: impl Iterator<Item = usize>) -> Text {
        let mut selected = Text::with_capacity(self.len(), self.is_ascii);
        for place in places {
            selected.written.push(self.written[place]);
            selected.folded.push(self.folded[place]);
            selected.keys.push(self.keys[place]);
        }
        selected
    }

    /// Growing would leave a copy behind.
    fn with_capacity(length: usize, is_ascii: bool) -> Text {
        Text {
            written: Zeroizing::new(Vec::with_capacity(length)),
            folded: Zeroizing::new(Vec::with_capacity(length)),
            keys: Zeroizing::new(Vec::with_capacity(length)),
            is_ascii,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.written.len()
    }

    /// Returns whether the text, or the one it was selected from, consists of ASCII characters.
    pub(super) fn is_ascii(&self) -> bool {
        self.is_ascii
    }

    /// Returns the text as written.
    pub(super) fn written(&self) -> &[char] {
        &self.written
    }

    /// Returns the text in lower case, one character for each.
    pub(super) fn folded(&self) -> &[char] {
        &self.folded
    }

    /// Returns the [`key`] of each folded character.
    pub(super) fn keys(&self) -> &[u8] {
        &self.keys
    }
}

/// Returns an ASCII character as a byte, and 0 for every other.
pub(super) fn key(c: char) -> u8 {
    if c.is_ascii() { c as u8 } else { 0 }
}
