//! A Bloom filter in front of the search: most looked-up texts are in no list, which two bits show.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// Bits per word. One in 70 unlisted texts passes the filter.
const BITS_PER_WORD: usize = 16;
/// Length of an indexed prefix in bytes.
pub(super) const PREFIX: usize = 4;
/// Printable ASCII characters.
pub(super) const TYPED: RangeInclusive<char> = ' '..='~';

/// Bloom filters of the words and of their prefixes, and the other characters.
pub(super) struct Filter {
    words: Bits,
    prefixes: Bits,
    others: Box<[char]>,
}

impl Filter {
    /// Builds the filter of a text of lines.
    pub(super) fn new(words: &str) -> Filter {
        let lines = words.as_bytes().split(|&b| b == b'\n');
        let count = words.bytes().filter(|&b| b == b'\n').count();
        let others: BTreeSet<char> = words.chars().filter(|c| !TYPED.contains(c) && *c != '\n').collect();
        let others = others.into_iter().collect();
        let mut filter = Filter { words: Bits::new(count), prefixes: Bits::new(count), others };
        for line in lines {
            filter.words.add(line);
            if let Some(prefix) = line.get(..PREFIX) {
                filter.prefixes.add(prefix);
            }
        }
        filter
    }

    /// Returns the characters of the words that are not [`TYPED`].
    pub(super) fn others(&self) -> &[char] {
        &self.others
    }

    /// Returns whether `word` may be listed. `false` is certain.
    pub(super) fn may_have(&self, word: &str) -> bool {
        self.words.has(word.as_bytes())
    }

    /// Returns whether a word of at least [`PREFIX`] bytes may start like `text`. `false` is certain.
    pub(super) fn may_start(&self, text: &str) -> bool {
        text.as_bytes().get(..PREFIX).is_some_and(|prefix| self.prefixes.has(prefix))
    }
}

struct Bits {
    words: Box<[u64]>,
}

impl Bits {
    fn new(count: usize) -> Bits {
        let bits = (count * BITS_PER_WORD).next_power_of_two().max(64);
        Bits { words: vec![0; bits / 64].into_boxed_slice() }
    }

    fn add(&mut self, bytes: &[u8]) {
        for (word, bit) in self.places(bytes) {
            self.words[word] |= bit;
        }
    }

    fn has(&self, bytes: &[u8]) -> bool {
        self.places(bytes).iter().all(|&(word, bit)| self.words[word] & bit != 0)
    }

    fn places(&self, bytes: &[u8]) -> [(usize, u64); 2] {
        let mask = self.words.len() - 1;
        let hash = hash(bytes);
        [hash, hash.rotate_left(32)].map(|hash| ((hash >> 6) as usize & mask, 1 << (hash & 63)))
    }
}

/// FNV-1a with mixed upper bits. Crafted collisions only cost a search.
fn hash(bytes: &[u8]) -> u64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash ^ hash >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}
