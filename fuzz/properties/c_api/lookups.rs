//! Actions for functions that only look something up in a handle.
// This file is generated from include/kouling.h: `KOULING_WRITE=1 cargo test -p kouling-c --test header`.

use super::args::CallArgs;
use super::machine::{Machine, Run};

/// Each function with its action.
pub(super) const ACTIONS: &[(&str, Run)] = &[
    ("kouling_record_requester", kouling_record_requester),
];

fn kouling_record_requester(m: &mut Machine, g: &mut CallArgs<'_>) {
    let handle = m.records.pointer(m.records.at(g.byte()));
    let found = m.view(handle.addr(), call!(kouling_record_requester(handle)));
    assert!(!handle.is_null() || found.is_empty(), "NULL has nothing");
}
