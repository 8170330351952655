//! Rows of hills that become paler with distance, with mist in the valleys, as in ink landscapes.

use crate::captcha::canvas::{Canvas, Colour, blend, gradient, lit, rgb};
use crate::captcha::noise::{Noise, fraction, mix, smooth};
use crate::captcha::random::Random;
use crate::captcha::{HEIGHT, WIDTH};

struct Palette {
    /// From the zenith to the horizon.
    sky: [Colour; 3],
    cloud: Colour,
    sun: Colour,
    /// The hills, from the furthest to the nearest.
    hills: [Colour; 3],
    night: bool,
}

const PALETTES: [Palette; 7] = [
    // A morning in early summer.
    Palette {
        sky: [rgb(0x3f86b5), rgb(0x9cc9d8), rgb(0xfbeed2)],
        cloud: rgb(0xffffff),
        sun: rgb(0xfffbe6),
        hills: [rgb(0x8fb3b8), rgb(0x4b8279), rgb(0x17403f)],
        night: false,
    },
    // Dusk.
    Palette {
        sky: [rgb(0x3b2c5e), rgb(0xc75f6b), rgb(0xfdc98b)],
        cloud: rgb(0xffb88a),
        sun: rgb(0xfff0c4),
        hills: [rgb(0xb8717c), rgb(0x67415f), rgb(0x251c3a)],
        night: false,
    },
    // Night with a moon.
    Palette {
        sky: [rgb(0x0d1836), rgb(0x22406b), rgb(0x6f93a8)],
        cloud: rgb(0x9db8cc),
        sun: rgb(0xf6f3e2),
        hills: [rgb(0x4d6f8c), rgb(0x29476b), rgb(0x0d1c35)],
        night: true,
    },
    // Autumn.
    Palette {
        sky: [rgb(0x6f9fb0), rgb(0xd7d9c0), rgb(0xf7e3ba)],
        cloud: rgb(0xfff7e6),
        sun: rgb(0xfff6dc),
        hills: [rgb(0xc99c67), rgb(0xa9532f), rgb(0x46231f)],
        night: false,
    },
    // Ink on paper, a red sun.
    Palette {
        sky: [rgb(0xd9d3c2), rgb(0xe9e4d6), rgb(0xf6f1e4)],
        cloud: rgb(0xb9b6aa),
        sun: rgb(0xcf4630),
        hills: [rgb(0xa9afad), rgb(0x63706f), rgb(0x20292d)],
        night: false,
    },
    // Blue and green, in the style of court painting.
    Palette {
        sky: [rgb(0xcdb987), rgb(0xe4d3a1), rgb(0xf3e7c3)],
        cloud: rgb(0xfff8e0),
        sun: rgb(0xc8462f),
        hills: [rgb(0x6fae9c), rgb(0x2b7d83), rgb(0x17425f)],
        night: false,
    },
    // Before dawn.
    Palette {
        sky: [rgb(0x1f2a52), rgb(0x7a5b8f), rgb(0xf1a6a0)],
        cloud: rgb(0xe8a0b4),
        sun: rgb(0xffe6cf),
        hills: [rgb(0x8d6d98), rgb(0x4b4478), rgb(0x181f40)],
        night: true,
    },
];

/// A fold of the land: the height of its crest over every column, counted from the top.
struct Fold {
    crest: Vec<f32>,
    colour: Colour,
    /// 0 for the furthest, 1 for the nearest.
    depth: f32,
}

pub(super) fn paint(random: &mut Random) -> Canvas {
    let noise = Noise::new(random);
    let palette = random.pick(&PALETTES);
    let mut canvas = sky(random, &noise, palette);
    let folds = folds(random, &noise, palette);
    for (index, fold) in folds.iter().enumerate() {
        lay(&mut canvas, &noise, palette, fold, &folds[index + 1..]);
        if fold.depth > 0.55 {
            trees(&mut canvas, random, fold);
        }
    }
    if !palette.night {
        birds(&mut canvas, random);
    }
    canvas
}

fn sky(random: &mut Random, noise: &Noise, palette: &Palette) -> Canvas {
    let horizon = HEIGHT as f32 * random.range(0.55, 0.75);
    let drift = random.range(0.0, 60.0);
    let cover = random.range(0.25, 0.8);
    let mut canvas = Canvas::fill(|x, y| {
        let base = gradient(&palette.sky, y / horizon);
        if y > horizon * 1.3 {
            return base;
        }
        let cloud = noise.layered(x * 0.011 + drift, y * 0.045, 4);
        blend(base, palette.cloud, cover * smooth(0.02, 0.55, cloud))
    });
    if palette.night {
        for _ in 0..random.between(40, 80) {
            let (x, y) = (random.range(0.0, WIDTH as f32), random.range(0.0, horizon));
            let strength = random.range(0.2, 1.0) * (1.0 - y / horizon);
            canvas.glow(x, y, random.range(0.9, 1.9), [1.0, 0.98, 0.92], strength);
        }
    }
    let (x, y) = (random.range(40.0, 270.0), random.range(20.0, horizon * 0.62));
    let radius = random.range(9.0, 19.0);
    canvas.glow(x, y, radius * 5.0, palette.sun, 0.55);
    canvas.disc(x, y, radius, palette.sun, 0.96);
    if palette.night {
        // The seas of the moon.
        for _ in 0..5 {
            let (dx, dy) = (random.range(-0.5, 0.5) * radius, random.range(-0.5, 0.5) * radius);
            canvas.disc(x + dx, y + dy, radius * random.range(0.1, 0.3), lit(palette.sun, 0.86), 0.5);
        }
    }
    canvas
}

fn folds(random: &mut Random, noise: &Noise, palette: &Palette) -> Vec<Fold> {
    let count = random.between(5, 7);
    let top = HEIGHT as f32 * random.range(0.34, 0.46);
    let fold = |index| {
        let depth = index as f32 / (count - 1) as f32;
        let base = mix(top, HEIGHT as f32 * 0.90, depth);
        let (height, width) = (mix(34.0, 22.0, depth), mix(0.013, 0.010, depth));
        let shift = index as f32 * 31.7;
        let crest = (0..WIDTH)
            .map(|x| {
                let at = x as f32 * width;
                let sharp = noise.ridged(at, shift, 4) - 0.5;
                let round = noise.layered(at * 1.4, shift + 9.0, 4);
                base - height * mix(sharp, round, smooth(0.1, 0.7, depth))
            })
            .collect();
        Fold { crest, colour: gradient(&palette.hills, depth), depth }
    };
    (0..count).map(fold).collect()
}

/// Paints a fold, down to where those in front cover it.
fn lay(canvas: &mut Canvas, noise: &Noise, palette: &Palette, fold: &Fold, front: &[Fold]) {
    let mist = blend(palette.sky[2], palette.hills[0], 0.25);
    for x in 0..WIDTH as usize {
        let crest = fold.crest[x];
        let slope = fold.crest[(x + 1).min(WIDTH as usize - 1)] - fold.crest[x.saturating_sub(1)];
        let hidden = front.iter().map(|other| other.crest[x]).fold(HEIGHT as f32, f32::min);
        // The flank that turns to the light is the lighter one.
        let flank = 1.0 + (slope * 0.10).clamp(-0.14, 0.14);
        for y in (crest - 1.0).max(0.0) as u32..(hidden + 2.0).clamp(0.0, HEIGHT as f32) as u32 {
            let below = y as f32 + 0.5 - crest;
            // Gullies: the texture runs down the slope, so it leans with the flank and fades into the mist.
            let (u, v) = (x as f32 - 0.8 * slope * below, below + 0.6 * crest);
            let rock = noise.layered(u * 0.055 + fold.depth * 40.0, v * 0.075, 3);
            let mut colour = lit(fold.colour, flank + 0.26 * rock);
            colour = blend(colour, mist, mix(0.85, 0.30, fold.depth) * smooth(2.0, 46.0, below));
            canvas.put(x as i32, y as i32, colour, (below + 0.5).clamp(0.0, 1.0));
        }
    }
}

/// Firs along the crest, in groups.
fn trees(canvas: &mut Canvas, random: &mut Random, fold: &Fold) {
    let colour = lit(fold.colour, 0.72);
    for _ in 0..random.between(2, 5) {
        let middle = random.range(0.0, WIDTH as f32);
        for _ in 0..random.between(3, 9) {
            let x = middle + random.range(-22.0, 22.0);
            let tall = random.range(7.0, 15.0) * mix(0.6, 1.0, fold.depth);
            let Some(ground) = fold.crest.get(x.max(0.0) as usize) else {
                continue;
            };
            fir(canvas, x, ground + 2.0, tall, lit(colour, random.range(0.85, 1.15)));
        }
    }
}

fn fir(canvas: &mut Canvas, x: f32, ground: f32, tall: f32, colour: Colour) {
    let top = ground - tall;
    for j in top as i32..=ground as i32 {
        let down = (j as f32 + 0.5 - top) / tall;
        if !(0.0..=1.0).contains(&down) {
            continue;
        }
        // Three skirts of twigs, each wider than the one above.
        let skirt = fraction(down * 3.0);
        let half = tall * 0.24 * (0.25 * down + 0.55 * down * skirt + 0.2 * skirt) + 0.3;
        for i in (x - half - 1.0) as i32..=(x + half + 1.0) as i32 {
            let aside = (i as f32 + 0.5 - x).abs();
            canvas.put(i, j, colour, (half - aside + 0.5).clamp(0.0, 1.0));
        }
    }
}

fn birds(canvas: &mut Canvas, random: &mut Random) {
    let (x, y) = (random.range(60.0, 250.0), random.range(16.0, 60.0));
    for _ in 0..random.between(2, 5) {
        let (x, y) = (x + random.range(-26.0, 26.0), y + random.range(-12.0, 12.0));
        let (span, lift) = (random.range(2.2, 4.0), random.range(0.8, 1.8));
        let ink = rgb(0x1d2430);
        canvas.stroke((x, y), (x - span, y - lift), 0.9, ink, 0.8);
        canvas.stroke((x, y), (x + span, y - lift), 0.9, ink, 0.8);
    }
}
