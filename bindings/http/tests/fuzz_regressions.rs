//! Checks the properties of the HTTP target against every earlier finding, the exchanges of the vectors, and some random
//! bytes. `fuzz/run` searches for new ones.

#[path = "../../../fuzz/properties/http.rs"]
mod http;
#[path = "../../../fuzz/properties/input.rs"]
mod input;
#[path = "../../../fuzz/properties/replay.rs"]
mod replay;

use std::path::Path;

#[test]
fn http_properties_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    replay::replay(&root, "http", http::check, &http::seeds(), 200);
}
