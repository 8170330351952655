//! Stored password hashes: does this password belong to that hash?
//!
//! A host keeps hashes of former passwords, in whatever forms its database has gathered over the years. A history rule
//! asks [`verify`] for each of them. The answer is yes, no, or an error that says why there is no answer; an error is never
//! taken for "no", since a history that is silently skipped is a history that is not enforced.
//!
//! | form | scheme | source of the format |
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
//! A stored hash says itself how dear it is to check, and a database is not always to be trusted. So each parameter that costs
//! time or memory has a ceiling, in [`ceiling`], and a hash beyond it is refused before any work is done. Hashes are
//! compared in constant time, and what was derived on the way is wiped.
//!
//! Making hashes is not here: it takes randomness, and the engine has none.

mod bcrypt;
pub mod ceiling;
mod crypt;
mod crypt64;
mod error;
mod ldap;
mod phc;

pub use error::{HashError, HashErrorKind};
use subtle::ConstantTimeEq;

/// The longest stored hash that is looked at, in bytes. The longest legitimate one (`{SSHA512}` with a long salt, or an
/// Argon2 hash with a 64-byte output) is a third of this.
pub const MAX_STORED_LEN: usize = 1024;

/// How a stored hash was made, as its own prefix says.
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
    /// The name of the scheme in messages and reports.
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

/// Every prefix that is known, with its scheme.
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

/// Names the scheme of a stored hash by its prefix. What follows the prefix is not looked at.
///
/// # Errors
/// [`HashErrorKind::UnknownFormat`] if no scheme begins so, [`HashErrorKind::Malformed`] if the text is longer than
/// [`MAX_STORED_LEN`].
pub fn scheme(stored: &str) -> Result<Scheme, HashError> {
    dissect(stored).map(|parts| parts.scheme)
}

/// Returns whether `password` is the one that `stored` was made from.
///
/// The password is bytes, because bytes were hashed: it is not normalized here and need not be UTF-8.
///
/// # Errors
/// See [`HashErrorKind`]. An error means that the question has no answer, never that the answer is no.
pub fn verify(password: &[u8], stored: &str) -> Result<bool, HashError> {
    run(Some(password), stored)
}

/// Parses `stored` as a whole and names its scheme: form, lengths, parameters and [ceilings](ceiling). Nothing is derived.
///
/// If this succeeds, [`verify`] has an answer for every password, except one that the scheme cannot take
/// ([`HashErrorKind::PasswordTooLong`], [`HashErrorKind::PasswordHasNul`]). Call it before storing a hash from elsewhere.
///
/// # Errors
/// [`HashErrorKind::UnknownFormat`], [`HashErrorKind::Malformed`] or [`HashErrorKind::TooCostly`].
pub fn check(stored: &str) -> Result<Scheme, HashError> {
    run(None, stored)?;
    scheme(stored)
}

/// Parses `stored` and compares `password` with it. Without a password it only parses and returns `false`.
fn run(password: Option<&[u8]>, stored: &str) -> Result<bool, HashError> {
    let Parts { scheme, salted, rest } = dissect(stored)?;
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

/// Whether `password` may be the one that `stored` was made from; `false` is certain.
///
/// This is [`verify`], but for a password longer than the scheme can tell apart. If whoever made the hash cut such a
/// password without a word, the hash is that of the beginning; so the beginning is compared.
///
/// # Errors
/// As [`verify`], but never [`HashErrorKind::PasswordTooLong`].
pub fn may_be(password: &[u8], stored: &str) -> Result<bool, HashError> {
    let seen = match scheme(stored)? {
        Scheme::Bcrypt => ceiling::BCRYPT_PASSWORD,
        Scheme::Sha256Crypt | Scheme::Sha512Crypt | Scheme::Yescrypt => ceiling::CRYPT_PASSWORD,
        _ => password.len(),
    };
    verify(password.get(..seen).unwrap_or(password), stored)
}

/// A stored hash without its prefix. `salted` matters to LDAP digests only.
struct Parts<'a> {
    scheme: Scheme,
    salted: bool,
    rest: &'a str,
}

fn dissect(stored: &str) -> Result<Parts<'_>, HashError> {
    if stored.len() > MAX_STORED_LEN {
        return Err(HashError::malformed("it is too long for a stored hash"));
    }
    let Some((name, rest)) = ldap::unwrap(stored) else {
        return dissect_dollar(stored);
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
        "CRYPT" | "ARGON2" => dissect_dollar(rest),
        _ => Err(HashError::unknown()),
    }
}

fn dissect_dollar(stored: &str) -> Result<Parts<'_>, HashError> {
    DOLLAR_PREFIXES
        .iter()
        .find_map(|&(prefix, scheme)| {
            let rest = stored.strip_prefix(prefix)?;
            Some(Parts { scheme, salted: true, rest })
        })
        .ok_or_else(HashError::unknown)
}

/// Compares without telling, by the time it takes, where two hashes part.
fn same(computed: &[u8], stored: &[u8]) -> bool {
    computed.ct_eq(stored).into()
}

#[cfg(test)]
mod tests;
