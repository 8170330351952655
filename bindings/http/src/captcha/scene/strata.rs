//! A polished stone: bands distorted by noise, like those of agate, with golden veins.

use crate::captcha::canvas::{Canvas, Colour, blend, gradient, lit, rgb};
use crate::captcha::noise::{Noise, fraction, smooth, wave};
use crate::captcha::random::Random;
use crate::captcha::{HEIGHT, WIDTH};

const PALETTES: [[Colour; 6]; 6] = [
    // Malachite.
    [rgb(0x0b3b3a), rgb(0x1c6b5f), rgb(0x4ba386), rgb(0xd5e6c6), rgb(0x2a8271), rgb(0x0e4a4b)],
    // Agate.
    [rgb(0x2a1a38), rgb(0x6b2f4d), rgb(0xc9584d), rgb(0xf6d2a4), rgb(0xe08a5c), rgb(0x7a3448)],
    // Lapis.
    [rgb(0x0d1b46), rgb(0x1f3f8a), rgb(0x4f86c6), rgb(0xe9e4d2), rgb(0x2d62a8), rgb(0x13275e)],
    // Rose quartz and slate.
    [rgb(0x3b4657), rgb(0x7f8ea0), rgb(0xe7c9c8), rgb(0xf8eee6), rgb(0xc98f9a), rgb(0x566276)],
    // Desert.
    [rgb(0x5a2a1e), rgb(0xa5502d), rgb(0xdf9a57), rgb(0xf7e2b8), rgb(0xc4713f), rgb(0x74362a)],
    // Jade.
    [rgb(0x29473a), rgb(0x6f9a78), rgb(0xbcd3ab), rgb(0xf3f1dc), rgb(0x94b68e), rgb(0x3d6450)],
];

pub(super) fn paint(random: &mut Random) -> Canvas {
    let noise = Noise::new(random);
    let palette = random.pick(&PALETTES);
    let (tilt_x, tilt_y) = (random.range(-0.006, 0.006), random.range(0.008, 0.016));
    let bands = random.range(1.4, 2.4);
    let (start, zoom) = (random.unit(), random.range(0.8, 1.25));
    let mut canvas = Canvas::fill(|x, y| {
        let (x, y) = (x * zoom, y * zoom);
        let warp = noise.layered(x * 0.009, y * 0.012, 3);
        let fold = noise.at(x * 0.02 + 2.0 * warp, y * 0.024 - 1.5 * warp);
        let place = (start + x * tilt_x + y * tilt_y + 0.75 * warp + 0.22 * fold) * bands;
        let colour = gradient(palette, 0.5 + 0.5 * wave(place * 0.5));
        // Thin lines along the bands, and the cloudiness of the stone.
        let line = smooth(0.55, 1.0, wave(place * 5.0 + 0.4 * fold));
        let body = 1.0 + 0.12 * noise.layered(x * 0.06, y * 0.06, 2);
        let stone = blend(lit(colour, body), lit(colour, 0.72), 0.55 * line);
        let gold = smooth(0.035, 0.0, (fraction(place) - 0.5).abs()) * smooth(-0.15, 0.3, warp);
        blend(stone, rgb(0xf3d58b), 0.8 * gold)
    });
    for _ in 0..random.between(20, 40) {
        let (x, y) = (random.range(0.0, WIDTH as f32), random.range(0.0, HEIGHT as f32));
        canvas.glow(x, y, random.range(1.0, 2.6), rgb(0xfff0c0), random.range(0.2, 0.8));
    }
    canvas
}
