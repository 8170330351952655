//! Encryption of codes in the outbox, so that a copied database contains no usable code.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use kouling::flow::Secret;
use zeroize::Zeroizing;

use crate::random;

const NONCE: usize = 24;

/// Encrypts with a key that is stored outside the database (XChaCha20-Poly1305; a random nonce precedes each text).
#[derive(Clone)]
pub struct Seal(XChaCha20Poly1305);

/// The text was encrypted with another key or for another message, or is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsealable;

impl Seal {
    /// Creates a seal with this key.
    pub fn new(key: &[u8; 32]) -> Seal {
        Seal(XChaCha20Poly1305::new(&Key::from(*key)))
    }

    /// Encrypts a secret for the message `id`. It cannot be decrypted for another message.
    ///
    /// # Errors
    /// The cipher failed. It never does for texts of this length.
    pub fn close(&self, id: &str, secret: &Secret) -> Result<Vec<u8>, Unsealable> {
        let nonce: [u8; NONCE] = random::bytes();
        let payload = Payload { msg: secret.expose().as_bytes(), aad: id.as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| Unsealable)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts a secret of the message `id`.
    ///
    /// # Errors
    /// It was encrypted with another key or for another message, or is damaged.
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
    fn sealed_code_opens_only_with_its_key_and_message() {
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
