//! The cheapest cover: of all ways to put a password together from pieces and brute force, the one guessed first.
//!
//! A guesser who tries l pieces of g₁ … gₗ guesses in any order, after everything of fewer pieces, needs about
//! l!·∏gᵢ + D^(l−1) guesses, D being 10,000 (Wheeler 2016, section 4). For every place and every number of pieces the
//! least product is kept; l! and D^(l−1) depend on the number only, so the minimum is exact.

use std::ops::Range;

/// The guesses that a sequence of one piece fewer is taken to have.
const PER_PIECE: f64 = 10_000.0;
/// The guesses for each character that is in no piece.
const PER_CHARACTER: f64 = 10.0;
/// The same for a lone character: one more than a piece of one character, which is to be preferred.
const LONE_CHARACTER: f64 = 11.0;
/// The least guesses of a piece that is a part of the password only.
const MIN_OF_ONE: f64 = 10.0;
const MIN_OF_MORE: f64 = 50.0;

/// Covers of more pieces are not looked for: D^(l-1) alone makes them 10⁶⁰ guesses.
const MAX_PIECES: usize = 16;

/// What a guesser would try for a part of the password.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    start: usize,
    guesses: f64,
    what: What,
}

/// What a part of a password is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A word of the dictionary, in any case, backwards or with substitutions.
    Word,
    /// A word that belongs to the user.
    Input,
    /// A walk over a keyboard.
    Walk,
    /// A sequence.
    Sequence,
    /// A date or a year.
    Date,
    /// A block again and again.
    Repeat,
    /// Nothing that is known: every character must be guessed.
    Unknown,
}

/// The pieces of a password, by where they end.
#[derive(Debug)]
pub(super) struct Pieces {
    ending: Vec<Vec<Piece>>,
}

impl Pieces {
    pub(super) fn new(length: usize) -> Pieces {
        Pieces { ending: vec![Vec::new(); length + 1] }
    }

    /// Adds a piece; of several for the same part the cheapest stays.
    pub(super) fn add(&mut self, part: Range<usize>, guesses: f64, what: What) {
        let Some(ending) = self.ending.get_mut(part.end) else { return };
        let piece = Piece { start: part.start, guesses, what };
        match ending.iter_mut().find(|known| known.start == part.start) {
            Some(known) if guesses < known.guesses => *known = piece,
            Some(_) => {}
            None => ending.push(piece),
        }
    }

    /// The guesses of a piece, as a part of a password of `length` characters.
    fn at_least(guesses: f64, of: usize, length: usize) -> f64 {
        match of {
            whole if whole == length => guesses,
            1 => guesses.max(MIN_OF_ONE),
            _ => guesses.max(MIN_OF_MORE),
        }
    }

    /// What the cheapest cover of the whole is made of, from the beginning. The search is that of
    /// [`Pieces::cheapest_cover`], written plainly: it keeps its way, and is for somebody who asks why.
    pub(super) fn cheapest_pieces(&self) -> Vec<(Range<usize>, What)> {
        let length = self.ending.len() - 1;
        let most = (length / 4 + 1).min(MAX_PIECES);
        // The least product for the first k characters with l pieces, and the last of them.
        let mut best: Vec<Vec<Option<(f64, Piece)>>> = vec![vec![None; most + 1]; length + 1];
        for k in 1..=length {
            for l in 1..=most {
                let brute = (0..k).map(|start| Piece {
                    start,
                    guesses: if k - start == 1 { LONE_CHARACTER } else { PER_CHARACTER.powi((k - start) as i32) },
                    what: What::Unknown,
                });
                for piece in self.ending[k].iter().copied().chain(brute) {
                    let before = if l == 1 {
                        (piece.start == 0).then_some(1.0)
                    } else {
                        best[piece.start][l - 1].map(|(product, _)| product)
                    };
                    let guesses = match piece.what {
                        What::Unknown => piece.guesses,
                        _ => Pieces::at_least(piece.guesses, k - piece.start, length),
                    };
                    let Some(product) = before.map(|before| before * guesses) else { continue };
                    if best[k][l].is_none_or(|(least, _)| product < least) {
                        best[k][l] = Some((product, piece));
                    }
                }
            }
        }
        let (mut orders, mut shorter, mut least) = (1.0, 1.0, (f64::INFINITY, 0));
        for (l, found) in best[length].iter().enumerate().skip(1) {
            orders *= l as f64;
            let guesses = found.map_or(f64::INFINITY, |(product, _)| orders * product + shorter);
            if guesses < least.0 {
                least = (guesses, l);
            }
            shorter *= PER_PIECE;
        }
        let (mut cover, mut end) = (Vec::new(), length);
        for l in (1..=least.1).rev() {
            let Some((_, piece)) = best[end][l] else { break };
            cover.push((piece.start..end, piece.what));
            end = piece.start;
        }
        cover.reverse();
        cover
    }

    /// The guesses of the cheapest cover of a part; 1 for an empty one.
    pub(super) fn cheapest_cover(&self, part: Range<usize>) -> f64 {
        let length = part.len();
        if length == 0 {
            return 1.0;
        }
        // With more pieces D^(l-1) alone is beyond brute force, or beyond all that matters.
        let most = (length / 4 + 1).min(MAX_PIECES);
        let row = most + 1;
        // The least product of a cover of the first k characters with l pieces: of those that end in a piece, and of all.
        let mut in_piece = vec![f64::INFINITY; (length + 1) * row];
        let mut any = vec![f64::INFINITY; (length + 1) * row];
        in_piece[0] = 1.0;
        any[0] = 1.0;
        // Of those that end in two characters of brute force or more.
        let mut brute = vec![f64::INFINITY; row];
        for k in 1..=length {
            for piece in self.ending.get(part.start + k).into_iter().flatten() {
                let Some(start) = piece.start.checked_sub(part.start) else { continue };
                let guesses = Pieces::at_least(piece.guesses, k - start, length);
                for l in 1..row {
                    let product = any[start * row + l - 1] * guesses;
                    let best = &mut in_piece[k * row + l];
                    *best = best.min(product);
                }
            }
            for l in (1..row).rev() {
                let begun = if k >= 2 { in_piece[(k - 2) * row + l - 1] } else { f64::INFINITY };
                brute[l] = (brute[l] * PER_CHARACTER).min(begun * PER_CHARACTER * PER_CHARACTER);
                let lone = in_piece[(k - 1) * row + l - 1] * LONE_CHARACTER;
                any[k * row + l] = in_piece[k * row + l].min(brute[l]).min(lone);
            }
        }
        let (mut orders, mut shorter, mut least) = (1.0, 1.0, f64::INFINITY);
        for l in 1..row {
            orders *= l as f64;
            least = least.min(orders * any[length * row + l] + shorter);
            shorter *= PER_PIECE;
        }
        least
    }
}
