//! The law of the wire, held against everything that was ever found, the exchanges of the vectors, and a few random bytes.
//!
//! `fuzz/run` looks for more.

#[path = "../../../fuzz/properties/http.rs"]
mod http;
#[path = "../../../fuzz/properties/input.rs"]
mod input;
#[path = "../../../fuzz/properties/replay.rs"]
mod replay;

use std::path::Path;

#[test]
fn the_wire() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    replay::replay(&root, "http", http::check, &http::seeds(), 200);
}
