//! Verifies passwords against stored hashes.
//!
//! A host stores hashes of former passwords, often in several formats. A history rule calls [`verify`] for each of
//! them. The result is yes, no or an error. An error never counts as "no", because a skipped history check would
//! not enforce the history.
//!
//! | prefix | scheme | specification |
//! |---|---|---|
//! | `$argon2id$ $argon2i$ $argon2d$` | Argon2, RFC 9106 | PHC string format |
//! | `$scrypt$ln=…,r=…,p=…$` | scrypt, RFC 7914 | PHC string format |
//! | `$pbkdf2-sha1$ $pbkdf2-sha256$ $pbkdf2-sha512$ $pbkdf2$` | PBKDF2, RFC 8018 | PHC (`i=…,l=…`) and passlib (a bare number of rounds) |
//! | `$2a$ $2b$ $2y$` | bcrypt | OpenBSD |
//! | `$5$ $6$` | sha-crypt | Drepper, "Unix crypt using SHA-256 and SHA-512" |
//! | `$y$` | yescrypt | crypt(5) of libxcrypt |
//! | `{SHA…} {SSHA…}` | a digest, salted or bare | RFC 2307 and OpenLDAP's `pw-sha2` |
//! | `{CRYPT}… {ARGON2}…` | one of the above in OpenLDAP's wrapping | OpenLDAP |
//!
//! A stored hash determines the cost of its verification, and a database may be untrusted. Each parameter that
//! costs time or memory therefore has a limit in [`ceiling`]; a hash above it is refused before any work. Hashes
//! are compared in constant time, and derived values are wiped.
//!
//! The engine does not create hashes: this requires randomness, which the engine does not have.

mod bcrypt;
pub mod ceiling;
mod crypt;
mod crypt64;
mod error;
mod ldap;
mod phc;

pub use error::{HashError, HashErrorKind};
use subtle::ConstantTimeEq;

/// Maximum length of a stored hash in bytes. The longest legitimate ones (`{SSHA512}` with a long salt, Argon2
/// with 64 bytes of output) take a third of this.
pub const MAX_STORED_LEN: usize = 1024;

/// Scheme of a stored hash, as determined by its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// `$argon2id$`
    Argon2id,
    /// `$argon2i$`
    Argon2i,
    /// `$argon2d$`
    Argon2d,
    /// `$scrypt$`
    Scrypt,
    /// `$pbkdf2-sha1$` and `$pbkdf2$`
    Pbkdf2Sha1,
    /// `$pbkdf2-sha256$`
    Pbkdf2Sha256,
    /// `$pbkdf2-sha512$`
    Pbkdf2Sha512,
    /// `$2a$`, `$2b$` and `$2y$`
    Bcrypt,
    /// `$5$`
    Sha256Crypt,
    /// `$6$`
    Sha512Crypt,
    /// `$y$`
    Yescrypt,
    /// `{SHA}` and `{SSHA}`
    LdapSha1,
    /// `{SHA256}` and `{SSHA256}`
    LdapSha256,
    /// `{SHA384}` and `{SSHA384}`
    LdapSha384,
    /// `{SHA512}` and `{SSHA512}`
    LdapSha512,
}

impl Scheme {
    /// Returns the name of the scheme for messages and reports.
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Argon2id => "argon2id",
            Scheme::Argon2i => "argon2i",
            Scheme::Argon2d => "argon2d",
            Scheme::Scrypt => "scrypt",
            Scheme::Pbkdf2Sha1 => "pbkdf2-sha1",
            Scheme::Pbkdf2Sha256 => "pbkdf2-sha256",
            Scheme::Pbkdf2Sha512 => "pbkdf2-sha512",
            Scheme::Bcrypt => "bcrypt",
            Scheme::Sha256Crypt => "sha256-crypt",
            Scheme::Sha512Crypt => "sha512-crypt",
            Scheme::Yescrypt => "yescrypt",
            Scheme::LdapSha1 => "ldap-sha1",
            Scheme::LdapSha256 => "ldap-sha256",
            Scheme::LdapSha384 => "ldap-sha384",
            Scheme::LdapSha512 => "ldap-sha512",
        }
    }
}

/// Known prefixes and their schemes.
const DOLLAR_PREFIXES: &[(&str, Scheme)] = &[
    ("$argon2id$", Scheme::Argon2id),
    ("$argon2i$", Scheme::Argon2i),
    ("$argon2d$", Scheme::Argon2d),
    ("$scrypt$", Scheme::Scrypt),
    ("$pbkdf2-sha1$", Scheme::Pbkdf2Sha1),
    ("$pbkdf2$", Scheme::Pbkdf2Sha1),
    ("$pbkdf2-sha256$", Scheme::Pbkdf2Sha256),
    ("$pbkdf2-sha512$", Scheme::Pbkdf2Sha512),
    ("$2a$", Scheme::Bcrypt),
    ("$2b$", Scheme::Bcrypt),
    ("$2y$", Scheme::Bcrypt),
    ("$5$", Scheme::Sha256Crypt),
    ("$6$", Scheme::Sha512Crypt),
    ("$y$", Scheme::Yescrypt),
];

/// Determines the scheme of a stored hash by its prefix. The rest is not validated.
///
/// # Errors
/// [`HashErrorKind::UnknownFormat`] for an unknown prefix, [`HashErrorKind::Malformed`] if the text is longer than
/// [`MAX_STORED_LEN`].
pub fn scheme(stored: &str) -> Result<Scheme, HashError> {
    split(stored).map(|parts| parts.scheme)
}

/// Returns whether `stored` is a hash of `password`.
///
/// The password is given as bytes, since bytes were hashed: it is not normalized and need not be UTF-8.
///
/// # Errors
/// See [`HashErrorKind`]. An error means that the result is unknown, never that the password does not match.
pub fn verify(password: &[u8], stored: &str) -> Result<bool, HashError> {
    let Parts { scheme, salted, rest } = split(stored)?;
    match scheme {
        Scheme::Argon2id => phc::argon2(::argon2::Algorithm::Argon2id, password, rest),
        Scheme::Argon2i => phc::argon2(::argon2::Algorithm::Argon2i, password, rest),
        Scheme::Argon2d => phc::argon2(::argon2::Algorithm::Argon2d, password, rest),
        Scheme::Scrypt => phc::scrypt(password, rest),
        Scheme::Pbkdf2Sha1 => phc::pbkdf2(&phc::PBKDF2_SHA1, password, rest),
        Scheme::Pbkdf2Sha256 => phc::pbkdf2(&phc::PBKDF2_SHA256, password, rest),
        Scheme::Pbkdf2Sha512 => phc::pbkdf2(&phc::PBKDF2_SHA512, password, rest),
        Scheme::Bcrypt => bcrypt::verify(password, rest),
        Scheme::Sha256Crypt => crypt::sha256(password, rest),
        Scheme::Sha512Crypt => crypt::sha512(password, rest),
        Scheme::Yescrypt => crypt::yescrypt(password, rest),
        Scheme::LdapSha1 => ldap::verify::<sha1::Sha1>(password, rest, salted),
        Scheme::LdapSha256 => ldap::verify::<sha2::Sha256>(password, rest, salted),
        Scheme::LdapSha384 => ldap::verify::<sha2::Sha384>(password, rest, salted),
        Scheme::LdapSha512 => ldap::verify::<sha2::Sha512>(password, rest, salted),
    }
}

/// Returns whether `stored` may be a hash of `password`. `false` is certain.
///
/// Like [`verify`], except for passwords longer than the scheme distinguishes. The hash may have been created from
/// a silently truncated password, so only the beginning is compared.
///
/// # Errors
/// As for [`verify`], but never [`HashErrorKind::PasswordTooLong`].
pub fn may_be(password: &[u8], stored: &str) -> Result<bool, HashError> {
    let seen = match scheme(stored)? {
        Scheme::Bcrypt => ceiling::BCRYPT_PASSWORD,
        Scheme::Sha256Crypt | Scheme::Sha512Crypt | Scheme::Yescrypt => ceiling::CRYPT_PASSWORD,
        _ => password.len(),
    };
    verify(password.get(..seen).unwrap_or(password), stored)
}

/// A stored hash without its prefix. `salted` only applies to LDAP digests.
struct Parts<'a> {
    scheme: Scheme,
    salted: bool,
    rest: &'a str,
}

fn split(stored: &str) -> Result<Parts<'_>, HashError> {
    if stored.len() > MAX_STORED_LEN {
        return Err(HashError::malformed("the stored hash is too long"));
    }
    let Some((name, rest)) = ldap::unwrap(stored) else {
        return split_dollar(stored);
    };
    let parts = |scheme, salted| Ok(Parts { scheme, salted, rest });
    match name.to_ascii_uppercase().as_str() {
        "SHA" => parts(Scheme::LdapSha1, false),
        "SSHA" => parts(Scheme::LdapSha1, true),
        "SHA256" => parts(Scheme::LdapSha256, false),
        "SSHA256" => parts(Scheme::LdapSha256, true),
        "SHA384" => parts(Scheme::LdapSha384, false),
        "SSHA384" => parts(Scheme::LdapSha384, true),
        "SHA512" => parts(Scheme::LdapSha512, false),
        "SSHA512" => parts(Scheme::LdapSha512, true),
        "CRYPT" | "ARGON2" => split_dollar(rest),
        _ => Err(HashError::unknown()),
    }
}

fn split_dollar(stored: &str) -> Result<Parts<'_>, HashError> {
    DOLLAR_PREFIXES
        .iter()
        .find_map(|&(prefix, scheme)| {
            let rest = stored.strip_prefix(prefix)?;
            Some(Parts { scheme, salted: true, rest })
        })
        .ok_or_else(HashError::unknown)
}

/// Compares in constant time.
fn same(computed: &[u8], stored: &[u8]) -> bool {
    computed.ct_eq(stored).into()
}

#[cfg(test)]
mod tests;
