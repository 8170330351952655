//! The cheapest parse of the forms of a text: as it is; without separators if they are all the same (`Pass-Word-1`); and as
//! two interleaved texts if letters alternate with digits or signs (`q1w2e3`).

use super::parser::{InputWords, Parser, Piece};
use super::text::Text;
use crate::knowledge::folding::is_separator;

/// The cost of a form other than the text itself.
const SEPARATED: u32 = 60;
const INTERLEAVED: u32 = 12;

/// The lengths of a text that can be two interleaved ones.
const INTERLEAVED_LENGTHS: std::ops::RangeInclusive<usize> = 6..=32;

/// Returns the cost of the cheapest parse of the cheapest form of a text. If it is more than `limit`, it may be too high.
pub(super) fn cost(text: &Text, inputs: &InputWords, year: i32, limit: u32) -> u32 {
    let of = |text: &Text, limit| Parser::new(text, inputs, year, limit).cost();
    let mut cost = of(text, limit);
    // Another form that costs more does not matter.
    let below = |cost: u32, other| limit.min(cost).saturating_sub(other);
    if let Some(places) = without_separators(text) {
        cost = cost.min(of(&text.select(places), below(cost, SEPARATED)) + SEPARATED);
    }
    if let Some([first, second]) = interleaved(text) {
        let of_first = of(&first, below(cost, INTERLEAVED)) + INTERLEAVED;
        cost = cost.min(of_first + of(&second, below(cost, of_first)));
    }
    cost
}

/// Returns the pieces of the cheapest parse, from left to right, without gaps.
pub(super) fn pieces(text: &Text, inputs: &InputWords, year: i32) -> Vec<Piece> {
    let parser = Parser::new(text, inputs, year, u32::MAX);
    if let Some(places) = without_separators(text) {
        let places: Vec<usize> = places.collect();
        let separated = text.select(places.iter().copied());
        let other = Parser::new(&separated, inputs, year, u32::MAX);
        if other.cost() + SEPARATED < parser.cost() {
            let mut pieces = other.pieces();
            let begins: Vec<usize> = pieces.iter().map(|(part, _)| places[part.start]).collect();
            let ends = begins.iter().skip(1).copied().chain([text.len()]);
            for ((piece, begin), end) in pieces.iter_mut().zip(&begins).zip(ends) {
                piece.0 = *begin..end;
            }
            if let Some(first) = pieces.first_mut() {
                first.0.start = 0;
            }
            return pieces;
        }
    }
    parser.pieces()
}

/// Returns the places of all characters that are not separators. `None` unless all separators are the same.
fn without_separators(text: &Text) -> Option<impl Iterator<Item = usize>> {
    let written = text.written();
    let mut separators = written.iter().filter(|c| is_separator(**c));
    let first = *separators.next()?;
    let all_same = separators.all(|c| *c == first) && written.iter().any(|c| *c != first);
    all_same.then(|| (0..written.len()).filter(move |at| written[*at] != first))
}

/// Returns the characters at even and at odd places, if those at even places are of another kind than those at odd ones.
fn interleaved(text: &Text) -> Option<[Text; 2]> {
    let kind = |c: char| (c.is_alphabetic(), c.is_ascii_digit());
    let written = text.written();
    if !INTERLEAVED_LENGTHS.contains(&written.len()) {
        return None;
    }
    let [first, second] = [0, 1].map(|at| kind(written[at]));
    let alternate =
        first != second && written.iter().enumerate().all(|(at, c)| kind(*c) == [first, second][at % 2]);
    alternate.then(|| [0, 1].map(|from| text.select((from..written.len()).step_by(2))))
}
