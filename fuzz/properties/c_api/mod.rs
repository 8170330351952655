//! The C border: whatever is called with whatever pointers, lengths and numbers, in whatever order, nothing is read or
//! written that is not there, nothing is freed twice or never, and no failure is a yes.
//!
//! An input is a program: instructions of [`WIDTH`] bytes, of which the first two choose a function, every one that
//! `include/kouling.h` declares, and the others what it is
//! given (`given`). What lives is kept by the `machine`, with what
//! is known of it, so that an answer can be compared with the engine's own. What the header forbids a caller (a handle
//! after it is freed, a pointer to nothing) is not tried: nobody promises anything for it.
#![allow(unsafe_code, dead_code, unreachable_pub, clippy::panic, clippy::expect_used, clippy::unwrap_used)]

/// Calls a function of the border.
macro_rules! call {
    ($name:ident($($given:expr),* $(,)?)) => {
        // SAFETY: what is given is alive, is NULL, or must be refused before it is looked at.
        unsafe { $crate::c_api::declared::$name($($given),*) }
    };
}

mod callbacks;
pub mod declared;
mod given;
mod handles;
mod judging;
mod loaders;
mod machine;
mod policies;
mod redeeming;
mod reset;
mod seeds;
mod sending;
mod slots;
mod table;
mod threads;

use given::CallArgs;
use machine::Machine;

pub use seeds::seeds;

/// So many bytes has an instruction: two for the function, and what it is given.
pub const WIDTH: usize = 15;
/// Nothing is learnt from a longer program.
const MAX_INSTRUCTIONS: usize = 150;

pub fn hold(data: &[u8]) {
    let mut machine = Machine::default();
    for instruction in data.chunks(WIDTH).take(MAX_INSTRUCTIONS) {
        let Some((function, given)) = instruction.split_first_chunk() else { continue };
        let (_, run) = table::TABLE[table::function(*function)];
        run(&mut machine, &mut CallArgs::new(given));
    }
    machine.end(data.last().copied().unwrap_or(0));
}

/// The functions that instructions call, to be compared with the header.
pub fn functions() -> Vec<&'static str> {
    table::TABLE.iter().map(|(name, _)| *name).collect()
}

/// Whether two bytes tell every function from every other.
pub fn has_a_short_name_each() -> bool {
    let short: std::collections::BTreeSet<_> = functions().into_iter().map(table::short).collect();
    short.len() == table::TABLE.len()
}
