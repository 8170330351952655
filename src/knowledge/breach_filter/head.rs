//! The head of a filter file: what it is, and where its shards are.

use sha2::{Digest, Sha256};

use super::{FilterError, FilterErrorKind, FilterFormat, HashKind, Status, TIERS};
use crate::blob::Blob;

/// How a filter begins.
pub const MAGIC: [u8; 8] = *b"\x89KBF\r\n\x1A\n";
/// The version of the format that is written, and the newest that is read.
pub const VERSION: u32 = 1;
/// The source may have this many bytes.
pub const MAX_SOURCE_BYTES: usize = 512;

/// There are at most 2^12 shards, so that a head is read in a fraction of a millisecond.
pub(super) const MAX_SHARD_BITS: u8 = 12;
const FIXED: usize = 50;
const ENTRY: usize = 36;
const CHECKSUM: usize = 32;

/// A shard in the index.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) length: u32,
    pub(super) checksum: [u8; 32],
}

#[derive(Clone)]
pub(super) struct Head {
    pub(super) hash: HashKind,
    pub(super) form: FilterFormat,
    pub(super) shard_bits: u8,
    pub(super) least_tier: usize,
    pub(super) passwords: [u64; TIERS.len()],
    pub(super) source: String,
    pub(super) index: Vec<Entry>,
    pub(super) checksum: [u8; 32],
    /// Where each shard begins, and where the last ends.
    pub(super) offsets: Vec<u64>,
}

impl Head {
    /// How many bytes a head has.
    pub(super) fn length(source: usize, shard_bits: u8) -> usize {
        FIXED + source + (1 << shard_bits) * ENTRY + CHECKSUM
    }

    /// The bytes of the head; makes its checksum.
    pub(super) fn write(&mut self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Head::length(self.source.len(), self.shard_bits));
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        let hash = match self.hash {
            HashKind::Sha1 => 1,
            HashKind::Ntlm => 2,
        };
        let form = match self.form {
            FilterFormat::Exact => 0,
            FilterFormat::Bits16 => 16,
            FilterFormat::Bits32 => 32,
        };
        bytes.extend([hash, form, self.shard_bits, self.least_tier as u8]);
        bytes.extend(self.passwords.iter().flat_map(|count| count.to_le_bytes()));
        bytes.extend((self.source.len() as u16).to_le_bytes());
        bytes.extend(self.source.as_bytes());
        for entry in &self.index {
            bytes.extend(entry.length.to_le_bytes());
            bytes.extend(entry.checksum);
        }
        self.checksum = Sha256::digest(&bytes).into();
        bytes.extend(self.checksum);
        self.place(bytes.len() as u64);
        bytes
    }

    /// Places the shards one after the other from `begin` on.
    fn place(&mut self, begin: u64) {
        self.offsets = vec![begin];
        let mut end = begin;
        self.offsets.extend(self.index.iter().map(|entry| {
            end += u64::from(entry.length);
            end
        }));
    }

    /// Reads a head and verifies it, and that the file ends where the last shard does.
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
        let [.., a, b, c, d, hash, form, shard_bits, least_tier] = fixed[..16] else {
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
        let forms = [(0, FilterFormat::Exact), (16, FilterFormat::Bits16), (32, FilterFormat::Bits32)];
        let form = forms.into_iter().find(|(code, _)| *code == form);
        let (Some(source), Some((_, hash)), Some((_, form))) = (source, hash, form) else {
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
        let least_tier = usize::from(least_tier);
        let source = source.to_owned();
        let offsets = Vec::new();
        let mut head = Head { hash, form, shard_bits, least_tier, passwords, source, index, checksum, offsets };
        head.place(total as u64);
        match head.offsets.last() {
            Some(end) if file < *end => Err(of(FilterErrorKind::Truncated)),
            Some(end) if file == *end && least_tier < TIERS.len() => {
                let count = passwords.iter().fold(0, |sum: u64, count| sum.saturating_add(*count));
                if count == 0 { Err(of(FilterErrorKind::Empty)) } else { Ok(head) }
            }
            _ => Err(of(FilterErrorKind::Damaged)),
        }
    }

    /// Where a shard begins; of the one after the last, where the file ends.
    pub(super) fn offset(&self, shard: usize) -> Option<u64> {
        self.offsets.get(shard).copied()
    }

    pub(super) fn one_in(&self, least: usize) -> Option<u64> {
        let tiers = self.passwords.iter().skip(least).filter(|&&count| count > 0).count() as u64;
        match self.form {
            FilterFormat::Exact => None,
            FilterFormat::Bits16 => Some((1 << 16) / tiers.max(1)),
            FilterFormat::Bits32 => Some((1 << 32) / tiers.max(1)),
        }
    }

    pub(super) fn status(&self) -> Status {
        Status {
            version: VERSION,
            hash: self.hash,
            form: self.form,
            passwords: self.passwords,
            min_count: TIERS.get(self.least_tier).copied().unwrap_or(1),
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
