//! Strength: how many guesses a password withstands.
//!
//! The model is that of zxcvbn (Daniel Lowe Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX
//! Security 2016): a password is covered by pieces that a guesser would try (words in any case, backwards or with
//! substitutions; walks over a keyboard; repeats; sequences; dates) and by brute force between them, and the cheapest
//! cover is what the password withstands. The code is our own, for four reasons that a guard around the crate of
//! that name cannot mend:
//!
//! * **It is deterministic.** The crate walks hash maps in random order while it prunes, and tells different guesses
//!   for one password from one call to the next (one in fifty made of several words); here the search is exact. The
//!   crate takes the year from the clock; here it is an argument.
//! * **It is bounded.** The crate tries every combination of substitutions over the whole password: sixteen crafted
//!   characters cost it 16 ms, thirty-two 90 ms. Here all of them are tried at once, in one walk through the
//!   dictionary, and no input of any length costs a millisecond.
//! * **It does not overflow**, in a debug build either: guesses are counted in `f64`, with additions and products only,
//!   which every machine computes alike.
//! * **Its dictionary is ours to extend**: it knows what is common in Chinese, it has a digest, and it takes no time
//!   to load.
//!
//! No more than [`MAX_JUDGED`] code points are looked at, and the [`Estimate`] says so. What is cut off can only be
//! more to guess, but for a piece that the cut divides.
//!
//! Who wants the crate's estimates all the same has them from [`estimate_by_zxcvbn`], within a guard.
//!
//! A longer password need not be a stronger one: `passwor` takes ten million guesses, and `password` two. Every
//! estimator that knows words has this property, and a policy that asks for strength accepts it.

mod by_zxcvbn;
mod cover;
mod date;
mod dictionary;
mod keyboard;
mod repeat;
mod sequence;
mod variation;

use std::ops::Range;

use zeroize::Zeroizing;

use cover::Pieces;
pub use cover::What;

pub use by_zxcvbn::{MAX_POWER, estimate_by_zxcvbn, warm_up_zxcvbn, zxcvbn_digest};

/// So many code points are judged at most.
pub const MAX_JUDGED: usize = 128;
/// So many inputs (the user's attributes, names of the site) are used at most.
pub const MAX_INPUTS: usize = 64;
/// An input longer than this many code points is not used: it could not stand in what is judged.
pub const MAX_INPUT_LENGTH: usize = MAX_JUDGED;

/// How many guesses a password withstands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// 0 to 4: fewer than 10³ guesses, 10⁶, 10⁸, 10¹⁰, or more. The steps are zxcvbn's: what a throttled online
    /// attack, an unthrottled one, and an offline attack on a slow hash can try.
    pub score: u8,
    /// The power of ten of the guesses; 0 for the empty password.
    pub guesses_log10: f64,
    /// How many code points were looked at.
    pub judged: usize,
    /// Whether that was all of them.
    pub whole: bool,
}

/// Estimates the guesses that `password` withstands.
///
/// `inputs` are words that a guesser of this password would try first, the likeliest first: the user's name, the name
/// of the site. Those beyond [`MAX_INPUTS`] or longer than [`MAX_INPUT_LENGTH`] are not used. `year` is the year of
/// judging: years near it are tried first.
pub fn estimate(password: &str, inputs: &[&str], year: i32) -> Estimate {
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_JUDGED));
    text.extend(password.chars().take(MAX_JUDGED));
    let whole = password.chars().nth(MAX_JUDGED).is_none();
    let guesses = guesses(&text, inputs, year);
    Estimate { score: score(guesses), guesses_log10: guesses.log10(), judged: text.len(), whole }
}

/// What a guesser would take `password` for: parts of its first [`MAX_JUDGED`] code points, from the beginning. The
/// arguments are those of [`estimate`]; this takes longer.
pub fn dissect(password: &str, inputs: &[&str], year: i32) -> Vec<(Range<usize>, What)> {
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_JUDGED));
    text.extend(password.chars().take(MAX_JUDGED));
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
    // Last, since what is repeated may be any of the others.
    repeat::find(text, &mut pieces);
    pieces
}

/// Lower case, one character for one: where Unicode has more (`İ`), the character stays as it is.
fn fold(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(folded), None) => folded,
        _ => c,
    }
}

fn score(guesses: f64) -> u8 {
    // A little above the powers of ten, as zxcvbn has it, so that n digits of brute force lie below 10ⁿ.
    const STEPS: [f64; 4] = [1e3 + 5.0, 1e6 + 5.0, 1e8 + 5.0, 1e10 + 5.0];
    STEPS.iter().filter(|&&step| guesses >= step).count() as u8
}

/// SHA-256 of the dictionary.
pub fn digest() -> [u8; 32] {
    dictionary::digest()
}

/// Does what the first estimate would do once: a tenth of a millisecond.
pub fn warm_up() {
    dictionary::warm_up();
}

#[cfg(test)]
mod tests;
