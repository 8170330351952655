//! The canvas of a scene: 310 × 155 colours, each channel from 0 to 1, and the drawing operations that scenes share.

use super::{HEIGHT, WIDTH, noise::mix};

/// Red, green and blue in sRGB, 0 to 1.
pub(super) type Colour = [f32; 3];

/// Returns the colour `0xRRGGBB`.
pub(super) const fn rgb(hex: u32) -> Colour {
    [((hex >> 16) & 255) as f32 / 255.0, ((hex >> 8) & 255) as f32 / 255.0, (hex & 255) as f32 / 255.0]
}

pub(super) fn blend(a: Colour, b: Colour, t: f32) -> Colour {
    [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)]
}

/// Returns the colour lighter (factor above 1) or darker (below 1).
pub(super) fn lit(colour: Colour, factor: f32) -> Colour {
    colour.map(|channel| channel * factor)
}

/// Returns a colour of the gradient through `stops`: at least two, evenly spaced between 0 and 1.
pub(super) fn gradient(stops: &[Colour], t: f32) -> Colour {
    let place = t.clamp(0.0, 1.0) * (stops.len() - 1) as f32;
    let first = (place as usize).min(stops.len() - 2);
    blend(stops[first], stops[first + 1], place - first as f32)
}

/// Returns the luminance (Rec. 709 weights).
pub(super) fn luminance(colour: Colour) -> f32 {
    0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]
}

#[derive(Clone)]
pub(super) struct Canvas {
    pixels: Vec<Colour>,
}

impl Canvas {
    /// Computes every pixel from its centre; that of the first is (0.5, 0.5).
    pub(super) fn fill(mut colour: impl FnMut(f32, f32) -> Colour) -> Self {
        let mut pixels = Vec::with_capacity((WIDTH * HEIGHT) as usize);
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                pixels.push(colour(x as f32 + 0.5, y as f32 + 0.5));
            }
        }
        Self { pixels }
    }

    pub(super) fn pixels(&self) -> &[Colour] {
        &self.pixels
    }

    /// Returns the colour at a pixel; outside the canvas, that of the nearest edge.
    pub(super) fn at(&self, x: i32, y: i32) -> Colour {
        let x = x.clamp(0, WIDTH as i32 - 1) as u32;
        let y = y.clamp(0, HEIGHT as i32 - 1) as u32;
        self.pixels[(y * WIDTH + x) as usize]
    }

    /// Blends a colour over a pixel. Does nothing outside the canvas.
    pub(super) fn put(&mut self, x: i32, y: i32, colour: Colour, cover: f32) {
        if cover > 0.0 && (0..WIDTH as i32).contains(&x) && (0..HEIGHT as i32).contains(&y) {
            let pixel = &mut self.pixels[(y as u32 * WIDTH + x as u32) as usize];
            *pixel = blend(*pixel, colour, cover.min(1.0));
        }
    }

    /// Adds light to a pixel.
    pub(super) fn shine(&mut self, x: i32, y: i32, colour: Colour, strength: f32) {
        if (0..WIDTH as i32).contains(&x) && (0..HEIGHT as i32).contains(&y) {
            let pixel = &mut self.pixels[(y as u32 * WIDTH + x as u32) as usize];
            for (channel, light) in pixel.iter_mut().zip(colour) {
                // Screen instead of sum: overlapping light does not saturate to white.
                *channel = 1.0 - (1.0 - *channel) * (1.0 - (light * strength).clamp(0.0, 1.0));
            }
        }
    }

    /// Draws an antialiased disc.
    pub(super) fn disc(&mut self, x: f32, y: f32, radius: f32, colour: Colour, cover: f32) {
        near(x, y, radius + 1.0, |i, j, distance| {
            self.put(i, j, colour, cover * (radius - distance + 0.5).clamp(0.0, 1.0));
        });
    }

    /// Draws light that fades from the centre to zero at `radius`.
    pub(super) fn glow(&mut self, x: f32, y: f32, radius: f32, colour: Colour, strength: f32) {
        near(x, y, radius, |i, j, distance| {
            let fall = 1.0 - distance / radius;
            self.shine(i, j, colour, strength * fall * fall);
        });
    }

    /// Draws a line with round ends.
    pub(super) fn stroke(&mut self, from: (f32, f32), to: (f32, f32), width: f32, colour: Colour, cover: f32) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).max(1e-6);
        let reach = width + 1.0;
        let (left, right) = (from.0.min(to.0) - reach, from.0.max(to.0) + reach);
        let (top, bottom) = (from.1.min(to.1) - reach, from.1.max(to.1) + reach);
        for j in top as i32..=bottom as i32 {
            for i in left as i32..=right as i32 {
                let (px, py) = (i as f32 + 0.5 - from.0, j as f32 + 0.5 - from.1);
                let along = ((px * dx + py * dy) / length).clamp(0.0, 1.0);
                let (ox, oy) = (px - along * dx, py - along * dy);
                let distance = (ox * ox + oy * oy).sqrt();
                self.put(i, j, colour, cover * (width / 2.0 - distance + 0.5).clamp(0.0, 1.0));
            }
        }
    }
}

/// Returns the pixels within `radius` of a point, with their distances.
fn near(x: f32, y: f32, radius: f32, mut visit: impl FnMut(i32, i32, f32)) {
    for j in (y - radius).floor() as i32..=(y + radius).ceil() as i32 {
        for i in (x - radius).floor() as i32..=(x + radius).ceil() as i32 {
            let (dx, dy) = (i as f32 + 0.5 - x, j as f32 + 0.5 - y);
            let distance = (dx * dx + dy * dy).sqrt();
            if distance < radius {
                visit(i, j, distance);
            }
        }
    }
}
