//! A captcha: the user slides a jigsaw piece into the place that it was cut from. It slows scripts down; it does not stop
//! them, and no rate limit may rely on it.
//!
//! Geometry and format are those of the AJ-Captcha block puzzle: an image of 310 × 155 pixels, and a transparent image of
//! 47 × 155 pixels with the piece, which slides along it. The client answers with the distance in pixels of the image
//! ([`parse_point`]). Users who cannot see the image can use a proof of work instead ([`work_is_done`]).
//!
//! This module uses no clock, storage or network: a [`Puzzle`] is a function of its seed, the same on every machine. The
//! seed determines the place of the notch, so it must be unpredictable and secret.

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

/// Width of the image, in pixels.
pub const WIDTH: u32 = 310;
/// Height of both images, in pixels.
pub const HEIGHT: u32 = 155;
/// Width of the image of the piece, in pixels.
pub const PIECE: u32 = 47;

/// Minimum distance of the notch: the piece starts at 0 and must neither fit nor hide the notch there.
const MIN_X: u32 = 56;
/// Maximum distance of the notch: it never touches the right edge.
const MAX_X: u32 = WIDTH - PIECE - 4;

/// The number of decoys to place, if there is room.
const DECOYS: usize = 2;
/// Maximum vertical distance between a decoy and the notch, in pixels.
const MAX_SHIFT: u32 = 6;

/// A sliding jigsaw: the images for the client, and the answer, which stays on the server.
pub struct Puzzle {
    /// The image with the notch and its decoys: a PNG of 310 × 155 pixels.
    pub picture_png: Vec<u8>,
    /// The piece at its height: a transparent PNG of 47 × 155 pixels.
    pub piece_png: Vec<u8>,
    /// The answer: the distance between the left edges of both images, in pixels.
    pub x: u32,
}

impl std::fmt::Debug for Puzzle {
    /// Does not show the answer.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Puzzle").finish_non_exhaustive()
    }
}

/// Draws the puzzle of a seed.
pub fn draw(seed: [u8; 32]) -> Puzzle {
    let cut = cut(seed);
    Puzzle { picture_png: encode::picture(&cut.picture), piece_png: encode::piece(&cut.piece), x: cut.x }
}

/// The puzzle before compression.
struct Cut {
    picture: Canvas,
    piece: Piece,
    x: u32,
}

fn cut(seed: [u8; 32]) -> Cut {
    let mut picture = scene::paint(&mut Random::new(seed, "scene"));
    let mut random = Random::new(seed, "notch");
    let x = random.between(MIN_X, MAX_X);
    let y = random.between(4, HEIGHT - PIECE - 4);
    let shape = Shape::draw(&mut random);
    let piece = Piece::lift(&picture, &shape, x, y);
    jigsaw::carve(&mut picture, &shape, x, y, random.unit());
    for (decoy, left, top) in decoys(&mut random, &shape, x, y) {
        jigsaw::carve(&mut picture, &decoy, left, top, random.unit());
    }
    Cut { picture, piece, x }
}

/// Cuts notches of other shapes at about the same height. Without them the notch would be the only anomaly in its row. They
/// do not overlap.
fn decoys(random: &mut Random, shape: &Shape, x: u32, y: u32) -> Vec<(Shape, u32, u32)> {
    let mut taken = vec![x];
    let mut decoys = Vec::new();
    // A few attempts nearly always find room, and a puzzle with fewer decoys is valid.
    for _ in 0..48 {
        let left = random.between(MIN_X, MAX_X);
        let top = (y + random.between(0, 2 * MAX_SHIFT)).saturating_sub(MAX_SHIFT);
        if decoys.len() < DECOYS && taken.iter().all(|&other| left.abs_diff(other) >= PIECE + 2) {
            taken.push(left);
            decoys.push((shape.unlike(random), left, top.min(HEIGHT - PIECE)));
        }
    }
    decoys
}

#[cfg(test)]
mod tests;
