//! The verbs, a file each.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod describe;
pub(crate) mod lint;
pub(crate) mod simulate;
pub(crate) mod test;
