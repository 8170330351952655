//! Jigsaw pieces: a rounded square with a knob or a socket on each side. The shape is stored as a signed distance field:
//! negative inside, positive outside, in pixels from the edge. The antialiased edge, the bevel, the drop shadow and the
//! shadow inside the notch are computed from it.

use super::canvas::{Canvas, Colour, blend, lit, luminance, rgb};
use super::noise::{mix, smooth};
use super::random::Random;
use super::{HEIGHT, PIECE};

const SIZE: usize = PIECE as usize;
/// Half the side of the square, the radius of its corners and of a knob, and the distance of a knob's centre from the edge.
/// A knob ends at 14.5 + 2.6 + 5.2 = 22.3 of the cell's 23.5: the rest is for the shadow.
const HALF: f32 = 14.5;
const CORNER: f32 = 2.5;
const KNOB: f32 = 5.2;
const OVER: f32 = 2.6;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Knob,
    Socket,
    Flat,
}

/// The four sides (right, bottom, left, top) and the distance field.
pub(super) struct Shape {
    sides: [Side; 4],
    distance: Vec<f32>,
}

impl Shape {
    /// Returns a random shape with at least one knob and one socket.
    pub(super) fn draw(random: &mut Random) -> Self {
        loop {
            let sides =
                [(); 4].map(|()| *random.pick(&[Side::Knob, Side::Knob, Side::Socket, Side::Socket, Side::Flat]));
            if sides.contains(&Side::Knob) && sides.contains(&Side::Socket) {
                return Self::of(sides);
            }
        }
    }

    /// Returns a shape that differs in at least two sides, so that users can tell them apart.
    pub(super) fn unlike(&self, random: &mut Random) -> Self {
        loop {
            let other = Self::draw(random);
            let same = other.sides.iter().zip(&self.sides).filter(|(a, b)| a == b);
            if same.count() <= 2 {
                return other;
            }
        }
    }

    fn of(sides: [Side; 4]) -> Self {
        let mut distance = Vec::with_capacity(SIZE * SIZE);
        for j in 0..SIZE {
            for i in 0..SIZE {
                let middle = PIECE as f32 / 2.0;
                let (x, y) = (i as f32 + 0.5 - middle, j as f32 + 0.5 - middle);
                let mut d = square(x, y);
                for (side, (nx, ny)) in sides.iter().zip([(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)]) {
                    let circle = |out: f32| length(x - nx * out, y - ny * out) - KNOB;
                    match side {
                        Side::Knob => d = soft_min(d, circle(HALF + OVER), 1.5),
                        Side::Socket => d = -soft_min(-d, circle(HALF - OVER), 1.5),
                        Side::Flat => {}
                    }
                }
                distance.push(d);
            }
        }
        Self { sides, distance }
    }

    /// Returns the distance at a pixel of the cell; a large value outside the cell.
    fn at(&self, i: i32, j: i32) -> f32 {
        let inside = 0..SIZE as i32;
        match inside.contains(&i) && inside.contains(&j) {
            true => self.distance[j as usize * SIZE + i as usize],
            false => KNOB,
        }
    }

    /// Returns how much of a pixel the shape covers, 0 to 1.
    fn cover(&self, i: i32, j: i32) -> f32 {
        (0.5 - self.at(i, j)).clamp(0.0, 1.0)
    }

    /// Returns how much the edge at a pixel faces a light from the upper left, -1 to 1.
    fn facing(&self, i: i32, j: i32) -> f32 {
        let dx = self.at(i + 1, j) - self.at(i - 1, j);
        let dy = self.at(i, j + 1) - self.at(i, j - 1);
        -(dx + dy) / (length(dx, dy) * std::f32::consts::SQRT_2).max(1e-3)
    }

    /// Returns the pixels inside the shape that are deeper than `depth`.
    #[cfg(test)]
    pub(super) fn deeper_than(&self, depth: f32) -> Vec<(u32, u32)> {
        let cells = 0..SIZE * SIZE;
        let deep = cells.filter(|&at| self.distance[at] < -depth);
        deep.map(|at| ((at % SIZE) as u32, (at / SIZE) as u32)).collect()
    }
}

/// The image of the piece: 47 × 155 pixels in RGBA.
pub(super) struct Piece {
    pub(super) pixels: Vec<[u8; 4]>,
}

impl Piece {
    /// Copies the piece from an uncut image, with a bevel and a soft shadow.
    pub(super) fn lift(picture: &Canvas, shape: &Shape, left: u32, top: u32) -> Self {
        let mut pixels = vec![[0; 4]; (PIECE * HEIGHT) as usize];
        for j in 0..SIZE as i32 {
            for i in 0..SIZE as i32 {
                let cover = shape.cover(i, j);
                // The light comes from the upper left, so the shadow falls to the lower right.
                let shadow = 0.5 * smooth(5.0, -1.0, shape.at(i - 1, j - 1));
                let opacity = cover + shadow * (1.0 - cover);
                if opacity < 0.004 {
                    continue;
                }
                let bevel = smooth(-3.0, -0.4, shape.at(i, j)) * shape.facing(i, j);
                let mut colour = picture.at(left as i32 + i, top as i32 + j);
                colour = match bevel > 0.0 {
                    true => blend(colour, [1.0; 3], 0.5 * bevel),
                    false => lit(colour, 1.0 + 0.5 * bevel),
                };
                // A thin bright outline, so that the piece is visible on an image that it matches.
                let rim = smooth(1.5, 0.1, (shape.at(i, j) + 0.7).abs());
                colour = blend(colour, [1.0; 3], 0.75 * rim);
                let colour = blend([0.02; 3], colour, cover / opacity);
                let at = (top as usize + j as usize) * SIZE + i as usize;
                let [r, g, b] = bytes(colour);
                pixels[at] = [r, g, b, byte(opacity)];
            }
        }
        Self { pixels }
    }
}

/// Cuts a notch: darker where the image is light, lighter where it is dark, with a shadow under the upper left edge and a
/// bright rim along the lower right edge.
///
/// `depth` is the apparent depth, 0 to 1.
pub(super) fn carve(picture: &mut Canvas, shape: &Shape, left: u32, top: u32, depth: f32) {
    let strength = mix(0.52, 0.64, depth);
    let (left, top) = (left as i32, top as i32);
    let (mut light, mut area) = (0.0, 0.0);
    for j in 0..SIZE as i32 {
        for i in 0..SIZE as i32 {
            light += shape.cover(i, j) * luminance(picture.at(left + i, top + j));
            area += shape.cover(i, j);
        }
    }
    let dark = light < 0.3 * area;
    for j in 0..SIZE as i32 {
        for i in 0..SIZE as i32 {
            let cover = shape.cover(i, j);
            let ground = picture.at(left + i, top + j);
            let mut floor = match dark {
                true => blend(ground, rgb(0xdfe6ee), 0.6 * strength),
                false => blend(ground, rgb(0x0c1018), strength),
            };
            let shade = smooth(-4.5, 1.0, shape.at(i - 2, j - 2));
            floor = lit(floor, 1.0 - 0.6 * shade);
            let rim = smooth(1.6, 0.2, (shape.at(i, j) + 0.2).abs());
            let rim_light = rim * (0.30 - 0.28 * shape.facing(i, j));
            picture.put(left + i, top + j, floor, cover);
            picture.put(left + i, top + j, [1.0; 3], rim_light);
        }
    }
}

fn square(x: f32, y: f32) -> f32 {
    let (a, b) = (x.abs() - HALF + CORNER, y.abs() - HALF + CORNER);
    length(a.max(0.0), b.max(0.0)) + a.max(b).min(0.0) - CORNER
}

fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

/// Returns the smooth minimum of two distances (polynomial).
fn soft_min(a: f32, b: f32, reach: f32) -> f32 {
    let near = (reach - (a - b).abs()).max(0.0) / reach;
    a.min(b) - near * near * reach / 4.0
}

pub(super) fn bytes(colour: Colour) -> [u8; 3] {
    colour.map(byte)
}

fn byte(channel: f32) -> u8 {
    (channel.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}
