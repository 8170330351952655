//! Builds a filter: hashes arrive in order and are written shard by shard.
//!
//! Memory use is the hashes of one shard, up to 150 bytes each while the shard is built: 20 MB below the maximum
//! number of shards, 37 MB for 1,000 million passwords. The caller provides the files.

use std::io::{BufRead, Read, Seek, SeekFrom, Write};

use sha2::{Digest, Sha256};

use super::head::{Entry, Head, MAX_SHARD_BITS};
use super::lines::{each_line, hash_and_count};
use super::{
    BuildError, BuildErrorKind, FilterFormat, HashKind, MAX_SOURCE_BYTES, Scatter, Status, TIERS, hash, shard,
};

/// Target number of passwords per shard, up to 2^12 shards.
const SHARD_KEYS: u64 = 1 << 17;
/// Maximum number of passwords per shard. More means that `expected` was far too low.
const MAX_SHARD_KEYS: usize = 1 << 26;
/// Lines between two calls of `progress`.
const LINES_PER_PROGRESS: u64 = 1 << 16;

/// Parameters of a new filter.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How passwords are hashed.
    pub hash: HashKind,
    /// What the filter stores.
    pub format: FilterFormat,
    /// Estimated number of passwords; determines the number of shards.
    pub expected: u64,
    /// Minimum number of times a password was seen: one of the [`TIERS`]. Rarer passwords are left out.
    pub min_count: u64,
    /// Origin of the hashes, at most [`MAX_SOURCE_BYTES`] bytes: `Have I Been Pwned, NTLM, 2026-10`.
    pub source: String,
}

/// Progress of a build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of input read so far.
    pub bytes: u64,
    /// Lines of input read so far.
    pub lines: u64,
}

/// Writes a new filter.
pub struct Builder<'p, W> {
    out: W,
    head: Head,
    /// Hashes of the current shard, with their counts.
    hashes: Vec<([u8; 20], u64)>,
    done: Progress,
    progress: &'p mut dyn FnMut(Progress),
}

impl<'p, W: Write + Seek> Builder<'p, W> {
    /// Starts a filter in `out`, which must be empty. The head is written last, so an unfinished file is not a
    /// valid filter. `progress` is called every 65,536 lines.
    ///
    /// # Errors
    /// [`MinCount`](BuildErrorKind::MinCount) or [`SourceTooLong`](BuildErrorKind::SourceTooLong) if the plan is
    /// invalid, [`Writing`](BuildErrorKind::Writing) if `out` cannot be written.
    pub fn new(mut out: W, plan: Plan, progress: &'p mut dyn FnMut(Progress)) -> Result<Self, BuildError> {
        let min_tier = TIERS.iter().position(|&min| min == plan.min_count);
        let min_tier = min_tier.ok_or(BuildError::of(BuildErrorKind::MinCount))?;
        if plan.source.len() > MAX_SOURCE_BYTES {
            return Err(BuildError::of(BuildErrorKind::SourceTooLong));
        }
        let shards = plan.expected.div_ceil(SHARD_KEYS).clamp(1, 1 << MAX_SHARD_BITS).next_power_of_two();
        let shard_bits = shards.trailing_zeros() as u8;
        let zeros = vec![0; Head::length(plan.source.len(), shard_bits)];
        out.write_all(&zeros).map_err(BuildError::writing)?;
        let head = Head {
            hash: plan.hash,
            format: plan.format,
            shard_bits,
            min_tier,
            passwords: [0; TIERS.len()],
            source: plan.source,
            index: Vec::with_capacity(1 << shard_bits),
            checksum: [0; 32],
            offsets: Vec::new(),
        };
        Ok(Builder { out, head, hashes: Vec::new(), done: Progress::default(), progress })
    }

    /// Adds a range in the format of the *Have I Been Pwned* API. `prefix` is the five hexadecimal digits that
    /// name the range. Each line is the rest of a hash, and optionally a colon and a count. Ranges must be added in order. `name`
    /// names the input in errors.
    ///
    /// # Errors
    /// If `prefix` or a line is invalid, hashes are out of order, or the input cannot be read.
    pub fn add_range(&mut self, name: &str, prefix: &str, input: impl BufRead) -> Result<(), BuildError> {
        if prefix.len() != 5 || !prefix.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(BuildError::of(BuildErrorKind::BadPrefix).at(name, 0));
        }
        self.add_lines(name, prefix, input)
    }

    /// Adds a file of all hashes in order. Each line is a hash, and optionally a colon and a count. `name` names the input in
    /// errors.
    ///
    /// # Errors
    /// If a line is invalid, hashes are out of order, or the input cannot be read.
    pub fn add_hashes(&mut self, name: &str, input: impl BufRead) -> Result<(), BuildError> {
        self.add_lines(name, "", input)
    }

    fn add_lines(&mut self, name: &str, prefix: &str, input: impl BufRead) -> Result<(), BuildError> {
        each_line(name, input, |line, _| {
            self.count_line(line.len());
            if line.is_empty() {
                return Ok(());
            }
            let parsed = hash_and_count(prefix.as_bytes(), line, self.head.hash.length());
            let (hash, count) = parsed.ok_or(BuildError::of(BuildErrorKind::BadLine))?;
            self.add(hash, count)
        })
    }

    /// Adds the passwords of a list. See [`Scatter::add_passwords`] for its counts.
    ///
    /// # Errors
    /// [`OtherHash`](BuildErrorKind::OtherHash) if the hash kinds differ; an I/O error if the scratch space cannot
    /// be read.
    pub fn add_scattered<S: Read + Write + Seek>(&mut self, scatter: Scatter<S>) -> Result<(), BuildError> {
        if scatter.hash() != self.head.hash {
            return Err(BuildError::of(BuildErrorKind::OtherHash));
        }
        scatter.each_in_order(|hash, count| self.add(hash, count))
    }

    fn count_line(&mut self, length: usize) {
        self.done.bytes += length as u64 + 1;
        self.done.lines += 1;
        if self.done.lines.is_multiple_of(LINES_PER_PROGRESS) {
            (self.progress)(self.done);
        }
    }

    /// Adds a hash. A count of 0 is padding and is ignored.
    fn add(&mut self, hash: [u8; 20], count: u64) -> Result<(), BuildError> {
        let shard = hash::shard_of(&hash, self.head.shard_bits);
        if shard < self.head.index.len() {
            return Err(BuildError::of(BuildErrorKind::OutOfOrder));
        }
        while shard > self.head.index.len() {
            self.write_shard()?;
        }
        if self.hashes.len() >= MAX_SHARD_KEYS {
            return Err(BuildError::of(BuildErrorKind::TooMany));
        }
        if count > 0 {
            self.hashes.push((hash, count));
        }
        Ok(())
    }

    /// Writes the current shard and starts the next.
    fn write_shard(&mut self) -> Result<(), BuildError> {
        let mut tiers: [Vec<[u8; 20]>; TIERS.len()] = Default::default();
        self.hashes.sort_unstable();
        for same in self.hashes.chunk_by(|a, b| a.0 == b.0) {
            let count = same.iter().fold(0, |sum: u64, (_, count)| sum.saturating_add(*count));
            let tier = TIERS.iter().rposition(|&min| min <= count).unwrap_or_default();
            if tier >= self.head.min_tier
                && let Some((hash, _)) = same.first()
            {
                tiers[tier].push(*hash);
                self.head.passwords[tier] += 1;
            }
        }
        self.hashes.clear();
        let not_made = || BuildError::of(BuildErrorKind::NotMade);
        let bytes = shard::write(&tiers, self.head.format, self.head.hash.length()).ok_or_else(not_made)?;
        let length = u32::try_from(bytes.len()).map_err(|_| not_made())?;
        self.out.write_all(&bytes).map_err(BuildError::writing)?;
        self.head.index.push(Entry { length, checksum: Sha256::digest(&bytes).into() });
        Ok(())
    }

    /// Writes the remaining shards and the head, and returns the flushed `out`.
    ///
    /// # Errors
    /// [`Empty`](BuildErrorKind::Empty) if there was no password, [`Writing`](BuildErrorKind::Writing) if `out`
    /// cannot be written.
    pub fn finish(mut self) -> Result<(W, Status), BuildError> {
        while self.head.index.len() < 1 << self.head.shard_bits {
            self.write_shard()?;
        }
        if self.head.passwords == [0; TIERS.len()] {
            return Err(BuildError::of(BuildErrorKind::Empty));
        }
        let head = self.head.write();
        let out = &mut self.out;
        let written = out.seek(SeekFrom::Start(0)).and_then(|_| out.write_all(&head)).and_then(|()| out.flush());
        written.map_err(BuildError::writing)?;
        (self.progress)(self.done);
        Ok((self.out, self.head.status()))
    }
}
