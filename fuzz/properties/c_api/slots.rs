//! The valid handles of one type, with what is known about each.

use std::ptr;

use super::args::CallArgs;

/// Maximum number of handles of a type at a time.
const MAX_HANDLES: usize = 6;

pub(super) struct Slot<T, M> {
    pub(super) pointer: *mut T,
    pub(super) known: M,
}

pub(super) struct Slots<T, M>(pub(super) Vec<Slot<T, M>>);

impl<T, M> Default for Slots<T, M> {
    fn default() -> Slots<T, M> {
        Slots(Vec::new())
    }
}

impl<T, M> Slots<T, M> {
    /// Chooses one of them, the newest first, or none.
    pub(super) fn at(&self, byte: u8) -> Option<usize> {
        (byte != 0xFF && !self.0.is_empty()).then(|| self.0.len() - 1 - usize::from(byte) % self.0.len())
    }

    /// Chooses one of them for a function that does not take NULL.
    pub(super) fn pick(&self, given: &mut CallArgs<'_>) -> Option<usize> {
        let at = self.at(given.byte());
        given.wrong |= at.is_none();
        at
    }

    pub(super) fn pointer(&self, at: Option<usize>) -> *mut T {
        at.and_then(|at| self.0.get(at)).map_or(ptr::null_mut(), |slot| slot.pointer)
    }

    pub(super) fn known(&self, at: Option<usize>) -> Option<&M> {
        at.and_then(|at| self.0.get(at)).map(|slot| &slot.known)
    }

    pub(super) fn known_mut(&mut self, at: Option<usize>) -> Option<&mut M> {
        at.and_then(|at| self.0.get_mut(at)).map(|slot| &mut slot.known)
    }

    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= MAX_HANDLES
    }

    pub(super) fn add(&mut self, pointer: Option<*mut T>, known: M) {
        self.0.extend(pointer.map(|pointer| Slot { pointer, known }));
    }
}
