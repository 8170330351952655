//! A shard: the passwords whose hashes share their first bits, in tiers.
//!
//! The keys of a shard remain in the file. A lookup reads a few blocks of it and verifies them, so that a file that is
//! truncated or overwritten is an error.

use std::cmp::Ordering;
use std::ops::Range;

use sha2::{Digest, Sha256};
use xorf::{BinaryFuse16, BinaryFuse32, Descriptor};

use super::head::Head;
use super::{FilterError, FilterErrorKind, FilterFormat, TIERS, hash};
use crate::blob::Blob;

/// Serializes a shard. `tiers` contains the sorted, distinct hashes of each tier, `length` is the length of a hash
/// in bytes. Returns `None` if the fingerprints cannot be constructed.
pub(super) fn write(tiers: &[Vec<[u8; 20]>; TIERS.len()], format: FilterFormat, length: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for hashes in tiers {
        let mut numbers: Vec<u64> = Vec::new();
        if format != FilterFormat::Exact {
            numbers.extend(hashes.iter().map(hash::number));
            numbers.dedup();
        }
        let count = if format == FilterFormat::Exact { hashes.len() } else { numbers.len() };
        bytes.extend(u32::try_from(count).ok()?.to_le_bytes());
        if count == 0 {
            continue;
        }
        match format {
            FilterFormat::Exact => hashes.iter().for_each(|hash| bytes.extend(&hash[..length])),
            FilterFormat::Bits16 => {
                let fuse = BinaryFuse16::try_from(numbers).ok()?;
                write_descriptor(&mut bytes, &fuse.descriptor);
                bytes.extend(fuse.fingerprints.iter().flat_map(|bits| bits.to_le_bytes()));
            }
            FilterFormat::Bits32 => {
                let fuse = BinaryFuse32::try_from(numbers).ok()?;
                write_descriptor(&mut bytes, &fuse.descriptor);
                bytes.extend(fuse.fingerprints.iter().flat_map(|bits| bits.to_le_bytes()));
            }
        }
    }
    Some(bytes)
}

fn write_descriptor(bytes: &mut Vec<u8>, descriptor: &Descriptor) {
    bytes.extend(descriptor.seed.to_le_bytes());
    bytes.extend(descriptor.segment_length.to_le_bytes());
    bytes.extend(descriptor.segment_count_length.to_le_bytes());
}

/// Bytes of a block. A lookup reads whole blocks and verifies their checksums.
const BLOCK: usize = 2048;
/// Bytes of the blocks that a lookup reads at once: three segments of a filter of 16 bits.
const WINDOW: usize = 13 * BLOCK;
/// Bytes read at once while a shard is verified.
const CHUNK: usize = 16 * BLOCK;

/// The keys of one tier. `begin` is an offset in the shard.
enum Tier {
    Empty,
    /// Sorted hashes.
    Exact {
        begin: u64,
        count: u64,
    },
    /// Fingerprints, and the length of each in bytes.
    Fuse {
        begin: u64,
        descriptor: Descriptor,
        bytes: u64,
    },
}

/// The layout of a verified shard. The keys remain in the file.
pub(super) struct Shard {
    /// The offset of the shard in the file.
    offset: u64,
    length: u64,
    /// The length of a hash in bytes.
    hash: usize,
    /// The range of the first eight bytes of the hashes that belong to the shard.
    values: Range<u128>,
    /// A checksum of each block, which detects changes of the file after the shard was verified.
    sums: Box<[u64]>,
    tiers: [Tier; TIERS.len()],
}

impl Shard {
    /// Reads and verifies a shard. Takes memory for one chunk of it, and for the layout.
    pub(super) fn open(blob: &dyn Blob, head: &Head, number: usize) -> Result<Shard, FilterError> {
        let (entry, offset) = head.index.get(number).zip(head.offset(number)).ok_or_else(damaged)?;
        let length = u64::from(entry.length);
        let mut sums = Vec::with_capacity(entry.length as usize / BLOCK + 1);
        let mut digest = Sha256::new();
        let mut chunk = vec![0; CHUNK.min(entry.length as usize)];
        let mut done = 0;
        while done < length {
            let rest = usize::try_from(length - done).unwrap_or(CHUNK);
            let part = chunk.get_mut(..rest.min(CHUNK)).unwrap_or_default();
            blob.read_at(offset + done, part).map_err(FilterError::read)?;
            digest.update(&*part);
            sums.extend(part.chunks(BLOCK).map(sum));
            done += part.len() as u64;
        }
        if digest.finalize().as_slice() != entry.checksum {
            return Err(damaged());
        }
        let tiers = [Tier::Empty, Tier::Empty, Tier::Empty, Tier::Empty];
        let bits = 64 - u32::from(head.shard_bits);
        let values = (number as u128) << bits..(number as u128 + 1) << bits;
        let mut shard = Shard { offset, length, hash: head.hash.length(), values, sums: sums.into(), tiers };
        let mut at = 0;
        for number in 0..TIERS.len() {
            let tier = shard.read_tier(blob, &mut at, head.format)?;
            if let Some(place) = shard.tiers.get_mut(number) {
                *place = tier;
            }
        }
        if at == length { Ok(shard) } else { Err(damaged()) }
    }

    /// Reads the layout of the tier at `at`, and advances `at` to the next.
    fn read_tier(&self, blob: &dyn Blob, at: &mut u64, format: FilterFormat) -> Result<Tier, FilterError> {
        let count = u64::from(u32::from_le_bytes(self.take(blob, at)?));
        if count == 0 {
            return Ok(Tier::Empty);
        }
        let bytes = match format {
            FilterFormat::Exact => {
                let begin = *at;
                *at += count * self.hash as u64;
                return if *at <= self.length { Ok(Tier::Exact { begin, count }) } else { Err(damaged()) };
            }
            FilterFormat::Bits16 => 2,
            FilterFormat::Bits32 => 4,
        };
        let seed = u64::from_le_bytes(self.take(blob, at)?);
        let segment_length = u32::from_le_bytes(self.take(blob, at)?);
        let segment_count_length = u32::from_le_bytes(self.take(blob, at)?);
        // Keeps every lookup within bounds: it advances by at most two segments and stays inside a segment.
        if !segment_length.is_power_of_two()
            || segment_count_length == 0
            || !segment_count_length.is_multiple_of(segment_length)
        {
            return Err(damaged());
        }
        let begin = *at;
        *at += (u64::from(segment_length) * 2 + u64::from(segment_count_length)) * bytes;
        let segment_length_mask = segment_length - 1;
        let descriptor = Descriptor { seed, segment_length, segment_length_mask, segment_count_length };
        if *at <= self.length { Ok(Tier::Fuse { begin, descriptor, bytes }) } else { Err(damaged()) }
    }

    fn take<const N: usize>(&self, blob: &dyn Blob, at: &mut u64) -> Result<[u8; N], FilterError> {
        let mut bytes = [0; N];
        self.read(blob, *at, &mut bytes)?;
        *at += N as u64;
        Ok(bytes)
    }

    /// Reads bytes at an offset in the shard, at most a block, and verifies the blocks that contain them.
    fn read(&self, blob: &dyn Blob, at: u64, buffer: &mut [u8]) -> Result<(), FilterError> {
        let mut space = [0; 2 * BLOCK];
        let window = self.window(blob, at, at + buffer.len() as u64, &mut space)?;
        window.copy(at, buffer)
    }

    /// Reads the blocks that contain the bytes from `at` to `end` into `space`, without verifying them.
    fn window<'s>(
        &'s self,
        blob: &dyn Blob,
        at: u64,
        end: u64,
        space: &'s mut [u8],
    ) -> Result<Window<'s>, FilterError> {
        let block = BLOCK as u64;
        let begin = at / block * block;
        let length = end.next_multiple_of(block).min(self.length).checked_sub(begin).ok_or_else(damaged)?;
        let bytes = usize::try_from(length).ok().and_then(|length| space.get_mut(..length)).ok_or_else(damaged)?;
        blob.read_at(self.offset + begin, bytes).map_err(FilterError::read)?;
        Ok(Window { begin, bytes, sums: &self.sums })
    }

    /// Returns the memory that the checksums of the blocks take, in bytes.
    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.sums)
    }

    /// Returns whether a tier contains a hash. May be a false positive with fingerprints.
    ///
    /// # Errors
    /// If the file cannot be read, or has changed since the shard was verified.
    pub(super) fn has(&self, blob: &dyn Blob, tier: usize, key: &[u8; 20]) -> Result<bool, FilterError> {
        match self.tiers.get(tier) {
            None | Some(Tier::Empty) => Ok(false),
            Some(Tier::Exact { begin, count }) => self.has_hash(blob, *begin, *count, key),
            Some(Tier::Fuse { begin, descriptor, bytes }) => {
                let hash = mix(hash::number(key).wrapping_add(descriptor.seed));
                let found = positions(hash, descriptor).map(|position| begin + u64::from(position) * bytes);
                let prints = self.fingerprints(blob, found, *bytes)?;
                let difference = prints.iter().fold((hash ^ (hash >> 32)) as u32, |sum, print| sum ^ print);
                Ok(if *bytes == 2 { difference as u16 == 0 } else { difference == 0 })
            }
        }
    }

    /// Reads three fingerprints of `bytes` bytes, at rising offsets. They are usually close enough to be read at once: a
    /// read costs more than the bytes.
    fn fingerprints(&self, blob: &dyn Blob, offsets: [u64; 3], bytes: u64) -> Result<[u32; 3], FilterError> {
        let [first, _, last] = offsets;
        let mut prints = [[0; 4]; 3];
        let parts = prints.iter_mut().map(|print| print.get_mut(..bytes as usize).unwrap_or_default());
        if last + bytes <= first / BLOCK as u64 * BLOCK as u64 + WINDOW as u64 {
            let mut space = [0; WINDOW];
            let window = self.window(blob, first, last + bytes, &mut space)?;
            for (offset, part) in offsets.into_iter().zip(parts) {
                window.copy(offset, part)?;
            }
        } else {
            for (offset, part) in offsets.into_iter().zip(parts) {
                self.read(blob, offset, part)?;
            }
        }
        Ok(prints.map(u32::from_le_bytes))
    }

    /// Searches sorted hashes. Hashes are uniform, so their values estimate their positions. After a few steps, which
    /// suffice for hashes, the search halves the range, so that the number of steps is logarithmic for any file.
    fn has_hash(&self, blob: &dyn Blob, begin: u64, count: u64, key: &[u8; 20]) -> Result<bool, FilterError> {
        let wanted = key.get(..self.hash).unwrap_or_default();
        let target = u128::from(hash::number(key));
        let (mut low, mut high) = (0, count);
        let Range { start: mut low_value, end: mut high_value } = self.values;
        let mut estimates = 8;
        let mut found = [0; 20];
        while low < high {
            let span = u128::from(high - low);
            let estimate = (target.saturating_sub(low_value) * span) / (high_value - low_value).max(1);
            let middle =
                low + if estimates > 0 { (estimate as u64).min(high - low - 1) } else { (high - low) / 2 };
            let part = found.get_mut(..self.hash).unwrap_or_default();
            self.read(blob, begin + middle * self.hash as u64, part)?;
            match (*part).cmp(wanted) {
                Ordering::Equal => return Ok(true),
                Ordering::Less => (low, low_value) = (middle + 1, u128::from(hash::number(&found))),
                Ordering::Greater => (high, high_value) = (middle, u128::from(hash::number(&found))),
            }
            // Unsorted hashes of a crafted file.
            if high_value < low_value {
                return Ok(false);
            }
            estimates = i32::max(estimates - 1, 0);
        }
        Ok(false)
    }
}

/// Blocks of a shard.
struct Window<'s> {
    begin: u64,
    bytes: &'s [u8],
    sums: &'s [u64],
}

impl Window<'_> {
    /// Copies bytes at an offset in the shard, and verifies the blocks that contain them.
    fn copy(&self, at: u64, buffer: &mut [u8]) -> Result<(), FilterError> {
        let start =
            at.checked_sub(self.begin).and_then(|start| usize::try_from(start).ok()).ok_or_else(damaged)?;
        let end = start + buffer.len();
        let first = usize::try_from(self.begin).map_err(|_| damaged())? / BLOCK;
        for number in start / BLOCK..end.div_ceil(BLOCK) {
            let block = self.bytes.get(number * BLOCK..self.bytes.len().min((number + 1) * BLOCK));
            if block.map(sum).as_ref() != self.sums.get(first + number) {
                return Err(damaged());
            }
        }
        buffer.copy_from_slice(self.bytes.get(start..end).ok_or_else(damaged)?);
        Ok(())
    }
}

fn damaged() -> FilterError {
    FilterError::of(FilterErrorKind::Damaged)
}

/// The finalizer of MurmurHash3, as in `xorf`.
fn mix(key: u64) -> u64 {
    let key = (key ^ (key >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    let key = (key ^ (key >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    key ^ (key >> 33)
}

/// Returns the positions of the three fingerprints of a hash, as in `xorf`.
fn positions(hash: u64, descriptor: &Descriptor) -> [u32; 3] {
    let first = ((u128::from(hash) * u128::from(descriptor.segment_count_length)) >> 64) as u32;
    let second = first + descriptor.segment_length;
    let third = second + descriptor.segment_length;
    let mask = descriptor.segment_length_mask;
    [first, second ^ ((hash >> 18) as u32 & mask), third ^ (hash as u32 & mask)]
}

/// Returns a checksum that changes with every single change of eight bytes, and with others by a chance of one in 2^64.
/// It detects changes, not attacks: the author of a file decides what it lists.
fn sum(block: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let step =
        |state: u64, word: &[u8; 8]| (state ^ u64::from_le_bytes(*word)).wrapping_mul(FACTOR).rotate_left(29);
    let (words, rest) = block.as_chunks::<8>();
    let (fours, words) = words.as_chunks::<4>();
    // Four independent lanes, which the processor computes at once.
    let mut lanes = [1, 2, 3, 4];
    for four in fours {
        lanes = std::array::from_fn(|lane| step(lanes[lane], &four[lane]));
    }
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(byte, value)| *byte = *value);
    let state = lanes.iter().fold(block.len() as u64, |state, lane| step(state, &lane.to_le_bytes()));
    let state = words.iter().fold(state, step);
    step(state, &last)
}

#[cfg(test)]
mod tests {
    use xorf::Filter as _;

    use super::*;

    #[test]
    fn lookup_of_fingerprints_matches_xorf() {
        let keys: Vec<u64> = (1..5_000_u64).map(mix).collect();
        let fuse = BinaryFuse16::try_from(&keys).unwrap();
        for key in (0..20_000).map(mix) {
            let hash = mix(key.wrapping_add(fuse.descriptor.seed));
            let all = positions(hash, &fuse.descriptor).map(|position| fuse.fingerprints[position as usize]);
            let found = all.iter().fold((hash ^ (hash >> 32)) as u16, |sum, part| sum ^ part) == 0;
            assert_eq!(found, fuse.contains(&key));
        }
    }

    #[test]
    fn sum_changes_with_every_bit() {
        for length in [1, 7, 8, 31, 33, 100] {
            let block: Vec<u8> = (0..length).map(|n| n as u8).collect();
            for bit in 0..length * 8 {
                let mut other = block.clone();
                other[bit / 8] ^= 1 << (bit % 8);
                assert_ne!(sum(&block), sum(&other));
            }
            assert_ne!(sum(&block), sum(&block[..length - 1]));
        }
    }
}
