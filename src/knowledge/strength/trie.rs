//! The words, syllables and number phrases of `rules/words`, as one trie in read-only memory.
//!
//! `build.rs` builds it: a double array of cells of four bytes. The child of a node for a byte lies at the base of the node
//! XOR the byte, if the cell there has that byte as its label. A cell has
//!
//! * the label in bits 0 to 7;
//! * in bit 8, whether the node has a value, which then lies at its base;
//! * the base in bits 9 to 30;
//! * in bit 31, whether it is a value instead of a node.
//!
//! No cell depends on a password, so walking along one leaves nothing behind.

static CELLS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words.trie"));

const HAS_VALUE: u32 = 1 << 8;
const BASE_SHIFT: u32 = 9;
const BASE_MASK: u32 = (1 << 22) - 1;
const IS_VALUE: u32 = 1 << 31;
const LABEL_MASK: u32 = IS_VALUE | 0xFF;

/// A node: a text that some entry begins with.
#[derive(Clone, Copy)]
pub(super) struct Node(u32);

/// What is known of a text.
#[derive(Clone, Copy)]
pub(super) struct Entry(u32);

fn cell(at: u32) -> u32 {
    let at = at as usize * 4;
    CELLS.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
}

impl Node {
    /// Returns the node of the empty text.
    pub(super) fn root() -> Node {
        Node(cell(0))
    }

    fn base(self) -> u32 {
        self.0 >> BASE_SHIFT & BASE_MASK
    }

    /// Returns the node of the text with one more byte.
    pub(super) fn child(self, byte: u8) -> Option<Node> {
        let child = cell(self.base() ^ u32::from(byte));
        (child & LABEL_MASK == u32::from(byte) && byte != 0).then_some(Node(child))
    }

    /// Returns the node of the text with more bytes.
    pub(super) fn descend(self, bytes: &[u8]) -> Option<Node> {
        bytes.iter().try_fold(self, |node, byte| node.child(*byte))
    }

    /// Returns the entry of the text.
    pub(super) fn entry(self) -> Option<Entry> {
        (self.0 & HAS_VALUE != 0).then(|| Entry(cell(self.base())))
    }
}

impl Entry {
    const NO_WORD: u32 = 0xFF;
    const SYLLABLE: u32 = 1 << 8;
    const COMMON: u32 = 2 << 8;
    const SURNAME: u32 = 4 << 8;
    const NUMBER: u32 = 8 << 8;

    /// Returns the logarithm of the rank of a word, in [steps](super::STEPS).
    pub(super) fn word(self) -> Option<u32> {
        Some(self.0 & 0xFF).filter(|cost| *cost != Entry::NO_WORD)
    }

    /// Returns whether the text is a syllable of Mandarin in pinyin.
    pub(super) fn is_syllable(self) -> bool {
        self.0 & Entry::SYLLABLE != 0
    }

    /// Returns whether it is one of the most common syllables in passwords.
    pub(super) fn is_common(self) -> bool {
        self.0 & Entry::COMMON != 0
    }

    /// Returns whether it is a common surname.
    pub(super) fn is_surname(self) -> bool {
        self.0 & Entry::SURNAME != 0
    }

    /// Returns whether it is a number that sounds like a phrase, or a lucky number.
    pub(super) fn is_number_phrase(self) -> bool {
        self.0 & Entry::NUMBER != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Option<Entry> {
        Node::root().descend(text.as_bytes())?.entry()
    }

    #[test]
    fn every_word_has_its_rank() {
        for line in include_str!("../../../rules/words/ranked.txt").lines().skip(1) {
            let (word, rank) = line.rsplit_once(' ').expect("a rank");
            let expected = (rank.parse::<f64>().expect("a rank").log10() * super::super::STEPS).round();
            assert_eq!(entry(word).and_then(Entry::word), Some(expected as u32), "{word}");
        }
    }

    #[test]
    fn other_texts_have_none() {
        for text in ["", "qzpasswor", "qzpassword", "\0", "p\0", "密码x", "zhuangx"] {
            assert!(entry(text).and_then(Entry::word).is_none(), "{text:?}");
        }
        // Every byte of every node leads to a node that begins some word, so a count of all nodes is that of all prefixes.
        let mut prefixes: Vec<&[u8]> = Vec::new();
        let ranked = include_str!("../../../rules/words/ranked.txt");
        let syllables = include_str!("../../../rules/words/syllables.txt");
        for line in ranked.lines().skip(1).chain(syllables.lines().skip(1)) {
            let word = line.split(' ').next().unwrap_or_default().as_bytes();
            prefixes.extend((0..=word.len()).map(|end| &word[..end]));
        }
        prefixes.sort_unstable();
        prefixes.dedup();
        let (mut open, mut count) = (vec![Node::root()], 0);
        while let Some(node) = open.pop() {
            count += 1;
            open.extend((0..=u8::MAX).filter_map(|byte| node.child(byte)));
        }
        assert_eq!(count, prefixes.len());
    }

    #[test]
    fn marks_are_read() {
        let of = |text| entry(text).expect("an entry");
        assert!(of("zhang").is_syllable() && of("zhang").is_surname() && !of("zhang").is_common());
        assert!(of("wo").is_common() && !of("wo").is_surname() && !of("wo").is_number_phrase());
        assert!(of("1314").is_number_phrase() && !of("1314").is_syllable());
    }
}
