//! Runs the property of the fuzz target `importers` on the regression inputs, the seeds and random inputs.

#[path = "../../../../../fuzz/properties/importers.rs"]
mod importers;
#[path = "../../../../../fuzz/properties/input.rs"]
mod input;
#[path = "../../../../../fuzz/properties/replay.rs"]
mod replay;

use std::path::Path;

#[test]
fn importers_property_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    replay::replay(&root, "importers", importers::check, &importers::seeds(), 3000);
}
