//! Hashes in an LDAP directory, `{SCHEME}value` (RFC 2307): here a digest, base64, followed by the salt if there is one.

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

/// Takes `{SCHEME}value` apart, or answers `None` if the text does not begin with a brace.
pub(super) fn unwrap(stored: &str) -> Option<(&str, &str)> {
    stored.strip_prefix('{')?.split_once('}')
}

pub(super) fn verify<D: Digest>(password: Option<&[u8]>, encoded: &str, salted: bool) -> Result<bool, HashError> {
    let decoded =
        ENGINE.decode(encoded).map_err(|_| HashError::malformed("the value after the brace is not base64"))?;
    let Some((digest, salt)) = decoded.split_at_checked(<D as Digest>::output_size()) else {
        return Err(HashError::malformed("the value after the brace is shorter than its digest"));
    };
    if salted == salt.is_empty() {
        return Err(HashError::malformed("the value after the brace has a salt too few or too many"));
    }
    let Some(password) = password else { return Ok(false) };
    let mut computed: Output<D> = D::new().chain_update(password).chain_update(salt).finalize();
    let answer = same(&computed, digest);
    computed.as_mut_slice().zeroize();
    Ok(answer)
}
