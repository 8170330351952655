//! Breach filters: which of a thousand million leaked passwords a password is, asked of a file, without a network.
//!
//! A filter is made of hashes, the way leaks are published, and is one of two things. With fingerprints of 16 or 32
//! bits (binary fuse filters, <https://arxiv.org/abs/2201.01174>) it takes 18 or 36 bits a password and is wrong about
//! one in 65,536 or 4,294,967,296 of those that are in no leak, for each tier it looks into; about those that are, never. An exact
//! one holds the hashes themselves.
//!
//! Passwords are in four tiers by how often they were seen, from 1, 10, 100 and 1,000 times on, and in shards by the
//! first bits of their hashes. A filter is opened by its head; a shard is read and verified when it is first asked, and
//! kept. What a filter takes in memory is at most its file, and at first only the head, of up to 150 kB.
//!
//! # The file
//!
//! Numbers are little-endian.
//!
//! | bytes | |
//! |---|---|
//! | 8 | `89 4B 42 46 0D 0A 1A 0A` |
//! | 4 | version of the format, 1 |
//! | 1 | what is hashed: 1 SHA-1 of the UTF-8 password; 2 NTLM, MD4 of the UTF-16LE password |
//! | 1 | bits of a fingerprint: 16, 32, or 0 for an exact filter |
//! | 1 | `s`, at most 12: there are 2^`s` shards, and the first `s` bits of a hash are its shard's number |
//! | 1 | the least tier that the filter was made with, 0 to 3 |
//! | 4 × 8 | how many passwords are in each tier |
//! | 2 | length of the source, at most 512 |
//! | … | the source: where the hashes are from, UTF-8 |
//! | 2^`s` × 36 | the index: of each shard its length (4) and its SHA-256 (32) |
//! | 32 | SHA-256 of everything before |
//! | … | the shards in order, without a gap |
//!
//! A shard is four tiers. A tier begins with how many keys it has (4). If there are any, then in an exact filter the
//! hashes follow, sorted, of 20 or 16 bytes each; in another the seed (8), the length of a segment (4), the length
//! of all segments (4), and the fingerprints, as many as that length and twice that of a segment. A key is the first
//! eight bytes of a hash as a big-endian number; how it is looked up is the crate `xorf`'s `BinaryFuse16` and `BinaryFuse32`.

mod build;
mod error;
mod hash;
mod head;
mod lines;
mod scatter;
mod shard;

use std::fmt;
use std::sync::Arc;

use once_cell::sync::OnceCell;
use sha2::{Digest, Sha256};

use crate::blob::Blob;

pub use build::{Builder, Plan, Progress};
pub use error::{BuildError, BuildErrorKind, FilterError, FilterErrorKind};
pub use hash::HashKind;
pub use head::{MAGIC, MAX_SOURCE_BYTES, VERSION};
pub use scatter::Scatter;

use hash::Key;
use head::Head;
use shard::Shard;

/// From how many times on a password was seen, in each tier.
pub const TIERS: [u64; 4] = [1, 10, 100, 1_000];

/// Of what a filter is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterFormat {
    /// Whole hashes: what is found was there.
    Exact,
    /// Fingerprints of 16 bits.
    Bits16,
    /// Fingerprints of 32 bits.
    Bits32,
}

/// What a filter is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The version of the format.
    pub version: u32,
    /// What is hashed.
    pub hash: HashKind,
    /// Of what it is made.
    pub form: FilterFormat,
    /// How many passwords are in each of the [`TIERS`].
    pub passwords: [u64; TIERS.len()],
    /// The least number of times a password was seen that is in it: one of the [`TIERS`].
    pub min_count: u64,
    /// Where the hashes are from.
    pub source: String,
    /// In how many parts it is read.
    pub shards: usize,
    /// How long the file is.
    pub bytes: u64,
    /// Of passwords in no leak one in so many is taken for one, over all tiers; `None` for an exact filter.
    pub one_in: Option<u64>,
    /// The checksum of the head, which the checksums of the shards are part of.
    pub digest: [u8; 32],
}

/// An open filter.
pub struct Filter {
    blob: Arc<dyn Blob>,
    head: Head,
    shards: Box<[OnceCell<Shard>]>,
}

impl Filter {
    /// Opens a filter: reads the head and verifies it, and that the file is as long as it should be.
    ///
    /// # Errors
    /// When it cannot be read, is no filter, is cut or damaged, is of a newer version, or holds no password.
    pub fn open(blob: Arc<dyn Blob>) -> Result<Filter, FilterError> {
        let head = Head::read(blob.as_ref())?;
        let shards = head.index.iter().map(|_| OnceCell::new()).collect();
        Ok(Filter { blob, head, shards })
    }

    /// The highest of the [`TIERS`] from `least` on in which a password is, by its place; `None` when it is in none.
    /// Reads the shard that it belongs to, if that was not read before.
    ///
    /// # Errors
    /// When that shard cannot be read, or is damaged.
    pub fn find(&self, password: &str, least: usize) -> Result<Option<usize>, FilterError> {
        self.find_key(&self.head.hash.of(password), least)
    }

    fn find_key(&self, key: &Key, least: usize) -> Result<Option<usize>, FilterError> {
        let number = hash::shard_of(key, self.head.shard_bits);
        let Some(cell) = self.shards.get(number) else {
            return Err(FilterError::of(FilterErrorKind::Damaged));
        };
        let shard = cell.get_or_try_init(|| self.read_shard(number))?;
        Ok((least..TIERS.len()).rev().find(|&tier| shard.has(tier, key)))
    }

    fn read_shard(&self, number: usize) -> Result<Shard, FilterError> {
        let damaged = || FilterError::of(FilterErrorKind::Damaged);
        let (entry, offset) = self.head.index.get(number).zip(self.head.offset(number)).ok_or_else(damaged)?;
        // As long as the head says, whose checksum was right, and within the length of the file.
        let mut bytes = vec![0; entry.length as usize];
        self.blob.read_at(offset, &mut bytes).map_err(FilterError::read)?;
        if Sha256::digest(&bytes).as_slice() != entry.checksum {
            return Err(damaged());
        }
        Shard::read(&bytes, self.head.form, self.head.hash.length()).ok_or_else(damaged)
    }

    /// Whether what is found is certainly there.
    pub fn is_exact(&self) -> bool {
        self.head.form == FilterFormat::Exact
    }

    /// Of passwords in no leak one in so many is taken for one seen at least as often as the tier `least` has it;
    /// `None` for an exact filter. Each tier that holds any is one more chance to be wrong.
    pub fn one_in(&self, least: usize) -> Option<u64> {
        self.head.one_in(least)
    }

    /// The least tier that it was made with.
    pub fn least_tier(&self) -> usize {
        self.head.least_tier
    }

    /// What it is.
    pub fn status(&self) -> Status {
        self.head.status()
    }

    /// The checksum of the head, which covers those of the shards.
    pub fn digest(&self) -> &[u8; 32] {
        &self.head.checksum
    }

    /// Reads and verifies every shard, and keeps none. `progress` is told how many bytes are done.
    ///
    /// # Errors
    /// The first that is found.
    pub fn verify(&self, mut progress: impl FnMut(u64)) -> Result<(), FilterError> {
        for number in 0..self.head.index.len() {
            self.read_shard(number)?;
            progress(self.head.offset(number + 1).unwrap_or_default());
        }
        Ok(())
    }

    /// Looks up `probes` hashes that `random` fills by chance, and says how many were found: none of them was in a
    /// leak, so that many are wrong.
    ///
    /// # Errors
    /// As those of [`Filter::find`].
    pub fn measure(
        &self,
        probes: u64,
        least: usize,
        mut random: impl FnMut(&mut [u8]),
    ) -> Result<u64, FilterError> {
        let mut wrong = 0;
        for _ in 0..probes {
            let mut key = Key::default();
            random(&mut key[..self.head.hash.length()]);
            wrong += u64::from(self.find_key(&key, least)?.is_some());
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
