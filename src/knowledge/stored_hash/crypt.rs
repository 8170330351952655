//! The schemes of crypt(3): sha-crypt (`$5$ $6$`) and yescrypt (`$y$`).
//!
//! crypt(3) takes a C string of at most 512 bytes. A longer password, or one that contains a NUL, cannot have such
//! a hash.

use super::{HashError, ceiling, crypt64, same};
use zeroize::{Zeroize, Zeroizing};

/// Rounds if the hash does not specify them, as defined by the format.
const DEFAULT_ROUNDS: u32 = 5_000;
/// Maximum salt length of sha-crypt in bytes. The algorithm ignores the rest.
const SHA_CRYPT_SALT: usize = 16;
/// Length of a yescrypt hash in bytes.
const YESCRYPT_HASH: usize = 32;

pub(super) fn sha256(password: &[u8], rest: &str) -> Result<bool, HashError> {
    let parts = ShaCrypt::parse(password, rest, 32, 43)?;
    let mut digest = sha_crypt::sha256_crypt(password, parts.salt.as_bytes(), parts.params);
    // Output order of crypt(3): each triple of indices is a rotation of the one before.
    let mut encoded = Zeroizing::new(Vec::with_capacity(43));
    let (mut a, mut b, mut c) = (0, 10, 20);
    for _ in 0..10 {
        encode_triple(&digest, [a, b, c], &mut encoded);
        (a, b, c) = (c + 1, a + 1, b + 1);
    }
    crypt64::encode(u32::from(digest[31]) << 8 | u32::from(digest[30]), 3, &mut encoded);
    digest.zeroize();
    Ok(same(&encoded, parts.hash.as_bytes()))
}

pub(super) fn sha512(password: &[u8], rest: &str) -> Result<bool, HashError> {
    let parts = ShaCrypt::parse(password, rest, 64, 86)?;
    let mut digest = sha_crypt::sha512_crypt(password, parts.salt.as_bytes(), parts.params);
    let mut encoded = Zeroizing::new(Vec::with_capacity(86));
    let (mut a, mut b, mut c) = (0, 21, 42);
    for _ in 0..21 {
        encode_triple(&digest, [a, b, c], &mut encoded);
        (a, b, c) = (b + 1, c + 1, a + 1);
    }
    crypt64::encode(u32::from(digest[63]), 2, &mut encoded);
    digest.zeroize();
    Ok(same(&encoded, parts.hash.as_bytes()))
}

pub(super) fn yescrypt(password: &[u8], rest: &str) -> Result<bool, HashError> {
    let malformed = || HashError::malformed("invalid yescrypt hash");
    let mut fields = rest.split('$');
    let (Some(params), Some(salt), Some(hash), None) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return Err(malformed());
    };
    let params = YescryptParams::parse(params)?;
    let salt = crypt64::decode(salt).filter(|salt| salt.len() <= 64).ok_or_else(malformed)?;
    let hash = crypt64::decode(hash).filter(|hash| hash.len() == YESCRYPT_HASH).ok_or_else(malformed)?;
    let params = params.checked()?;
    check_password(password)?;
    let mut computed = Zeroizing::new([0; YESCRYPT_HASH]);
    ::yescrypt::yescrypt(password, &salt, &params, &mut computed[..]).map_err(|_| malformed())?;
    Ok(same(&computed[..], &hash))
}

struct ShaCrypt<'a> {
    params: sha_crypt::Params,
    salt: &'a str,
    hash: &'a str,
}

impl<'a> ShaCrypt<'a> {
    fn parse(
        password: &[u8],
        rest: &'a str,
        digest_len: usize,
        hash_len: usize,
    ) -> Result<ShaCrypt<'a>, HashError> {
        let malformed = || HashError::malformed("invalid sha-crypt hash");
        let (rounds, rest) = match rest.strip_prefix("rounds=") {
            Some(rest) => {
                let (rounds, rest) = rest.split_once('$').ok_or_else(malformed)?;
                (decimal(rounds).ok_or_else(malformed)?, rest)
            }
            None => (DEFAULT_ROUNDS, rest),
        };
        let (salt, hash) = rest.split_once('$').ok_or_else(malformed)?;
        if salt.len() > SHA_CRYPT_SALT
            || hash.len() != hash_len
            || hash.bytes().any(|byte| crypt64::digit(byte).is_none())
        {
            return Err(malformed());
        }
        let params = sha_crypt::Params::new(rounds).map_err(|_| malformed())?;
        check_password(password)?;
        // A round hashes the password once or twice, the digest and the salt, in blocks of twice the digest
        // length.
        let bytes = 2 * password.len() + digest_len + SHA_CRYPT_SALT;
        let blocks = (bytes / (2 * digest_len) + 1) as u64;
        if u64::from(rounds) * blocks > ceiling::SHA_CRYPT_BLOCKS {
            return Err(HashError::costly("the sha-crypt rounds exceed the limit"));
        }
        Ok(ShaCrypt { params, salt, hash })
    }
}

fn encode_triple(digest: &[u8], places: [usize; 3], out: &mut Vec<u8>) {
    let [high, middle, low] = places.map(|place| u32::from(digest[place]));
    crypt64::encode(high << 16 | middle << 8 | low, 4, out);
}

fn check_password(password: &[u8]) -> Result<(), HashError> {
    if password.contains(&0) {
        return Err(HashError::nul());
    }
    if password.len() > ceiling::CRYPT_PASSWORD {
        return Err(HashError::long());
    }
    Ok(())
}

/// Parses a decimal number in the format of crypt(3): digits only, no leading zero.
fn decimal(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

/// Encoded parameters of yescrypt: flavour, log₂ N, r, and the optional ones.
struct YescryptParams {
    flavour: u32,
    log_n: u32,
    r: u32,
    p: u32,
    t: u32,
}

impl YescryptParams {
    fn parse(text: &str) -> Result<YescryptParams, HashError> {
        let malformed = || HashError::malformed("invalid yescrypt parameters");
        let mut rest = text.as_bytes();
        let flavour = number(&mut rest, 0).ok_or_else(malformed)?;
        let log_n = number(&mut rest, 1).ok_or_else(malformed)?;
        let r = number(&mut rest, 1).ok_or_else(malformed)?;
        let mut params = YescryptParams { flavour, log_n, r, p: 1, t: 0 };
        if !rest.is_empty() {
            let have = number(&mut rest, 1).ok_or_else(malformed)?;
            if have & 1 != 0 {
                params.p = number(&mut rest, 2).ok_or_else(malformed)?;
            }
            if have & 2 != 0 {
                params.t = number(&mut rest, 1).ok_or_else(malformed)?;
            }
            if have > 3 {
                return Err(HashError::variant("yescrypt with upgrades or a ROM is not supported"));
            }
        }
        if rest.is_empty() { Ok(params) } else { Err(malformed()) }
    }

    /// Checks the parameters against the limits and converts them.
    fn checked(&self) -> Result<::yescrypt::Params, HashError> {
        let costly = || HashError::costly("the yescrypt parameters exceed the limit");
        if self.log_n >= 32 {
            return Err(costly());
        }
        let (n, r) = (1u64 << self.log_n, u64::from(self.r));
        let memory = n.checked_mul(r).and_then(|work| work.checked_mul(128)).ok_or_else(costly)?;
        let work = n.checked_mul(r).and_then(|work| work.checked_mul(u64::from(self.t) + 1)).ok_or_else(costly)?;
        // The three modes divide N by p differently; p never saves work.
        let work = work.checked_mul(u64::from(self.p)).ok_or_else(costly)?;
        if memory > ceiling::SCRYPT_MEMORY || work > ceiling::YESCRYPT_WORK {
            return Err(costly());
        }
        let mode = ::yescrypt::Mode::try_from(self.flavour)
            .map_err(|_| HashError::variant("unsupported yescrypt flavour"))?;
        if mode.is_classic() {
            return Err(HashError::variant("unsupported yescrypt flavour"));
        }
        ::yescrypt::Params::new_with_all_params(mode, n, self.r, self.p, self.t, 0)
            .map_err(|_| HashError::malformed("inconsistent yescrypt parameters"))
    }
}

/// Decodes yescrypt's variable-length number: the first character determines how many follow. `min` is the
/// smallest encodable value.
fn number(text: &mut &[u8], min: u32) -> Option<u32> {
    let (&first, mut rest) = text.split_first()?;
    let first = crypt64::digit(first)?;
    let (mut start, mut end, mut following) = (0, 47, 0);
    let mut value = u64::from(min);
    while first > end {
        value += u64::from(end + 1 - start) << (6 * following);
        start = end + 1;
        end = start + (62 - end) / 2;
        following += 1;
    }
    value += u64::from(first - start) << (6 * following);
    for place in (0..following).rev() {
        let (&next, tail) = rest.split_first()?;
        value += u64::from(crypt64::digit(next)?) << (6 * place);
        rest = tail;
    }
    *text = rest;
    u32::try_from(value).ok()
}
