//! The C border of the engine: what `include/kouling.h` declares.
//!
//! The conventions open the header, from `cbindgen.toml`. Here a type carries them: a pointer that may be NULL is an
//! `Option` of a reference, one that gives a handle away is an `Option` of a `Box`, what comes out goes through
//! [`boundary::Out`], and [`text::kouling_text`] is made by C only. So what is `unsafe` stands in few places, each with
//! its reason.
//!
//! Nothing here decides anything: every function asks the engine and hands on the answer.
#![allow(unsafe_code)] // the one crate that speaks to C
#![allow(clippy::missing_safety_doc)] // the conventions of the header say it for all of them
#![allow(non_camel_case_types)] // the names of types are C's

pub mod abi;

mod boundary;
mod callback;
mod kept;
mod options;

pub mod status;

pub mod text;

pub mod report;

pub mod policy;

pub mod policy_file;

pub mod words;

pub mod source;

pub mod rule_kind;

pub mod loader;

pub mod verifier;

pub mod facts;

pub mod finding;

pub mod outcome;

pub mod contract;

pub mod reset;
