//! A city across the water at dusk, with lit windows.

use crate::captcha::canvas::{Canvas, Colour, blend, gradient, lit, rgb};
use crate::captcha::noise::{Noise, mix, smooth};
use crate::captcha::random::Random;
use crate::captcha::{HEIGHT, WIDTH};

/// The sky from the zenith to the roofs, the houses from the furthest row to the nearest.
type Palette = ([Colour; 4], [Colour; 3]);

const PALETTES: [Palette; 4] = [
    ([rgb(0x141b45), rgb(0x46397b), rgb(0xb4577f), rgb(0xf7a56f)], [rgb(0x8a5580), rgb(0x4a3769), rgb(0x1c1b3f)]),
    ([rgb(0x0a1531), rgb(0x163a63), rgb(0x2f7289), rgb(0x8ec0b2)], [rgb(0x4b8794), rgb(0x23506e), rgb(0x0c2038)]),
    ([rgb(0x3c6aa0), rgb(0x7fa3c0), rgb(0xe6c6ad), rgb(0xfbdcae)], [rgb(0xa392a0), rgb(0x66688a), rgb(0x2b3557)]),
    ([rgb(0x2a1636), rgb(0x6a2350), rgb(0xc8434f), rgb(0xf8b15d)], [rgb(0x9a3c56), rgb(0x5a2349), rgb(0x210f2c)]),
];

pub(super) fn paint(random: &mut Random) -> Canvas {
    let noise = Noise::new(random);
    let (sky, houses) = random.pick(&PALETTES);
    let shore = (HEIGHT as f32 * random.range(0.62, 0.72)) as u32;
    let mut canvas = Canvas::fill(|x, y| {
        if y > shore as f32 {
            return sky[0]; // covered by the water
        }
        let cloud = noise.layered(x * 0.008, y * 0.06, 4);
        gradient(sky, y / shore as f32 + 0.16 * cloud)
    });
    for _ in 0..60 {
        let (x, y) = (random.range(0.0, WIDTH as f32), random.range(0.0, 60.0));
        canvas.glow(x, y, random.range(0.9, 1.6), [1.0; 3], random.range(0.1, 0.7));
    }
    let (x, y) = (random.range(30.0, 280.0), random.range(16.0, 44.0));
    canvas.glow(x, y, 46.0, rgb(0xfff0d0), 0.4);
    canvas.disc(x, y, random.range(7.0, 12.0), rgb(0xfff6e0), 0.95);
    for (row, colour) in houses.iter().enumerate() {
        street(&mut canvas, random, &noise, *colour, row, shore);
    }
    water(&mut canvas, random, &noise, shore);
    canvas
}

/// A row of houses, from the left edge to the right.
fn street(canvas: &mut Canvas, random: &mut Random, noise: &Noise, colour: Colour, row: usize, shore: u32) {
    let near = row as f32 / 2.0;
    let mut x = random.range(-14.0, 0.0);
    while x < WIDTH as f32 {
        let wide = random.range(9.0, 26.0);
        let hill = 0.7 + 0.9 * noise.at(x * 0.011, row as f32 * 13.0 + 0.5);
        let tall = random.range(0.55, 1.1) * hill * mix(72.0, 40.0, near) + 8.0;
        house(canvas, random, colour, near, (x, shore as f32 - tall, wide), shore);
        x += wide + random.range(-1.0, mix(2.0, 9.0, near));
    }
}

fn house(canvas: &mut Canvas, random: &mut Random, colour: Colour, near: f32, place: (f32, f32, f32), shore: u32) {
    let (left, top, wide) = (place.0 as i32, place.1 as i32, place.2 as i32);
    let colour = lit(colour, random.range(0.88, 1.12));
    let roof = random.between(0, 4);
    for y in top..shore as i32 {
        let haze = smooth(0.0, 60.0, (y - top) as f32) * mix(0.35, 0.08, near);
        for x in left..left + wide {
            // The side away from the light, and a lit edge.
            let side = if x * 3 > left * 3 + wide * 2 { 0.84 } else { 1.0 };
            canvas.put(x, y, blend(lit(colour, side), rgb(0xf0b890), haze), 1.0);
        }
        canvas.put(left, y, [1.0, 0.9, 0.8], 0.16);
    }
    let middle = (left + wide / 2) as f32;
    match roof {
        0 => canvas.stroke((middle, top as f32), (middle, top as f32 - 12.0), 1.0, colour, 1.0),
        1 => {
            for step in 0..wide / 3 {
                let y = (top - step) as f32;
                canvas.stroke(
                    ((left + step) as f32 + 1.0, y),
                    ((left + wide - step) as f32 - 1.0, y),
                    1.2,
                    colour,
                    1.0,
                );
            }
        }
        _ => {}
    }
    windows(canvas, random, near, (left, top, wide), shore);
}

fn windows(canvas: &mut Canvas, random: &mut Random, near: f32, place: (i32, i32, i32), shore: u32) {
    let (left, top, wide) = place;
    let lamp = *random.pick(&[rgb(0xffd98a), rgb(0xffc26b), rgb(0xfff1c9), rgb(0xbfe6ff)]);
    let (across, down) = (random.between(3, 4) as i32, random.between(4, 5) as i32);
    let lit_share = random.range(0.15, 0.6) * mix(0.6, 1.0, near);
    let mut throws = random.bits();
    for (row, y) in (top + 3..shore as i32 - 4).step_by(down as usize).enumerate() {
        for (column, x) in (left + 2..left + wide - 2).step_by(across as usize).enumerate() {
            // A fast generator of its own, because a city has thousands of windows.
            throws = throws.wrapping_mul(1_664_525).wrapping_add(1_013_904_223 + (row * 31 + column) as u32);
            if ((throws >> 16) as f32) < lit_share * 65_536.0 {
                let strength = mix(0.5, 0.95, near);
                canvas.put(x, y, lamp, strength);
                canvas.put(x, y + 1, lamp, strength * 0.8);
            }
        }
    }
}

/// Draws the reflection of the city in the water, distorted by ripples.
fn water(canvas: &mut Canvas, random: &mut Random, noise: &Noise, shore: u32) {
    let row = random.range(0.0, 50.0);
    let still = canvas.clone();
    for y in shore..HEIGHT {
        let depth = (y - shore) as f32 / (HEIGHT - shore) as f32;
        for x in 0..WIDTH {
            let ripple =
                noise.layered(x as f32 * mix(0.05, 0.018, depth), y as f32 * mix(0.55, 0.30, depth) + row, 2);
            let from_x = x as f32 + ripple * mix(3.0, 16.0, depth);
            let from_y = shore as f32 - 1.0 - (y - shore) as f32 * 1.5 + ripple * mix(2.0, 10.0, depth);
            let seen = still.at(from_x as i32, (from_y as i32).min(shore as i32 - 1));
            let mut colour = lit(blend(seen, rgb(0x10223c), 0.26 + 0.2 * depth), 1.0 + 0.18 * ripple);
            colour = blend(colour, [1.0, 0.95, 0.88], 0.22 * smooth(0.34, 0.6, ripple));
            canvas.put(x as i32, y as i32, colour, 1.0);
        }
    }
}
