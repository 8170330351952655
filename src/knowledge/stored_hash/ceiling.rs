//! Limits on the cost of verifying a stored hash.
//!
//! Each limit keeps one verification within about two seconds on one core of a small server. It still allows
//! parameters far above the recommended ones: RFC 9106's choice for low memory (Argon2 with 64 MiB and three
//! passes), OWASP's Password Storage Cheat Sheet (scrypt with N = 2¹⁷, r = 8; PBKDF2 with 1.4 million rounds of
//! SHA-1), and the defaults of Linux distributions. It excludes RFC 9106's choice of 2 GiB, which no server can
//! verify five times while a user waits. A hash above a limit is [`TooCostly`](super::HashErrorKind::TooCostly);
//! its parameters alone decide this.

/// Argon2: memory in KiB.
pub const ARGON2_MEMORY_KIB: u32 = 1 << 19;
/// Argon2: memory in KiB times passes, which determines the time.
pub const ARGON2_KIB_PASSES: u64 = 1 << 20;
/// Argon2: lanes.
pub const ARGON2_LANES: u32 = 255;
/// scrypt and yescrypt: memory in bytes, 128·N·r.
pub const SCRYPT_MEMORY: u64 = 1 << 29;
/// scrypt: N·r·p, which determines the time.
pub const SCRYPT_WORK: u64 = 4 << 20;
/// yescrypt: N·r·(t + 1), including the prehash.
pub const YESCRYPT_WORK: u64 = 4 << 20;
/// PBKDF2: rounds times output blocks.
pub const PBKDF2_ROUNDS: u64 = 10_000_000;
/// PBKDF2 with SHA-512: rounds times output blocks. A round takes about three times as long if the CPU accelerates
/// SHA-1 and SHA-256.
pub const PBKDF2_SHA512_ROUNDS: u64 = 5_000_000;
/// bcrypt: cost, the binary logarithm of the rounds.
pub const BCRYPT_COST: u32 = 15;
/// sha-crypt: rounds times hash blocks per round. The blocks grow with the password.
pub const SHA_CRYPT_BLOCKS: u64 = 20_000_000;
/// crypt(3): password length in bytes, libxcrypt's `CRYPT_MAX_PASSPHRASE_SIZE`. Longer passwords cannot have been
/// hashed.
pub const CRYPT_PASSWORD: usize = 512;
/// bcrypt: password length in bytes. The algorithm ignores the rest.
pub const BCRYPT_PASSWORD: usize = 72;
