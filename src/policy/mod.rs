//! Reads policy files and reports their errors.
//!
//! A policy is TOML in layers. [`source`] reads a layer, [`document`] parses and merges the layers, and [`table`] reads
//! the result key by key, as the declarations of [`parameter`] state. Errors become [`Diagnostic`]s with file, line and
//! column, all of them at once. This module contains no rule: each rule declares and reads its own parameters.

pub mod diagnostic;
pub mod document;
pub mod effective;
pub mod findings;
pub mod lint;
pub mod parameter;
pub(crate) mod population;
pub mod reset;
pub mod source;
pub mod standing;
pub mod table;
pub mod units;
pub mod watched;

pub use diagnostic::{Diagnostic, PolicyError, Reporter, Span};
pub use document::{Document, FORMAT, Node};
pub use effective::Setting;
pub use lint::{LintSettings, Waiver};
pub use parameter::{Declared, Parameter, Stricter, ValueType};
pub use reset::ResetPolicy;
pub use source::{Files, Memory, Source, SourceError};
pub use standing::StandingPolicy;
pub use table::Table;
pub use watched::{Looks, Watched};
