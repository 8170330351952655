//! Hashes in the PHC string format, `$id$v=…$name=number,…$salt$hash`: Argon2, scrypt and PBKDF2.

use super::{HashError, ceiling, same};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Length limits of the PHC format for salt and hash, in bytes.
const SALT_LEN: std::ops::RangeInclusive<usize> = 1..=64;
const HASH_LEN: std::ops::RangeInclusive<usize> = 10..=64;
/// Minimum length of an scrypt hash, in bytes. The format does not state the length and a truncated hash would
/// verify, so short hashes are refused.
const MIN_SCRYPT_HASH_LEN: usize = 16;

pub(super) fn argon2(algorithm: ::argon2::Algorithm, password: &[u8], rest: &str) -> Result<bool, HashError> {
    let mut fields = rest.split('$').peekable();
    let version = match fields.peek().and_then(|field| field.strip_prefix("v=")) {
        None => ::argon2::Version::V0x10,
        Some("16") => ::argon2::Version::V0x10,
        Some("19") => ::argon2::Version::V0x13,
        Some(_) => return Err(HashError::variant("unsupported Argon2 version")),
    };
    if rest.starts_with("v=") {
        fields.next();
    }
    let params = fields.next().unwrap_or_default();
    if params.contains(",keyid=") || params.contains(",data=") {
        return Err(HashError::variant("Argon2 with a key or associated data is not supported"));
    }
    let [m, t, p] = numbers(params, ["m=", "t=", "p="])?;
    let (salt, hash) = salt_and_hash(fields)?;
    if m > ceiling::ARGON2_MEMORY_KIB
        || u64::from(m) * u64::from(t) > ceiling::ARGON2_KIB_PASSES
        || p > ceiling::ARGON2_LANES
    {
        return Err(HashError::costly("the Argon2 parameters exceed the limit"));
    }
    let malformed = || HashError::malformed("inconsistent Argon2 parameters");
    let params = ::argon2::Params::new(m, t, p, Some(hash.len())).map_err(|_| malformed())?;
    let mut computed = Zeroizing::new(vec![0; hash.len()]);
    ::argon2::Argon2::new(algorithm, version, params)
        .hash_password_into(password, &salt, &mut computed)
        .map_err(|_| malformed())?;
    Ok(same(&computed, &hash))
}

pub(super) fn scrypt(password: &[u8], rest: &str) -> Result<bool, HashError> {
    let mut fields = rest.split('$');
    let [log_n, r, p] = numbers(fields.next().unwrap_or_default(), ["ln=", "r=", "p="])?;
    let (salt, hash) = salt_and_hash(fields)?;
    let malformed = || HashError::malformed("inconsistent scrypt parameters");
    if hash.len() < MIN_SCRYPT_HASH_LEN {
        return Err(HashError::malformed("the scrypt hash is too short"));
    }
    if log_n == 0 || r == 0 || p == 0 || log_n > 63 {
        return Err(malformed());
    }
    let work = u128::from(r) << log_n;
    if work * 128 > u128::from(ceiling::SCRYPT_MEMORY) || work * u128::from(p) > u128::from(ceiling::SCRYPT_WORK) {
        return Err(HashError::costly("the scrypt parameters exceed the limit"));
    }
    let log_n = u8::try_from(log_n).map_err(|_| malformed())?;
    let params = ::scrypt::Params::new(log_n, r, p).map_err(|_| malformed())?;
    let mut computed = Zeroizing::new(vec![0; hash.len()]);
    ::scrypt::scrypt(password, &salt, &params, &mut computed).map_err(|_| malformed())?;
    Ok(same(&computed, &hash))
}

/// PBKDF2 with one of its hash functions.
pub(super) struct Pbkdf2 {
    derive: fn(&[u8], &[u8], u32, &mut [u8]),
    digest_len: usize,
    ceiling: u64,
}

/// PBKDF2 with HMAC-SHA-1.
pub(super) const PBKDF2_SHA1: Pbkdf2 =
    Pbkdf2 { derive: ::pbkdf2::pbkdf2_hmac::<sha1::Sha1>, digest_len: 20, ceiling: ceiling::PBKDF2_ROUNDS };
/// PBKDF2 with HMAC-SHA-256.
pub(super) const PBKDF2_SHA256: Pbkdf2 =
    Pbkdf2 { derive: ::pbkdf2::pbkdf2_hmac::<sha2::Sha256>, digest_len: 32, ceiling: ceiling::PBKDF2_ROUNDS };
/// PBKDF2 with HMAC-SHA-512.
pub(super) const PBKDF2_SHA512: Pbkdf2 = Pbkdf2 {
    derive: ::pbkdf2::pbkdf2_hmac::<sha2::Sha512>,
    digest_len: 64,
    ceiling: ceiling::PBKDF2_SHA512_ROUNDS,
};

pub(super) fn pbkdf2(variant: &Pbkdf2, password: &[u8], rest: &str) -> Result<bool, HashError> {
    let mut fields = rest.split('$');
    let params = fields.next().unwrap_or_default();
    // A truncated digest would verify, so without an explicit length it must have the length of the digest.
    let (rounds, length, (salt, hash)) = if params.starts_with("i=") {
        let (rounds, length) = match params.split_once(",l=") {
            Some((rounds, length)) => (rounds, number(length)? as usize),
            None => (params, variant.digest_len),
        };
        let [rounds] = numbers(rounds, ["i="])?;
        (rounds, length, salt_and_hash(fields)?)
    } else {
        // passlib writes a bare number of rounds, and `.` where base64 has `+`.
        let respelt: Vec<String> = fields.map(|field| field.replace('.', "+")).collect();
        let fields = salt_and_hash(respelt.iter().map(String::as_str))?;
        (number(params)?, variant.digest_len, fields)
    };
    if length != hash.len() {
        return Err(HashError::malformed("unexpected length of the hash"));
    }
    if rounds == 0 {
        return Err(HashError::malformed("PBKDF2 needs at least one round"));
    }
    if u64::from(rounds) * hash.len().div_ceil(variant.digest_len) as u64 > variant.ceiling {
        return Err(HashError::costly("the PBKDF2 rounds exceed the limit"));
    }
    let mut computed = Zeroizing::new(vec![0; hash.len()]);
    (variant.derive)(password, &salt, rounds, &mut computed);
    Ok(same(&computed, &hash))
}

/// Parses `m=1,t=2,p=3`. Each scheme fixes the names and their order.
fn numbers<const N: usize>(params: &str, names: [&str; N]) -> Result<[u32; N], HashError> {
    let mut values = [0; N];
    let mut params = params.split(',');
    for (value, name) in values.iter_mut().zip(names) {
        let digits = params.next().and_then(|param| param.strip_prefix(name));
        *value = number(digits.unwrap_or_default())?;
    }
    match params.next() {
        None => Ok(values),
        Some(_) => Err(HashError::malformed("unexpected parameter")),
    }
}

/// Parses a decimal number in the PHC format: digits only, no leading zero.
fn number(digits: &str) -> Result<u32, HashError> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    match digits.parse() {
        Ok(value) if plain => Ok(value),
        Err(error) if plain && *error.kind() == std::num::IntErrorKind::PosOverflow => {
            Err(HashError::costly("a parameter exceeds the limit"))
        }
        _ => Err(HashError::malformed("a parameter is missing or not a number")),
    }
}

/// Decodes the last two fields.
fn salt_and_hash<'a>(mut fields: impl Iterator<Item = &'a str>) -> Result<(Vec<u8>, Vec<u8>), HashError> {
    let (Some(salt), Some(hash), None) = (fields.next(), fields.next(), fields.next()) else {
        return Err(HashError::malformed("unexpected number of fields"));
    };
    let decode = |text: &str, bounds: std::ops::RangeInclusive<usize>| {
        let bytes = ENGINE.decode(text).map_err(|_| HashError::malformed("invalid base64 in the salt or hash"))?;
        if bounds.contains(&bytes.len()) {
            Ok(bytes)
        } else {
            Err(HashError::malformed("invalid length of the salt or hash"))
        }
    };
    Ok((decode(salt, SALT_LEN)?, decode(hash, HASH_LEN)?))
}
