//! Pseudorandom numbers from a seed: SHA-256 of a label, the seed and a counter. Slow, but fast enough for some hundred
//! numbers per image. The output of one stream reveals nothing about another.

use sha2::{Digest, Sha256};

pub(super) struct Random {
    seed: [u8; 32],
    label: &'static str,
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl Random {
    /// Creates a stream. `label` separates the streams of one seed.
    pub(super) fn new(seed: [u8; 32], label: &'static str) -> Self {
        Self { seed, label, counter: 0, block: [0; 32], used: 32 }
    }

    pub(super) fn bits(&mut self) -> u32 {
        if self.used == 32 {
            let mut hash = Sha256::new();
            hash.update(self.label.as_bytes());
            hash.update([0]);
            hash.update(self.seed);
            hash.update(self.counter.to_le_bytes());
            self.block = hash.finalize().into();
            self.counter += 1;
            self.used = 0;
        }
        let at = self.used;
        self.used += 4;
        let b = &self.block;
        u32::from_le_bytes([b[at], b[at + 1], b[at + 2], b[at + 3]])
    }

    /// Returns a number from 0 up to, but not including, 1.
    pub(super) fn unit(&mut self) -> f32 {
        (self.bits() >> 8) as f32 / (1 << 24) as f32
    }

    /// Returns a real number of the range.
    pub(super) fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Returns an integer of the range, both ends included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        let span = u64::from(high - low) + 1;
        low + ((u64::from(self.bits()) * span) >> 32) as u32
    }

    /// Returns one of `choices`, which must not be empty.
    pub(super) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.between(0, choices.len() as u32 - 1) as usize]
    }
}
