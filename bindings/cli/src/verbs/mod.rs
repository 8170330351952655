//! The verbs, a file each.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod comply;
pub(crate) mod describe;
pub(crate) mod lint;
