//! Password strength: estimates the number of guesses an attacker needs.
//!
//! An attacker tries passwords in the order of their probabilities. The probability of a password is that of a mixture, the
//! sum of what several models give it, so that the model that knows a password decides:
//!
//! * what passwords people choose, learned from leaked ones (`learned.rs`): whole passwords, the structure of letters, digits
//!   and signs with its parts (a probabilistic grammar as of Weir et al., IEEE S&P 2009), and n-grams;
//! * what is known beforehand (`parser.rs`): the cheapest sequence of words in any case, reversed or with substitutions,
//!   syllables of Mandarin, keyboard walks, sequences, repeats, dates, numbers and the user's own data, in the manner of
//!   zxcvbn (Wheeler, USENIX Security 2016).
//!
//! A monotone map turns probabilities into guess numbers. It does not change the order of passwords. Its points were chosen
//! on public evaluation sets, so that fewer passwords are overestimated or underestimated than by zxcvbn;
//! `tests/benches/accuracy.rs` measures it.
//!
//! The estimate is deterministic, bounded and cannot overflow; the work is at most quadratic in the length. At most
//! [`MAX_EVALUATED`] code points are evaluated, as stated in the [`Estimate`]. The rest could only raise the estimate, unless
//! the cut splits a piece.
//!
//! [`estimate_by_zxcvbn`] returns the estimates of the crate `zxcvbn`, with a guard.
//!
//! A longer password is not always stronger: `passwor` takes more guesses than `password`. This holds for every estimator
//! that knows words, and policies that require a strength accept it.

mod by_zxcvbn;
mod date;
mod learned;
mod number;
mod parse;
mod parser;
mod text;
mod zhuyin;

use std::ops::Range;

use zeroize::Zeroizing;

use crate::knowledge::embedded;
use crate::knowledge::trie::STEPS;
use parser::{Input, InputWords};
use text::Text;

pub use by_zxcvbn::{MAX_POWER, estimate_by_zxcvbn, warm_up_zxcvbn, zxcvbn_digest};

/// Maximum number of evaluated code points.
pub const MAX_EVALUATED: usize = 128;
/// Maximum number of inputs (user attributes, site names). Further inputs are ignored.
pub const MAX_INPUTS: usize = 64;
/// Maximum length of an input in code points. Longer inputs cannot occur in the evaluated part.
pub const MAX_INPUT_LENGTH: usize = MAX_EVALUATED;

/// The year to use without a plausible clock: that of the first release. Users type years close to the current one, so
/// 1970 would miss them.
pub const DEFAULT_YEAR: i32 = 2026;

/// The weight of the cheapest parse in the mixture.
const PARSE: f64 = 1e-3;

/// The map from the negative decimal logarithm of a probability to that of the guesses, linear between these points and
/// beyond the last.
const MAP: [(f64, f64); 9] = [
    (0.0, -2.0),
    (2.0, 0.0),
    (3.5, 1.5),
    (4.8, 3.3),
    (6.6, 4.8),
    (7.7, 6.0),
    (10.0, 7.0),
    (12.2, 8.0),
    // Four words of 7,776 at random.
    (22.0, 15.5),
];

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

/// Kind of a part of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// A dictionary word, in any case, reversed or with substitutions.
    Word,
    /// A word from the inputs, such as the user's name.
    Input,
    /// A syllable of Mandarin in pinyin.
    Pinyin,
    /// A syllable of Mandarin in Zhuyin, typed on Latin keys.
    Zhuyin,
    /// A number that sounds like a phrase, a telephone number or an identity number.
    Number,
    /// A keyboard walk.
    Walk,
    /// A sequence, such as `abcd`.
    Sequence,
    /// A date or a year.
    Date,
    /// A repetition of what came before.
    Repeat,
    /// Unknown characters.
    Unknown,
}

impl PieceKind {
    /// Returns the stable name of the kind, such as `word`.
    pub fn name(self) -> &'static str {
        match self {
            PieceKind::Word => "word",
            PieceKind::Input => "input",
            PieceKind::Pinyin => "pinyin",
            PieceKind::Zhuyin => "zhuyin",
            PieceKind::Number => "number",
            PieceKind::Walk => "walk",
            PieceKind::Sequence => "sequence",
            PieceKind::Date => "date",
            PieceKind::Repeat => "repeat",
            PieceKind::Unknown => "unknown",
        }
    }
}

/// Words that an attacker would try first, prepared for many estimates.
pub struct Inputs(InputWords);

impl Inputs {
    /// Prepares words, most likely first: the user's name, the name of the site. Words beyond [`MAX_INPUTS`], or longer than
    /// [`MAX_INPUT_LENGTH`] code points, or of one, are ignored.
    pub fn new(words: &[&str]) -> Inputs {
        let is_evaluated =
            |word: &str| word.len() <= MAX_INPUT_LENGTH * 4 && word.chars().count() <= MAX_INPUT_LENGTH;
        let counted = (1..).zip(words.iter().take(MAX_INPUTS)).filter(|(_, word)| is_evaluated(word));
        let inputs = counted.map(|(place, word)| {
            let mut folded = Zeroizing::new(Vec::with_capacity(word.len()));
            folded.extend(word.chars().map(fold));
            Input { word: folded, cost: parser::logarithm(place) }
        });
        Inputs(InputWords::new(inputs.filter(|input| input.word.len() > 1).collect()))
    }
}

/// Estimates the number of guesses for `password`.
///
/// `inputs` are words that an attacker would try first; see [`Inputs::new`]. `year` is the current year: years close to it
/// are tried first.
pub fn estimate(password: &str, inputs: &[&str], year: i32) -> Estimate {
    estimate_with(password, &Inputs::new(inputs), year)
}

/// Returns the result of [`estimate`] for prepared inputs.
pub fn estimate_with(password: &str, inputs: &Inputs, year: i32) -> Estimate {
    let text = Text::new(password);
    let complete = password.len() <= MAX_EVALUATED || password.chars().nth(MAX_EVALUATED).is_none();
    let guesses_log10 = guesses_log10(&text, inputs, year);
    Estimate { score: score(guesses_log10), guesses_log10, evaluated: text.len(), complete }
}

/// Returns whether [`estimate`] without inputs is less than `guesses_log10`. Faster than the estimate.
pub fn is_guessed_within(guesses_log10: f64, password: &str, year: i32) -> bool {
    let text = Text::new(password);
    if text.len() == 0 {
        return guesses_log10 > 0.0;
    }
    let least = 10_f64.powf(-unmapped(guesses_log10));
    let missing = least - learned::probability(text.written());
    if missing < 0.0 {
        return true;
    }
    // A parse that costs more is not probable enough.
    let limit = (PARSE / missing.max(f64::MIN_POSITIVE)).log10() * STEPS;
    limit >= 0.0 && f64::from(parse::cost(&text, &Inputs::new(&[]).0, year, limit as u32)) < limit
}

/// Returns the parts of the cheapest parse of `password` and their kinds, from left to right, for its first
/// [`MAX_EVALUATED`] code points. The arguments are those of [`estimate`]. Slower than [`estimate`].
pub fn decompose(password: &str, inputs: &[&str], year: i32) -> Vec<(Range<usize>, PieceKind)> {
    parse::pieces(&Text::new(password), &Inputs::new(inputs).0, year)
}

fn guesses_log10(text: &Text, inputs: &Inputs, year: i32) -> f64 {
    if text.len() == 0 {
        return 0.0;
    }
    let parsed = PARSE * tenths(parse::cost(text, &inputs.0, year, u32::MAX));
    mapped(-(learned::probability(text.written()) + parsed).max(f64::MIN_POSITIVE).log10())
}

/// Returns the decimal logarithm of the guesses for the negative one of a probability.
fn mapped(surprise: f64) -> f64 {
    let segment = MAP.windows(2).find(|pair| surprise < pair[1].0).unwrap_or(&MAP[MAP.len() - 2..]);
    let [(from, low), (to, high)] = [segment[0], segment[1]];
    (low + (surprise - from) * (high - low) / (to - from)).max(0.0)
}

/// The inverse of [`mapped`].
fn unmapped(guesses_log10: f64) -> f64 {
    let segment = MAP.windows(2).find(|pair| guesses_log10 < pair[1].1).unwrap_or(&MAP[MAP.len() - 2..]);
    let [(low, from), (high, to)] = [segment[0], segment[1]];
    low + (guesses_log10 - from) * (high - low) / (to - from)
}

/// Powers of ten from 0 down, and those between 0 and -1 in steps.
const DECADES: [f64; 308] = {
    let mut powers = [1.0; 308];
    let mut at = 1;
    while at < powers.len() {
        // Dividing by an exact power of ten rounds once.
        powers[at] = if at <= 22 { 1.0 / POWERS[at] } else { powers[at - 22] / POWERS[22] };
        at += 1;
    }
    powers
};
const POWERS: [f64; 23] = {
    let mut powers = [1.0; 23];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10.0;
        at += 1;
    }
    powers
};

/// 10^(-n/25).
const FRACTIONS: [f64; STEPS as usize] = [
    1.0,
    0.9120108393559098,
    0.831763771102671,
    0.7585775750291838,
    0.6918309709189365,
    0.6309573444801932,
    0.5754399373371569,
    0.5248074602497725,
    0.4786300923226383,
    0.436515832240166,
    0.3981071705534972,
    0.36307805477010135,
    0.3311311214825911,
    0.3019951720402016,
    0.2754228703338166,
    0.251188643150958,
    0.2290867652767773,
    0.20892961308540392,
    0.19054607179632474,
    0.17378008287493754,
    0.15848931924611134,
    0.14454397707459277,
    0.1318256738556407,
    0.12022644346174129,
    0.1096478196143185,
];

/// Returns the probability of which `steps` is the negative decimal logarithm.
fn tenths(steps: u32) -> f64 {
    let (decades, rest) = (steps / STEPS as u32, steps % STEPS as u32);
    DECADES.get(decades as usize).map_or(0.0, |decade| decade * FRACTIONS[rest as usize])
}

/// Lower case, always one character. A character whose lower case is longer (`İ`) is unchanged.
fn fold(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(folded), None) => folded,
        _ => c,
    }
}

fn score(guesses_log10: f64) -> u8 {
    [3.0, 6.0, 8.0, 10.0].iter().filter(|step| guesses_log10 >= **step).count() as u8
}

/// Returns the names of the data that estimates depend on, and their SHA-256 digests.
pub fn dictionaries() -> impl Iterator<Item = (String, [u8; 32])> {
    [("ranked", "ranked.txt"), ("syllables", "syllables.txt"), ("guessing", "guessing.bin")]
        .into_iter()
        .map(|(name, file)| (name.to_owned(), embedded::digest(file)))
}

#[cfg(test)]
mod tests;
