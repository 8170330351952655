//! Property: no sequence of C API calls, with arbitrary arguments, causes an out-of-bounds access, a double free or a leak,
//! and no failed call accepts a password.
//!
//! An input is a program: instructions of a fixed length. The first two bytes choose a function of `include/kouling.h`, the
//! others its arguments (`args`). The `machine` holds the valid handles with what is known about them, so that results can
//! be compared with those of the engine. Programs do nothing that the header forbids, such as using a handle after it was
//! freed. A module imports only from modules that are listed before it.
#![allow(
    unsafe_code,
    dead_code,
    unused_imports,
    unreachable_pub,
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used
)]

/// Calls a function of the C API.
macro_rules! call {
    ($name:ident($($argument:expr),* $(,)?)) => {
        // SAFETY: pointers are valid, NULL, or must be refused before they are read.
        unsafe { $crate::c_api::declared::$name($($argument),*) }
    };
}

#[rustfmt::skip] // generated
pub mod declared;

mod args;
mod checks;
mod slots;

mod callbacks;

mod machine;

mod handles;
mod texts;

mod policies;

mod loaders;

mod evaluating;

mod standing;

mod reset;

mod sending;

mod redeeming;

mod threads;

#[rustfmt::skip] // generated
mod lookups;

mod table;

mod seeds;

mod teardown;

use args::CallArgs;
use machine::Machine;
use table::WIDTH;

pub use seeds::seeds;

/// Longer programs find nothing more.
const MAX_INSTRUCTIONS: usize = 150;

pub fn hold(data: &[u8]) {
    let mut machine = Machine::default();
    for instruction in data.chunks(WIDTH).take(MAX_INSTRUCTIONS) {
        let Some((function, arguments)) = instruction.split_first_chunk() else { continue };
        table::action(*function)(&mut machine, &mut CallArgs::new(arguments));
    }
    teardown::end(machine, data.last().copied().unwrap_or(0));
}

/// The functions that instructions call, to be compared with the header.
pub fn functions() -> Vec<&'static str> {
    table::all().iter().map(|(name, _)| *name).collect()
}

/// Whether no two functions have the same short name.
pub fn short_names_are_unique() -> bool {
    let short: std::collections::BTreeSet<_> = functions().into_iter().map(table::short).collect();
    short.len() == functions().len()
}
