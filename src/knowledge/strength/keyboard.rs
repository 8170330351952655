//! Walks over a keyboard: each key a neighbour of the one before.

use std::ops::Range;

use super::cover::Pieces;
use super::variation::choose;

/// A keyboard: its rows from above, unshifted and shifted; and how its rows lie.
struct Keyboard {
    rows: &'static [(&'static str, &'static str, i8)],
    neighbours: &'static [(i8, i8)],
    /// Keys to begin on, and neighbours that a key has on average (Wheeler 2016 has the same figures).
    keys: f64,
    degree: f64,
}

/// Rows that are shifted by half a key: six neighbours.
const SLANTED: &[(i8, i8)] = &[(-1, 0), (0, -1), (1, -1), (1, 0), (0, 1), (-1, 1)];
/// Rows that stand under one another: eight.
const STRAIGHT: &[(i8, i8)] = &[(-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1)];

const KEYBOARDS: &[Keyboard] = &[
    Keyboard {
        rows: &[
            ("`1234567890-=", "~!@#$%^&*()_+", 0),
            ("qwertyuiop[]\\", "QWERTYUIOP{}|", 1),
            ("asdfghjkl;'", "ASDFGHJKL:\"", 1),
            ("zxcvbnm,./", "ZXCVBNM<>?", 1),
        ],
        neighbours: SLANTED,
        keys: 94.0,
        degree: 4.6,
    },
    Keyboard {
        rows: &[
            ("`1234567890[]", "~!@#$%^&*(){}", 0),
            ("',.pyfgcrl/=\\", "\"<>PYFGCRL?+|", 1),
            ("aoeuidhtns-", "AOEUIDHTNS_", 1),
            (";qjkxbmwvz", ":QJKXBMWVZ", 1),
        ],
        neighbours: SLANTED,
        keys: 94.0,
        degree: 4.6,
    },
    Keyboard {
        rows: &[("/*-", "", 1), ("789+", "", 0), ("456", "", 0), ("123", "", 0), ("0.", "", 1)],
        neighbours: STRAIGHT,
        keys: 15.0,
        degree: 5.1,
    },
    Keyboard {
        rows: &[("=/*", "", 1), ("789-", "", 0), ("456+", "", 0), ("123", "", 0), ("0.", "", 1)],
        neighbours: STRAIGHT,
        keys: 16.0,
        degree: 5.25,
    },
];

/// Where a character is typed, and whether with the shift key.
#[derive(Clone, Copy)]
struct Key {
    x: i8,
    y: i8,
    shifted: bool,
}

impl Keyboard {
    fn key(&self, c: char) -> Option<Key> {
        for (y, (plain, shifted, indent)) in self.rows.iter().enumerate() {
            for (row, is_shifted) in [(plain, false), (shifted, true)] {
                if let Some(x) = row.chars().position(|known| known == c) {
                    return Some(Key { x: x as i8 + indent, y: y as i8, shifted: is_shifted });
                }
            }
        }
        None
    }

    /// The direction from one key to the next, if they are neighbours.
    fn direction(&self, from: Option<Key>, to: Option<Key>) -> Option<usize> {
        let (from, to) = (from?, to?);
        self.neighbours.iter().position(|&step| step == (to.x - from.x, to.y - from.y))
    }

    /// The walks of a length or less with as many turns or fewer, and the ways to shift as many keys of them.
    fn guesses(&self, length: usize, turns: usize, shifted: usize) -> f64 {
        let mut guesses = 0.0;
        for i in 2..=length {
            let mut straights = 1.0;
            for j in 1..=turns.min(i - 1) {
                straights *= self.degree;
                guesses += choose(i - 1, j - 1) * self.keys * straights;
            }
        }
        match (shifted, length - shifted) {
            (0, _) => guesses,
            (_, 0) => guesses * 2.0,
            (shifted, plain) => guesses * (1..=shifted.min(plain)).map(|k| choose(length, k)).sum::<f64>(),
        }
    }
}

/// Finds walks of three keys or more.
pub(super) fn find(text: &[char], pieces: &mut Pieces) {
    for keyboard in KEYBOARDS {
        let keys: Vec<Option<Key>> = text.iter().map(|&c| keyboard.key(c)).collect();
        let mut start = 0;
        while start < keys.len() {
            let walk = walk(keyboard, &keys, start);
            let shifted = keys[walk.part.clone()].iter().flatten().filter(|key| key.shifted).count();
            if walk.part.len() > 2 {
                let guesses = keyboard.guesses(walk.part.len(), walk.turns, shifted);
                pieces.add(walk.part.clone(), guesses);
            }
            start = walk.part.end;
        }
    }
}

struct Found {
    part: Range<usize>,
    turns: usize,
}

fn walk(keyboard: &Keyboard, keys: &[Option<Key>], start: usize) -> Found {
    let (mut end, mut turns, mut last) = (start + 1, 0, None);
    while end < keys.len() {
        let direction = keyboard.direction(keys[end - 1], keys[end]);
        if direction.is_none() {
            break;
        }
        turns += usize::from(direction != last);
        last = direction;
        end += 1;
    }
    Found { part: start..end, turns }
}
