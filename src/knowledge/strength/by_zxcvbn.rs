//! Guarded wrapper of the crate `zxcvbn`, for policies that need exactly its estimates.
//!
//! Limitations of the crate that no guard can remove:
//!
//! * **Not reproducible.** It prunes while iterating over hash maps in random order, so 1 in 50 passwords of
//!   several words gets different guesses from call to call. It reads the year from the clock, once per process.
//! * No Chinese words.
//! * It counts in 64 bits, so estimates stop at 10¹⁹ guesses ([`MAX_POWER`]).
//! * It leaves copies of parts of the password in freed memory that is not wiped.
//!
//! The guard passes the crate only a prefix of the password that takes at most 5 ms and causes no arithmetic
//! overflow. Both bounds follow from the source of the one version that `Cargo.toml` allows.
//!
//! The crate looks up every substring (n·(n+1)/2) once for every combination of substitutions, and builds a map of
//! the inputs each time. [`Prefix::work`] is this product; a unit takes 40 to 130 ns as measured. This includes
//! repeats, which recurse into half the password, and the search for the cheapest cover. Without substitutions, 32
//! characters take half a millisecond. Initialization (15 ms) happens when a policy is loaded.
//!
//! A build with overflow checks panics; one without returns a wrong estimate. The bounds are:
//!
//! * A keyboard walk of t turns computes the degree of the keyboard, 4 or 5 (number pad), to the power of t in 64
//!   bits. At most 31 and 27 turns fit, so at most [`MAX_EVALUATED`] keys, of which [`MAX_PAD`] on a number pad.
//! * A cover of l pieces computes l! in 64 bits: at most 20 pieces. From the sixth piece on, the guesses are
//!   saturated, and a saturated cover is only stored if no other is known, which never happens for brute force. So
//!   at most three of twenty pieces are brute force, of at least one character. The other seventeen are matches of
//!   at least two characters, except `i` and its substitutes, the only one-letter word. A twenty-first piece
//!   therefore needs 3 + 17·2 + 1 = 38 characters, counting `i` twice. [`MAX_PLACES`] is one less.
//! * The guesses of a word are its rank (at most 15 bits, 6 for an input) times 2ⁿ for capitals, 2ⁿ for
//!   substitutions, and 2. The longest word has 23 letters, and inputs longer than [`MAX_INPUT`] are dropped.
//!
//! On 32-bit platforms the crate computes factorials in 32 bits, so a build with overflow checks may panic from
//! the thirteenth piece on.

use ::zxcvbn::zxcvbn;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Estimate, MAX_INPUTS};

/// The version that the guard was written for. `Cargo.toml` allows no other.
const VERSION: &str = "zxcvbn 3.1.1";
/// Estimates of the crate never exceed this power of ten.
pub const MAX_POWER: u64 = 19;

/// Maximum number of evaluated characters.
const MAX_EVALUATED: usize = 32;
/// Maximum number of number-pad keys among them.
const MAX_PAD: usize = 28;
/// Maximum number of them, counting `i` twice.
const MAX_PLACES: usize = 37;
/// Maximum length of an input in characters.
const MAX_INPUT: usize = 28;
/// Maximum work in lookups: at most 5 ms.
const MAX_WORK: u64 = 64_000;

/// Keys of number pads.
const PAD: &str = "0123456789/*-+.=";
/// `i`, the only one-letter word, and its substitutes.
const LIKE_I: &str = "iI1!|İ";
/// The substitutes that the crate accepts for each letter.
const SUBSTITUTES: [&str; 12] = ["4@", "8", "({[<", "3", "69", "1!|", "1|7", "0", "$5", "+7", "%", "2"];
/// Substitutes of two letters.
const SHARED: &str = "1|7";

/// Estimates the guesses needed for `password` with the crate `zxcvbn`. See [`super::estimate`] for `inputs`.
///
/// [`Estimate::evaluated`] is at most 32, and less if the password contains many substitutions. The result is not
/// reproducible.
pub fn estimate_by_zxcvbn(password: &str, inputs: &[&str]) -> Estimate {
    let used = |input: &&&str| (2..=MAX_INPUT).contains(&input.to_lowercase().chars().count());
    let inputs: Vec<&str> = inputs.iter().take(MAX_INPUTS).filter(used).copied().collect();
    let mut prefix = Prefix::new(inputs.len());
    let mut evaluated = Zeroizing::new(String::with_capacity(4 * MAX_EVALUATED));
    evaluated.extend(password.chars().take_while(|&c| prefix.push(c)));
    let found = zxcvbn(&evaluated, &inputs);
    Estimate {
        score: found.score().into(),
        // For the empty password the crate returns zero guesses, whose logarithm is not finite.
        guesses_log10: found.guesses_log10().max(0.0),
        evaluated: prefix.length,
        complete: evaluated.len() == password.len(),
    }
}

/// The prefix of a password that the crate receives.
struct Prefix {
    inputs: u64,
    length: usize,
    pad: usize,
    places: usize,
    /// Substitutes in the prefix.
    substitutes: Zeroizing<Vec<char>>,
}

impl Prefix {
    fn new(inputs: usize) -> Prefix {
        let substitutes = Vec::with_capacity(SUBSTITUTES.iter().map(|of_letter| of_letter.len()).sum());
        Prefix { inputs: inputs as u64, length: 0, pad: 0, places: 0, substitutes: Zeroizing::new(substitutes) }
    }

    /// Appends a character if the limits allow it. Returns whether it was appended.
    fn push(&mut self, c: char) -> bool {
        let known = self.substitutes.len();
        if SUBSTITUTES.iter().any(|of_letter| of_letter.contains(c)) && !self.substitutes.contains(&c) {
            self.substitutes.push(c);
        }
        let pad = self.pad + usize::from(PAD.contains(c));
        let places = self.places + 1 + usize::from(LIKE_I.contains(c));
        let length = self.length + 1;
        let room = length <= MAX_EVALUATED && pad <= MAX_PAD && places <= MAX_PLACES;
        if room && self.work(length) <= MAX_WORK {
            (self.length, self.pad, self.places) = (length, pad, places);
            return true;
        }
        self.substitutes.truncate(known);
        false
    }

    /// Upper bound on dictionary lookups and map insertions. Each combination has one substitute per letter;
    /// substitutes of two letters double the combinations.
    fn work(&self, length: usize) -> u64 {
        let present =
            |of_letter: &&str| self.substitutes.iter().filter(|c| of_letter.contains(**c)).count().max(1);
        let combinations: usize = SUBSTITUTES.iter().map(present).product();
        let doubled = 1 << self.substitutes.iter().filter(|c| SHARED.contains(**c)).count();
        let places = (length * (length + 1) / 2) as u64;
        (combinations * doubled) as u64 * (places + self.inputs)
    }
}

/// Returns the name and version of the crate, and their SHA-256, to identify the estimator in outcomes.
pub fn zxcvbn_digest() -> (String, [u8; 32]) {
    (VERSION.to_owned(), Sha256::digest(VERSION).into())
}

/// Performs the initialization of the crate: dictionaries, keyboards and regular expressions, 15 ms.
pub fn warm_up_zxcvbn() {
    zxcvbn("qwsaaa12/12/1999abab", &[]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn evaluated(password: &str) -> (usize, bool) {
        let found = estimate_by_zxcvbn(password, &[]);
        (found.evaluated, found.complete)
    }

    #[test]
    fn version_matches_manifest() {
        let (name, version) = VERSION.split_once(' ').unwrap();
        let manifest = include_str!("../../../Cargo.toml");
        assert!(manifest.contains(&format!("{name} = {{ version = \"={version}\"")));
    }

    #[test]
    fn ordinary_passwords_are_evaluated_completely() {
        for password in [
            "",
            "Tr0ub4dour&3",
            "P@$$w0rd2026!",
            "correct horse battery staple",
            "Kx9#mQ2$vL7pKx9#mQ2$vL7p",
            "1987-02-03/13800138000",
            "my dog barks at 3 sheep daily!!",
            "锄禾日当午汗滴禾下土谁知盘中餐粒粒皆辛苦",
        ] {
            assert_eq!(evaluated(password), (password.chars().count(), true), "{password}");
        }
        assert_eq!(estimate_by_zxcvbn("", &[]).guesses_log10, 0.0);
        assert_eq!(estimate_by_zxcvbn("password", &[]).score, 0);
        assert_eq!(estimate_by_zxcvbn("correct horse battery staple", &[]).score, 4);
    }

    #[test]
    fn truncation_is_reported() {
        assert_eq!(evaluated(&"kx".repeat(16)), (32, true));
        assert_eq!(evaluated(&format!("{}密", "kx".repeat(16))), (32, false));
        assert_eq!(evaluated(&"qa".repeat(30)), (32, false));
        assert_eq!(evaluated(&"20".repeat(30)), (28, false));
        assert_eq!(evaluated(&"i".repeat(30)), (18, false));
        assert_eq!(evaluated(&"({[<1!|7694@$5+".repeat(9)), (11, false));
        assert_eq!(evaluated(&"4@8({[<369!1|70$5+%2".repeat(9)), (13, false));
    }

    #[test]
    fn inputs_outside_limits_are_ignored() {
        let long = "vextrolap".repeat(4);
        let with = |inputs: &[&str]| estimate_by_zxcvbn("vextrolap", inputs).score;
        assert_eq!((with(&[]), with(&["Vextrolap"]), with(&["v", "", &long])), (3, 0, 3));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Builds with overflow checks panic on overflow.
        #[test]
        fn guarded_input_never_overflows(
            walk in "([aq]{2,4}|[qsw2]{1,3}|[147258369]{3}|[i1!|İI]{1,3}|an|is|to|on|the|[ -~]){20,40}",
            times in 1usize..4,
        ) {
            let inputs: Vec<String> = walk.chars().zip(walk.chars().skip(1)).map(|(a, b)| format!("{a}{b}")).collect();
            let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
            for password in [walk.repeat(times), walk.to_uppercase(), "qa".repeat(9 * times), "46".repeat(9 * times)] {
                let found = estimate_by_zxcvbn(&password, &inputs);
                prop_assert!(found.guesses_log10 <= MAX_POWER as f64 + 1.0);
            }
        }
    }
}
