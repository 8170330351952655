//! The words, syllables, number phrases and built-in lists of `rules/words`, as one trie in read-only memory.
//!
//! `build.rs` builds it: a double array of cells of four bytes. The child of a node for a byte lies at the base of the node
//! XOR the byte, if the cell there has that byte as its label. A cell has
//!
//! * the label in bits 0 to 7;
//! * in bit 8, whether the node has a value, which lies at its base;
//! * the base in bits 9 to 29;
//! * in bit 30, whether no other node lies below: the node has its value instead of a base or, without a value, the place of
//!   its tail;
//! * in bit 31, whether it is a value instead of a node.
//!
//! A tail is the rest of the only text that begins with that of the node: its bytes, a zero and the value, in two bytes. A node
//! inside a tail looks like one that has the rest as its tail.
//!
//! No cell depends on a password, so walking along one leaves nothing behind.

static CELLS: &[[u8; 4]] = include_bytes!(concat!(env!("OUT_DIR"), "/words.trie")).as_chunks().0;

static TAILS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words.tails"));

const HAS_VALUE: u32 = 1 << 8;
const BASE_SHIFT: u32 = 9;
const BASE_MASK: u32 = (1 << 21) - 1;
const IS_LEAF: u32 = 1 << 30;
const IS_VALUE: u32 = 1 << 31;
const LABEL_MASK: u32 = IS_VALUE | 0xFF;

/// Steps of a decimal logarithm.
pub(crate) const STEPS: f64 = 25.0;

/// A set of built-in lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BuiltIn(u32);

impl BuiltIn {
    /// Common leaked passwords.
    pub(crate) const COMMON: BuiltIn = BuiltIn(16 << 8);
    /// Common Chinese passwords.
    pub(crate) const CHINESE: BuiltIn = BuiltIn(32 << 8);

    /// Returns the lists of both sets.
    pub(crate) fn and(self, other: BuiltIn) -> BuiltIn {
        BuiltIn(self.0 | other.0)
    }
}

/// A node: a text that some entry begins with.
#[derive(Clone, Copy)]
pub(crate) struct Node(u32);

/// What is known of a text.
#[derive(Clone, Copy)]
pub(crate) struct Entry(u32);

#[inline]
fn cell(at: u32) -> u32 {
    CELLS.get(at as usize).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

impl Node {
    /// Returns the node of the empty text.
    #[inline]
    pub(crate) fn root() -> Node {
        Node(cell(0))
    }

    #[inline]
    fn base(self) -> u32 {
        self.0 >> BASE_SHIFT & BASE_MASK
    }

    /// Returns the node of the text with one more byte.
    #[inline]
    pub(crate) fn child(self, byte: u8) -> Option<Node> {
        if byte == 0 {
            return None;
        }
        if self.0 & IS_LEAF != 0 {
            let follows = self.has_tail() && TAILS.get(self.base() as usize) == Some(&byte);
            return follows.then(|| Node(IS_LEAF | (self.base() + 1) << BASE_SHIFT));
        }
        let child = cell(self.base() ^ u32::from(byte));
        (child & LABEL_MASK == u32::from(byte)).then_some(Node(child))
    }

    #[inline]
    fn has_tail(self) -> bool {
        self.0 & (IS_LEAF | HAS_VALUE) == IS_LEAF
    }

    /// Returns the node of the text with more bytes.
    pub(crate) fn descend(self, bytes: &[u8]) -> Option<Node> {
        bytes.iter().try_fold(self, |node, byte| node.child(*byte))
    }

    /// Calls `found` with the node of the text with one more character, for every character.
    pub(crate) fn for_each_character(self, found: &mut dyn FnMut(Node)) {
        for byte in b' '..=u8::MAX {
            let Some(child) = self.child(byte) else { continue };
            match byte {
                // A character of UTF-8 ends before the next first byte.
                0xC0.. => child.for_each_end(byte.leading_ones() - 1, found),
                _ => found(child),
            }
        }
    }

    fn for_each_end(self, bytes: u32, found: &mut dyn FnMut(Node)) {
        if bytes == 0 {
            return found(self);
        }
        (0x80..0xC0).filter_map(|byte| self.child(byte)).for_each(|child| child.for_each_end(bytes - 1, found));
    }

    /// Returns the entry of the text.
    #[inline]
    pub(crate) fn entry(self) -> Option<Entry> {
        if self.has_tail() {
            // The value lies behind the zero at the end of the tail.
            let [0, low, high] = *TAILS.get(self.base() as usize..)?.first_chunk::<3>()? else { return None };
            return Some(Entry(u32::from(u16::from_le_bytes([low, high]))));
        }
        let value = || if self.0 & IS_LEAF != 0 { self.base() } else { cell(self.base()) };
        (self.0 & HAS_VALUE != 0).then(|| Entry(value()))
    }
}

impl Entry {
    const NO_WORD: u32 = 0xFF;
    const SYLLABLE: u32 = 1 << 8;
    const COMMON: u32 = 2 << 8;
    const SURNAME: u32 = 4 << 8;
    const NUMBER: u32 = 8 << 8;

    /// Returns the decimal logarithm of the rank of a word, in steps of [`STEPS`].
    #[inline]
    pub(crate) fn word(self) -> Option<u32> {
        Some(self.0 & 0xFF).filter(|cost| *cost != Entry::NO_WORD)
    }

    /// Returns whether one of the lists contains the text.
    pub(crate) fn is_listed(self, lists: BuiltIn) -> bool {
        self.0 & lists.0 != 0
    }

    /// Returns whether the text is a syllable of Mandarin in pinyin.
    pub(crate) fn is_syllable(self) -> bool {
        self.0 & Entry::SYLLABLE != 0
    }

    /// Returns whether it is one of the most common syllables in passwords.
    pub(crate) fn is_common(self) -> bool {
        self.0 & Entry::COMMON != 0
    }

    /// Returns whether it is a common surname.
    pub(crate) fn is_surname(self) -> bool {
        self.0 & Entry::SURNAME != 0
    }

    /// Returns whether it is a number that sounds like a phrase, or a lucky number.
    pub(crate) fn is_number_phrase(self) -> bool {
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
        for line in include_str!("../../rules/words/ranked.txt").lines().skip(1) {
            let (word, rank) = line.rsplit_once(' ').expect("a rank");
            let expected = (rank.parse::<f64>().expect("a rank").log10() * STEPS).round();
            assert_eq!(entry(word).and_then(Entry::word), Some(expected as u32), "{word}");
        }
    }

    #[test]
    fn lists_have_their_words() {
        let lists = [
            (BuiltIn::COMMON, include_str!("../../rules/words/common.txt")),
            (BuiltIn::CHINESE, include_str!("../../rules/words/chinese.txt")),
        ];
        let mut open = vec![(Node::root(), Vec::new())];
        let mut listed = [Vec::new(), Vec::new()];
        while let Some((node, text)) = open.pop() {
            for ((list, _), listed) in lists.iter().zip(&mut listed) {
                if node.entry().is_some_and(|entry| entry.is_listed(*list)) {
                    listed.push(String::from_utf8(text.clone()).expect("UTF-8"));
                }
            }
            for byte in 0..=u8::MAX {
                open.extend(node.child(byte).map(|child| (child, [&text[..], &[byte]].concat())));
            }
        }
        for ((_, text), mut listed) in lists.into_iter().zip(listed) {
            listed.sort_unstable();
            assert!(text.lines().skip(1).eq(listed.iter().map(String::as_str)));
        }
    }

    #[test]
    fn other_texts_have_none() {
        for text in ["", "qzpasswor", "qzpassword", "\0", "p\0", "密码x", "zhuangx"] {
            assert!(entry(text).and_then(Entry::word).is_none(), "{text:?}");
        }
        // Every byte of every node leads to a node that begins some word, so a count of all nodes is that of all prefixes.
        let mut prefixes: Vec<&[u8]> = Vec::new();
        let ranked = include_str!("../../rules/words/ranked.txt");
        let syllables = include_str!("../../rules/words/syllables.txt");
        let lists = [include_str!("../../rules/words/common.txt"), include_str!("../../rules/words/chinese.txt")];
        let lists = lists.iter().flat_map(|list| list.lines().skip(1));
        for line in ranked.lines().skip(1).chain(syllables.lines().skip(1)).chain(lists) {
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
