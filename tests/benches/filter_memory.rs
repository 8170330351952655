//! Measures the private memory and the lookup time of a breach filter, after lookups in all of its parts.
//!
//! `cargo run --release -p kouling-benches --bin filter_memory -- [KEYS [16 | 32 | exact]]`

#![allow(clippy::expect_used, missing_docs)]

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use kouling::knowledge::breach_filter::{Builder, Filter, FilterFormat, HashKind, Plan};
use kouling::policy::{Files, Source};

/// Lookups of a measurement.
const LOOKUPS: usize = 200_000;
/// Lookups after the file was removed from the page cache.
const COLD: usize = 2_000;

/// Lines of hashes in order, with counts of all tiers, as published leaks have them.
struct Hashes {
    number: u64,
    keys: u64,
    line: Vec<u8>,
    read: usize,
}

impl Read for Hashes {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.read == self.line.len() {
            if self.number == self.keys {
                return Ok(0);
            }
            // One random hash in each equal part of the range, so that the hashes are in order.
            let part = u64::MAX / self.keys;
            let first = self.number * part + mix(self.number) % part;
            let count = match self.number % 100 {
                0 => 5_000,
                1..5 => 200,
                5..30 => 20,
                _ => 2,
            };
            self.line =
                format!("{first:016X}{:016X}{:08X}:{count}\n", mix(first), self.number as u32).into_bytes();
            self.read = 0;
            self.number += 1;
        }
        let part = &self.line[self.read..];
        let length = part.len().min(buffer.len());
        buffer[..length].copy_from_slice(&part[..length]);
        self.read += length;
        Ok(length)
    }
}

fn mix(number: u64) -> u64 {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

fn build(path: &Path, keys: u64, format: &str) {
    let format = match format {
        "16" => FilterFormat::Bits16,
        "32" => FilterFormat::Bits32,
        _ => FilterFormat::Exact,
    };
    let plan =
        Plan { hash: HashKind::Sha1, format, expected: keys, min_count: 1, source: "a benchmark".to_owned() };
    let mut progress = |_| ();
    let out = BufWriter::new(File::create(path).expect("a file"));
    let mut builder = Builder::new(out, plan, &mut progress).expect("a valid plan");
    let hashes = Hashes { number: 0, keys, line: Vec::new(), read: 0 };
    builder.add_hashes("hashes", BufReader::new(hashes)).expect("valid lines");
    builder.finish().expect("a filter");
}

/// Returns the anonymous memory of the process in kB.
fn anonymous() -> u64 {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup").expect("Linux");
    let line = rollup.lines().find_map(|line| line.strip_prefix("Anonymous:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// Returns the CPU time of the process in seconds.
fn cpu_time() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, path, keys, format] = arguments.as_slice()
        && mode == "--build"
    {
        return build(Path::new(path), keys.parse().expect("a number"), format);
    }
    let keys = arguments.first().map_or("10000000", String::as_str);
    let format = arguments.get(1).map_or("16", String::as_str);
    let path: PathBuf = std::env::temp_dir().join(format!("kouling-filter-{}", std::process::id()));
    let start = Instant::now();
    // In another process, so that the memory of building is not measured.
    let program = std::env::current_exe().expect("this program");
    let built = Command::new(program).arg("--build").arg(&path).args([keys, format]).status();
    assert!(built.is_ok_and(|status| status.success()), "the filter cannot be built");
    let passwords: Vec<String> = (0..LOOKUPS).map(|number| format!("password-{number}")).collect();
    let name = path.to_str().expect("a path");
    let before = anonymous();
    let opened = Instant::now();
    let filter = Filter::open(Files.open(name).expect("a file")).expect("a filter");
    let status = filter.status();
    println!(
        "{keys} keys, {format}: {} bytes in {} shards, built in {:.1} s, opened in {} µs",
        status.bytes,
        status.shards,
        opened.duration_since(start).as_secs_f64(),
        opened.elapsed().as_micros()
    );
    let look_up = |password: &String| black_box(filter.find(password, 0).expect("a valid filter"));
    let first = Instant::now();
    passwords.iter().for_each(|password| _ = look_up(password));
    println!("  first {LOOKUPS} lookups, which verify every shard: {} ms", first.elapsed().as_millis());
    println!("  anonymous memory: {before} kB before opening, {} kB after lookups in every shard", anonymous());
    let warm = cpu_time();
    passwords.iter().for_each(|password| _ = look_up(password));
    println!("  lookup, warm: {:.2} µs CPU time with SHA-1", (cpu_time() - warm) * 1e6 / LOOKUPS as f64);
    let file = File::open(&path).expect("a file");
    file.sync_all().expect("written");
    let dropped = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
    let (cold, cold_cpu) = (Instant::now(), cpu_time());
    passwords.iter().take(COLD).for_each(|password| _ = look_up(password));
    println!(
        "  lookup, cold page cache: {:.1} µs, {:.1} µs CPU time, over {COLD} lookups ({dropped:?})",
        cold.elapsed().as_secs_f64() * 1e6 / COLD as f64,
        (cpu_time() - cold_cpu) * 1e6 / COLD as f64
    );
    let _ = fs::remove_file(path);
}
