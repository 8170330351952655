//! Chance as bytes that proptest draws and shrinks: every choice reads the next one, and behind the last stand noughts,
//! which choose the simplest.

pub(crate) struct Dice<'b> {
    bytes: &'b [u8],
}

impl<'b> Dice<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Dice<'b> {
        Dice { bytes }
    }

    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        *first
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::from(self.next()) % bound
    }

    /// A number from `least` to `most`.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + u64::from(self.next()) % (most - least + 1)
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    pub(crate) fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }

    /// Some of them, at least one, in their order.
    pub(crate) fn some<T: Clone>(&mut self, from: &[T]) -> Vec<T> {
        let chosen: Vec<T> = from.iter().filter(|_| self.once_in(2)).cloned().collect();
        if chosen.is_empty() { vec![from[0].clone()] } else { chosen }
    }
}
