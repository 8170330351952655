//! The crate `zxcvbn` behind a guard, for who wants its very estimates.
//!
//! What the crate cannot do, and no guard can mend:
//!
//! * **It is not reproducible.** It walks hash maps in an order that chance decides, while it prunes, so one password in
//!   fifty made of several words has other guesses from one call to the next. It takes the year from the clock, once
//!   in the life of a process.
//! * It knows no Chinese.
//! * It counts to 2⁶⁴, so no more than 10¹⁹ guesses are told from one another ([`MAX_POWER`]).
//! * It leaves copies of pieces of the password in memory that is freed and not wiped.
//!
//! What the guard does: it shows the crate a beginning of the password that can cost no more than 5 ms, and on which no
//! arithmetic of the crate overflows. Both bounds follow from the source of the one version that is asked for.
//!
//! # Time
//! The crate tries the whole dictionary at every place (n·(n+1)/2 pieces) once for every combination of what the
//! substitutions in the password may stand for, and makes a map of the inputs each time. That product is
//! [`Beginning::work`], at 40 to 130 ns for each unit as measured; repeats, which recurse into half the password, and the
//! search for the cheapest cover lie within that. Without substitutions 32 characters take half a millisecond. What is
//! made at the first use (15 ms) is made when a policy is loaded.
//!
//! # Overflow
//! A build with checks panics where it overflows, and one without would tell a wrong estimate:
//!
//! * A walk of t turns takes the degree of the keyboard, 4 or 5 (number pad), to the power of t, in 64 bits: 31 and 27
//!   turns at most, so walks of [`MAX_JUDGED`] keys, of them [`MAX_PAD`] of a number pad.
//! * A cover of l pieces takes l!, in 64 bits: 20 pieces at most. From the sixth piece on the guesses are saturated, and
//!   what is saturated is kept only where no other cover is known yet, which is never so for a piece of brute force.
//!   So three of twenty pieces may be brute force, of one character or more; the other seventeen are matches, of
//!   two characters or more, but for `i` and what stands for it, the one word of one letter. A twenty-first piece
//!   so takes 3 + 17·2 + 1 = 38 characters, an `i` counted twice: [`MAX_PLACES`] is one less.
//! * Guesses of a word are its rank (15 bits at most, 6 of an input), by 2ⁿ for capitals, by 2ⁿ for substitutions, by 2:
//!   the longest word has 23 letters, and no input of more than [`MAX_INPUT`] is shown.
//!
//! (On a machine of 32 bits the crate counts a factorial in 32; there a build with checks may panic from the thirteenth
//! piece on.)

use ::zxcvbn::zxcvbn;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Estimate, MAX_INPUTS};

/// The version whose source the guard was made for; `Cargo.toml` asks for no other.
const VERSION: &str = "zxcvbn 3.1.1";
/// No estimate of the crate is above this power of ten.
pub const MAX_POWER: u64 = 19;

/// So many characters are judged at most.
const MAX_JUDGED: usize = 32;
/// So many of them are keys of a number pad.
const MAX_PAD: usize = 28;
/// So many of them, where an `i` counts twice.
const MAX_PLACES: usize = 37;
/// An input of more characters is not used.
const MAX_INPUT: usize = 28;
/// So much work, in look-ups at each place for each combination: 5 ms at most.
const MAX_WORK: u64 = 64_000;

/// The keys of number pads.
const PAD: &str = "0123456789/*-+.=";
/// What stands for `i`, the only word of one letter.
const LIKE_I: &str = "iI1!|İ";
/// For each letter what the crate takes to stand for it.
const SUBSTITUTES: [&str; 12] = ["4@", "8", "({[<", "3", "69", "1!|", "1|7", "0", "$5", "+7", "%", "2"];
/// What stands for two letters.
const SHARED: &str = "1|7";

/// Estimates the guesses that `password` withstands, by the crate `zxcvbn`; see [`super::estimate`] for the inputs.
/// The estimate says how much of the password was judged: its first 32 characters, or fewer if they hold many
/// substitutions. Not reproducible, for what the crate is.
pub fn estimate_by_zxcvbn(password: &str, inputs: &[&str]) -> Estimate {
    let used = |input: &&&str| (2..=MAX_INPUT).contains(&input.to_lowercase().chars().count());
    let inputs: Vec<&str> = inputs.iter().take(MAX_INPUTS).filter(used).copied().collect();
    let mut beginning = Beginning::new(inputs.len());
    let mut judged = Zeroizing::new(String::with_capacity(4 * MAX_JUDGED));
    judged.extend(password.chars().take_while(|&c| beginning.takes(c)));
    let found = zxcvbn(&judged, &inputs);
    Estimate {
        score: found.score().into(),
        // Of the empty password the crate says that it takes no guess, whose logarithm is no number.
        guesses_log10: found.guesses_log10().max(0.0),
        judged: beginning.length,
        whole: judged.len() == password.len(),
    }
}

/// As much of a password as the crate is shown.
struct Beginning {
    inputs: u64,
    length: usize,
    pad: usize,
    places: usize,
    /// The substitutions in it.
    substitutes: Zeroizing<Vec<char>>,
}

impl Beginning {
    fn new(inputs: usize) -> Beginning {
        let substitutes = Vec::with_capacity(SUBSTITUTES.iter().map(|of_letter| of_letter.len()).sum());
        Beginning { inputs: inputs as u64, length: 0, pad: 0, places: 0, substitutes: Zeroizing::new(substitutes) }
    }

    /// Adds a character, if there is room for it.
    fn takes(&mut self, c: char) -> bool {
        let known = self.substitutes.len();
        if SUBSTITUTES.iter().any(|of_letter| of_letter.contains(c)) && !self.substitutes.contains(&c) {
            self.substitutes.push(c);
        }
        let pad = self.pad + usize::from(PAD.contains(c));
        let places = self.places + 1 + usize::from(LIKE_I.contains(c));
        let length = self.length + 1;
        let room = length <= MAX_JUDGED && pad <= MAX_PAD && places <= MAX_PLACES;
        if room && self.work(length) <= MAX_WORK {
            (self.length, self.pad, self.places) = (length, pad, places);
            return true;
        }
        self.substitutes.truncate(known);
        false
    }

    /// How often a dictionary is asked, at most, and an input put into a map. Every combination takes one substitute for
    /// each letter that has any; what stands for two letters has each combination twice.
    fn work(&self, length: usize) -> u64 {
        let present =
            |of_letter: &&str| self.substitutes.iter().filter(|c| of_letter.contains(**c)).count().max(1);
        let combinations: usize = SUBSTITUTES.iter().map(present).product();
        let doubled = 1 << self.substitutes.iter().filter(|c| SHARED.contains(**c)).count();
        let places = (length * (length + 1) / 2) as u64;
        (combinations * doubled) as u64 * (places + self.inputs)
    }
}

/// The crate and its version, and the SHA-256 of that: what an outcome has to go by.
pub fn zxcvbn_digest() -> (String, [u8; 32]) {
    (VERSION.to_owned(), Sha256::digest(VERSION).into())
}

/// Does what the crate would do at its first estimate: its dictionaries, keyboards and expressions, 15 ms.
pub fn warm_up_zxcvbn() {
    zxcvbn("qwsaaa12/12/1999abab", &[]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judged(password: &str) -> (usize, bool) {
        let found = estimate_by_zxcvbn(password, &[]);
        (found.judged, found.whole)
    }

    #[test]
    fn the_version_is_the_one_that_is_asked_for() {
        let (name, version) = VERSION.split_once(' ').unwrap();
        let manifest = include_str!("../../../Cargo.toml");
        assert!(manifest.contains(&format!("{name} = {{ version = \"={version}\"")));
    }

    #[test]
    fn what_is_ordinary_is_seen_whole() {
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
            assert_eq!(judged(password), (password.chars().count(), true), "{password}");
        }
        assert_eq!(estimate_by_zxcvbn("", &[]).guesses_log10, 0.0);
        assert_eq!(estimate_by_zxcvbn("password", &[]).score, 0);
        assert_eq!(estimate_by_zxcvbn("correct horse battery staple", &[]).score, 4);
    }

    #[test]
    fn what_is_cut_off_is_said() {
        assert_eq!(judged(&"kx".repeat(16)), (32, true));
        assert_eq!(judged(&format!("{}密", "kx".repeat(16))), (32, false));
        assert_eq!(judged(&"qa".repeat(30)), (32, false));
        assert_eq!(judged(&"20".repeat(30)), (28, false));
        assert_eq!(judged(&"i".repeat(30)), (18, false));
        assert_eq!(judged(&"({[<1!|7694@$5+".repeat(9)), (11, false));
        assert_eq!(judged(&"4@8({[<369!1|70$5+%2".repeat(9)), (13, false));
    }

    #[test]
    fn inputs_are_used_within_their_bounds() {
        let long = "vextrolap".repeat(4);
        let with = |inputs: &[&str]| estimate_by_zxcvbn("vextrolap", inputs).score;
        assert_eq!((with(&[]), with(&["Vextrolap"]), with(&["v", "", &long])), (3, 0, 3));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// In a build with checks this fails where arithmetic overflows.
        #[test]
        fn nothing_overflows(
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
