//! The verbs, a file each.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod describe;
pub(crate) mod diff;
pub(crate) mod generate;
pub(crate) mod lint;
