//! What a password is looked up as: its hash, as leaks are published.

use md4::Md4;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

/// How passwords are hashed before they are looked up. Neither is fit for storing a password; both are how leaks are
/// published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashKind {
    /// SHA-1 of the UTF-8 password.
    Sha1,
    /// NTLM: MD4 of the password in UTF-16, little-endian.
    Ntlm,
}

/// A hash; one of 16 bytes has zeros behind it.
pub(super) type Key = Zeroizing<[u8; 20]>;

impl HashKind {
    /// How many bytes a hash has.
    pub fn length(self) -> usize {
        match self {
            HashKind::Sha1 => 20,
            HashKind::Ntlm => 16,
        }
    }

    /// Its name: `SHA-1`, `NTLM`.
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

/// The first eight bytes as a number.
pub(super) fn number(key: &[u8; 20]) -> u64 {
    key.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

/// The number of the shard that a hash belongs to.
pub(super) fn shard_of(key: &[u8; 20], shard_bits: u8) -> usize {
    let first = u16::from_be_bytes([key[0], key[1]]);
    usize::from(first) >> (16 - shard_bits.min(16))
}
