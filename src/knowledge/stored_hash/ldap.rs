//! Hashes in LDAP directories, `{SCHEME}value` (RFC 2307): the base64 of a digest and an optional salt.

use super::{HashError, same};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha2::Digest;
use sha2::digest::Output;
use zeroize::Zeroize;

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Splits `{SCHEME}value`. Returns `None` without a leading brace.
pub(super) fn unwrap(stored: &str) -> Option<(&str, &str)> {
    stored.strip_prefix('{')?.split_once('}')
}

pub(super) fn verify<D: Digest>(password: &[u8], encoded: &str, salted: bool) -> Result<bool, HashError> {
    let decoded = ENGINE.decode(encoded).map_err(|_| HashError::malformed("invalid base64 after the brace"))?;
    let Some((digest, salt)) = decoded.split_at_checked(<D as Digest>::output_size()) else {
        return Err(HashError::malformed("the value after the brace is shorter than a digest"));
    };
    if salted == salt.is_empty() {
        return Err(HashError::malformed("a salt is missing or unexpected after the brace"));
    }
    let mut computed: Output<D> = D::new().chain_update(password).chain_update(salt).finalize();
    let matches = same(&computed, digest);
    computed.as_mut_slice().zeroize();
    Ok(matches)
}
