//! PNG encoding.

use std::io::Write;

use super::canvas::Canvas;
use super::jigsaw::{Piece, bytes};
use super::{HEIGHT, PIECE, WIDTH, palette};

pub(super) fn picture(picture: &Canvas) -> Vec<u8> {
    let pixels: Vec<[u8; 3]> = picture.pixels().iter().map(|&colour| bytes(colour)).collect();
    let indexed = palette::index(&pixels);
    let mut file = Vec::with_capacity(indexed.pixels.len());
    let mut encoder = encoder(&mut file, WIDTH, png::ColorType::Indexed);
    encoder.set_palette(indexed.palette);
    // Adjacent palette indices are not similar colours, so a filter would only make repetitions harder to compress.
    encoder.set_filter(png::Filter::NoFilter);
    write(encoder, &indexed.pixels);
    file
}

pub(super) fn piece(piece: &Piece) -> Vec<u8> {
    let mut file = Vec::with_capacity(8 * 1024);
    write(encoder(&mut file, PIECE, png::ColorType::Rgba), piece.pixels.as_flattened());
    file
}

fn encoder<W: Write>(out: W, width: u32, kind: png::ColorType) -> png::Encoder<'static, W> {
    let mut encoder = png::Encoder::new(out, width, HEIGHT);
    encoder.set_color(kind);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    encoder
}

#[expect(clippy::expect_used, reason = "writing to memory does not fail, and the sizes are this module's own")]
fn write<W: Write>(encoder: png::Encoder<'_, W>, pixels: &[u8]) {
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(pixels));
    written.expect("a picture of our own size");
}
