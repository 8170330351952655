//! Finds the cheapest cover: the combination of pieces and brute force that is guessed first.
//!
//! Guessing l pieces of g₁ … gₗ guesses in any order, after all shorter combinations, takes about l!·∏gᵢ + D^(l−1)
//! guesses with D = 10,000 (Wheeler 2016, section 4). The search stores the minimum product for every position and
//! number of pieces. Since l! and D^(l−1) depend on the number only, the minimum is exact.

use std::ops::Range;

/// Guesses attributed to each shorter combination (D).
const PER_PIECE: f64 = 10_000.0;
/// Guesses per character outside any piece.
const PER_CHARACTER: f64 = 10.0;
/// Guesses of a single such character: one more than a piece of one character, which is preferred.
const LONE_CHARACTER: f64 = 11.0;
/// Minimum guesses of a piece that is only part of the password.
const MIN_OF_ONE: f64 = 10.0;
const MIN_OF_MORE: f64 = 50.0;

/// Maximum number of pieces. With more, D^(l-1) alone exceeds 10⁶⁰ guesses.
const MAX_PIECES: usize = 16;

/// A guessable part of the password.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    start: usize,
    guesses: f64,
    kind: PieceKind,
}

/// Kind of a part of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// A dictionary word, in any case, reversed or with substitutions.
    Word,
    /// A word from the inputs, such as the user's name.
    Input,
    /// A keyboard walk.
    Walk,
    /// A sequence, such as `abcd`.
    Sequence,
    /// A date or a year.
    Date,
    /// A repeated block.
    Repeat,
    /// Unknown characters, guessed by brute force.
    Unknown,
}

/// The pieces of a password, by end position.
#[derive(Debug)]
pub(super) struct Pieces {
    ending: Vec<Vec<Piece>>,
}

impl Pieces {
    pub(super) fn new(length: usize) -> Pieces {
        Pieces { ending: vec![Vec::new(); length + 1] }
    }

    /// Adds a piece. The cheapest piece of a part wins.
    pub(super) fn add(&mut self, part: Range<usize>, guesses: f64, kind: PieceKind) {
        let Some(ending) = self.ending.get_mut(part.end) else { return };
        let piece = Piece { start: part.start, guesses, kind };
        match ending.iter_mut().find(|existing| existing.start == part.start) {
            Some(existing) if guesses < existing.guesses => *existing = piece,
            Some(_) => {}
            None => ending.push(piece),
        }
    }

    /// Returns the guesses of a piece of `of` characters in a password of `length` characters.
    fn at_least(guesses: f64, of: usize, length: usize) -> f64 {
        match of {
            whole if whole == length => guesses,
            1 => guesses.max(MIN_OF_ONE),
            _ => guesses.max(MIN_OF_MORE),
        }
    }

    /// Returns the parts of the cheapest cover of the password, from left to right. Same search as
    /// [`Pieces::cheapest_cover`], but it records the parts. Used for explanations only.
    pub(super) fn cheapest_pieces(&self) -> Vec<(Range<usize>, PieceKind)> {
        let length = self.ending.len() - 1;
        let max_pieces = (length / 4 + 1).min(MAX_PIECES);
        // Minimum product for the first k characters with l pieces, and the last piece.
        let mut best: Vec<Vec<Option<(f64, Piece)>>> = vec![vec![None; max_pieces + 1]; length + 1];
        for k in 1..=length {
            for l in 1..=max_pieces {
                let brute = (0..k).map(|start| Piece {
                    start,
                    guesses: if k - start == 1 { LONE_CHARACTER } else { PER_CHARACTER.powi((k - start) as i32) },
                    kind: PieceKind::Unknown,
                });
                for piece in self.ending[k].iter().copied().chain(brute) {
                    let before = if l == 1 {
                        (piece.start == 0).then_some(1.0)
                    } else {
                        best[piece.start][l - 1].map(|(product, _)| product)
                    };
                    let guesses = match piece.kind {
                        PieceKind::Unknown => piece.guesses,
                        _ => Pieces::at_least(piece.guesses, k - piece.start, length),
                    };
                    let Some(product) = before.map(|before| before * guesses) else { continue };
                    if best[k][l].is_none_or(|(minimum, _)| product < minimum) {
                        best[k][l] = Some((product, piece));
                    }
                }
            }
        }
        let (mut orders, mut shorter, mut minimum) = (1.0, 1.0, (f64::INFINITY, 0));
        for (l, found) in best[length].iter().enumerate().skip(1) {
            orders *= l as f64;
            let guesses = found.map_or(f64::INFINITY, |(product, _)| orders * product + shorter);
            if guesses < minimum.0 {
                minimum = (guesses, l);
            }
            shorter *= PER_PIECE;
        }
        let (mut cover, mut end) = (Vec::new(), length);
        for l in (1..=minimum.1).rev() {
            let Some((_, piece)) = best[end][l] else { break };
            cover.push((piece.start..end, piece.kind));
            end = piece.start;
        }
        cover.reverse();
        cover
    }

    /// Returns the guesses of the cheapest cover of a part, 1 for an empty part.
    pub(super) fn cheapest_cover(&self, part: Range<usize>) -> f64 {
        let length = part.len();
        if length == 0 {
            return 1.0;
        }
        // With more pieces D^(l-1) alone exceeds brute force, or any relevant limit.
        let max_pieces = (length / 4 + 1).min(MAX_PIECES);
        let row = max_pieces + 1;
        // Minimum product of a cover of the first k characters with l pieces: for covers that end in a piece, and
        // for all.
        let mut in_piece = vec![f64::INFINITY; (length + 1) * row];
        let mut any = vec![f64::INFINITY; (length + 1) * row];
        in_piece[0] = 1.0;
        any[0] = 1.0;
        // For covers that end in at least two brute-force characters.
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
        let (mut orders, mut shorter, mut minimum) = (1.0, 1.0, f64::INFINITY);
        for l in 1..row {
            orders *= l as f64;
            minimum = minimum.min(orders * any[length * row + l] + shorter);
            shorter *= PER_PIECE;
        }
        minimum
    }
}
