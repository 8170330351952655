//! The ceilings on what a stored hash may cost to check.
//!
//! Each is chosen so that one check ends within about two seconds on one core of a small server, and still leaves room for
//! parameters far above the recommended ones: RFC 9106's choice for modest memory (Argon2 with 64 MiB and three passes),
//! OWASP's Password Storage Cheat Sheet (scrypt with N = 2¹⁷, r = 8; PBKDF2 with 1.4 million rounds of SHA-1), and the
//! defaults of the distributions. What goes beyond is RFC 9106's choice of 2 GiB and the like, which no server can verify
//! five times over while a user waits. A hash beyond a ceiling is [`TooCostly`](super::HashErrorKind::TooCostly), which is
//! decided from its parameters alone.

/// Argon2: memory, in KiB.
pub const ARGON2_MEMORY_KIB: u32 = 1 << 19;
/// Argon2: memory in KiB times passes, which is what the time grows with.
pub const ARGON2_KIB_PASSES: u64 = 1 << 20;
/// Argon2: lanes.
pub const ARGON2_LANES: u32 = 255;
/// scrypt and yescrypt: memory, in bytes, which is 128·N·r.
pub const SCRYPT_MEMORY: u64 = 1 << 29;
/// scrypt: N·r·p, which is what the time grows with.
pub const SCRYPT_WORK: u64 = 4 << 20;
/// yescrypt: N·r·(t + 1), with the prehash counted in.
pub const YESCRYPT_WORK: u64 = 4 << 20;
/// PBKDF2: rounds times the blocks of output that each takes.
pub const PBKDF2_ROUNDS: u64 = 10_000_000;
/// PBKDF2 with SHA-512: the same; a round costs about three times as much where the processor helps with SHA-1 and SHA-256.
pub const PBKDF2_SHA512_ROUNDS: u64 = 5_000_000;
/// bcrypt: the cost, an exponent of two.
pub const BCRYPT_COST: u32 = 15;
/// sha-crypt: rounds times the hash blocks that a round takes, which grows with the password.
pub const SHA_CRYPT_BLOCKS: u64 = 20_000_000;
/// crypt(3): bytes of password; libxcrypt's `CRYPT_MAX_PASSPHRASE_SIZE`. It could not have hashed more.
pub const CRYPT_PASSWORD: usize = 512;
/// bcrypt: bytes of password. The algorithm does not see what comes after them.
pub const BCRYPT_PASSWORD: usize = 72;
