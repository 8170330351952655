//! The properties, for the fuzz targets.

#[path = "../properties/c_api/mod.rs"]
pub mod c_api;
#[cfg(feature = "server")]
#[path = "../properties/http.rs"]
pub mod http;
#[cfg(feature = "cli")]
#[path = "../properties/importers.rs"]
pub mod importers;
#[path = "../properties/mod.rs"]
pub mod properties;

// The properties of the server and the importers import `super::input`.
#[cfg(any(feature = "cli", feature = "server"))]
use properties::input;

/// If `KOULING_SEEDS` names a folder, writes the seeds of a target into it and the dictionary into `dictionaries`,
/// and exits.
pub fn write_seeds(target: &str, seeds: fn() -> Vec<(String, Vec<u8>)>) {
    let Some(folder) = std::env::var_os("KOULING_SEEDS") else { return };
    for (n, (name, seed)) in seeds().into_iter().enumerate() {
        let path = std::path::Path::new(&folder).join(format!("{n:04}-{}", properties::input::file_name(&name)));
        std::fs::write(path, seed).expect("the seed folder is writable");
    }
    if let Some(words) = properties::dictionaries::of(target) {
        std::fs::write(format!("dictionaries/{target}.dict"), words).expect("the dictionary folder is writable");
    }
    std::process::exit(0);
}
