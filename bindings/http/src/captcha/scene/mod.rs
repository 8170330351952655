//! A scene is a picture that nobody has drawn: a landscape out of noise. It must please somebody who has just forgotten a
//! password, and be restless enough (edges, dark and light patches, texture) that a notch does not stand out as the one
//! dark place. Each file is one kind of scene.

mod city;
mod hills;
mod lanterns;
mod sea;
mod strata;

use super::canvas::Canvas;
use super::random::Random;

/// A picture of any kind, with a little grain over it, as film has.
pub(super) fn paint(random: &mut Random) -> Canvas {
    let kinds = [hills::paint, hills::paint, sea::paint, city::paint, strata::paint, lanterns::paint];
    let kind = random.pick(&kinds);
    kind(random)
}
