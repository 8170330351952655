//! Detects weak password structures, in particular those common in China, independent of any word list.
//!
//! A password is decomposed into pieces: digits, dates, years, runs, sequences, keyboard walks, numbers that sound
//! like phrases (520, 1314), pinyin syllables, Zhuyin syllables typed on Latin keys, listed words, initials. Each
//! kind of piece has a cost in tenths of a power of ten of guesses. The cheapest decomposition is the cost of the
//! password. Up to [`MAX_COST`] the structure is weak: an attacker who knows these kinds needs at most 10⁹
//! guesses. Random passwords cost far more, because only a few meaningless letters are allowed (initials), and so
//! do four words.

mod digits;
mod pieces;
mod pinyin;
mod zhuyin;

use zeroize::Zeroizing;

use pieces::Cheapest;

/// Maximum cost of a weak structure, in tenths of a power of ten: 10⁹ guesses.
pub const MAX_COST: u16 = 90;
/// Maximum length of a weak structure, in characters. A longer text is only weak if it repeats a shorter one.
pub const MAX_LENGTH: usize = 32;
/// Additional cost of a repetition or of two interleaved texts.
const COMBINED: u16 = 5;

/// Returns whether a text, folded to lower case, has a weak structure. `listed` returns whether a text is a listed
/// word.
///
/// The work is linear in the length of the text, plus at most 32 × 32 small steps.
pub fn is_weak(folded: &str, listed: &dyn Fn(&str) -> bool) -> bool {
    let mut characters = Zeroizing::new(Vec::with_capacity(folded.len()));
    characters.extend(folded.chars());
    if digits::is_number(&characters) {
        return true;
    }
    let period = period(&characters);
    let (part, added) = match characters.get(..period) {
        Some(part) if period < characters.len() => (part, COMBINED),
        _ => (&characters[..], 0),
    };
    if part.is_empty() || part.len() > MAX_LENGTH {
        return false;
    }
    let max_cost = MAX_COST - added;
    cost(part, listed) <= max_cost || interleaved_cost(part, listed) <= max_cost
}

fn cost(part: &[char], listed: &dyn Fn(&str) -> bool) -> u16 {
    Cheapest::new(part, listed).cost()
}

/// Returns the cost of two interleaved texts, such as `q1w2e3r4`. Neither may contain meaningless letters.
fn interleaved_cost(part: &[char], listed: &dyn Fn(&str) -> bool) -> u16 {
    if part.len() < 6 {
        return u16::MAX;
    }
    let half = |from: usize| {
        let mut half = Zeroizing::new(Vec::with_capacity(part.len()));
        half.extend(part.iter().skip(from).step_by(2));
        Cheapest::new(&half, listed).cost_without_letters()
    };
    half(0).saturating_add(half(1)).saturating_add(COMBINED)
}

/// Returns the length of the shortest text that repeats to this one, or the length of the text itself.
///
/// Uses the failure function of Knuth, Morris and Pratt (1977) in linear time.
fn period(text: &[char]) -> usize {
    let mut borders = Zeroizing::new(vec![0_usize; text.len()]);
    let mut border = 0;
    for at in 1..text.len() {
        while border > 0 && text[at] != text[border] {
            border = borders[border - 1];
        }
        border += usize::from(text[at] == text[border]);
        borders[at] = border;
    }
    let period = text.len() - border;
    if period > 0 && text.len().is_multiple_of(period) { period } else { text.len() }
}

#[cfg(test)]
mod tests;
