use std::io::Cursor;

use proptest::prelude::*;

use sha2::{Digest, Sha256};

use super::*;
use crate::blob::Bytes;

/// Deterministic pseudo-random bytes (splitmix64).
fn random(mut state: u64) -> impl FnMut(&mut [u8]) {
    move |bytes| {
        for chunk in bytes.chunks_mut(8) {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            chunk.copy_from_slice(&(mixed ^ mixed >> 31).to_le_bytes()[..chunk.len()]);
        }
    }
}

fn plan(hash: HashKind, format: FilterFormat, expected: u64) -> Plan {
    Plan { hash, format, expected, min_count: 1, source: "a test".to_owned() }
}

fn build(
    plan: Plan,
    fill: impl FnOnce(&mut Builder<'_, Cursor<Vec<u8>>>) -> Result<(), BuildError>,
) -> Result<Vec<u8>, BuildError> {
    let mut progress = |_| ();
    let mut builder = Builder::new(Cursor::new(Vec::new()), plan, &mut progress)?;
    fill(&mut builder)?;
    let (out, status) = builder.finish()?;
    assert_eq!(status, open(&out.get_ref().clone()).unwrap().status());
    Ok(out.into_inner())
}

fn filter_of_passwords(plan: Plan, passwords: &[u8]) -> Result<Vec<u8>, BuildError> {
    let mut scatter = Scatter::new(plan.hash, || Ok(Cursor::new(Vec::new())))?;
    scatter.add_passwords("list.txt", passwords, Encoding::Utf8, &mut |_| ())?;
    build(plan, |builder| builder.add_scattered(scatter))
}

/// Builds a filter from the lines of one file of hashes.
fn filter_of_hashes(plan: Plan, hashes: &[([u8; 20], u64)]) -> Vec<u8> {
    let length = plan.hash.length();
    let mut lines = String::new();
    for (hash, count) in hashes {
        lines.extend(hash[..length].iter().map(|byte| format!("{byte:02X}")));
        lines.push_str(&format!(":{count}\r\n"));
    }
    build(plan, |builder| builder.add_hashes("hashes.txt", lines.as_bytes())).unwrap()
}

fn random_hashes(count: usize, seed: u64) -> Vec<([u8; 20], u64)> {
    let mut fill = random(seed);
    let mut hashes = vec![([0; 20], 1); count];
    hashes.iter_mut().for_each(|(hash, _)| fill(hash));
    hashes.sort_unstable();
    hashes
}

fn open(bytes: &[u8]) -> Result<Filter, FilterError> {
    Filter::open(Arc::new(Bytes::new(bytes)))
}

const FORMATS: [FilterFormat; 3] = [FilterFormat::Exact, FilterFormat::Bits16, FilterFormat::Bits32];
const HASHES: [HashKind; 2] = [HashKind::Sha1, HashKind::Ntlm];

#[test]
fn hashes_match_published_formats() {
    let hex = |kind: HashKind, password| -> String {
        kind.of(password)[..kind.length()].iter().map(|byte| format!("{byte:02X}")).collect()
    };
    assert_eq!(hex(HashKind::Sha1, "password"), "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8");
    assert_eq!(hex(HashKind::Ntlm, "password"), "8846F7EAEE8FB117AD06BDD830B7586C");
    assert_eq!(hex(HashKind::Ntlm, ""), "31D6CFE0D16AE931B73C59D7E0C089C0");
    assert_eq!(hex(HashKind::Ntlm, "密码😀").len(), 32);
}

#[test]
fn every_listed_password_is_found_in_its_tier() {
    let mut list = "alpha\nbravo\r\n\n密码\n".to_owned();
    list.push_str(&"ten\n".repeat(10));
    list.push_str(&"thousands\n".repeat(2_345));
    for (format, hash) in FORMATS.into_iter().flat_map(|format| HASHES.map(|hash| (format, hash))) {
        for expected in [0, 1 << 20, u64::MAX] {
            let file = filter_of_passwords(plan(hash, format, expected), list.as_bytes()).unwrap();
            let filter = open(&file).unwrap();
            let found = |password, min_tier| filter.find(password, min_tier).unwrap();
            assert_eq!([found("alpha", 0), found("bravo", 0), found("密码", 0)], [Some(0); 3]);
            assert_eq!([found("ten", 0), found("ten", 1), found("ten", 2)], [Some(1), Some(1), None]);
            assert_eq!([found("thousands", 3), found("alpha", 1), found("Alpha", 0)], [Some(3), None, None]);
            assert_eq!((found("", 0), found("alpha\r", 0)), (None, None));
            filter.verify(|_| ()).unwrap();
            let status = filter.status();
            assert_eq!((status.passwords, status.min_count, status.source.as_str()), ([3, 1, 0, 1], 1, "a test"));
            assert_eq!((status.hash, status.format, status.bytes), (hash, format, file.len() as u64));
            assert_eq!(
                status.shards,
                if expected == 0 {
                    1
                } else if expected == 1 << 20 {
                    8
                } else {
                    4096
                }
            );
            let one_in = match format {
                FilterFormat::Exact => [None; 2],
                FilterFormat::Bits16 => [Some(21_845), Some(65_536)],
                FilterFormat::Bits32 => [Some(1_431_655_765), Some(1 << 32)],
            };
            assert_eq!([filter.one_in(0), filter.one_in(2)], one_in);
        }
    }
}

#[test]
fn ranges_and_single_file_build_equal_filters() {
    let hashes = random_hashes(20_000, 1);
    let whole = filter_of_hashes(plan(HashKind::Ntlm, FilterFormat::Bits16, 1 << 19), &hashes);
    let digits = |hash: &[u8; 20]| hash[..16].iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    let from_ranges = build(plan(HashKind::Ntlm, FilterFormat::Bits16, 1 << 19), |builder| {
        for same in hashes.chunk_by(|a, b| digits(&a.0)[..5] == digits(&b.0)[..5]) {
            let prefix = digits(&same[0].0)[..5].to_owned();
            let lines: String =
                same.iter().map(|(hash, count)| format!("{}:{count}\r\n", &digits(hash)[5..])).collect();
            // The API pads its ranges with entries of count 0.
            let padded = format!("{lines}{}:0", "0".repeat(27));
            builder.add_range(&format!("{prefix}.txt"), &prefix, padded.as_bytes())?;
        }
        Ok(())
    });
    assert!(whole == from_ranges.unwrap());
    let filter = open(&whole).unwrap();
    assert_eq!(filter.status().shards, 4);
    for (hash, _) in &hashes {
        assert_eq!(filter.find_key(&zeroize::Zeroizing::new(*hash), 0).unwrap(), Some(0));
    }
}

#[test]
fn invalid_input_is_reported_with_place() {
    use BuildErrorKind::{
        BadLine, BadPrefix, Empty, Hashes, LineTooLong, MinCount, NotUtf8, OtherHash, OutOfOrder,
    };
    let sha1 = || plan(HashKind::Sha1, FilterFormat::Bits16, 1 << 20);
    let hash = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";
    let wrong = |lines: &str| {
        let error = build(sha1(), |builder| builder.add_hashes("h.txt", lines.as_bytes())).unwrap_err();
        (error.kind(), error.place().map(|(name, line)| (name.to_owned(), line)))
    };
    let at = |line| Some(("h.txt".to_owned(), line));
    for line in [
        "x",
        "password:1",
        &hash[1..],
        &format!("{hash}0"),
        &format!("{hash}:"),
        &format!("{hash}:-1"),
        &format!("{}g:1", &hash[1..]),
        &format!("{hash}:99999999999999999999"),
    ] {
        assert_eq!(wrong(&format!("{hash}:1\n\n{line}\n")), (BadLine, at(3)), "{line}");
    }
    assert_eq!(wrong(&format!("{hash}:1\n0{}:1\n", &hash[1..])), (OutOfOrder, at(2)));
    assert_eq!(wrong(&"x".repeat(5_000)), (LineTooLong, at(1)));
    assert_eq!(wrong(""), (Empty, None));
    assert_eq!(wrong(&format!("{hash}:0")), (Empty, None));
    let of_list = |list: &[u8]| filter_of_passwords(sha1(), list).unwrap_err();
    assert_eq!(of_list(b"fine\nna\xEFve\n").kind(), NotUtf8);
    assert_eq!(of_list(b"fine\nna\xEFve\n").to_string(), "list.txt:2: the line is not UTF-8");
    assert_eq!(
        of_list(b"fine\nna\xEFve\n\xFF\nfine\n\xFF").to_string(),
        "list.txt:2: the line is not UTF-8, like 2 more"
    );
    assert_eq!(of_list(b"\n").kind(), Empty);
    assert_eq!(of_list(hash.as_bytes()).kind(), Hashes);
    assert_eq!(of_list(format!("{hash}:7\n").repeat(2000).as_bytes()).kind(), Hashes);
    let prefix = |prefix| build(sha1(), |builder| builder.add_range("r", prefix, &b""[..])).unwrap_err().kind();
    assert_eq!([prefix("ABCD"), prefix("ABCDEF"), prefix("ABCDG")], [BadPrefix; 3]);
    assert_eq!(build(Plan { min_count: 5, ..sha1() }, |_| Ok(())).unwrap_err().kind(), MinCount);
    let scatter = Scatter::new(HashKind::Ntlm, || Ok(Cursor::new(Vec::new()))).unwrap();
    assert_eq!(build(sha1(), |builder| builder.add_scattered(scatter)).unwrap_err().kind(), OtherHash);
}

#[test]
fn published_forms_of_hash_lists_are_read() {
    let [one, two] = ["5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8", "7C4A8D09CA3762AF61E59520943DC26494F8941B"];
    for (lines, often) in [
        (format!("\u{FEFF}{one}:52\n{two}:209\n"), 1),
        (format!("{one}\n{two}\n"), 0),
        (format!("{one}: 52\r\n{two} : 209 \r\n"), 1),
        (format!("{one}:52\r{two}:209\r"), 1),
    ] {
        let sha1 = plan(HashKind::Sha1, FilterFormat::Exact, 2);
        let file = build(sha1, |builder| builder.add_hashes("h.txt", lines.as_bytes())).unwrap();
        let filter = open(&file).unwrap();
        let found = ["password", "123456", "heron"].map(|password| filter.find(password, 0).unwrap());
        assert_eq!(found, [Some(often), Some(2 * often), None], "{lines:?}");
    }
}

#[test]
fn published_forms_of_password_lists_are_read() {
    for list in ["  25 café\n   7 heron\n   3 \n", "cafe\u{301}:25\nheron:7\n", "$HEX[636166c3a9]:25\rheron: 7\r"]
    {
        let file = filter_of_passwords(plan(HashKind::Sha1, FilterFormat::Exact, 2), list.as_bytes()).unwrap();
        let filter = open(&file).unwrap();
        let found = ["café", "heron", "", "7"].map(|password| filter.find(password, 0).unwrap());
        assert_eq!(found, [Some(1), Some(0), None, None], "{list:?}");
    }
    // The form is that of the first lines. Blanks can belong to a password.
    let list = format!("heron \n12 kites\n{}", "wader\n".repeat(1_500));
    let file = filter_of_passwords(plan(HashKind::Sha1, FilterFormat::Exact, 2), list.as_bytes()).unwrap();
    let filter = open(&file).unwrap();
    let found = ["heron", "heron ", "12 kites", "kites"].map(|password| filter.find(password, 0).unwrap());
    assert_eq!(found, [Some(0), Some(0), Some(0), None]);
    let mut scatter = Scatter::new(HashKind::Sha1, || Ok(Cursor::new(Vec::new()))).unwrap();
    scatter.add_passwords("l", &b"caf\xE9\n"[..], Encoding::Latin1, &mut |_| ()).unwrap();
    let sha1 = plan(HashKind::Sha1, FilterFormat::Exact, 1);
    let file = build(sha1, |builder| builder.add_scattered(scatter)).unwrap();
    assert_eq!(open(&file).unwrap().find("café", 0).unwrap(), Some(0));
}

#[test]
fn min_count_excludes_rarer_passwords() {
    let list = [&b"rare\n"[..], &b"often\n".repeat(10)].concat();
    let plan = Plan { min_count: 10, ..plan(HashKind::Sha1, FilterFormat::Exact, 2) };
    let filter = open(&filter_of_passwords(plan, &list).unwrap()).unwrap();
    assert_eq!((filter.status().passwords, filter.min_tier()), ([0, 1, 0, 0], 1));
    assert_eq!([filter.find("rare", 0).unwrap(), filter.find("often", 0).unwrap()], [None, Some(1)]);
}

#[test]
fn false_positive_rate_matches_fingerprint_size() {
    let mut hashes = random_hashes(8_000, 2);
    // Hashes in every tier: each tier adds to the false positives.
    hashes.iter_mut().enumerate().for_each(|(at, (_, count))| *count = TIERS[at % TIERS.len()]);
    for (format, probes, low, high) in [
        (FilterFormat::Bits16, 250_000, 8, 26),
        (FilterFormat::Bits32, 50_000, 0, 0),
        (FilterFormat::Exact, 50_000, 0, 0),
    ] {
        let file = filter_of_hashes(plan(HashKind::Sha1, format, 8_000), &hashes);
        let wrong = open(&file).unwrap().measure(probes, 0, random(3)).unwrap();
        assert!(
            (low..=high).contains(&wrong),
            "{format:?}: {wrong} of {probes} are false positives; 15 are expected for 16 bits"
        );
    }
}

#[test]
fn filters_of_any_size_can_be_built() {
    for count in (1..40).chain([63, 64, 65, 100, 255, 256, 1000]) {
        for format in FORMATS {
            let hashes = random_hashes(count, count as u64);
            let filter = open(&filter_of_hashes(plan(HashKind::Sha1, format, 1), &hashes)).unwrap();
            for (hash, _) in hashes {
                assert_eq!(filter.find_key(&zeroize::Zeroizing::new(hash), 0).unwrap(), Some(0), "{count}");
            }
        }
    }
}

#[test]
fn every_truncation_and_bit_flip_is_detected() {
    use FilterErrorKind::{Damaged, Foreign, NewerVersion, Truncated};
    for format in FORMATS {
        let file = filter_of_passwords(plan(HashKind::Ntlm, format, 1 << 18), b"alpha\nbravo\ncharlie\n").unwrap();
        for length in 0..file.len() {
            let kind = open(&file[..length]).unwrap_err().kind();
            assert_eq!(kind, if length < 8 { Foreign } else { Truncated }, "{length}");
        }
        assert_eq!(open(&[&file[..], b"\n"].concat()).unwrap_err().kind(), Damaged);
        for bit in 0..file.len() * 8 {
            let mut flipped = file.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let found = open(&flipped).and_then(|filter| filter.verify(|_| ()));
            let kind = found.unwrap_err().kind();
            assert!(matches!(kind, Foreign | Damaged | Truncated | NewerVersion), "{bit}: {kind:?}");
        }
    }
}

#[test]
fn damaged_shard_fails_every_lookup_and_others_work() {
    let file = filter_of_passwords(
        plan(HashKind::Sha1, FilterFormat::Bits16, 1 << 18),
        b"alpha\nbravo\ncharlie\ndelta\n",
    )
    .unwrap();
    let mut damaged = file.clone();
    *damaged.last_mut().unwrap() ^= 1;
    let filter = open(&damaged).unwrap();
    let mut errors = 0;
    for password in ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot"] {
        let belongs = hash::shard_of(&HashKind::Sha1.of(password), 1) == 1;
        for _ in 0..2 {
            let found = filter.find(password, 0);
            assert_eq!(found.is_err(), belongs, "{password}");
            errors += u32::from(found.is_err());
        }
    }
    assert!((1..12).contains(&errors));
}

/// A file that changes while it is open.
#[derive(Debug)]
struct Changing(std::sync::RwLock<Vec<u8>>);

impl Changing {
    fn set(&self, bytes: &[u8]) {
        *self.0.write().unwrap() = bytes.to_vec();
    }
}

impl Blob for Changing {
    fn length(&self) -> std::io::Result<u64> {
        Ok(self.0.read().unwrap().len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        Bytes::new(self.0.read().unwrap().as_slice()).read_at(offset, buffer)
    }
}

/// Every change of the bytes that a lookup reads is an error, before and after the shard was verified, until the file is
/// restored. A lookup that does not read the changed bytes is correct.
#[test]
fn change_of_open_filter_is_an_error_until_restored() {
    let hashes = random_hashes(3_000, 4);
    let key = zeroize::Zeroizing::new(hashes[17].0);
    for format in FORMATS {
        let file = filter_of_hashes(plan(HashKind::Sha1, format, 1 << 18), &hashes);
        let blob = Arc::new(Changing(file.clone().into()));
        let verified = Filter::open(blob.clone()).unwrap();
        assert_eq!(verified.find_key(&key, 0).unwrap(), Some(0));
        let begin = verified.head.offset(0).unwrap() as usize;
        let mut errors = 0;
        for at in (begin..file.len()).step_by(61) {
            let mut flipped = file.clone();
            flipped[at] ^= 4;
            let fresh = Filter::open(blob.clone()).unwrap();
            blob.set(&flipped);
            match verified.find_key(&key, 0) {
                Ok(found) => assert_eq!(found, Some(0), "{at}"),
                Err(error) => {
                    assert_eq!(error.kind(), FilterErrorKind::Damaged);
                    errors += 1;
                }
            }
            let shard = hash::shard_of(&key, fresh.head.shard_bits);
            let is_inside = (fresh.head.offset(shard)..fresh.head.offset(shard + 1)).contains(&Some(at as u64));
            assert_eq!(fresh.find_key(&key, 0).is_err(), is_inside, "{at}");
            blob.set(&file[..at]);
            let truncated = [verified.find_key(&key, 0), fresh.find_key(&key, 0)];
            assert!(truncated.iter().all(|found| match found {
                Ok(found) => *found == Some(0),
                Err(error) => error.kind() == FilterErrorKind::Truncated,
            }));
            blob.set(&file);
            assert_eq!([verified.find_key(&key, 0).unwrap(), fresh.find_key(&key, 0).unwrap()], [Some(0); 2]);
        }
        assert!(errors > 0, "{format:?}");
        blob.set(&file[..begin]);
        assert_eq!(verified.find_key(&key, 0).unwrap_err().kind(), FilterErrorKind::Truncated);
        blob.set(&vec![0; file.len()]);
        assert_eq!(verified.find_key(&key, 0).unwrap_err().kind(), FilterErrorKind::Damaged);
    }
}

#[test]
fn memory_is_a_fraction_of_the_file() {
    let file = filter_of_hashes(plan(HashKind::Sha1, FilterFormat::Bits16, 1), &random_hashes(100_000, 5));
    let filter = open(&file).unwrap();
    filter.find("heron", 0).unwrap();
    let sums: usize = filter.shards.iter().filter_map(|shard| shard.get()).map(Shard::memory).sum();
    assert!(sums * 200 < file.len(), "{sums} bytes for a file of {}", file.len());
}

#[test]
fn threads_share_a_filter() {
    let file =
        filter_of_passwords(plan(HashKind::Sha1, FilterFormat::Bits16, 1 << 20), b"alpha\nbravo\n").unwrap();
    let filter = open(&file).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for password in ["alpha", "bravo"] {
                    assert_eq!(filter.find(password, 0).unwrap(), Some(0));
                }
            });
        }
    });
}

/// A file with valid checksums and arbitrary content.
fn sealed(fixed: &[u8], shard: &[u8]) -> Vec<u8> {
    let mut file = [fixed, &(shard.len() as u32).to_le_bytes(), &Sha256::digest(shard)].concat();
    file.extend(Sha256::digest(&file));
    file.extend(shard);
    file
}

proptest! {
    #[test]
    fn filter_contains_exactly_its_list(
        listed in prop::collection::btree_set("[a-z密😀]{1,6}", 1..80),
        others in prop::collection::vec("[a-z密😀]{1,6}", 1..40),
        expected in 1_u64..2_000_000,
        ntlm in any::<bool>(),
    ) {
        let list = listed.iter().map(|word| format!("{word}\n")).collect::<String>();
        let hash = if ntlm { HashKind::Ntlm } else { HashKind::Sha1 };
        for format in FORMATS {
            let filter = open(&filter_of_passwords(plan(hash, format, expected), list.as_bytes()).unwrap()).unwrap();
            for word in &listed {
                prop_assert_eq!(filter.find(word, 0).unwrap(), Some(0));
            }
            for word in others.iter().filter(|word| format != FilterFormat::Bits16 && !listed.contains(*word)) {
                prop_assert_eq!(filter.find(word, 0).unwrap(), None);
            }
        }
    }

    #[test]
    fn random_bytes_are_rejected(bytes in prop::collection::vec(any::<u8>(), 0..400), magic in any::<bool>()) {
        let file = if magic { [&MAGIC[..], &1_u32.to_le_bytes(), &bytes].concat() } else { bytes };
        prop_assert!(open(&file).is_err());
    }

    /// A crafted file with valid checksums must not cause an out-of-bounds access.
    #[test]
    fn crafted_shard_with_valid_checksums_never_panics(
        format in prop_oneof![Just(0_u8), Just(16), Just(32)],
        segment in prop_oneof![Just(0_u32), Just(1), Just(2), Just(4), any::<u32>()],
        segments in prop_oneof![Just(0_u32), Just(4), Just(8), any::<u32>()],
        count in prop_oneof![Just(1_u32), Just(2), any::<u32>()],
        rest in prop::collection::vec(any::<u8>(), 0..120),
        zeros in 0_usize..4,
    ) {
        let mut fixed = [&MAGIC[..], &1_u32.to_le_bytes(), &[1, format, 0, 0]].concat();
        fixed.extend([1_u64, 0, 0, 0].iter().flat_map(|count| count.to_le_bytes()));
        fixed.extend([0, 0]);
        let mut shard = count.to_le_bytes().to_vec();
        if format > 0 {
            shard.extend([&[7; 8][..], &segment.to_le_bytes(), &segments.to_le_bytes()].concat());
        }
        shard.extend(rest);
        // Tiers without keys.
        shard.extend(vec![0; zeros * 4]);
        let filter = open(&sealed(&fixed, &shard)).unwrap();
        for password in ["alpha", "bravo", "charlie", ""] {
            let _ = filter.find(password, 0);
        }
    }
}
