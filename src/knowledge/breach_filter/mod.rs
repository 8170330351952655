//! Breach filters: offline lookups in sets of up to 1,000 million breached passwords.
//!
//! A filter is built from password hashes, the format of published leaks. There are two kinds:
//!
//! * A probabilistic filter stores fingerprints of 16 or 32 bits (binary fuse filters,
//!   <https://arxiv.org/abs/2201.01174>) and takes 18 or 36 bits per password. It never misses a listed password.
//!   For each tier it checks, it reports one in 65,536 or 4,294,967,296 unlisted passwords as breached.
//! * An exact filter stores the hashes themselves.
//!
//! Passwords are divided into four tiers by how often they were seen: at least 1, 10, 100 and 1,000 times. They
//! are also divided into shards by the first bits of their hashes. Opening a filter reads only its head, at most
//! 150 kB. The first lookup in a shard reads and verifies it, and keeps a checksum of each of its blocks of 2,048 bytes.
//! Every lookup reads the blocks that it needs, three for each tier, and compares their checksums. A file that is
//! truncated or overwritten is therefore an error, and a process needs 4 bytes of memory per kilobyte of the file.
//! Lookups take no lock and share no file position, so threads and forked processes can use one filter.
//!
//! # The file
//!
//! Numbers are little-endian. Lengths and the first column are in bytes.
//!
//! | bytes | |
//! |---|---|
//! | 8 | `89 4B 42 46 0D 0A 1A 0A` |
//! | 4 | version of the format, 1 |
//! | 1 | hash: 1 is SHA-1 of the UTF-8 password; 2 is NTLM, MD4 of the UTF-16LE password |
//! | 1 | bits per fingerprint: 16, 32, or 0 for an exact filter |
//! | 1 | `s`, at most 12: there are 2^`s` shards; the first `s` bits of a hash are its shard index |
//! | 1 | lowest tier that the filter was built with, 0 to 3 |
//! | 4 × 8 | number of passwords in each tier |
//! | 2 | length of the source, at most 512 |
//! | … | source: the origin of the hashes, UTF-8 |
//! | 2^`s` × 36 | index: for each shard its length (4) and its SHA-256 (32) |
//! | 32 | SHA-256 of all preceding bytes |
//! | … | the shards in order, without gaps |
//!
//! A shard consists of four tiers. A tier starts with its number of keys (4). If this is not zero, an exact filter
//! continues with the sorted hashes of 20 or 16 bytes each. A probabilistic filter continues with the seed (8),
//! the segment length (4), the total length of all segments (4) and the fingerprints. The number of fingerprints
//! is the total length plus two segment lengths. A key is the first eight bytes of a hash as a big-endian number.
//! Lookups follow `BinaryFuse16` and `BinaryFuse32` of the crate `xorf`.

mod build;
mod error;
mod hash;
mod head;
mod lines;
mod scatter;
mod shard;

use std::fmt;
use std::sync::Arc;

use once_cell::race::OnceBox;

use crate::blob::Blob;

pub use build::{Builder, Plan, Progress};
pub use error::{BuildError, BuildErrorKind, FilterError, FilterErrorKind};
pub use hash::HashKind;
pub use head::{MAGIC, MAX_SOURCE_BYTES, VERSION};
pub use scatter::Scatter;

pub use crate::knowledge::listing::Encoding;

use hash::Key;
use head::Head;
use shard::Shard;

/// Minimum number of times a password was seen, for each tier.
pub const TIERS: [u64; 4] = [1, 10, 100, 1_000];

/// What a filter stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterFormat {
    /// Whole hashes. There are no false positives.
    Exact,
    /// 16-bit fingerprints. One in 65,536 unlisted passwords is a false positive, for each tier.
    Bits16,
    /// 32-bit fingerprints. One in 4,294,967,296 unlisted passwords is a false positive, for each tier.
    Bits32,
}

/// Metadata of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Format version.
    pub version: u32,
    /// How passwords are hashed.
    pub hash: HashKind,
    /// What the filter stores.
    pub format: FilterFormat,
    /// Number of passwords in each of the [`TIERS`].
    pub passwords: [u64; TIERS.len()],
    /// Minimum number of times a listed password was seen: one of the [`TIERS`].
    pub min_count: u64,
    /// Origin of the hashes.
    pub source: String,
    /// Number of shards.
    pub shards: usize,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// False-positive rate over all tiers, as one in N unlisted passwords. `None` for an exact filter.
    pub one_in: Option<u64>,
    /// Checksum of the head. It covers the checksums of the shards.
    pub digest: [u8; 32],
}

/// An open filter.
pub struct Filter {
    blob: Arc<dyn Blob>,
    head: Head,
    shards: Box<[OnceBox<Shard>]>,
}

impl Filter {
    /// Opens a filter: reads and verifies the head, and checks the length of the file. Shards are verified when
    /// they are read.
    ///
    /// # Errors
    /// If the file cannot be read, is not a filter, is truncated or damaged, has a newer format version, or
    /// contains no password.
    pub fn open(blob: Arc<dyn Blob>) -> Result<Filter, FilterError> {
        let head = Head::read(blob.as_ref())?;
        let shards = head.index.iter().map(|_| OnceBox::new()).collect();
        Ok(Filter { blob, head, shards })
    }

    /// Returns the highest tier that lists `password`, as an index into [`TIERS`], or `None` if no tier from
    /// `min_tier` on lists it. Verifies the shard at its first use.
    ///
    /// # Errors
    /// If the shard cannot be read, is damaged, or has changed since it was verified. The next call tries again.
    pub fn find(&self, password: &str, min_tier: usize) -> Result<Option<usize>, FilterError> {
        self.find_key(&self.head.hash.of(password), min_tier)
    }

    fn find_key(&self, key: &Key, min_tier: usize) -> Result<Option<usize>, FilterError> {
        let number = hash::shard_of(key, self.head.shard_bits);
        let Some(cell) = self.shards.get(number) else {
            return Err(FilterError::of(FilterErrorKind::Damaged));
        };
        // Threads that need a shard at the same time verify it at the same time. None waits for a lock, which another
        // thread could hold while the process forks.
        let shard = cell.get_or_try_init(|| Shard::open(self.blob.as_ref(), &self.head, number).map(Box::new))?;
        for tier in (min_tier..TIERS.len()).rev() {
            if shard.has(self.blob.as_ref(), tier, key)? {
                return Ok(Some(tier));
            }
        }
        Ok(None)
    }

    /// Returns whether the filter is exact and so has no false positives.
    pub fn is_exact(&self) -> bool {
        self.head.format == FilterFormat::Exact
    }

    /// Returns the false-positive rate of a lookup from `min_tier` on, as one in N unlisted passwords. `None` for
    /// an exact filter. Every tier that is not empty adds to the rate.
    pub fn one_in(&self, min_tier: usize) -> Option<u64> {
        self.head.one_in(min_tier)
    }

    /// Returns the lowest tier that the filter was built with.
    pub fn min_tier(&self) -> usize {
        self.head.min_tier
    }

    /// Returns the metadata of the filter.
    pub fn status(&self) -> Status {
        self.head.status()
    }

    /// Returns the checksum of the head. It covers the checksums of the shards.
    pub fn digest(&self) -> &[u8; 32] {
        &self.head.checksum
    }

    /// Reads and verifies every shard. `progress` receives the number of bytes verified so far.
    ///
    /// # Errors
    /// The first error found.
    pub fn verify(&self, mut progress: impl FnMut(u64)) -> Result<(), FilterError> {
        for number in 0..self.head.index.len() {
            Shard::open(self.blob.as_ref(), &self.head, number)?;
            progress(self.head.offset(number + 1).unwrap_or_default());
        }
        Ok(())
    }

    /// Measures the false-positive rate: looks up `probes` random hashes and returns how many were found. `random`
    /// fills a buffer with random bytes.
    ///
    /// # Errors
    /// As for [`Filter::find`].
    pub fn measure(
        &self,
        probes: u64,
        min_tier: usize,
        mut random: impl FnMut(&mut [u8]),
    ) -> Result<u64, FilterError> {
        let mut wrong = 0;
        for _ in 0..probes {
            let mut key = Key::default();
            random(&mut key[..self.head.hash.length()]);
            wrong += u64::from(self.find_key(&key, min_tier)?.is_some());
        }
        Ok(wrong)
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").field("head", &self.head).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
