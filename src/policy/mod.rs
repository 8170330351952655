//! What a policy author writes, and what we say back.
//!
//! A policy is TOML in layers. [`source`] reads a layer, [`document`] parses it and lays one over the other,
//! [`table`] walks the result key by key, and whatever is wrong becomes a [`Diagnostic`] with file, line and
//! column: all of them at once. Nothing here knows a rule: what a table of a rule may hold is the rule's own
//! business, asked through [`Table`].

pub mod diagnostic;
pub mod document;
pub mod effective;
pub mod grammar;
pub mod reset;
pub mod source;
pub mod table;
pub mod units;
pub mod watched;

pub use diagnostic::{Diagnostic, PolicyError, Reporter, Span};
pub use document::{Document, FORMAT, Node};
pub use effective::Setting;
pub use reset::ResetPolicy;
pub use source::{Files, Memory, Source, SourceError};
pub use table::Table;
pub use watched::{Looks, Watched};
