//! The C API of the engine, as `include/kouling.h` declares it.
//!
//! `cbindgen.toml` holds the conventions at the top of the header. Here, types carry them: a pointer that may be NULL is
//! an `Option` of a reference, a parameter that takes ownership is an `Option` of a `Box`, an output goes through
//! `boundary::Out`, an enum from C is in a `MaybeUninit` and read by `boundary::enum_value`, and only C can build a
//! [`text::kouling_text`] from unchecked bytes. That keeps `unsafe` in few places, each with its reason.
//!
//! This crate decides nothing: each function calls the engine and returns its result. A module imports only from modules
//! that are listed before it; `tests/architecture.rs` enforces it. The order of the public modules is the order of the
//! header.
#![allow(unsafe_code)] // this crate is the C API
#![allow(clippy::missing_safety_doc)] // the conventions of the header hold for every function
#![allow(non_camel_case_types)] // type names and constants are those of C

pub mod status;

pub mod failure;

pub mod text;

mod boundary;
mod callback;
mod options;
mod string_pool;

pub mod abi;

pub mod report;

pub mod policy;

pub mod verifier;

pub mod facts;

pub mod policy_set;

pub mod policy_file;

pub mod contract;

pub mod outcome;

pub mod standing;

pub mod finding;

pub mod words;

pub mod source;

pub mod rule_kind;

pub mod loader;

pub mod reset;
