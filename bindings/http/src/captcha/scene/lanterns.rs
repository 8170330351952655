//! Sky lanterns over a lake at night: near ones in detail, far ones as points of light.

use crate::captcha::canvas::{Canvas, Colour, blend, gradient, lit, rgb};
use crate::captcha::noise::{Noise, fraction, mix, smooth};
use crate::captcha::random::Random;
use crate::captcha::{HEIGHT, WIDTH};

const SKIES: [[Colour; 4]; 4] = [
    [rgb(0x101436), rgb(0x2b2259), rgb(0x6a3568), rgb(0xc4646a)],
    [rgb(0x071b2f), rgb(0x0f3b50), rgb(0x2a6a70), rgb(0x88a98c)],
    [rgb(0x15122b), rgb(0x3a1f45), rgb(0x7d2e47), rgb(0xd97a4a)],
    [rgb(0x0d1a3f), rgb(0x24407a), rgb(0x6673a6), rgb(0xe0a89a)],
];

pub(super) fn paint(random: &mut Random) -> Canvas {
    let noise = Noise::new(random);
    let sky = random.pick(&SKIES);
    let shore = HEIGHT as f32 * random.range(0.70, 0.80);
    let mut canvas = Canvas::fill(|x, y| {
        if y > shore + 1.0 {
            return sky[0]; // covered by the lake
        }
        let cloud = noise.layered(x * 0.012, y * 0.03, 4);
        let base = gradient(sky, y * y / (shore * shore) + 0.18 * cloud);
        lit(base, 1.0 + 0.25 * cloud)
    });
    far_shore(&mut canvas, &noise, sky, shore);
    let count = random.between(26, 40);
    for index in 0..count {
        // From far to near, so that near lanterns cover far ones.
        let near = index as f32 / (count - 1) as f32;
        let (x, y) = (random.range(-6.0, WIDTH as f32), random.range(2.0, shore - 8.0));
        let size = mix(1.4, 15.0, near * near * near) * random.range(0.8, 1.2);
        lantern(&mut canvas, random, x, y, size);
    }
    lake(&mut canvas, random, &noise, shore as u32);
    canvas
}

fn far_shore(canvas: &mut Canvas, noise: &Noise, sky: &[Colour; 4], shore: f32) {
    for (row, (tall, share)) in [(26.0, 0.55), (13.0, 0.8)].into_iter().enumerate() {
        let colour = blend(sky[3], sky[0], share);
        for x in 0..WIDTH as i32 {
            let crest = shore - tall * (0.5 + noise.layered(x as f32 * 0.016, row as f32 * 21.0 + 4.5, 4));
            for y in (crest - 1.0) as i32..=shore as i32 {
                let below = y as f32 + 0.5 - crest;
                let shade = lit(colour, 1.0 - 0.2 * smooth(0.0, 20.0, below));
                canvas.put(x, y, shade, (below + 0.5).clamp(0.0, 1.0));
            }
        }
    }
}

/// Draws a paper lantern: wide at the top, narrow at the bottom, brightest near the flame.
fn lantern(canvas: &mut Canvas, random: &mut Random, x: f32, y: f32, size: f32) {
    let paper = *random.pick(&[rgb(0xffb45c), rgb(0xff9350), rgb(0xffcf7a), rgb(0xf26b4a)]);
    canvas.glow(x, y, size * 3.2 + 2.0, paper, 0.55);
    if size < 3.0 {
        canvas.disc(x, y, size * 0.5 + 0.3, rgb(0xffe6b0), 1.0);
        return;
    }
    let tall = size * 1.25;
    for j in (y - tall) as i32..=(y + tall) as i32 {
        let down = (j as f32 + 0.5 - (y - tall)) / (2.0 * tall);
        if !(0.0..=1.0).contains(&down) {
            continue;
        }
        let round = 1.0 - smooth(0.22, 0.0, down) * 0.45;
        let half = size * round * mix(1.0, 0.72, down * down);
        for i in (x - half - 1.0) as i32..=(x + half + 1.0) as i32 {
            let aside = (i as f32 + 0.5 - x) / half;
            let flame = smooth(0.0, 1.0, down) * (1.0 - 0.5 * aside * aside);
            let rib = 1.0 - 0.16 * smooth(0.12, 0.0, (fraction(aside.abs() * 2.0) - 0.5).abs());
            let colour = lit(blend(lit(paper, 0.72), rgb(0xfff3cc), 0.85 * flame), rib);
            canvas.put(i, j, colour, ((1.0 - aside.abs()) * half + 0.5).clamp(0.0, 1.0));
        }
    }
    canvas.stroke((x - size * 0.66, y + tall), (x + size * 0.66, y + tall), 1.0, rgb(0x6a2a20), 0.8);
}

fn lake(canvas: &mut Canvas, random: &mut Random, noise: &Noise, shore: u32) {
    let still = canvas.clone();
    let row = random.range(0.0, 40.0);
    for y in shore..HEIGHT {
        let depth = (y - shore) as f32 / (HEIGHT - shore) as f32;
        for x in 0..WIDTH {
            let ripple = noise.layered(x as f32 * mix(0.06, 0.02, depth), y as f32 * 0.42 + row, 2);
            let from_y = shore as f32 - 1.0 - (y - shore) as f32 * 2.6 + ripple * 9.0;
            let seen = still
                .at(x as i32 + (ripple * mix(3.0, 12.0, depth)) as i32, (from_y as i32).min(shore as i32 - 1));
            let colour = lit(blend(seen, rgb(0x0b1430), 0.28), 1.0 + 0.3 * ripple);
            canvas.put(x as i32, y as i32, colour, 1.0);
        }
    }
}
