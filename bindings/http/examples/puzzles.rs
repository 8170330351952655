//! Draws captcha images to a folder, for inspection, and prints their cost:
//! `cargo run --release -p kouling-http --example puzzles -- FOLDER [COUNT] [FIRST]`

use std::path::PathBuf;
use std::time::Instant;

use kouling_http::captcha::draw;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "puzzles".into()));
    let mut number = |default| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (count, first): (u32, u32) = (number(12), number(0));
    std::fs::create_dir_all(&folder)?;
    let (mut bytes, mut slowest, mut all) = (0, 0.0_f64, 0.0);
    for index in first..first + count {
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&index.to_le_bytes());
        let start = Instant::now();
        let puzzle = draw(seed);
        let elapsed = start.elapsed().as_secs_f64() * 1000.0;
        all += elapsed;
        slowest = slowest.max(elapsed);
        bytes += puzzle.picture_png.len() + puzzle.piece_png.len();
        std::fs::write(folder.join(format!("{index:04}-{}-picture.png", puzzle.x)), &puzzle.picture_png)?;
        std::fs::write(folder.join(format!("{index:04}-{}-piece.png", puzzle.x)), &puzzle.piece_png)?;
    }
    let many = f64::from(count.max(1));
    println!(
        "{count} puzzles, {:.2} ms each, {slowest:.2} ms the slowest, {:.1} KiB each",
        all / many,
        bytes as f64 / many / 1024.0
    );
    Ok(())
}
