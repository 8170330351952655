//! Codes: drawing them, and the keyed hash that is stored instead of the code.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::Secret;
use crate::policy::reset::CodePolicy;

/// A secret key of the operator for the hashes of codes.
#[derive(Clone)]
pub struct CodeKey {
    /// Identifies the key in stored challenges.
    pub id: u32,
    /// The 32 secret bytes.
    pub key: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The keys in use. New codes use the current key; codes made with an older key still verify, so that keys can be rotated
/// while codes are valid.
#[derive(Clone, Debug)]
pub struct CodeKeys {
    current: CodeKey,
    older: Vec<CodeKey>,
}

impl CodeKeys {
    /// Creates a set of one key.
    pub fn new(current: CodeKey) -> CodeKeys {
        CodeKeys { current, older: Vec::new() }
    }

    /// Adds an older key that only verifies.
    #[must_use]
    pub fn with_older(mut self, key: CodeKey) -> CodeKeys {
        self.older.push(key);
        self
    }

    pub(super) fn current(&self) -> &CodeKey {
        &self.current
    }

    fn by_id(&self, id: u32) -> Option<&CodeKey> {
        std::iter::once(&self.current).chain(&self.older).find(|key| key.id == id)
    }

    /// Whether `stored` is the hash of `code`; in constant time.
    pub(super) fn verify(&self, key_id: u32, context: &[u8], code: &str, stored: &[u8; 32]) -> bool {
        // A removed key verifies nothing, but takes the same time.
        let key = self.by_id(key_id);
        let hash = hash(key.unwrap_or(&self.current), context, code);
        bool::from(hash.ct_eq(stored)) & key.is_some()
    }
}

/// HMAC-SHA-256 over the challenge's context and the code, each preceded by its length.
pub(super) fn hash(key: &CodeKey, context: &[u8], code: &str) -> [u8; 32] {
    // HMAC accepts keys of any length, so this cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.key.as_ref()) else { return [0; 32] };
    for part in [context, code.as_bytes()] {
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Draws a code uniformly from random bytes. Bytes that would favour the first characters of the alphabet are skipped.
/// Returns `None` if the bytes run out. For 64 bytes, a length of 8 and any allowed alphabet the probability is below
/// 10^-9.
pub(super) fn draw(policy: &CodePolicy, randomness: &[u8]) -> Option<Secret> {
    let size = policy.alphabet.len();
    let fair = 256 - 256 % size;
    let mut bytes = randomness.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
    let mut code = Zeroizing::new(String::with_capacity(policy.length));
    for _ in 0..policy.length {
        code.push(*policy.alphabet.get(bytes.next()? % size)?);
    }
    Some(Secret::new(code.as_str()))
}
