//! What compiled word lists and breach filters cost: to make, to open, to ask. A million words, and a million hashes by
//! chance; the files are real ones in the target folder.
//!
//! `cargo bench --bench lists`

#![allow(clippy::expect_used, missing_docs)]

use std::fs::{self, File};
use std::hint::black_box;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::Instant;

use kouling::knowledge::breach_filter::{Builder, Filter, FilterFormat, HashKind, Plan, Scatter};
use kouling::knowledge::word_list::{WordList, compiled};
use kouling::policy::{Files, Source};

const COUNT: usize = 1_000_000;
const ROUNDS: usize = 9;

/// Numbers by chance, always the same (splitmix64).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ *state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}

/// Words as people make them: syllables, a few digits.
fn words() -> Vec<String> {
    let syllables: Vec<String> =
        "bdfghklmnprstvwz".chars().flat_map(|a| "aeiou".chars().map(move |b| format!("{a}{b}"))).collect();
    let mut state = 1;
    let word = |_| {
        let mut chance = next(&mut state);
        let mut word = String::new();
        for _ in 0..2 + chance % 3 {
            chance /= 7;
            word.push_str(&syllables[(chance % 80) as usize]);
            chance /= 80;
        }
        if chance.is_multiple_of(2) {
            word.push_str(&(chance / 2 % 10_000).to_string());
        }
        word
    };
    (0..COUNT).map(word).collect()
}

/// The least of so many rounds, in seconds.
fn least(rounds: usize, mut work: impl FnMut()) -> f64 {
    let time = |_| {
        let begin = Instant::now();
        work();
        begin.elapsed().as_secs_f64()
    };
    (0..rounds).map(time).fold(f64::MAX, f64::min)
}

fn per_item<T>(items: &[String], mut ask: impl FnMut(&str) -> T) -> f64 {
    least(3, || {
        items.iter().for_each(|item| {
            black_box(ask(item));
        })
    }) / items.len() as f64
        * 1e9
}

fn lists(folder: &Path) {
    let words = words();
    let text = words.join("\n");
    let begin = Instant::now();
    let file = compiled::compile(text.as_bytes(), true, "a bench").expect("a right list");
    let made = begin.elapsed().as_secs_f64();
    let distinct = compiled::info(&file).expect("a compiled list").words;
    println!("compiled list of {distinct} words, {} bytes as text", text.len());
    println!("  made in {made:.2} s, {:.1} bytes a word", file.len() as f64 / distinct as f64);
    let path = folder.join("bench.words");
    fs::write(&path, &file).expect("a file");
    let name = path.to_str().expect("a path");
    let read = |name: &str| {
        let bytes = Files.read(name, 1 << 28).expect("a file");
        WordList::read(name, bytes, true, u64::MAX).expect("a right list")
    };
    println!("  loaded in {:.1} ms", least(ROUNDS, || drop(black_box(read(name)))) * 1e3);
    let plain = folder.join("bench.txt");
    fs::write(&plain, &text).expect("a file");
    let plain = plain.to_str().expect("a path");
    println!("  the plain text loaded in {:.1} ms", least(ROUNDS, || drop(black_box(read(plain)))) * 1e3);
    let sample: Vec<String> = words.iter().step_by(97).map(|word| format!("{word}x")).collect();
    let known: Vec<String> = words.iter().step_by(97).cloned().collect();
    for (kind, list) in [("compiled", read(name)), ("plain", read(plain))] {
        list.whole("");
        println!("  {kind}: whole, listed {:.0} ns", per_item(&known, |word| list.whole(word)));
        println!("  {kind}: whole, not listed {:.0} ns", per_item(&sample, |word| list.whole(word)));
        println!("  {kind}: contained {:.0} ns", per_item(&sample, |word| list.contained(word, 8)));
        println!("  {kind}: near {:.0} ns", per_item(&sample, |word| list.near(word)));
    }
}

fn filter(folder: &Path, format: FilterFormat, expected: u64) {
    // One file of all hashes in order, as leaks are published.
    let mut state = 2;
    let mut hashes: Vec<[u64; 3]> =
        (0..COUNT).map(|_| [next(&mut state), next(&mut state), next(&mut state) >> 32]).collect();
    hashes.sort_unstable();
    let line = |(at, [a, b, c]): (usize, &[u64; 3])| {
        format!("{a:016X}{b:016X}{c:08X}:{}\r\n", 1 + 20_000 / (at % 10_000 + 1))
    };
    let lines: String = hashes.iter().enumerate().map(line).collect();
    let path: PathBuf = folder.join("bench.filter");
    let plan = Plan { hash: HashKind::Sha1, format, expected, min_count: 1, source: "a bench".to_owned() };
    let begin = Instant::now();
    let mut progress = |_| ();
    let out = BufWriter::new(File::create(&path).expect("a file"));
    let mut builder = Builder::new(out, plan, &mut progress).expect("a right plan");
    builder.add_hashes("bench", lines.as_bytes()).expect("right lines");
    let (_, status) = builder.finish().expect("a filter");
    let made = begin.elapsed().as_secs_f64();
    println!(
        "{format:?} of {COUNT} hashes in {} shards: made in {made:.2} s, {:.2} bytes each, head {} bytes",
        status.shards,
        status.bytes as f64 / COUNT as f64,
        89 + status.shards * 36
    );
    let name = path.to_str().expect("a path");
    let open = || Filter::open(Files.open(name).expect("a file")).expect("a right filter");
    println!("  opened in {:.0} µs", least(ROUNDS, || drop(black_box(open()))) * 1e6);
    let asked: Vec<String> = (0..COUNT / 10).map(|at| format!("password-{at}")).collect();
    let first = least(ROUNDS, || {
        let filter = open();
        black_box(filter.find(&asked[0], 0).expect("a right filter"));
    });
    println!("  opened and asked the first time in {:.0} µs", first * 1e6);
    let filter = open();
    let ask = |password: &str| filter.find(password, 0).expect("a right filter");
    asked.iter().for_each(|password| {
        ask(password);
    });
    println!("  asked again {:.0} ns, the SHA-1 included", per_item(&asked, ask));
    let mut state = 3;
    let probes = 10 * COUNT as u64;
    let wrong = filter.measure(probes, 0, |bytes| {
        bytes.chunks_mut(8).for_each(|part| part.copy_from_slice(&next(&mut state).to_le_bytes()[..part.len()]));
    });
    println!(
        "  wrong about {} of {probes} hashes by chance; 1 in {:?} is said",
        wrong.expect("a right filter"),
        status.one_in
    );
}

/// A list of passwords in no order, through scratch files.
fn scattered(folder: &Path) {
    let text = words().join("\n");
    let begin = Instant::now();
    let mut number = 0;
    let stream = || {
        number += 1;
        let path = folder.join(format!("bench.scratch.{number}"));
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&path)?;
        fs::remove_file(path)?;
        Ok(file)
    };
    let mut scatter = Scatter::new(HashKind::Sha1, stream).expect("scratch files");
    scatter.add_passwords("bench", text.as_bytes(), &mut |_| ()).expect("a right list");
    let out = BufWriter::new(File::create(folder.join("bench.filter")).expect("a file"));
    let mut progress = |_| ();
    let plan = Plan {
        hash: HashKind::Sha1,
        format: FilterFormat::Bits16,
        expected: COUNT as u64,
        min_count: 1,
        source: String::new(),
    };
    let mut builder = Builder::new(out, plan, &mut progress).expect("a right plan");
    builder.add_scattered(scatter).expect("right hashes");
    builder.finish().expect("a filter");
    println!("a list of {COUNT} passwords in no order: filter made in {:.2} s", begin.elapsed().as_secs_f64());
}

fn main() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("lists-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    lists(&folder);
    for format in [FilterFormat::Bits16, FilterFormat::Bits32, FilterFormat::Exact] {
        filter(&folder, format, COUNT as u64);
    }
    // As many shards as a filter of a thousand million has.
    filter(&folder, FilterFormat::Bits16, 1_000_000_000);
    scattered(&folder);
    fs::remove_dir_all(&folder).expect("the folder goes");
}
