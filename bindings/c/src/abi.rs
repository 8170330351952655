//! The number of the border: what was linked against one works with every library of the same.

use crate::text::kouling_text;

/// The number of this border. It grows when something is changed or taken away, never when something is added.
pub const KOULING_ABI: u32 = 0;

/// The number of the border of the library that is running, to be compared with `KOULING_ABI`.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_abi() -> u32 {
    KOULING_ABI
}

/// The version of the library that is running, such as `0.1.0`. Lives as long as the process.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_version() -> kouling_text {
    kouling_text::from_static(env!("CARGO_PKG_VERSION"))
}
