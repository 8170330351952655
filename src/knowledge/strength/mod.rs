//! Password strength: estimates the number of guesses an attacker needs.
//!
//! The model follows zxcvbn (Daniel Lowe Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX
//! Security 2016). A password is covered by pieces that an attacker would try (words in any case, reversed or with
//! substitutions; keyboard walks; repeats; sequences; dates) and by brute force between them. The estimate is the
//! cost of the cheapest cover. This is an independent implementation, for four reasons that a wrapper of the crate
//! `zxcvbn` cannot address:
//!
//! * **It is deterministic.** The crate prunes while iterating over hash maps in random order, and 1 in 50
//!   passwords of several words gets different guesses from call to call; here the search is exact. The crate
//!   reads the year from the clock; here it is an argument.
//! * **It is bounded.** The crate tries every combination of substitutions over the whole password: 16 crafted
//!   characters take 16 ms, 32 take 90 ms. Here all combinations are tried in one walk through the dictionary, and
//!   no input takes a millisecond.
//! * **It does not overflow**, not even in debug builds: guesses are `f64` values that are only added and
//!   multiplied, with the same result on every platform.
//! * **Its dictionary can be extended**: it contains common Chinese words, has a digest, and takes no time to
//!   load.
//!
//! At most [`MAX_EVALUATED`] code points are evaluated, as stated in the [`Estimate`]. The rest could only raise
//! the estimate, unless the cut splits a piece.
//!
//! [`estimate_by_zxcvbn`] returns the crate's own estimates, with a guard.
//!
//! A longer password is not always stronger: `passwor` takes ten million guesses, and `password` takes two. This
//! holds for every estimator that knows words, and policies that require a strength accept it.

mod by_zxcvbn;
mod cover;
mod date;
mod dictionary;
mod keyboard;
mod learned;
mod repeat;
mod sequence;
mod variation;

use std::ops::Range;

use zeroize::Zeroizing;

pub use cover::PieceKind;
use cover::Pieces;

pub use by_zxcvbn::{MAX_POWER, estimate_by_zxcvbn, warm_up_zxcvbn, zxcvbn_digest};

/// Maximum number of evaluated code points.
pub const MAX_EVALUATED: usize = 128;
/// Maximum number of inputs (user attributes, site names). Further inputs are ignored.
pub const MAX_INPUTS: usize = 64;
/// Maximum length of an input in code points. Longer inputs cannot occur in the evaluated part.
pub const MAX_INPUT_LENGTH: usize = MAX_EVALUATED;

/// Estimated number of guesses for a password.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Score from 0 to 4: fewer than 10³, 10⁶, 10⁸ or 10¹⁰ guesses, or more. As in zxcvbn, the steps are what a
    /// throttled online attack, an unthrottled online attack, and an offline attack on a slow hash can try.
    pub score: u8,
    /// Decimal logarithm of the guesses, 0 for the empty password.
    pub guesses_log10: f64,
    /// Number of evaluated code points.
    pub evaluated: usize,
    /// Whether the whole password was evaluated.
    pub complete: bool,
}

/// Estimates the number of guesses for `password`.
///
/// `inputs` are words that an attacker would try first, most likely first: the user's name, the name of the site.
/// Inputs beyond [`MAX_INPUTS`] or longer than [`MAX_INPUT_LENGTH`] are ignored. `year` is the current year: years
/// close to it are tried first.
pub fn estimate(password: &str, inputs: &[&str], year: i32) -> Estimate {
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_EVALUATED));
    text.extend(password.chars().take(MAX_EVALUATED));
    let complete = password.chars().nth(MAX_EVALUATED).is_none();
    let guesses = guesses(&text, inputs, year);
    Estimate { score: score(guesses), guesses_log10: guesses.log10(), evaluated: text.len(), complete }
}

/// Returns the parts of the cheapest cover of `password` and their kinds, from left to right, for its first
/// [`MAX_EVALUATED`] code points. The arguments are those of [`estimate`]. Slower than [`estimate`].
pub fn decompose(password: &str, inputs: &[&str], year: i32) -> Vec<(Range<usize>, PieceKind)> {
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_EVALUATED));
    text.extend(password.chars().take(MAX_EVALUATED));
    pieces(&text, inputs, year).cheapest_pieces()
}

fn guesses(text: &[char], inputs: &[&str], year: i32) -> f64 {
    pieces(text, inputs, year).cheapest_cover(0..text.len())
}

fn pieces(text: &[char], inputs: &[&str], year: i32) -> Pieces {
    let mut folded = Zeroizing::new(Vec::with_capacity(text.len()));
    folded.extend(text.iter().map(|&c| fold(c)));
    let mut pieces = Pieces::new(text.len());
    dictionary::find(text, &folded, &mut pieces);
    dictionary::find_inputs(text, &folded, inputs, &mut pieces);
    keyboard::find(text, &mut pieces);
    sequence::find(text, &mut pieces);
    date::find(text, year, &mut pieces);
    // Last: a repeated block may consist of any other piece.
    repeat::find(text, &mut pieces);
    pieces
}

/// Lower case, always one character. A character whose lower case is longer (`İ`) is unchanged.
fn fold(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(folded), None) => folded,
        _ => c,
    }
}

fn score(guesses: f64) -> u8 {
    // Slightly above powers of ten, as in zxcvbn, so that n digits of brute force are below 10ⁿ.
    const STEPS: [f64; 4] = [1e3 + 5.0, 1e6 + 5.0, 1e8 + 5.0, 1e10 + 5.0];
    STEPS.iter().filter(|&&step| guesses >= step).count() as u8
}

/// Returns the SHA-256 digest of the dictionary.
pub fn digest() -> [u8; 32] {
    dictionary::digest()
}

/// Performs the one-time initialization of the first estimate, 0.1 ms.
pub fn warm_up() {
    dictionary::warm_up();
}

#[cfg(test)]
mod tests;
