//! Code keys are the operator's keys for the hashes of codes.

use std::mem::MaybeUninit;
use std::sync::Arc;

use kouling::flow::{CodeKey, CodeKeys};
use zeroize::Zeroizing;

use crate::boundary::{Out, answer, free, given};
use crate::report::kouling_report;
use crate::status::Failure;
use crate::text::kouling_text;

/// Keys: new codes are hashed with the first, and older ones still verify what was sent before. One owner, who fills it;
/// then every thread may use it at once. What was begun with it goes on when it is freed.
pub struct kouling_code_keys {
    pub(crate) keys: Arc<CodeKeys>,
}

fn key(id: u32, key: kouling_text) -> Result<CodeKey, Failure> {
    let bytes = key.bytes("key")?;
    let mut key = Zeroizing::new([0; 32]);
    if bytes.len() != key.len() {
        return Err(Failure::argument("`key` is not 32 bytes"));
    }
    key.copy_from_slice(bytes);
    Ok(CodeKey { id, key })
}

/// Makes keys of the one that new codes are hashed with: 32 random bytes, and a number to know it by.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_code_keys_new(
    id: u32,
    bytes: kouling_text,
    keys: Option<&mut MaybeUninit<*mut kouling_code_keys>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::owned("keys", keys);
    answer(report, || out.give(kouling_code_keys { keys: Arc::new(CodeKeys::new(key(id, bytes)?)) }))
}

/// Also verifies with an older key, so that keys can be changed while codes are on their way.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_code_keys_add_older(
    keys: Option<&mut kouling_code_keys>,
    id: u32,
    bytes: kouling_text,
    report: Option<&mut kouling_report>,
) -> u32 {
    answer(report, || {
        let handle = given("keys", keys)?;
        handle.keys = Arc::new(CodeKeys::clone(&handle.keys).with_older(key(id, bytes)?));
        Ok(())
    })
}

/// Frees keys and overwrites them.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_code_keys_free(keys: Option<Box<kouling_code_keys>>) {
    free(keys);
}
