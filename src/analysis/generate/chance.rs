//! Uniformly distributed numbers from the caller's random bytes, and confidence bounds on probabilities.

use std::fmt;

use zeroize::Zeroizing;

use super::natural::Natural;

/// Fills a buffer with cryptographically secure random bytes. The engine has no source of randomness of its own.
pub type Random<'r> = dyn FnMut(&mut [u8]) -> Result<(), NoRandomness> + 'r;

/// The source of randomness failed, or its bytes are not random.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRandomness;

impl fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no randomness available")
    }
}

impl std::error::Error for NoRandomness {}

/// The maximum number of draws. Each fails with a probability below one half, so all of them fail only if the bytes are not
/// random.
const MAX_REDRAWS: usize = 256;

/// Returns a uniformly distributed number below `bound`, which must not be zero. Greater numbers are drawn again.
pub(super) fn below(bound: &Natural, random: &mut Random<'_>) -> Result<Natural, NoRandomness> {
    let bits = bound.bits();
    let mut bytes = Zeroizing::new(vec![0u8; bits.div_ceil(8)]);
    for _ in 0..MAX_REDRAWS {
        random(&mut bytes)?;
        if let Some(last) = bytes.last_mut() {
            *last &= (0xFFu16 >> (8 * bits.div_ceil(8) - bits)) as u8;
        }
        let digit = |four: &[u8]| four.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        let drawn = Natural::from_digits(bytes.chunks(4).map(digit).collect());
        if drawn < *bound {
            return Ok(drawn);
        }
    }
    Err(NoRandomness)
}

/// A deterministic generator, for reproducible results that are not secret: SplitMix64 (Steele, Lea, Flood, "Fast
/// Splittable Pseudorandom Number Generators", OOPSLA 2014).
#[derive(Clone, Debug)]
pub(crate) struct Reproducible(pub(crate) u64);

impl Reproducible {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let drawn = self.next().to_le_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }
}

/// Returns the lower bound of the Clopper–Pearson interval: the smallest probability of success for which `successes` or
/// more in `trials` have at least the probability `doubt`. Computed by bisection.
pub(super) fn least_chance(successes: u32, trials: u32, doubt: f64) -> f64 {
    if successes == 0 {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, f64::from(successes) / f64::from(trials));
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if tail(successes, trials, middle) < doubt {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// Returns the probability of `successes` or more in `trials`.
fn tail(successes: u32, trials: u32, chance: f64) -> f64 {
    let (success, failure) = (chance.ln(), (-chance).ln_1p());
    let mut choose = 0.0; // the logarithm of the binomial coefficient
    let mut sum = 0.0;
    for k in 0..=trials {
        if k > 0 {
            choose += f64::from(trials - k + 1).ln() - f64::from(k).ln();
        }
        if k >= successes {
            let exponent = choose + f64::from(k) * success + f64::from(trials - k) * failure;
            sum += exponent.exp();
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_random_bytes_is_uniform() {
        let mut source = Reproducible(7);
        let mut random = |bytes: &mut [u8]| {
            source.fill(bytes);
            Ok(())
        };
        let mut counts = [0u32; 5];
        for _ in 0..5000 {
            let drawn = below(&Natural::new(5), &mut random).expect("randomness");
            counts[drawn.small().expect("below five") as usize] += 1;
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
    }

    #[test]
    fn below_constant_bytes_is_an_error() {
        let mut ones = |bytes: &mut [u8]| {
            bytes.fill(0xFF);
            Ok(())
        };
        assert_eq!(below(&Natural::new(5), &mut ones), Err(NoRandomness));
    }

    #[test]
    fn lower_bound_matches_published_tables() {
        // All of n: the n-th root of the doubt.
        assert!((least_chance(64, 64, 0.001) - 0.001f64.powf(1.0 / 64.0)).abs() < 1e-9);
        // Eight of ten at 2.5 %: 0.4439.
        assert!((least_chance(8, 10, 0.025) - 0.4439).abs() < 1e-4);
        assert_eq!(least_chance(0, 10, 0.025), 0.0);
    }
}
