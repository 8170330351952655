//! Making a filter: hashes come in order, and are written shard after shard.
//!
//! What is taken in memory are the hashes of one shard, up to 150 bytes each while it is made: 20 MB as long as there
//! are fewer shards than there may be, 37 MB for a thousand million passwords. Files are the caller's.

use std::io::{BufRead, Read, Seek, SeekFrom, Write};

use sha2::{Digest, Sha256};

use super::head::{Entry, Head, MAX_SHARD_BITS};
use super::lines::{each_line, hash_and_count};
use super::{
    BuildError, BuildErrorKind, FilterFormat, HashKind, MAX_SOURCE_BYTES, Scatter, Status, TIERS, hash, shard,
};

/// A shard is to have so many passwords, as long as there are no more than 2^12 shards.
const SHARD_KEYS: u64 = 1 << 17;
/// A shard of more is not made: they would not have been expected.
const MAX_SHARD_KEYS: usize = 1 << 26;
/// So many lines are read from one call of `progress` to the next.
const STEP: u64 = 1 << 16;

/// What is to be made.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is hashed.
    pub hash: HashKind,
    /// Of what it is made.
    pub form: FilterFormat,
    /// About how many passwords there will be; decides into how many shards they are divided.
    pub expected: u64,
    /// Leaves out what was seen less often: one of the [`TIERS`].
    pub min_count: u64,
    /// Where the hashes are from: `Have I Been Pwned, NTLM, 2026-10`.
    pub source: String,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of input that were read.
    pub bytes: u64,
    /// Lines that were read.
    pub lines: u64,
}

/// A filter in the making.
pub struct Builder<'p, W> {
    out: W,
    head: Head,
    /// The hashes of the shard that is being filled, with their counts.
    hashes: Vec<([u8; 20], u64)>,
    done: Progress,
    progress: &'p mut dyn FnMut(Progress),
}

impl<'p, W: Write + Seek> Builder<'p, W> {
    /// Begins a filter in `out`, which is empty and is written at its beginning last, so that what was never finished
    /// is no filter. `progress` is called now and then.
    ///
    /// # Errors
    /// When the plan is wrong or `out` cannot be written.
    pub fn new(mut out: W, plan: Plan, progress: &'p mut dyn FnMut(Progress)) -> Result<Self, BuildError> {
        let least_tier = TIERS.iter().position(|&least| least == plan.min_count);
        let least_tier = least_tier.ok_or(BuildError::of(BuildErrorKind::MinCount))?;
        if plan.source.len() > MAX_SOURCE_BYTES {
            return Err(BuildError::of(BuildErrorKind::SourceTooLong));
        }
        let shards = plan.expected.div_ceil(SHARD_KEYS).clamp(1, 1 << MAX_SHARD_BITS).next_power_of_two();
        let shard_bits = shards.trailing_zeros() as u8;
        let zeros = vec![0; Head::length(plan.source.len(), shard_bits)];
        out.write_all(&zeros).map_err(BuildError::writing)?;
        let head = Head {
            hash: plan.hash,
            form: plan.form,
            shard_bits,
            least_tier,
            passwords: [0; TIERS.len()],
            source: plan.source,
            index: Vec::with_capacity(1 << shard_bits),
            checksum: [0; 32],
            offsets: Vec::new(),
        };
        Ok(Builder { out, head, hashes: Vec::new(), done: Progress::default(), progress })
    }

    /// Adds a range as *Have I Been Pwned* gives them out: `prefix` are the five hexadecimal digits that its file is
    /// named by, and a line is the rest of a hash, a colon and a count. Ranges come in order.
    ///
    /// # Errors
    /// When a line is wrong, out of order, or cannot be read; `name` stands in the error.
    pub fn add_range(&mut self, name: &str, prefix: &str, input: impl BufRead) -> Result<(), BuildError> {
        if prefix.len() != 5 || !prefix.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(BuildError::of(BuildErrorKind::BadPrefix).at(name, 0));
        }
        self.add_lines(name, prefix, input)
    }

    /// Adds one file of all hashes in order, each line a hash, a colon and a count.
    ///
    /// # Errors
    /// When a line is wrong, out of order, or cannot be read; `name` stands in the error.
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

    /// Adds the passwords of a list; how often one stands there is how often it was seen.
    ///
    /// # Errors
    /// When they were hashed in another way, or the scratch space cannot be read.
    pub fn add_scattered<S: Read + Write + Seek>(&mut self, scatter: Scatter<S>) -> Result<(), BuildError> {
        if scatter.hash() != self.head.hash {
            return Err(BuildError::of(BuildErrorKind::OtherHash));
        }
        scatter.each_in_order(|hash, count| self.add(hash, count))
    }

    fn count_line(&mut self, length: usize) {
        self.done.bytes += length as u64 + 1;
        self.done.lines += 1;
        if self.done.lines.is_multiple_of(STEP) {
            (self.progress)(self.done);
        }
    }

    /// Adds a hash; a count of none is padding.
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

    /// Writes the shard that was filled and goes on to the next.
    fn write_shard(&mut self) -> Result<(), BuildError> {
        let mut tiers: [Vec<[u8; 20]>; TIERS.len()] = Default::default();
        self.hashes.sort_unstable();
        for same in self.hashes.chunk_by(|a, b| a.0 == b.0) {
            let count = same.iter().fold(0, |sum: u64, (_, count)| sum.saturating_add(*count));
            let tier = TIERS.iter().rposition(|&least| least <= count).unwrap_or_default();
            if tier >= self.head.least_tier
                && let Some((hash, _)) = same.first()
            {
                tiers[tier].push(*hash);
                self.head.passwords[tier] += 1;
            }
        }
        self.hashes.clear();
        let not_made = || BuildError::of(BuildErrorKind::NotMade);
        let bytes = shard::write(&tiers, self.head.form, self.head.hash.length()).ok_or_else(not_made)?;
        let length = u32::try_from(bytes.len()).map_err(|_| not_made())?;
        self.out.write_all(&bytes).map_err(BuildError::writing)?;
        self.head.index.push(Entry { length, checksum: Sha256::digest(&bytes).into() });
        Ok(())
    }

    /// Writes what is left, and then the head. Gives back `out`, flushed.
    ///
    /// # Errors
    /// When there was no password, or `out` cannot be written.
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
