//! Properties of every puzzle, tested with many seeds.

use super::canvas::{Colour, luminance};
use super::*;

fn seed(number: u32) -> [u8; 32] {
    let mut seed = [7; 32];
    seed[..4].copy_from_slice(&number.to_le_bytes());
    seed
}

struct Decoded {
    width: u32,
    height: u32,
    channels: usize,
    bytes: Vec<u8>,
}

fn decode(file: &[u8]) -> Decoded {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    bytes.truncate(info.buffer_size());
    Decoded { width: info.width, height: info.height, channels: info.color_type.samples(), bytes }
}

/// Returns the mean difference of a channel, 0 to 255, between the uncut image and the cut one with the piece at `x`, inside
/// the piece and without its bevel.
fn misfit(uncut: &Decoded, cut: &Decoded, piece: &Decoded, inside: &[(u32, u32)], x: u32) -> f64 {
    let mut sum = 0.0;
    for &(i, j) in inside {
        let at = ((j * WIDTH + x + i) * 3) as usize;
        let over = &piece.bytes[((j * PIECE + i) * 4) as usize..][..4];
        let opacity = f64::from(over[3]) / 255.0;
        let below = cut.bytes[at..].iter().zip(&uncut.bytes[at..]);
        for (&piece, (&cut, &uncut)) in over[..3].iter().zip(below) {
            let laid = f64::from(piece) * opacity + f64::from(cut) * (1.0 - opacity);
            sum += (laid - f64::from(uncut)).abs();
        }
    }
    sum / (inside.len() * 3) as f64
}

/// Returns the pixels where the piece is opaque, at least three pixels from its edge.
fn inside(piece: &Decoded) -> Vec<(u32, u32)> {
    let opaque = |i: i64, j: i64| {
        (0..i64::from(PIECE)).contains(&i)
            && (0..i64::from(HEIGHT)).contains(&j)
            && piece.bytes[((j * i64::from(PIECE) + i) * 4 + 3) as usize] == 255
    };
    let all = (0..HEIGHT).flat_map(|j| (0..PIECE).map(move |i| (i, j)));
    let deep =
        |&(i, j): &(u32, u32)| (-4..=4).all(|dj| (-4..=4).all(|di| opaque(i64::from(i) + di, i64::from(j) + dj)));
    all.filter(deep).collect()
}

#[test]
fn seed_determines_the_puzzle() {
    let (one, again, other) = (draw(seed(1)), draw(seed(1)), draw(seed(2)));
    assert_eq!((&one.picture_png, &one.piece_png, one.x), (&again.picture_png, &again.piece_png, again.x));
    assert_ne!(one.picture_png, other.picture_png);
    assert_ne!(one.piece_png, other.piece_png);
}

/// The pixels are the same on every machine and in every build.
#[test]
fn pixels_of_a_seed_match_the_recorded_digest() {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for number in 0..12 {
        let cut = cut(seed(number));
        for &colour in cut.picture.pixels() {
            hash.update(jigsaw::bytes(colour));
        }
        hash.update(cut.piece.pixels.as_flattened());
        hash.update(cut.x.to_le_bytes());
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "c0e19cd99fd494a19c17a04cc0ae369eedf96dfe163b0f539148516829a5c5ce");
}

#[test]
fn images_have_the_geometry_of_the_block_puzzle() {
    for number in 0..24 {
        let puzzle = draw(seed(number));
        let (picture, piece) = (decode(&puzzle.picture_png), decode(&puzzle.piece_png));
        assert_eq!((picture.width, picture.height), (310, 155));
        assert_eq!((piece.width, piece.height, piece.channels), (47, 155, 4));
        assert!((MIN_X..=MAX_X).contains(&puzzle.x));
        assert!(puzzle.picture_png.len() < 64 * 1024, "{}", puzzle.picture_png.len());
        assert!(puzzle.piece_png.len() < 12 * 1024, "{}", puzzle.piece_png.len());
        // Transparent around the piece.
        let alpha = |i: u32, j: u32| piece.bytes[((j * PIECE + i) * 4 + 3) as usize];
        assert!((0..PIECE).all(|i| alpha(i, 0) == 0 && alpha(i, HEIGHT - 1) == 0), "{number}");
        let opaque = piece.bytes.chunks(4).filter(|pixel| pixel[3] == 255).count();
        assert!((500..1500).contains(&opaque), "{number}: {opaque}");
    }
}

/// At `x` the piece completes the image; a few pixels aside, and in the decoys, it does not.
#[test]
fn piece_fits_only_the_notch() {
    for number in 0..24 {
        let puzzle = draw(seed(number));
        let (cut, piece) = (decode(&puzzle.picture_png), decode(&puzzle.piece_png));
        let canvas = scene::paint(&mut Random::new(seed(number), "scene"));
        let uncut = Decoded {
            bytes: canvas.pixels().iter().flat_map(|&colour| jigsaw::bytes(colour)).collect(),
            ..decode(&puzzle.picture_png)
        };
        let inside = inside(&piece);
        let home = misfit(&uncut, &cut, &piece, &inside, puzzle.x);
        assert!(home < 6.0, "{number}: {home}");
        for x in (0..=WIDTH - PIECE).filter(|x| x.abs_diff(puzzle.x) > 6) {
            let away = misfit(&uncut, &cut, &piece, &inside, x);
            assert!(away > home, "{number}: {away} at {x}, {home} at {}", puzzle.x);
        }
    }
}

/// The notch differs visibly from the uncut image, on light and on dark scenes.
#[test]
fn notch_is_visible() {
    for number in 0..40 {
        let cut = cut(seed(number));
        let uncut = scene::paint(&mut Random::new(seed(number), "scene"));
        let mut random = Random::new(seed(number), "notch");
        let (x, y) = (random.between(MIN_X, MAX_X), random.between(4, HEIGHT - PIECE - 4));
        let shape = Shape::draw(&mut random);
        let deep = shape.deeper_than(5.0);
        let mean = |picture: &Canvas| {
            let light = deep.iter().map(|&(i, j)| luminance(picture.at((x + i) as i32, (y + j) as i32)));
            light.sum::<f32>() / deep.len() as f32
        };
        let change = (mean(&cut.picture) - mean(&uncut)).abs();
        assert!(change > 0.08, "{number}: {change}");
    }
}

/// The distances cover the whole range, and do not correlate with the scene.
#[test]
fn distances_cover_the_range() {
    let mut buckets = [0; 4];
    for number in 0..4000 {
        let x = Random::new(seed(number), "notch").between(MIN_X, MAX_X);
        buckets[((x - MIN_X) * 4 / (MAX_X - MIN_X + 1)) as usize] += 1;
    }
    assert!(buckets.iter().all(|&count| (880..1120).contains(&count)), "{buckets:?}");
}

/// The simplest attack, choosing the darkest place in the row of the piece, is little better than guessing.
#[test]
fn darkest_place_is_rarely_the_notch() {
    let seeds = 60;
    let mut found = 0;
    for number in 0..seeds {
        let cut = cut(seed(number));
        let rows: Vec<i32> = (0..HEIGHT as i32)
            .filter(|&j| (0..PIECE as usize).any(|i| cut.piece.pixels[j as usize * PIECE as usize + i][3] == 255))
            .collect();
        let column = |x: u32| -> f32 {
            let light = |&j: &i32| luminance(cut.picture.at(x as i32, j));
            rows.iter().map(light).sum()
        };
        let columns: Vec<f32> = (0..WIDTH).map(column).collect();
        let window = |x: &u32| -> f32 { columns[*x as usize + 9..(*x + PIECE) as usize - 9].iter().sum() };
        let darkest = (1..=WIDTH - PIECE).min_by(|a, b| window(a).total_cmp(&window(b)));
        found += u32::from(darkest.unwrap().abs_diff(cut.x) <= 5);
    }
    assert!(found * 100 < seeds * 40, "{found} of {seeds}");
}

#[test]
fn every_scene_fills_the_canvas_with_several_tones() {
    for number in 0..20 {
        let canvas = scene::paint(&mut Random::new(seed(number), "scene"));
        let tones: Vec<f32> = canvas.pixels().iter().map(|&colour: &Colour| luminance(colour)).collect();
        let mean = tones.iter().sum::<f32>() / tones.len() as f32;
        let spread =
            (tones.iter().map(|tone| (tone - mean) * (tone - mean)).sum::<f32>() / tones.len() as f32).sqrt();
        assert!(tones.iter().all(|tone| tone.is_finite()), "{number}");
        assert!(spread > 0.05, "{number}: {spread}");
    }
}
