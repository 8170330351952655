//! Random values from the operating system.

pub use kouling::evaluation::hexadecimal as hex;

/// Returns random bytes.
///
/// # Panics
/// The operating system has no randomness. Nothing can be done safely without it.
#[allow(clippy::expect_used)]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}

/// Returns an unguessable identifier: 32 hexadecimal digits.
pub fn identifier() -> String {
    hex(&bytes::<16>())
}

/// Returns `length` ASCII letters and digits, uniformly distributed.
pub fn letters(length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let values = bytes::<64>().into_iter().filter(|byte| *byte < 248).map(usize::from);
        text.extend(values.take(length - text.len()).map(|byte| char::from(ALPHABET[byte % 62])));
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn letters_have_the_requested_length() {
        assert_eq!(super::letters(16).len(), 16);
        assert_eq!(super::letters(100).len(), 100);
        assert_eq!(super::identifier().len(), 32);
    }
}
