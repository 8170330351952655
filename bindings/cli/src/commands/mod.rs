//! The commands, one file each.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod comply;
pub(crate) mod describe;
pub(crate) mod diff;
pub(crate) mod estimate;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod import;
pub(crate) mod lint;
pub(crate) mod man;
pub(crate) mod rules;
pub(crate) mod schema;
pub(crate) mod simulate;
pub(crate) mod standing;
pub(crate) mod test;
pub(crate) mod which;
pub(crate) mod words;
