//! The verbs, a file each.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod describe;
pub(crate) mod explain;
pub(crate) mod lint;
pub(crate) mod rules;
pub(crate) mod schema;
pub(crate) mod words;
