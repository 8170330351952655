//! A sea of paper: waves cut from sheets that cast shadows on the sheets behind them, under a low sun.

use crate::captcha::canvas::{Canvas, Colour, blend, gradient, lit, rgb};
use crate::captcha::noise::{Noise, mix, smooth, wave};
use crate::captcha::random::Random;
use crate::captcha::{HEIGHT, WIDTH};

/// The sky from the zenith to the horizon, the sea from the furthest sheet to the nearest, the sun.
type Palette = ([Colour; 3], [Colour; 4], Colour);

const PALETTES: [Palette; 5] = [
    (
        [rgb(0xf7d9a8), rgb(0xfbe7c6), rgb(0xfdf3dd)],
        [rgb(0xa7d3cf), rgb(0x4fa3ab), rgb(0x1f6a86), rgb(0x123a5c)],
        rgb(0xe2603f),
    ),
    (
        [rgb(0x23234d), rgb(0x7b3f72), rgb(0xf08a6b)],
        [rgb(0xc9697a), rgb(0x7a4682), rgb(0x41306b), rgb(0x1b1a42)],
        rgb(0xffe2a6),
    ),
    (
        [rgb(0x7cc4d8), rgb(0xb9e2e2), rgb(0xf5f4dd)],
        [rgb(0x8fd6c4), rgb(0x3fb0a6), rgb(0x14797f), rgb(0x0b4654)],
        rgb(0xfffbe0),
    ),
    (
        [rgb(0x0f1b3d), rgb(0x1f3e6e), rgb(0x55809a)],
        [rgb(0x4d8299), rgb(0x27597f), rgb(0x163562), rgb(0x0a1838)],
        rgb(0xf4f1dc),
    ),
    (
        [rgb(0xe9b7a2), rgb(0xf3d3bd), rgb(0xfae9d6)],
        [rgb(0xe0a48e), rgb(0xb9646a), rgb(0x7a3a58), rgb(0x3a2040)],
        rgb(0xfff4df),
    ),
];

pub(super) fn paint(random: &mut Random) -> Canvas {
    let noise = Noise::new(random);
    let (sky, sea, sun) = random.pick(&PALETTES);
    let horizon = HEIGHT as f32 * random.range(0.36, 0.5);
    let mut canvas = Canvas::fill(|x, y| {
        let band = match y < horizon + 12.0 {
            true => noise.layered(x * 0.006, y * 0.09, 3),
            false => 0.0, // covered by the sea
        };
        lit(gradient(sky, y / horizon + 0.14 * band), 1.0 + 0.06 * band)
    });
    let (x, radius) = (random.range(50.0, 260.0), random.range(15.0, 30.0));
    let y = horizon - radius * random.range(-0.1, 0.9);
    canvas.glow(x, y, radius * 3.5, *sun, 0.4);
    canvas.disc(x, y, radius, *sun, 1.0);
    let count = random.between(6, 9) as usize;
    let boat = random.between(1, count as u32 - 2) as usize;
    let depth = |index| index as f32 / (count - 1) as f32;
    let mut crest = |index| {
        let base = mix(horizon, HEIGHT as f32 * 0.93, depth(index) * mix(0.8, 1.0, depth(index)));
        swell(random, &noise, base, depth(index))
    };
    let crests: Vec<Vec<f32>> = (0..count).map(&mut crest).collect();
    for index in 0..count {
        if index == boat {
            sail(&mut canvas, random, &crests[index], mix(10.0, 26.0, depth(index)));
        }
        let colour = gradient(sea, depth(index));
        sheet(&mut canvas, &noise, &crests[index..], colour, depth(index));
    }
    canvas
}

/// The crest of a sheet: a sharp-topped wave that swells and dies away along the row.
fn swell(random: &mut Random, noise: &Noise, base: f32, depth: f32) -> Vec<f32> {
    let (length, height) = (mix(30.0, 74.0, depth), mix(2.5, 11.0, depth));
    let (start, row) = (random.unit(), random.range(0.0, 90.0));
    let at = |x: u32| {
        let x = x as f32;
        let bend = 0.5 * noise.at(x * 0.012, row);
        let up = 1.0 - wave((x / length + start + bend) * 0.5).abs();
        let tall = 0.65 + noise.at(x * 0.009, row + 7.0);
        base - height * tall * (up * up * 2.0 - 0.4) - 2.0 * noise.at(x * 0.05, row)
    };
    (0..WIDTH).map(at).collect()
}

/// Paints the first sheet, down to where those in front cover it.
fn sheet(canvas: &mut Canvas, noise: &Noise, crests: &[Vec<f32>], colour: Colour, depth: f32) {
    for (x, &top) in crests[0].iter().enumerate() {
        let hidden = crests[1..].iter().map(|crest| crest[x]).fold(HEIGHT as f32, f32::min);
        let first = (top - 6.0).max(0.0) as u32;
        for y in first..(hidden + 2.0).clamp(0.0, HEIGHT as f32) as u32 {
            let below = y as f32 + 0.5 - top;
            if below < 0.0 {
                // The shadow on the sheet behind.
                canvas.put(x as i32, y as i32, lit(colour, 0.25), 0.30 * smooth(-6.0, 0.0, below));
            }
            let cover = (below + 0.5).clamp(0.0, 1.0);
            if cover == 0.0 {
                continue;
            }
            let fine = noise.at(x as f32 * 0.05 + depth * 30.0, y as f32 * 0.22);
            let lines = smooth(0.25, 0.0, (wave(below / mix(7.0, 15.0, depth) + 0.35 * fine) - 0.8).abs());
            let mut shade = lit(colour, 1.06 - 0.004 * below + 0.08 * fine);
            shade = blend(shade, [1.0; 3], 0.16 * lines * smooth(48.0, 4.0, below));
            // Foam on the very crest.
            shade = blend(shade, [1.0, 1.0, 0.98], 0.7 * smooth(2.4, 0.6, below));
            canvas.put(x as i32, y as i32, shade, cover);
        }
    }
}

fn sail(canvas: &mut Canvas, random: &mut Random, crest: &[f32], tall: f32) {
    let x = random.between(40, 270);
    let foot = crest[x as usize] + 1.0;
    let x = x as f32;
    let cloth = *random.pick(&[rgb(0xfff6e4), rgb(0xc8452f), rgb(0xf1c15a)]);
    let hull = rgb(0x3a2530);
    for j in 0..tall as u32 {
        let down = j as f32 / tall;
        let y = foot - tall + j as f32;
        let (left, right) = (tall * 0.30 * down * (2.0 - down), tall * 0.42 * down);
        canvas.stroke((x - 1.5 - left, y), (x - 1.5, y), 1.2, lit(cloth, 0.86), 0.95);
        canvas.stroke((x + 0.5, y), (x + 0.5 + right, y), 1.2, cloth, 0.95);
    }
    canvas.stroke((x - tall * 0.4, foot), (x + tall * 0.45, foot), 3.0, hull, 1.0);
}
