//! The head of a filter file: metadata and the index of shards.

use sha2::{Digest, Sha256};

use super::{FilterError, FilterErrorKind, FilterFormat, HashKind, Status, TIERS};
use crate::blob::Blob;

/// Magic bytes at the start of a filter.
pub const MAGIC: [u8; 8] = *b"\x89KBF\r\n\x1A\n";
/// Format version that is written, and the newest that is read.
pub const VERSION: u32 = 1;
/// Maximum length of the source, in bytes.
pub const MAX_SOURCE_BYTES: usize = 512;

/// The head must be readable in a fraction of a millisecond.
pub(super) const MAX_SHARD_BITS: u8 = 12;
const FIXED: usize = 50;
const ENTRY: usize = 36;
const CHECKSUM: usize = 32;

/// An entry of the index: length and checksum of a shard.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) length: u32,
    pub(super) checksum: [u8; 32],
}

#[derive(Clone)]
pub(super) struct Head {
    pub(super) hash: HashKind,
    pub(super) format: FilterFormat,
    pub(super) shard_bits: u8,
    pub(super) min_tier: usize,
    pub(super) passwords: [u64; TIERS.len()],
    pub(super) source: String,
    pub(super) index: Vec<Entry>,
    pub(super) checksum: [u8; 32],
    /// Offset of each shard, followed by the end of the last.
    pub(super) offsets: Vec<u64>,
}

impl Head {
    /// Returns the length of a head in bytes, for a source of `source` bytes.
    pub(super) fn length(source: usize, shard_bits: u8) -> usize {
        FIXED + source + (1 << shard_bits) * ENTRY + CHECKSUM
    }

    /// Serializes the head and updates its checksum.
    pub(super) fn write(&mut self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Head::length(self.source.len(), self.shard_bits));
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        let hash = match self.hash {
            HashKind::Sha1 => 1,
            HashKind::Ntlm => 2,
        };
        let format = match self.format {
            FilterFormat::Exact => 0,
            FilterFormat::Bits16 => 16,
            FilterFormat::Bits32 => 32,
        };
        bytes.extend([hash, format, self.shard_bits, self.min_tier as u8]);
        bytes.extend(self.passwords.iter().flat_map(|count| count.to_le_bytes()));
        bytes.extend((self.source.len() as u16).to_le_bytes());
        bytes.extend(self.source.as_bytes());
        for entry in &self.index {
            bytes.extend(entry.length.to_le_bytes());
            bytes.extend(entry.checksum);
        }
        self.checksum = Sha256::digest(&bytes).into();
        bytes.extend(self.checksum);
        self.compute_offsets(bytes.len() as u64);
        bytes
    }

    /// Computes the offsets of the shards, starting at `begin`.
    fn compute_offsets(&mut self, begin: u64) {
        self.offsets = vec![begin];
        let mut end = begin;
        self.offsets.extend(self.index.iter().map(|entry| {
            end += u64::from(entry.length);
            end
        }));
    }

    /// Reads and verifies the head, and checks that the file ends with the last shard.
    pub(super) fn read(blob: &dyn Blob) -> Result<Head, FilterError> {
        let of = FilterError::of;
        let file = blob.length().map_err(FilterError::read)?;
        let mut magic = [0; MAGIC.len()];
        let part = magic.len().min(usize::try_from(file).unwrap_or(usize::MAX));
        blob.read_at(0, &mut magic[..part]).map_err(FilterError::read)?;
        if magic != MAGIC {
            return Err(of(FilterErrorKind::Foreign));
        }
        if file < FIXED as u64 {
            return Err(of(FilterErrorKind::Truncated));
        }
        let mut fixed = [0; FIXED];
        blob.read_at(0, &mut fixed).map_err(FilterError::read)?;
        let [.., a, b, c, d, hash, format, shard_bits, min_tier] = fixed[..16] else {
            return Err(of(FilterErrorKind::Truncated));
        };
        let version = u32::from_le_bytes([a, b, c, d]);
        if version > VERSION {
            return Err(of(FilterErrorKind::NewerVersion));
        }
        let length = usize::from(u16::from_le_bytes([fixed[48], fixed[49]]));
        if version != VERSION || shard_bits > MAX_SHARD_BITS || length > MAX_SOURCE_BYTES {
            return Err(of(FilterErrorKind::Damaged));
        }
        let total = Head::length(length, shard_bits);
        if file < total as u64 {
            return Err(of(FilterErrorKind::Truncated));
        }
        let mut bytes = vec![0; total];
        blob.read_at(0, &mut bytes).map_err(FilterError::read)?;
        let Some((body, checksum)) = bytes.split_last_chunk::<CHECKSUM>() else {
            return Err(of(FilterErrorKind::Truncated));
        };
        if Sha256::digest(body).as_slice() != checksum {
            return Err(of(FilterErrorKind::Damaged));
        }
        let source = body.get(FIXED..FIXED + length).and_then(|source| std::str::from_utf8(source).ok());
        let hash = [(1, HashKind::Sha1), (2, HashKind::Ntlm)].into_iter().find(|(code, _)| *code == hash);
        let formats = [(0, FilterFormat::Exact), (16, FilterFormat::Bits16), (32, FilterFormat::Bits32)];
        let format = formats.into_iter().find(|(code, _)| *code == format);
        let (Some(source), Some((_, hash)), Some((_, format))) = (source, hash, format) else {
            return Err(of(FilterErrorKind::Damaged));
        };
        let mut passwords = [0; TIERS.len()];
        for (count, bytes) in passwords.iter_mut().zip(fixed[16..48].as_chunks().0) {
            *count = u64::from_le_bytes(*bytes);
        }
        let entry = |bytes: &[u8; ENTRY]| {
            let [a, b, c, d, checksum @ ..] = *bytes;
            Entry { length: u32::from_le_bytes([a, b, c, d]), checksum }
        };
        let index = body.get(FIXED + length..).unwrap_or_default().as_chunks().0.iter().map(entry).collect();
        let checksum = *checksum;
        let min_tier = usize::from(min_tier);
        let source = source.to_owned();
        let offsets = Vec::new();
        let mut head = Head { hash, format, shard_bits, min_tier, passwords, source, index, checksum, offsets };
        head.compute_offsets(total as u64);
        match head.offsets.last() {
            Some(end) if file < *end => Err(of(FilterErrorKind::Truncated)),
            Some(end) if file == *end && min_tier < TIERS.len() => {
                let count = passwords.iter().fold(0, |sum: u64, count| sum.saturating_add(*count));
                if count == 0 { Err(of(FilterErrorKind::Empty)) } else { Ok(head) }
            }
            _ => Err(of(FilterErrorKind::Damaged)),
        }
    }

    /// Returns the offset of a shard. The index after the last is the end of the file.
    pub(super) fn offset(&self, shard: usize) -> Option<u64> {
        self.offsets.get(shard).copied()
    }

    pub(super) fn one_in(&self, min_tier: usize) -> Option<u64> {
        let tiers = self.passwords.iter().skip(min_tier).filter(|&&count| count > 0).count() as u64;
        match self.format {
            FilterFormat::Exact => None,
            FilterFormat::Bits16 => Some((1 << 16) / tiers.max(1)),
            FilterFormat::Bits32 => Some((1 << 32) / tiers.max(1)),
        }
    }

    pub(super) fn status(&self) -> Status {
        Status {
            version: VERSION,
            hash: self.hash,
            format: self.format,
            passwords: self.passwords,
            min_count: TIERS.get(self.min_tier).copied().unwrap_or(1),
            source: self.source.clone(),
            shards: self.index.len(),
            bytes: self.offsets.last().copied().unwrap_or_default(),
            one_in: self.one_in(0),
            digest: self.checksum,
        }
    }
}

impl std::fmt::Debug for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.status().fmt(f)
    }
}
