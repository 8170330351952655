//! A shard: the passwords whose hashes begin alike, in their tiers.

use xorf::{BinaryFuse16, BinaryFuse32, Descriptor, Filter as _};

use super::{FilterFormat, TIERS, hash};

/// The passwords of one tier.
enum Tier {
    Empty,
    /// Sorted hashes of so many bytes each.
    Exact(Vec<u8>, usize),
    Fuse16(BinaryFuse16),
    Fuse32(BinaryFuse32),
}

pub(super) struct Shard {
    tiers: Vec<Tier>,
}

/// A shard's tiers as bytes. `tiers` are the hashes of each, sorted, each once; `None` when a filter cannot be made of
/// them.
pub(super) fn write(tiers: &[Vec<[u8; 20]>; TIERS.len()], form: FilterFormat, length: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for hashes in tiers {
        let mut numbers: Vec<u64> = Vec::new();
        if form != FilterFormat::Exact {
            numbers.extend(hashes.iter().map(hash::number));
            numbers.dedup();
        }
        let count = if form == FilterFormat::Exact { hashes.len() } else { numbers.len() };
        bytes.extend(u32::try_from(count).ok()?.to_le_bytes());
        if count == 0 {
            continue;
        }
        match form {
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
    /// Reads a shard; `None` when it is none. What is built from it is never larger than the bytes.
    pub(super) fn read(mut bytes: &[u8], form: FilterFormat, length: usize) -> Option<Shard> {
        let mut tiers = Vec::with_capacity(TIERS.len());
        for _ in TIERS {
            tiers.push(read_tier(&mut bytes, form, length)?);
        }
        bytes.is_empty().then_some(Shard { tiers })
    }

    /// Whether a tier has a hash; of fingerprints, probably.
    pub(super) fn has(&self, tier: usize, key: &[u8; 20]) -> bool {
        match self.tiers.get(tier) {
            None | Some(Tier::Empty) => false,
            Some(Tier::Fuse16(fuse)) => fuse.contains(&hash::number(key)),
            Some(Tier::Fuse32(fuse)) => fuse.contains(&hash::number(key)),
            Some(Tier::Exact(hashes, length)) => is_among(hashes, &key[..*length]),
        }
    }
}

/// Whether a hash is among those of its length that stand sorted one after the other.
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

fn read_tier(bytes: &mut &[u8], form: FilterFormat, length: usize) -> Option<Tier> {
    let count = number(bytes)?;
    if count == 0 {
        return Some(Tier::Empty);
    }
    if form == FilterFormat::Exact {
        let hashes = take(bytes, usize::try_from(count).ok()?.checked_mul(length)?)?;
        return Some(Tier::Exact(hashes.to_vec(), length));
    }
    let seed = take(bytes, 8)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))?;
    let segment_length = number(bytes)?;
    let segment_count_length = number(bytes)?;
    // So that no look-up leaves the fingerprints: it moves two segments on at most and stays inside a segment.
    if !segment_length.is_power_of_two() || segment_count_length == 0 || segment_count_length % segment_length != 0
    {
        return None;
    }
    let all = segment_length.checked_mul(2)?.checked_add(segment_count_length)?;
    let descriptor =
        Descriptor { seed, segment_length, segment_length_mask: segment_length - 1, segment_count_length };
    let all = usize::try_from(all).ok()?;
    Some(match form {
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
