//! A seal keeps codes unreadable while they wait in the outbox: a copied database holds no live code.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use kouling::flow::Secret;
use zeroize::Zeroizing;

use crate::random;

const NONCE: usize = 24;

/// Encrypts with a key that is kept apart from the store (XChaCha20-Poly1305, a random nonce before each text).
#[derive(Clone)]
pub struct Seal(XChaCha20Poly1305);

/// What was sealed with another key, for another message, or is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsealable;

impl Seal {
    /// A seal with this key.
    pub fn new(key: &[u8; 32]) -> Seal {
        Seal(XChaCha20Poly1305::new(&Key::from(*key)))
    }

    /// Encrypts a secret for the message `id`; it opens for no other.
    ///
    /// # Errors
    /// When the cipher refuses, which it does for no text of a code's length.
    pub fn close(&self, id: &str, secret: &Secret) -> Result<Vec<u8>, Unsealable> {
        let nonce: [u8; NONCE] = random::bytes();
        let payload = Payload { msg: secret.expose().as_bytes(), aad: id.as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| Unsealable)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what was sealed for the message `id`.
    ///
    /// # Errors
    /// When it was sealed with another key or for another message, or is damaged.
    pub fn open(&self, id: &str, sealed: &[u8]) -> Result<Secret, Unsealable> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or(Unsealable)?;
        let payload = Payload { msg: text, aad: id.as_bytes() };
        let text = self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| Unsealable)?;
        let text = Zeroizing::new(text);
        std::str::from_utf8(&text).map(Secret::new).map_err(|_| Unsealable)
    }
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_for_its_own_message_and_key_only() {
        let (seal, other) = (Seal::new(&[1; 32]), Seal::new(&[2; 32]));
        let sealed = seal.close("a", &Secret::new("123456")).unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"123456"));
        assert_eq!(seal.open("a", &sealed).unwrap().expose(), "123456");
        assert!(seal.open("b", &sealed).is_err());
        assert!(other.open("a", &sealed).is_err());
        assert!(seal.open("a", &sealed[..10]).is_err());
        assert_ne!(seal.close("a", &Secret::new("123456")).unwrap(), sealed);
    }
}
