//! A law held against what is known already: everything that was ever found, the seeds, and a few random bytes.

#![allow(dead_code, unreachable_pub, clippy::expect_used, clippy::unwrap_used, clippy::disallowed_methods)]

use std::path::Path;

/// Holds `law` against every file of `fuzz/regressions/<target>`, the seeds, and so many random inputs, half of them
/// bent seeds. `root` is the folder of the repository.
pub fn replay(root: &Path, target: &str, law: fn(&[u8]), seeds: &[(String, Vec<u8>)], random: usize) {
    let folder = root.join("fuzz/regressions").join(target);
    for entry in std::fs::read_dir(&folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        held(law, &path.display().to_string(), &std::fs::read(&path).expect("a file"));
    }
    for (name, seed) in seeds {
        held(law, name, seed);
    }
    let mut numbers = Numbers(0x6b6f_756c_696e_6700);
    for n in 0..random {
        let mut data: Vec<u8> = match seeds.get(numbers.below(seeds.len().max(1))) {
            Some((_, seed)) if n % 2 == 0 => seed.clone(),
            _ => (0..numbers.below(300)).map(|_| numbers.below(256) as u8).collect(),
        };
        for _ in 0..=numbers.below(8) {
            bend(&mut data, &mut numbers);
        }
        held(law, &format!("{target}, random input {n}"), &data);
    }
}

/// Says which input broke the law: the panic itself says how.
fn held(law: fn(&[u8]), name: &str, data: &[u8]) {
    if let Err(panic) = std::panic::catch_unwind(|| law(data)) {
        eprintln!("broken by {name}: {}", data.escape_ascii());
        std::panic::resume_unwind(panic);
    }
}

fn bend(data: &mut Vec<u8>, numbers: &mut Numbers) {
    let at = numbers.below(data.len() + 1);
    match numbers.below(4) {
        0 => data.insert(at, numbers.below(256) as u8),
        1 => data.truncate(at.max(data.len().saturating_sub(20))),
        2 if at < data.len() => data[at] ^= 1 << numbers.below(8),
        _ if at < data.len() => drop(data.remove(at)),
        _ => {}
    }
}

/// SplitMix64: the same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound.max(1) as u64) as usize
    }
}
