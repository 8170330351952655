//! Proof of work (as in Hashcash) for users who cannot see an image: the device searches for a nonce. Verification costs one
//! hash; the search costs 2 to the power of `bits` hashes on average. It delays a script as long as a user.

use sha2::{Digest, Sha256};

/// Maximum length of the salt and of the nonce, in bytes.
const LONGEST: usize = 64;

/// Returns whether SHA-256 of `salt`, a colon and `nonce`, as text, begins with at least `bits` zero bits.
///
/// The nonce consists of 1 to 64 ASCII letters and digits, so that a solution has only one spelling.
pub fn work_is_done(salt: &str, bits: u32, nonce: &str) -> bool {
    let fair =
        |text: &str| !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if !fair(salt) || !fair(nonce) {
        return false;
    }
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(":");
    hash.update(nonce);
    leading_zeros(&hash.finalize()) >= bits
}

fn leading_zeros(bytes: &[u8]) -> u32 {
    let whole = bytes.iter().take_while(|&&byte| byte == 0).count();
    let rest = bytes.get(whole).map_or(0, |byte| byte.leading_zeros());
    whole as u32 * 8 + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: &str = "00112233445566778899aabbccddeeff";

    #[test]
    fn zeros_are_counted_over_the_bytes() {
        assert_eq!(leading_zeros(&[0x80, 0]), 0);
        assert_eq!(leading_zeros(&[0x01, 0xff]), 7);
        assert_eq!(leading_zeros(&[0, 0, 0x1f]), 19);
        assert_eq!(leading_zeros(&[0; 32]), 256);
    }

    #[test]
    fn a_search_ends_and_its_result_is_good_for_its_own_salt_only() {
        let found = (0..1_000_000u32).map(|n| n.to_string()).find(|n| work_is_done(SALT, 12, n));
        let found = found.unwrap();
        assert!(work_is_done(SALT, 0, &found));
        assert!(!work_is_done(SALT, 64, &found));
        assert!(!work_is_done("00112233445566778899aabbccddeefe", 12, &found));
        assert!(!work_is_done(SALT, 12, &format!("{found}0")));
    }

    /// The hash of `00112233445566778899aabbccddeeff:140894` as `sha256sum` prints it begins with 0000b941.
    #[test]
    fn the_text_that_is_hashed_is_salt_colon_nonce() {
        assert!(work_is_done(SALT, 16, "140894"));
        assert!(!work_is_done(SALT, 16 + 1, "140894"));
    }

    #[test]
    fn a_nonce_of_other_characters_is_refused_even_for_no_work() {
        for nonce in ["", " 1", "1\n", "1:2", "é", "1\0", &"1".repeat(65)] {
            assert!(!work_is_done(SALT, 0, nonce), "{nonce:?}");
        }
        assert!(!work_is_done("", 0, "1"));
        assert!(work_is_done(SALT, 0, &"1".repeat(64)));
    }
}
