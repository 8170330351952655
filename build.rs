//! Builds the trie of words from `rules/words`: a double array (Aoe 1989) in which the child of a node
//! lies at its base XOR the byte (Yata 2007), and the tails of keys that no other key shares.
//! `src/knowledge/trie.rs` reads it and describes a cell.

// A build script reports errors by panicking.
#![allow(clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::{env, fs};

/// The number of bits of a cell below the base: a label, and whether the node has a value.
const BASE_SHIFT: u32 = 9;
const HAS_VALUE: u32 = 1 << 8;
const IS_LEAF: u32 = 1 << 30;
const IS_VALUE: u32 = 1 << 31;
const BLOCK: usize = 256;
/// Only the last blocks that have free cells are searched, so that the time is linear.
const MAX_OPEN: usize = 64;
/// Steps of a decimal logarithm, as in `guessing.bin`.
const STEPS: f64 = 25.0;
/// The cost of a text that is no word.
const NO_WORD: u32 = 255;

fn main() {
    for file in ["ranked", "syllables", "common", "chinese"] {
        println!("cargo:rerun-if-changed=rules/words/{file}.txt");
    }
    let read =
        |file: &str| fs::read_to_string(format!("rules/words/{file}")).unwrap_or_else(|e| panic!("{file}: {e}"));
    let mut values: BTreeMap<Vec<u8>, u32> = BTreeMap::new();
    for line in read("ranked.txt").lines().skip(1) {
        let (word, rank) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no rank: {line}"));
        let rank: f64 = rank.parse().unwrap_or_else(|_| panic!("no rank: {line}"));
        let cost = (rank.log10() * STEPS).round() as u32;
        assert!(cost < NO_WORD, "{line}");
        values.insert(word.as_bytes().to_vec(), cost);
    }
    for line in read("syllables.txt").lines().skip(1) {
        let mut marks = line.split(' ');
        let text = marks.next().unwrap_or_default();
        let bits = marks.map(|mark| match mark {
            "syllable" => 1,
            "common" => 2,
            "surname" => 4,
            "number" => 8,
            _ => panic!("unknown mark: {line}"),
        });
        *values.entry(text.as_bytes().to_vec()).or_insert(NO_WORD) |= bits.sum::<u32>() << 8;
    }
    for (file, mark, variable) in
        [("common.txt", 16, "KOULING_COMMON_WORDS"), ("chinese.txt", 32, "KOULING_CHINESE_WORDS")]
    {
        let text = read(file);
        for word in text.lines().skip(1) {
            *values.entry(word.as_bytes().to_vec()).or_insert(NO_WORD) |= mark << 8;
        }
        println!("cargo:rustc-env={variable}={}", text.lines().count() - 1);
    }
    let keys: Vec<(Vec<u8>, u32)> = values.into_iter().collect();
    let mut builder = Builder::default();
    builder.add_block();
    builder.used[0] = true;
    builder.node(&keys, 0, 0);
    let bytes: Vec<u8> = builder.cells.iter().flat_map(|cell| cell.to_le_bytes()).collect();
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    for (file, bytes) in [("words.trie", &bytes), ("words.tails", &builder.tails)] {
        fs::write(folder.join(file), bytes).expect("OUT_DIR is writable");
    }
}

#[derive(Default)]
struct Builder {
    cells: Vec<u32>,
    tails: Vec<u8>,
    /// Where each tail begins.
    known_tails: HashMap<Vec<u8>, usize>,
    used: Vec<bool>,
    /// Whether some node has this base. Two nodes with one base would share their children.
    is_base: Vec<bool>,
    /// Blocks with free cells.
    open: Vec<usize>,
}

impl Builder {
    fn add_block(&mut self) {
        self.open.push(self.cells.len() / BLOCK);
        if self.open.len() > MAX_OPEN {
            self.open.remove(0);
        }
        let length = self.cells.len() + BLOCK;
        self.cells.resize(length, 0);
        self.used.resize(length, false);
        self.is_base.resize(length, false);
    }

    /// Places the children of the node in cell `cell`, whose keys share their first `depth` bytes.
    fn node(&mut self, keys: &[(Vec<u8>, u32)], depth: usize, cell: usize) {
        let (value, rest) = match keys.split_first() {
            Some(((key, value), rest)) if key.len() == depth => (Some(*value), rest),
            _ => (None, keys),
        };
        if let (Some(value), []) = (value, rest) {
            self.cells[cell] |= IS_LEAF | HAS_VALUE | value << BASE_SHIFT;
            return;
        }
        if let (None, [(key, value)]) = (value, rest) {
            self.cells[cell] |= IS_LEAF | (self.tail(&key[depth..], *value) as u32) << BASE_SHIFT;
            return;
        }
        let children: Vec<&[(Vec<u8>, u32)]> = rest.chunk_by(|a, b| a.0[depth] == b.0[depth]).collect();
        let labels: Vec<u8> =
            value.map(|_| 0).into_iter().chain(children.iter().map(|keys| keys[0].0[depth])).collect();
        let base = self.place(&labels);
        self.is_base[base] = true;
        labels.iter().for_each(|label| self.used[base ^ usize::from(*label)] = true);
        self.cells[cell] |= (base as u32) << BASE_SHIFT;
        if let Some(value) = value {
            self.cells[cell] |= HAS_VALUE;
            self.cells[base] = IS_VALUE | value;
        }
        for keys in &children {
            let label = keys[0].0[depth];
            self.cells[base ^ usize::from(label)] = u32::from(label);
        }
        for keys in children {
            self.node(keys, depth + 1, base ^ usize::from(keys[0].0[depth]));
        }
    }

    /// Returns where the rest of a key and its value lie. Equal ones are stored once.
    fn tail(&mut self, rest: &[u8], value: u32) -> usize {
        let value = u16::try_from(value).expect("a value has 14 bits");
        let tail = [rest, &[0], &value.to_le_bytes()].concat();
        let Builder { tails, known_tails, .. } = self;
        *known_tails.entry(tail).or_insert_with_key(|tail| {
            let start = tails.len();
            tails.extend(tail);
            assert!(tails.len() < 1 << 21, "the place of a tail has 21 bits");
            start
        })
    }

    /// Returns a base for which the cells of all labels are free.
    fn place(&mut self, labels: &[u8]) -> usize {
        let Some(&first) = labels.first() else { return 0 };
        for &block in self.open.iter().rev() {
            let start = block * BLOCK;
            for cell in start..start + BLOCK {
                let base = cell ^ usize::from(first);
                let is_free = |label: &u8| !self.used[base ^ usize::from(*label)];
                if !self.used[cell] && !self.is_base[base] && labels.iter().all(is_free) {
                    if self.used[start..start + BLOCK].iter().filter(|used| !**used).count() <= labels.len() + 4 {
                        self.open.retain(|open| *open != block);
                    }
                    return base;
                }
            }
        }
        self.add_block();
        assert!(self.cells.len() < 1 << 21, "a base has 21 bits");
        (self.cells.len() - BLOCK) ^ usize::from(first)
    }
}
