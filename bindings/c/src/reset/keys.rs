//! Code keys: the operator's secret keys for the hashes of codes.

use std::mem::MaybeUninit;
use std::sync::Arc;

use kouling::flow::{CodeKey, CodeKeys};
use zeroize::Zeroizing;

use crate::boundary::{Out, free, required, run};
use crate::failure::{Failure, kouling_report};
use crate::status::kouling_status;
use crate::text::kouling_text;

/// Secret keys for the hashes of codes: one for new codes, and older ones that still verify codes in transit. One owner;
/// once it is filled in, several threads may use it at the same time. Objects created with it stay valid when it is freed.
pub struct kouling_code_keys {
    pub(crate) keys: Arc<CodeKeys>,
}

fn key(id: u32, bytes: kouling_text) -> Result<CodeKey, Failure> {
    let bytes = bytes.bytes("bytes")?;
    let mut key = Zeroizing::new([0; 32]);
    if bytes.len() != key.len() {
        return Err(Failure::argument(format!("invalid key: {} bytes; expected 32", bytes.len())));
    }
    key.copy_from_slice(bytes);
    Ok(CodeKey { id, key })
}

/// Creates keys from the key for new codes. `bytes` are 32 random bytes, kept secret and the same on every server; `id`
/// distinguishes the key from others. Both are copied. `*keys` receives the object; the caller owns it and frees it by
/// `kouling_code_keys_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `keys` is NULL or `bytes` has another length.
/// `*keys` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_code_keys_new(
    id: u32,
    bytes: kouling_text,
    keys: Option<&mut MaybeUninit<*mut kouling_code_keys>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("keys", keys);
    run(report, || out.give(kouling_code_keys { keys: Arc::new(CodeKeys::new(key(id, bytes)?)) }))
}

/// Adds an older key that still verifies codes, so that keys can be rotated while codes are in transit. `bytes` are the 32
/// bytes of that key, `id` its number. Both are copied. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `keys` is NULL or `bytes` has another length.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_code_keys_add_older(
    keys: Option<&mut kouling_code_keys>,
    id: u32,
    bytes: kouling_text,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    run(report, || {
        let handle = required("keys", keys)?;
        handle.keys = Arc::new(CodeKeys::clone(&handle.keys).with_older(key(id, bytes)?));
        Ok(())
    })
}

/// Frees keys and overwrites them. Passing NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_code_keys_free(keys: Option<Box<kouling_code_keys>>) {
    free(keys);
}
