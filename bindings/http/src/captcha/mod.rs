//! A captcha is a small task that is easier for a person than for a script: here, to slide a jigsaw piece into the place
//! it was cut from. It slows a script down and makes it cost something; it does not keep a determined one out, and no
//! other limit may lean on it.
//!
//! The geometry and the wire form are those of the AJ-Captcha block puzzle: a picture of 310 × 155 pixels, and the piece
//! in a transparent picture of 47 × 155 that slides along it. The client answers with the distance in picture pixels
//! ([`parse_point`]). Somebody who cannot see the picture lets the device work instead ([`work_is_done`]).
//!
//! Nothing here knows time, storage or the network: a [`Puzzle`] is a function of its seed, on every machine the same.
//! The seed decides where the notch is, so it must come from a generator that nobody can predict, and must not be told.

mod canvas;
mod encode;
mod jigsaw;
mod noise;
mod palette;
mod point;
mod random;
mod scene;
mod work;

pub use point::{parse_nonce, parse_point};
pub use work::work_is_done;

use canvas::Canvas;
use jigsaw::{Piece, Shape};
use random::Random;

/// Width of the picture, in pixels.
pub const WIDTH: u32 = 310;
/// Height of the picture and of the piece's own picture, in pixels.
pub const HEIGHT: u32 = 155;
/// Width of the piece's own picture, in pixels.
pub const PIECE: u32 = 47;

/// The notch never lies further left than this: a piece that starts at 0 must be moved, and its start hides nothing.
const NEAREST: u32 = 56;
/// The notch never touches the right edge.
const FURTHEST: u32 = WIDTH - PIECE - 4;

/// How many decoys are tried for.
const DECOYS: usize = 2;
/// How much higher or lower than the notch a decoy may lie, in pixels.
const ASKEW: u32 = 6;

/// A sliding jigsaw: what the client is shown, and the answer that the server keeps.
pub struct Puzzle {
    /// 310 × 155 pixels, with the notch and its decoys cut in.
    pub picture_png: Vec<u8>,
    /// 47 × 155 pixels, transparent but for the piece at its right height.
    pub piece_png: Vec<u8>,
    /// How far right of the picture's left edge the piece's own picture belongs, in picture pixels.
    pub x: u32,
}

impl std::fmt::Debug for Puzzle {
    /// Says nothing of the answer.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Puzzle").finish_non_exhaustive()
    }
}

/// Draws the puzzle of a seed.
pub fn draw(seed: [u8; 32]) -> Puzzle {
    let cut = cut(seed);
    Puzzle { picture_png: encode::picture(&cut.picture), piece_png: encode::piece(&cut.piece), x: cut.x }
}

/// The puzzle before it is compressed.
struct Cut {
    picture: Canvas,
    piece: Piece,
    x: u32,
}

fn cut(seed: [u8; 32]) -> Cut {
    let mut picture = scene::paint(&mut Random::new(seed, "scene"));
    let mut random = Random::new(seed, "notch");
    let x = random.between(NEAREST, FURTHEST);
    let y = random.between(4, HEIGHT - PIECE - 4);
    let shape = Shape::draw(&mut random);
    let piece = Piece::lift(&picture, &shape, x, y);
    jigsaw::carve(&mut picture, &shape, x, y, random.unit());
    for (decoy, left, top) in decoys(&mut random, &shape, x, y) {
        jigsaw::carve(&mut picture, &decoy, left, top, random.unit());
    }
    Cut { picture, piece, x }
}

/// Notches of other shapes, beside the true one and about as high: without them the notch would be the one thing in its
/// row that sticks out. They overlap nothing.
fn decoys(random: &mut Random, shape: &Shape, x: u32, y: u32) -> Vec<(Shape, u32, u32)> {
    let mut taken = vec![x];
    let mut decoys = Vec::new();
    // A handful of throws finds room nearly always; a puzzle with one decoy fewer is still a puzzle.
    for _ in 0..48 {
        let left = random.between(NEAREST, FURTHEST);
        let top = (y + random.between(0, 2 * ASKEW)).saturating_sub(ASKEW);
        if decoys.len() < DECOYS && taken.iter().all(|&other| left.abs_diff(other) >= PIECE + 2) {
            taken.push(left);
            decoys.push((shape.unlike(random), left, top.min(HEIGHT - PIECE)));
        }
    }
    decoys
}

#[cfg(test)]
mod tests;
