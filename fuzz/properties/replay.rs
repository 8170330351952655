//! Runs a property on known inputs: regressions, seeds, and a few random inputs.

#![allow(dead_code, unreachable_pub, clippy::expect_used, clippy::unwrap_used, clippy::disallowed_methods)]

use std::path::Path;

/// Runs `property` on every file of `fuzz/regressions/<target>`, the seeds, and `random` random inputs, half of
/// them mutated seeds. `root` is the root folder of the repository.
pub fn replay(root: &Path, target: &str, property: fn(&[u8]), seeds: &[(String, Vec<u8>)], random: usize) {
    let folder = root.join("fuzz/regressions").join(target);
    for entry in std::fs::read_dir(&folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        run(property, &path.display().to_string(), &std::fs::read(&path).expect("a file"));
    }
    for (name, seed) in seeds {
        run(property, name, seed);
    }
    let mut numbers = Numbers(0x6b6f_756c_696e_6700);
    for n in 0..random {
        let mut data: Vec<u8> = match seeds.get(numbers.below(seeds.len().max(1))) {
            Some((_, seed)) if n % 2 == 0 => seed.clone(),
            _ => (0..numbers.below(300)).map(|_| numbers.below(256) as u8).collect(),
        };
        for _ in 0..=numbers.below(8) {
            mutate(&mut data, &mut numbers);
        }
        run(property, &format!("{target}, random input {n}"), &data);
    }
}

/// Runs the property and names the input if it panics.
fn run(property: fn(&[u8]), name: &str, data: &[u8]) {
    if let Err(panic) = std::panic::catch_unwind(|| property(data)) {
        eprintln!("property violated by {name}: {}", data.escape_ascii());
        std::panic::resume_unwind(panic);
    }
}

fn mutate(data: &mut Vec<u8>, numbers: &mut Numbers) {
    let at = numbers.below(data.len() + 1);
    match numbers.below(4) {
        0 => data.insert(at, numbers.below(256) as u8),
        1 => data.truncate(at.max(data.len().saturating_sub(20))),
        2 if at < data.len() => data[at] ^= 1 << numbers.below(8),
        _ if at < data.len() => drop(data.remove(at)),
        _ => {}
    }
}

/// SplitMix64: deterministic random numbers.
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
