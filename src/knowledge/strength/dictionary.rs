//! Finds dictionary words and the user's words, in any case, reversed, and with substitutions.
//!
//! All readings of a character are followed at once through the sorted dictionary. The work is bounded by the
//! number of words, not by the number of combinations.

use std::sync::LazyLock;

use zeroize::Zeroizing;

use super::cover::{PieceKind, Pieces};
use super::{MAX_INPUT_LENGTH, MAX_INPUTS, fold, variation};
use crate::knowledge::embedded;
use crate::knowledge::sorted_lines::{LineRange, SortedLines};

/// Words with their ranks, one `word rank` per line, sorted, after a heading.
const RANKED: &str = include_str!("../../../rules/words/ranked.txt");
/// Reversing doubles the guesses.
const REVERSED: f64 = 2.0;

/// Ranges of the words that start with each ASCII character, where most lookups start.
static FIRST: LazyLock<[Option<LineRange>; 128]> = LazyLock::new(|| {
    let lines = lines();
    std::array::from_fn(|byte| lines.narrow(&lines.all(), &[byte as u8]))
});

fn lines() -> SortedLines<'static> {
    SortedLines::new(RANKED.split_once('\n').map_or(RANKED, |(_heading, words)| words))
}

pub(super) fn digest() -> [u8; 32] {
    embedded::digest("ranked.txt")
}

pub(super) fn warm_up() {
    LazyLock::force(&FIRST);
}

/// Returns the letters that a character may stand for.
fn letters(c: char) -> &'static [char] {
    match c {
        '4' | '@' => &['a'],
        '8' => &['b'],
        '(' | '{' | '[' | '<' => &['c'],
        '3' => &['e'],
        '6' | '9' => &['g'],
        '1' | '|' => &['i', 'l'],
        '!' => &['i'],
        '7' => &['l', 't'],
        '0' => &['o'],
        '$' | '5' => &['s'],
        '+' => &['t'],
        '%' => &['x'],
        '2' => &['z'],
        _ => &[],
    }
}

/// Adds the dictionary words in the text to `pieces`.
pub(super) fn find(text: &[char], folded: &[char], pieces: &mut Pieces) {
    let length = text.len();
    let mut walk = Walk { folded, substitutions: true, word: Zeroizing::new(Vec::with_capacity(length)) };
    for start in 0..length {
        walk.step(start, &lines().all(), &mut |word, rank| {
            let part = start..start + word.len();
            let ways =
                variation::of_substitution(&folded[part.clone()], word) * variation::of_case(&text[part.clone()]);
            pieces.add(part, rank * ways, PieceKind::Word);
        });
    }
    let mut reversed = Zeroizing::new(folded.to_vec());
    reversed.reverse();
    let word = std::mem::take(&mut walk.word);
    let mut walk = Walk { folded: &reversed, substitutions: false, word };
    for start in 0..length {
        walk.step(start, &lines().all(), &mut |word, rank| {
            let part = length - start - word.len()..length - start;
            pieces.add(part.clone(), rank * REVERSED * variation::of_case(&text[part]), PieceKind::Word);
        });
    }
}

/// Follows a text through the dictionary.
struct Walk<'t> {
    folded: &'t [char],
    substitutions: bool,
    /// The word followed so far.
    word: Zeroizing<Vec<char>>,
}

impl Walk<'_> {
    /// Continues in a range with each reading of the next character.
    fn step(&mut self, start: usize, range: &LineRange, found: &mut dyn FnMut(&[char], f64)) {
        let Some(&c) = self.folded.get(start + self.word.len()) else { return };
        let readings = if self.substitutions { letters(c) } else { &[] };
        for &reading in std::iter::once(&c).chain(readings) {
            let Some(narrowed) = self.narrow(range, reading) else { continue };
            self.word.push(reading);
            if let Some(rank) = lines().rest(&narrowed).strip_prefix(b" ") {
                found(&self.word, number(rank));
            }
            self.step(start, &narrowed, found);
            self.word.pop();
        }
    }

    fn narrow(&self, range: &LineRange, c: char) -> Option<LineRange> {
        if self.word.is_empty() && c.is_ascii() {
            return FIRST.get(c as usize)?.clone();
        }
        // A space would continue into the rank.
        if c == ' ' || c == '\n' { None } else { lines().narrow(range, c.encode_utf8(&mut [0; 4]).as_bytes()) }
    }
}

fn number(digits: &[u8]) -> f64 {
    digits.iter().fold(0.0, |sum, &digit| sum * 10.0 + f64::from(digit.saturating_sub(b'0')))
}

/// Adds the inputs that occur in the text to `pieces`.
pub(super) fn find_inputs(text: &[char], folded: &[char], inputs: &[&str], pieces: &mut Pieces) {
    for (at, input) in inputs.iter().take(MAX_INPUTS).enumerate() {
        if input.len() > MAX_INPUT_LENGTH * 4 || input.chars().count() > MAX_INPUT_LENGTH {
            continue;
        }
        let word: Zeroizing<Vec<char>> = Zeroizing::new(input.chars().map(fold).collect());
        if word.len() < 2 {
            continue;
        }
        let rank = (at + 1) as f64;
        for (start, written) in folded.windows(word.len()).enumerate() {
            let part = start..start + word.len();
            let reads = |(&c, &letter): (&char, &char)| c == letter || letters(c).contains(&letter);
            if written.iter().zip(word.iter()).all(reads) {
                let ways = variation::of_case(&text[part.clone()]) * variation::of_substitution(written, &word);
                pieces.add(part.clone(), rank * ways, PieceKind::Input);
            }
            if written.iter().eq(word.iter().rev()) {
                pieces.add(part.clone(), rank * REVERSED * variation::of_case(&text[part]), PieceKind::Input);
            }
        }
    }
}
