//! bcrypt (`$2a$ $2b$ $2y$`): a cost, 22 characters of salt and 31 of hash, in bcrypt's own base64.
//!
//! The three prefixes name fixed versions of one algorithm. Their results differ only for passwords over 72 bytes,
//! which are an error here. The broken version `$2x$` is not supported.

use super::{HashError, ceiling, same};
use base64::Engine;
use base64::alphabet::BCRYPT;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

/// Unused trailing bits are ignored, as in OpenBSD: some libraries set them and some do not.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &BCRYPT,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

const SALT_LEN: usize = 16;
const HASH_LEN: usize = 23;

pub(super) fn verify(password: &[u8], rest: &str) -> Result<bool, HashError> {
    let malformed = || HashError::malformed("invalid bcrypt hash");
    let (cost, encoded) = rest.split_once('$').ok_or_else(malformed)?;
    if cost.len() != 2 || !cost.bytes().all(|byte| byte.is_ascii_digit()) || encoded.len() != 22 + 31 {
        return Err(malformed());
    }
    let cost: u32 = cost.parse().map_err(|_| malformed())?;
    let (salt, hash) = encoded.split_at_checked(22).ok_or_else(malformed)?;
    let salt: [u8; SALT_LEN] = decode(salt)?;
    let hash: [u8; HASH_LEN] = decode(hash)?;
    if !(4..=31).contains(&cost) {
        return Err(malformed());
    }
    if cost > ceiling::BCRYPT_COST {
        return Err(HashError::costly("the bcrypt cost exceeds the limit"));
    }
    if password.contains(&0) {
        return Err(HashError::nul());
    }
    if password.len() > ceiling::BCRYPT_PASSWORD {
        return Err(HashError::long());
    }
    // The terminating NUL is part of the key, unless the password fills all 72 bytes.
    let mut key = Zeroizing::new([0; ceiling::BCRYPT_PASSWORD]);
    key[..password.len()].copy_from_slice(password);
    let key_len = (password.len() + 1).min(ceiling::BCRYPT_PASSWORD);
    let computed = Zeroizing::new(::bcrypt::bcrypt(cost, salt, &key[..key_len]));
    Ok(same(&computed[..HASH_LEN], &hash))
}

fn decode<const N: usize>(text: &str) -> Result<[u8; N], HashError> {
    let malformed = || HashError::malformed("invalid base64 in the bcrypt hash");
    let mut bytes = [0; N];
    let written = ENGINE.decode_slice(text, &mut bytes).map_err(|_| malformed())?;
    if written == N { Ok(bytes) } else { Err(malformed()) }
}
