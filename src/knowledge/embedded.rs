//! SHA-256 digests of the embedded word lists, computed in advance so that loading a policy hashes nothing.

/// In the format of `sha256sum`. Written by `rules/words/build` and `rules/words/train`.
const SUMS: &str = include_str!("../../rules/words/SHA256SUMS");

/// Returns the SHA-256 digest of a file in `rules/words`, or zeros for an unlisted file.
pub fn digest(file: &str) -> [u8; 32] {
    let mut digest = [0; 32];
    let listed = SUMS.lines().filter_map(|line| line.split_once("  ")).find(|(_, name)| *name == file);
    let digits = listed.map_or("", |(digits, _)| digits);
    for (byte, pair) in digest.iter_mut().zip(digits.as_bytes().chunks(2)) {
        *byte = pair.iter().fold(0, |sum, &b| sum << 4 | char::from(b).to_digit(16).unwrap_or_default() as u8);
    }
    digest
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "a test reads the files from the repository")]
    fn digest_of_every_list_is_current() {
        let files = SUMS.lines().filter_map(|line| Some(line.split_once("  ")?.1));
        assert_eq!(files.clone().count(), 6);
        for file in files {
            let bytes = std::fs::read(format!("rules/words/{file}")).unwrap();
            let found: [u8; 32] = Sha256::digest(bytes).into();
            assert_eq!(digest(file), found, "{file}: run rules/words/build");
        }
        assert_eq!(digest("nothing.txt"), [0; 32]);
    }
}
