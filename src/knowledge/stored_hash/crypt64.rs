//! The base64 variant of crypt(3): own alphabet, lowest six bits first, no padding.

const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Returns the value of one character, 0 to 63.
pub(super) fn digit(character: u8) -> Option<u32> {
    let value = match character {
        b'.' | b'/' => character - b'.',
        b'0'..=b'9' => character - b'0' + 2,
        b'A'..=b'Z' => character - b'A' + 12,
        b'a'..=b'z' => character - b'a' + 38,
        _ => return None,
    };
    Some(u32::from(value))
}

/// Appends the lowest `characters` · 6 bits of `value`.
pub(super) fn encode(mut value: u32, characters: usize, out: &mut Vec<u8>) {
    for _ in 0..characters {
        out.push(ALPHABET[(value & 63) as usize]);
        value >>= 6;
    }
}

/// Decodes a text. Returns `None` for an invalid character, a single trailing character, or unused bits that are
/// set.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for group in text.as_bytes().chunks(4) {
        let mut value = 0;
        for (place, &character) in group.iter().enumerate() {
            value |= digit(character)? << (6 * place);
        }
        let whole = group.len() * 6 / 8;
        if whole == 0 || value >> (8 * whole) != 0 {
            return None;
        }
        bytes.extend_from_slice(&value.to_le_bytes()[..whole]);
    }
    Some(bytes)
}
