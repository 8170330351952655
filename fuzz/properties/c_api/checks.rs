//! Checks of values that calls return.

use super::declared::{KOULING_STATUS_INTERNAL, Text};

/// Reads every byte of a text that a call returned.
pub(super) fn read<'t>(text: Text, is_utf8: bool) -> &'t [u8] {
    if text.data.is_null() {
        assert_eq!(text.length, 0, "an empty text has no length");
        return &[];
    }
    // SAFETY: this is what the property checks; a sanitizer detects violations.
    let bytes = unsafe { std::slice::from_raw_parts(text.data, text.length) };
    std::hint::black_box(bytes.iter().fold(0_u8, |all, byte| all ^ byte));
    assert!(!is_utf8 || std::str::from_utf8(bytes).is_ok(), "{}", bytes.escape_ascii());
    bytes
}

/// Checks that a status is known and not an internal error.
pub(super) fn sound(status: u32) -> u32 {
    assert!(status < KOULING_STATUS_INTERNAL, "status {status}");
    status
}
