//! Finds keyboard walks, in which each key is adjacent to the one before.

use std::ops::Range;

use super::cover::{PieceKind, Pieces};
use super::variation::choose;
use crate::knowledge::keyboard::{self, Key, Layout};

/// A keyboard with its number of start keys and average number of adjacent keys (as in Wheeler 2016).
struct Keyboard {
    layout: &'static Layout,
    keys: f64,
    degree: f64,
}

static KEYBOARDS: [Keyboard; 4] = [
    Keyboard { layout: &keyboard::QWERTY, keys: 94.0, degree: 4.6 },
    Keyboard { layout: &keyboard::DVORAK, keys: 94.0, degree: 4.6 },
    Keyboard { layout: &keyboard::NUMPAD, keys: 15.0, degree: 5.1 },
    Keyboard { layout: &keyboard::APPLE_NUMPAD, keys: 16.0, degree: 5.25 },
];

impl Keyboard {
    /// Number of walks of at most this length and number of turns, times the ways to shift up to this many keys.
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

/// Adds walks of at least three keys to `pieces`.
pub(super) fn find(text: &[char], pieces: &mut Pieces) {
    for keyboard in &KEYBOARDS {
        let keys: Vec<Option<Key>> = text.iter().map(|&c| keyboard.layout.key(c)).collect();
        let mut start = 0;
        while start < keys.len() {
            let walk = walk(keyboard.layout, &keys, start);
            let shifted = keys[walk.part.clone()].iter().flatten().filter(|key| key.shifted).count();
            if walk.part.len() > 2 {
                let guesses = keyboard.guesses(walk.part.len(), walk.turns, shifted);
                pieces.add(walk.part.clone(), guesses, PieceKind::Walk);
            }
            start = walk.part.end;
        }
    }
}

struct KeyboardWalk {
    part: Range<usize>,
    turns: usize,
}

fn walk(layout: &Layout, keys: &[Option<Key>], start: usize) -> KeyboardWalk {
    let (mut end, mut turns, mut last) = (start + 1, 0, None);
    while end < keys.len() {
        let direction = layout.direction(keys[end - 1], keys[end]);
        if direction.is_none() {
            break;
        }
        turns += usize::from(direction != last);
        last = direction;
        end += 1;
    }
    KeyboardWalk { part: start..end, turns }
}
