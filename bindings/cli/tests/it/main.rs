//! Integration tests: the program `kouling` as a process.
#![allow(clippy::panic, clippy::expect_used)]

mod cases;
mod diff;
mod estimate;
mod generate;
mod import;
mod interface;
mod lint_and_comply;
mod populations;
mod process;
mod simulate;
mod standing;
mod vectors;
mod words;
