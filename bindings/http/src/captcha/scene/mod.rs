//! Scenes: procedurally generated landscapes. A scene needs enough edges, texture, and light and dark areas that a notch is
//! not the only dark place. Each module is one kind of scene.

mod city;
mod hills;
mod lanterns;
mod sea;
mod strata;

use super::canvas::Canvas;
use super::random::Random;

/// Draws a random scene with a little film grain.
pub(super) fn paint(random: &mut Random) -> Canvas {
    let kinds = [hills::paint, hills::paint, sea::paint, city::paint, strata::paint, lanterns::paint];
    let kind = random.pick(&kinds);
    kind(random)
}
