//! A shard: the passwords whose hashes share their first bits, in tiers.

use xorf::{BinaryFuse16, BinaryFuse32, Descriptor, Filter as _};

use super::{FilterFormat, TIERS, hash};

/// The keys of one tier.
enum Tier {
    Empty,
    /// Sorted hashes, and the length of each in bytes.
    Exact(Vec<u8>, usize),
    Fuse16(BinaryFuse16),
    Fuse32(BinaryFuse32),
}

pub(super) struct Shard {
    tiers: Vec<Tier>,
}

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

impl Shard {
    /// Parses a shard. Returns `None` if it is invalid. The result never takes more memory than the input.
    pub(super) fn read(mut bytes: &[u8], format: FilterFormat, length: usize) -> Option<Shard> {
        let mut tiers = Vec::with_capacity(TIERS.len());
        for _ in TIERS {
            tiers.push(read_tier(&mut bytes, format, length)?);
        }
        bytes.is_empty().then_some(Shard { tiers })
    }

    /// Returns whether a tier contains a hash. May be a false positive with fingerprints.
    pub(super) fn has(&self, tier: usize, key: &[u8; 20]) -> bool {
        match self.tiers.get(tier) {
            None | Some(Tier::Empty) => false,
            Some(Tier::Fuse16(fuse)) => fuse.contains(&hash::number(key)),
            Some(Tier::Fuse32(fuse)) => fuse.contains(&hash::number(key)),
            Some(Tier::Exact(hashes, length)) => is_among(hashes, &key[..*length]),
        }
    }
}

/// Returns whether `wanted` is one of the sorted, concatenated hashes of its length.
fn is_among(hashes: &[u8], wanted: &[u8]) -> bool {
    let length = wanted.len();
    let (mut low, mut high) = (0, hashes.len() / length);
    while low < high {
        let middle = low + (high - low) / 2;
        match hashes[middle * length..(middle + 1) * length].cmp(wanted) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    false
}

fn take<'b>(bytes: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

fn number(bytes: &mut &[u8]) -> Option<u32> {
    take(bytes, 4)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn read_tier(bytes: &mut &[u8], format: FilterFormat, length: usize) -> Option<Tier> {
    let count = number(bytes)?;
    if count == 0 {
        return Some(Tier::Empty);
    }
    if format == FilterFormat::Exact {
        let hashes = take(bytes, usize::try_from(count).ok()?.checked_mul(length)?)?;
        return Some(Tier::Exact(hashes.to_vec(), length));
    }
    let seed = take(bytes, 8)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))?;
    let segment_length = number(bytes)?;
    let segment_count_length = number(bytes)?;
    // Keeps every lookup within bounds: it advances by at most two segments and stays inside a segment.
    if !segment_length.is_power_of_two() || segment_count_length == 0 || segment_count_length % segment_length != 0
    {
        return None;
    }
    let all = segment_length.checked_mul(2)?.checked_add(segment_count_length)?;
    let descriptor =
        Descriptor { seed, segment_length, segment_length_mask: segment_length - 1, segment_count_length };
    let all = usize::try_from(all).ok()?;
    Some(match format {
        FilterFormat::Bits16 => {
            let (chunks, _) = take(bytes, all.checked_mul(2)?)?.as_chunks();
            let fingerprints = chunks.iter().map(|bits| u16::from_le_bytes(*bits)).collect();
            Tier::Fuse16(BinaryFuse16 { descriptor, fingerprints })
        }
        _ => {
            let (chunks, _) = take(bytes, all.checked_mul(4)?)?.as_chunks();
            let fingerprints = chunks.iter().map(|bits| u32::from_le_bytes(*bits)).collect();
            Tier::Fuse32(BinaryFuse32 { descriptor, fingerprints })
        }
    })
}
