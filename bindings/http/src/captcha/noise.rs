//! Gradient noise (Perlin, "Improving Noise", 2002) in one and two dimensions, and its sum over octaves. It uses only
//! operations that IEEE 754 rounds exactly, so that a seed gives the same image on every machine.

use super::random::Random;

const GRADIENTS: [(f32, f32); 8] = [
    (1.0, 0.0),
    (-1.0, 0.0),
    (0.0, 1.0),
    (0.0, -1.0),
    (0.707, 0.707),
    (-0.707, 0.707),
    (0.707, -0.707),
    (-0.707, -0.707),
];

pub(super) struct Noise {
    table: [u8; 256],
}

impl Noise {
    pub(super) fn new(random: &mut Random) -> Self {
        let mut table = [0; 256];
        for (value, slot) in table.iter_mut().enumerate() {
            *slot = value as u8;
        }
        for last in (1..256u32).rev() {
            table.swap(last as usize, random.between(0, last) as usize);
        }
        Self { table }
    }

    fn hash(&self, x: i32, y: i32) -> u8 {
        self.table[usize::from(self.table[(x & 255) as usize].wrapping_add((y & 255) as u8))]
    }

    /// Returns a value of about -0.7 to 0.7; 0 at integers.
    pub(super) fn at(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (floor(x), floor(y));
        let (dx, dy) = (x - left as f32, y - top as f32);
        let corner = |i: i32, j: i32| {
            let (gx, gy) = GRADIENTS[usize::from(self.hash(left + i, top + j) & 7)];
            gx * (dx - i as f32) + gy * (dy - j as f32)
        };
        let (u, v) = (ease(dx), ease(dy));
        let above = mix(corner(0, 0), corner(1, 0), u);
        let below = mix(corner(0, 1), corner(1, 1), u);
        mix(above, below, v)
    }

    /// Returns the sum of octaves, each with twice the frequency and half the amplitude: about -1 to 1.
    pub(super) fn layered(&self, x: f32, y: f32, octaves: u32) -> f32 {
        let (mut sum, mut height, mut scale) = (0.0, 1.0, 1.0);
        for octave in 0..octaves {
            let shift = octave as f32 * 17.3;
            sum += height * self.at(x * scale + shift, y * scale - shift);
            height *= 0.5;
            scale *= 2.0;
        }
        sum
    }

    /// Returns ridged noise: the sum of octaves with sharp crests, 0 to about 1.
    pub(super) fn ridged(&self, x: f32, y: f32, octaves: u32) -> f32 {
        let (mut sum, mut height, mut scale) = (0.0, 0.6, 1.0);
        for octave in 0..octaves {
            let shift = octave as f32 * 11.9;
            sum += height * (1.0 - 2.0 * self.at(x * scale + shift, y * scale - shift).abs());
            height *= 0.45;
            scale *= 2.1;
        }
        sum
    }
}

/// Rounds down. Faster than `f32::floor`, which is a library call on the baseline processor.
fn floor(value: f32) -> i32 {
    let whole = value as i32;
    whole - i32::from((whole as f32) > value)
}

/// Returns the fractional part, 0 up to 1.
pub(super) fn fraction(value: f32) -> f32 {
    value - floor(value) as f32
}

fn ease(t: f32) -> f32 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

/// Interpolates linearly between `a` at 0 and `b` at 1.
pub(super) fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// Returns 0 below `from`, 1 above `to`, and a smooth value between them. `from` may be greater than `to`.
pub(super) fn smooth(from: f32, to: f32, value: f32) -> f32 {
    let t = ((value - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Returns a sine-like wave of period 1 between -1 and 1, built from parabolas.
pub(super) fn wave(turns: f32) -> f32 {
    let t = fraction(turns);
    if t < 0.5 { 16.0 * t * (0.5 - t) } else { -16.0 * (t - 0.5) * (1.0 - t) }
}
