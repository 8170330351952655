//! A filter before the search: most of what is looked up is in no list, and is known to be in none by two bits.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// Bits for each word: one in seventy of what is in no list is searched for all the same.
const BITS_PER_WORD: usize = 16;
/// So many bytes of a word are its beginning.
pub(super) const BEGINNING: usize = 4;
/// Every character of ASCII that is typed; of others a list says which it has.
pub(super) const TYPED: RangeInclusive<char> = ' '..='~';

/// The bits of all words, and of all their beginnings (a Bloom filter each).
pub(super) struct Filter {
    words: Bits,
    beginnings: Bits,
    others: Box<[char]>,
}

impl Filter {
    /// The filter of words that are ended by a line feed each. Reads them all.
    pub(super) fn new(words: &str) -> Filter {
        let lines = words.as_bytes().split(|&b| b == b'\n');
        let count = words.bytes().filter(|&b| b == b'\n').count();
        let others: BTreeSet<char> = words.chars().filter(|c| !TYPED.contains(c) && *c != '\n').collect();
        let others = others.into_iter().collect();
        let mut filter = Filter { words: Bits::new(count), beginnings: Bits::new(count), others };
        for line in lines {
            filter.words.add(line);
            if let Some(beginning) = line.get(..BEGINNING) {
                filter.beginnings.add(beginning);
            }
        }
        filter
    }

    /// The characters of the words that are not [`TYPED`].
    pub(super) fn others(&self) -> &[char] {
        &self.others
    }

    /// Whether this may be a word; `false` is certain.
    pub(super) fn may_have(&self, word: &str) -> bool {
        self.words.has(word.as_bytes())
    }

    /// Whether a word of [`BEGINNING`] bytes or more may begin as `text` does; `false` is certain.
    pub(super) fn may_begin(&self, text: &str) -> bool {
        text.as_bytes().get(..BEGINNING).is_some_and(|beginning| self.beginnings.has(beginning))
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

/// FNV-1a, with its upper bits mixed down. Collisions that someone makes cost a search and nothing else.
fn hash(bytes: &[u8]) -> u64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash ^ hash >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}
