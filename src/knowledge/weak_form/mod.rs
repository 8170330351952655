//! Weak forms: what people make a password of when they must, Chinese people above all, whether or not any list has it.
//!
//! A password is taken apart as somebody would put it together: digits, dates, years, runs, sequences, walks over a
//! keyboard, digits that sound like words (520, 1314), syllables of pinyin, syllables of Zhuyin typed on Latin keys,
//! listed words, initials. Each piece costs the guesses that its kind has, in tenths of a power of ten, and the cheapest
//! way to cover the whole password is its cost. Up to [`MAX_COST`] the form is weak: a guesser who knows these kinds is
//! there within a billion guesses, whoever's password it is. What is random costs far more, since letters that mean
//! nothing are allowed to the number of initials only, and so do four words.

mod digits;
mod pieces;
mod pinyin;
mod zhuyin;

use zeroize::Zeroizing;

use pieces::Cheapest;

/// The greatest cost of a weak form: 9 powers of ten, in tenths.
pub const MAX_COST: u16 = 90;
/// A longer text has no weak form but that of something shorter again and again.
pub const MAX_JUDGED: usize = 32;
/// What a repetition, or two texts that take turns, cost beside what is repeated.
const TWICE: u16 = 5;

/// Whether a text, folded for case, has a weak form. `listed` says whether something is a listed word.
///
/// The work is linear in the length of the text, and at most 32 times 32 small steps beside that.
pub fn is_weak(folded: &str, listed: &dyn Fn(&str) -> bool) -> bool {
    let mut characters = Zeroizing::new(Vec::with_capacity(folded.len()));
    characters.extend(folded.chars());
    if digits::is_number(&characters) {
        return true;
    }
    let period = period(&characters);
    let (part, added) = match characters.get(..period) {
        Some(part) if period < characters.len() => (part, TWICE),
        _ => (&characters[..], 0),
    };
    if part.is_empty() || part.len() > MAX_JUDGED {
        return false;
    }
    let most = MAX_COST - added;
    cost(part, listed) <= most || in_turns(part, listed) <= most
}

fn cost(part: &[char], listed: &dyn Fn(&str) -> bool) -> u16 {
    Cheapest::new(part, listed).cost()
}

/// The cost of two texts of which every second character is of one: `q1w2e3r4`. Both must mean something.
fn in_turns(part: &[char], listed: &dyn Fn(&str) -> bool) -> u16 {
    if part.len() < 6 {
        return u16::MAX;
    }
    let half = |from: usize| {
        let mut half = Zeroizing::new(Vec::with_capacity(part.len()));
        half.extend(part.iter().skip(from).step_by(2));
        Cheapest::new(&half, listed).cost_without_letters()
    };
    half(0).saturating_add(half(1)).saturating_add(TWICE)
}

/// The length of the shortest text of which this one is made by repeating it; its own length if there is none.
///
/// The failure function of Knuth, Morris and Pratt (1977) has it, in linear time.
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
