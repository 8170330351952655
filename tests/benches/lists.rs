//! Measures building, opening and querying compiled word lists and breach filters, with one million words and one
//! million random hashes in real files.
//!
//! `cargo bench -p kouling-benches --bench lists`

#![allow(clippy::expect_used, missing_docs)]

use std::fs::{self, File};
use std::hint::black_box;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::Instant;

use kouling::knowledge::breach_filter::{Builder, Encoding, Filter, FilterFormat, HashKind, Plan, Scatter};
use kouling::knowledge::word_list::{ListOptions, WordList, compiled};
use kouling::policy::{Files, Source};

const COUNT: usize = 1_000_000;
const ROUNDS: usize = 9;

/// Deterministic pseudo-random numbers (splitmix64).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ *state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}

/// Human-like words: syllables and a few digits.
fn words() -> Vec<String> {
    let syllables: Vec<String> =
        "bdfghklmnprstvwz".chars().flat_map(|a| "aeiou".chars().map(move |b| format!("{a}{b}"))).collect();
    let mut state = 1;
    let word = |_| {
        let mut random = next(&mut state);
        let mut word = String::new();
        for _ in 0..2 + random % 3 {
            random /= 7;
            word.push_str(&syllables[(random % 80) as usize]);
            random /= 80;
        }
        if random.is_multiple_of(2) {
            word.push_str(&(random / 2 % 10_000).to_string());
        }
        word
    };
    (0..COUNT).map(word).collect()
}

/// Returns the minimum time of the rounds, in seconds.
fn min_time(rounds: usize, mut work: impl FnMut()) -> f64 {
    let time = |_| {
        let begin = Instant::now();
        work();
        begin.elapsed().as_secs_f64()
    };
    (0..rounds).map(time).fold(f64::MAX, f64::min)
}

fn per_item<T>(items: &[String], mut query: impl FnMut(&str) -> T) -> f64 {
    min_time(3, || {
        items.iter().for_each(|item| {
            black_box(query(item));
        })
    }) / items.len() as f64
        * 1e9
}

fn lists(folder: &Path) {
    let words = words();
    let text = words.join("\n");
    let begin = Instant::now();
    let file = compiled::compile(text.as_bytes(), &ListOptions::default(), "a benchmark").expect("a valid list");
    let made = begin.elapsed().as_secs_f64();
    let distinct = compiled::info(&file).expect("a compiled list").words;
    println!("compiled list of {distinct} words, {} bytes as text", text.len());
    println!("  compiled in {made:.2} s, {:.1} bytes per word", file.len() as f64 / distinct as f64);
    let path = folder.join("bench.words");
    fs::write(&path, &file).expect("a file");
    let name = path.to_str().expect("a path");
    let read = |name: &str| {
        let bytes = Files.read(name, 1 << 28).expect("a file");
        WordList::read(name, bytes, &ListOptions::default()).expect("a valid list")
    };
    println!("  loaded in {:.1} ms", min_time(ROUNDS, || drop(black_box(read(name)))) * 1e3);
    let plain = folder.join("bench.txt");
    fs::write(&plain, &text).expect("a file");
    let plain = plain.to_str().expect("a path");
    println!("  the plain text loaded in {:.1} ms", min_time(ROUNDS, || drop(black_box(read(plain)))) * 1e3);
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
    // One file of sorted hashes, the format of published leaks.
    let mut state = 2;
    let mut hashes: Vec<[u64; 3]> =
        (0..COUNT).map(|_| [next(&mut state), next(&mut state), next(&mut state) >> 32]).collect();
    hashes.sort_unstable();
    let line = |(at, [a, b, c]): (usize, &[u64; 3])| {
        format!("{a:016X}{b:016X}{c:08X}:{}\r\n", 1 + 20_000 / (at % 10_000 + 1))
    };
    let lines: String = hashes.iter().enumerate().map(line).collect();
    let path: PathBuf = folder.join("bench.filter");
    let plan = Plan { hash: HashKind::Sha1, format, expected, min_count: 1, source: "a benchmark".to_owned() };
    let begin = Instant::now();
    let mut progress = |_| ();
    let out = BufWriter::new(File::create(&path).expect("a file"));
    let mut builder = Builder::new(out, plan, &mut progress).expect("a valid plan");
    builder.add_hashes("bench", lines.as_bytes()).expect("valid lines");
    let (_, status) = builder.finish().expect("a filter");
    let made = begin.elapsed().as_secs_f64();
    println!(
        "{format:?} of {COUNT} hashes in {} shards: built in {made:.2} s, {:.2} bytes each, head {} bytes",
        status.shards,
        status.bytes as f64 / COUNT as f64,
        89 + status.shards * 36
    );
    let name = path.to_str().expect("a path");
    let open = || Filter::open(Files.open(name).expect("a file")).expect("a valid filter");
    println!("  opened in {:.0} µs", min_time(ROUNDS, || drop(black_box(open()))) * 1e6);
    let queries: Vec<String> = (0..COUNT / 10).map(|at| format!("password-{at}")).collect();
    let first = min_time(ROUNDS, || {
        let filter = open();
        black_box(filter.find(&queries[0], 0).expect("a valid filter"));
    });
    println!("  opened and queried once in {:.0} µs", first * 1e6);
    let filter = open();
    let query = |password: &str| filter.find(password, 0).expect("a valid filter");
    queries.iter().for_each(|password| {
        query(password);
    });
    println!("  queried again: {:.0} ns, including SHA-1", per_item(&queries, query));
    let mut state = 3;
    let probes = 10 * COUNT as u64;
    let wrong = filter.measure(probes, 0, |bytes| {
        bytes.chunks_mut(8).for_each(|part| part.copy_from_slice(&next(&mut state).to_le_bytes()[..part.len()]));
    });
    println!(
        "  {} of {probes} random hashes are false positives; expected 1 in {:?}",
        wrong.expect("a valid filter"),
        status.one_in
    );
}

/// An unsorted list of passwords, through scratch files.
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
    scatter.add_passwords("bench", text.as_bytes(), Encoding::Utf8, &mut |_| ()).expect("a valid list");
    let out = BufWriter::new(File::create(folder.join("bench.filter")).expect("a file"));
    let mut progress = |_| ();
    let plan = Plan {
        hash: HashKind::Sha1,
        format: FilterFormat::Bits16,
        expected: COUNT as u64,
        min_count: 1,
        source: String::new(),
    };
    let mut builder = Builder::new(out, plan, &mut progress).expect("a valid plan");
    builder.add_scattered(scatter).expect("valid hashes");
    builder.finish().expect("a filter");
    println!("an unsorted list of {COUNT} passwords: filter built in {:.2} s", begin.elapsed().as_secs_f64());
}

fn main() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("lists-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    lists(&folder);
    for format in [FilterFormat::Bits16, FilterFormat::Bits32, FilterFormat::Exact] {
        filter(&folder, format, COUNT as u64);
    }
    // As many shards as a filter of 1,000 million passwords.
    filter(&folder, FilterFormat::Bits16, 1_000_000_000);
    scattered(&folder);
    fs::remove_dir_all(&folder).expect("the folder can be removed");
}
