//! A code is what travels by mail; what is stored is a keyed hash of it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::Secret;
use crate::policy::reset::CodePolicy;

/// A key of the operator's for the hashes of codes.
#[derive(Clone)]
pub struct CodeKey {
    /// Names the key in stored challenges.
    pub id: u32,
    /// The key itself.
    pub key: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The keys in use: new codes take the first, and older ones are still verified, so that a key can be rotated while
/// codes are on their way.
#[derive(Clone, Debug)]
pub struct CodeKeys {
    current: CodeKey,
    older: Vec<CodeKey>,
}

impl CodeKeys {
    /// One key.
    pub fn new(current: CodeKey) -> CodeKeys {
        CodeKeys { current, older: Vec::new() }
    }

    /// Also verifies with an older key.
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

    /// Whether `code` is the one whose hash is `stored`; in constant time.
    pub(super) fn verify(&self, key_id: u32, context: &[u8], code: &str, stored: &[u8; 32]) -> bool {
        // A key that was withdrawn verifies nothing, at the same cost.
        let key = self.by_id(key_id);
        let hash = hash(key.unwrap_or(&self.current), context, code);
        bool::from(hash.ct_eq(stored)) & key.is_some()
    }
}

/// HMAC-SHA-256 over the challenge's context and the code, each with its length before it.
pub(super) fn hash(key: &CodeKey, context: &[u8], code: &str) -> [u8; 32] {
    // HMAC takes a key of any length, so that there is nothing to fail here.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.key.as_ref()) else { return [0; 32] };
    for part in [context, code.as_bytes()] {
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Draws a code from given randomness, uniformly: bytes that would favour the first characters are passed over.
/// `None` when the randomness ran out, which 64 bytes do with a chance below 10^-9 for any allowed alphabet and
/// a length of 8.
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
