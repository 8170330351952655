//! The ABI version.

use crate::text::kouling_text;

/// ABI version of this header. Incremented on breaking changes only; additions keep it. It is also the number in the
/// SONAME of the shared library.
pub const KOULING_ABI: u32 = 0;

/// Returns the ABI version of the loaded library. A program may use the library if this equals `KOULING_ABI`.
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_abi() -> u32 {
    KOULING_ABI
}

/// Returns the version of the loaded library, such as `0.1.0`. The view is valid for the lifetime of the process.
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_version() -> kouling_text {
    kouling_text::from_static(env!("CARGO_PKG_VERSION"))
}
