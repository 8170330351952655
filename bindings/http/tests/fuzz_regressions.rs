//! The law of the wire, held against everything that was ever found, the exchanges of the vectors, and a few random bytes.
//!
//! `fuzz/run` looks for more.

#[path = "../../../fuzz/laws/input.rs"]
mod input;
#[path = "../../../fuzz/laws/replay.rs"]
mod replay;
#[path = "../../../fuzz/laws/wire.rs"]
mod wire;

use std::path::Path;

#[test]
fn the_wire() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    replay::replay(&root, "wire", wire::hold, &wire::seeds(), 200);
}
