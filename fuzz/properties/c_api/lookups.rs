//! Actions for functions that only look something up in a handle.
// This file is generated from include/kouling.h: `KOULING_WRITE=1 cargo test -p kouling-c --test header`.

use super::args::CallArgs;
use super::machine::{Machine, Run};

/// Each function with its action.
pub(super) const ACTIONS: &[(&str, Run)] = &[
];
