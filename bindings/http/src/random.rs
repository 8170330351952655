//! Randomness, from the operating system and nowhere else.

/// Fresh bytes.
///
/// # Panics
/// When the operating system has no randomness to give: there is nothing that could be done without.
#[allow(clippy::expect_used)]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

pub use kouling::evaluation::hexadecimal as hex;

/// 32 hexadecimal digits that nobody can guess.
pub fn identifier() -> String {
    hex(&bytes::<16>())
}

/// So many ASCII letters and digits, drawn evenly.
pub fn letters(length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let drawn = bytes::<64>().into_iter().filter(|byte| *byte < 248).map(usize::from);
        text.extend(drawn.take(length - text.len()).map(|byte| char::from(ALPHABET[byte % 62])));
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn letters_are_as_many_as_asked_for() {
        assert_eq!(super::letters(16).len(), 16);
        assert_eq!(super::letters(100).len(), 100);
        assert_eq!(super::identifier().len(), 32);
    }
}
