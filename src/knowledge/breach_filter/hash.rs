//! Hashes of passwords, in the formats of published leaks.

use md4::Md4;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

/// How passwords are hashed for a lookup. Leaks are published in these formats; neither is suitable for storing a
/// password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashKind {
    /// SHA-1 of the UTF-8 password.
    Sha1,
    /// NTLM: MD4 of the password in UTF-16, little-endian.
    Ntlm,
}

/// A hash. A hash of 16 bytes is padded with zeros.
pub(super) type Key = Zeroizing<[u8; 20]>;

impl HashKind {
    /// Returns the length of a hash in bytes.
    pub fn length(self) -> usize {
        match self {
            HashKind::Sha1 => 20,
            HashKind::Ntlm => 16,
        }
    }

    /// Returns the display name: `SHA-1` or `NTLM`.
    pub fn name(self) -> &'static str {
        match self {
            HashKind::Sha1 => "SHA-1",
            HashKind::Ntlm => "NTLM",
        }
    }

    pub(super) fn of(self, password: &str) -> Key {
        let mut key = Key::default();
        match self {
            HashKind::Sha1 => {
                let hash = Zeroizing::new(<[u8; 20]>::from(Sha1::digest(password)));
                key.copy_from_slice(hash.as_slice());
            }
            HashKind::Ntlm => {
                let mut hasher = Md4::new();
                let mut pair = Zeroizing::new([0; 2]);
                for unit in password.encode_utf16() {
                    pair.copy_from_slice(&unit.to_le_bytes());
                    hasher.update(pair.as_slice());
                }
                let hash = Zeroizing::new(<[u8; 16]>::from(hasher.finalize()));
                key[..16].copy_from_slice(hash.as_slice());
            }
        }
        key
    }
}

/// Returns the first eight bytes as a big-endian number.
pub(super) fn number(key: &[u8; 20]) -> u64 {
    key.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

/// Returns the index of the shard that contains the hash.
pub(super) fn shard_of(key: &[u8; 20], shard_bits: u8) -> usize {
    let first = u16::from_be_bytes([key[0], key[1]]);
    usize::from(first) >> (16 - shard_bits.min(16))
}
