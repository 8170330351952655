//! Measures how well the strength estimate ranks passwords, beside the crate `zxcvbn`.
//!
//!     cargo run --release -p kouling-benches --bin accuracy -- [--counts|--ranks] FILE...
//!
//! A file has one password a line: `password<TAB>number`, with an optional weight in a third column and further columns
//! ignored. The number is a count (how many accounts had the password) or a rank or guess number (in which place it is
//! guessed). Without an option, a number that falls from the first line to the last is a count. With a weight, the number is
//! a reference that is greater for a stronger password.
//!
//! Ranking is measured by the weighted Spearman correlation (Golla and Dürmuth, "On the Accuracy of Password Strength
//! Meters", CCS 2018): of the estimates X and the references Y with the weights w, the ranks x and y are formed, where a
//! group of n equal values has the rank `W + (n + 1) / 2 × m`, W the weight of all smaller values and m the mean weight of
//! the group. The correlation is then that of Pearson,
//!
//!     Σ w (x - x̄) (y - ȳ) / √(Σ w (x - x̄)² × Σ w (y - ȳ)²),    x̄ = Σ w x / Σ w,    ȳ = Σ w y / Σ w.
//!
//! A count is the weight of its line and, negated, its reference; a rank has the weight 1. Overestimates are passwords with
//! a reference below 10^6 that are estimated at 10^8 guesses or more, as a share of all; underestimates those with a
//! reference of 10^10 or more that are estimated at less than 10^6. For counts, the reference is then the place in the file
//! in the order of the counts. The last columns count passwords with a score of 3 or 4 in the first 1,000 and 10,000 by the
//! reference.

use std::process::ExitCode;

use kouling::knowledge::strength::estimate;

/// The year of the estimates: results do not change with the clock.
const YEAR: i32 = 2026;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Counts,
    Ranks,
    References,
}

/// The passwords of one file, sorted by their references.
struct Set {
    passwords: Vec<String>,
    references: Vec<f64>,
    weights: Vec<f64>,
    meaning: Meaning,
}

fn main() -> ExitCode {
    let mut meaning = None;
    let mut files = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--counts" => meaning = Some(Meaning::Counts),
            "--ranks" => meaning = Some(Meaning::Ranks),
            file if !file.starts_with('-') => files.push(file.to_owned()),
            _ => files.clear(),
        }
    }
    if files.is_empty() {
        eprintln!("usage: accuracy [--counts|--ranks] FILE...");
        return ExitCode::from(2);
    }
    println!(
        "{:<28} {:>8} {:>10}  {:<8} {:>8} {:>7} {:>7} {:>6} {:>6}",
        "file", "lines", "numbers", "meter", "spearman", "over", "under", "1,000", "10,000"
    );
    for file in files {
        match std::fs::read(&file).map_err(|error| error.to_string()).and_then(|bytes| read(&bytes, meaning)) {
            Ok(set) => report(&file, &set),
            Err(error) => {
                eprintln!("{file}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn read(bytes: &[u8], meaning: Option<Meaning>) -> Result<Set, String> {
    let mut lines: Vec<(String, f64, Option<f64>)> = Vec::new();
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
        let line = String::from_utf8_lossy(line);
        let mut columns = line.trim_end_matches('\r').split('\t');
        let password = columns.next().unwrap_or_default().to_owned();
        let number = columns.next().and_then(|number| number.parse().ok());
        let Some(number) = number else {
            // The first line can be a heading.
            if at == 0 {
                continue;
            }
            return Err(format!("line {}: no number after a tab", at + 1));
        };
        lines.push((password, number, columns.next().and_then(|weight| weight.parse().ok())));
    }
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Err("no lines".to_owned()) };
    let meaning = match meaning {
        Some(meaning) => meaning,
        None if lines.iter().all(|(.., weight)| weight.is_some()) => Meaning::References,
        None if first.1 > last.1 => Meaning::Counts,
        None => Meaning::Ranks,
    };
    let mut rows: Vec<(String, f64, f64)> = lines
        .into_iter()
        .map(|(password, number, weight)| match meaning {
            Meaning::Counts => (password, -number, number),
            Meaning::Ranks => (password, number, 1.0),
            Meaning::References => (password, number, weight.unwrap_or(1.0)),
        })
        .collect();
    rows.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (references, weights) = rows.iter().map(|row| (row.1, row.2)).unzip();
    Ok(Set { passwords: rows.into_iter().map(|row| row.0).collect(), references, weights, meaning })
}

fn report(file: &str, set: &Set) {
    let name = file.rsplit('/').next().unwrap_or(file);
    let numbers = match set.meaning {
        Meaning::Counts => "counts",
        Meaning::Ranks => "ranks",
        Meaning::References => "weighted",
    };
    let ours: Vec<f64> = set.passwords.iter().map(|p| estimate(p, &[], YEAR).guesses_log10).collect();
    let theirs: Vec<f64> = set.passwords.iter().map(|p| zxcvbn::zxcvbn(p, &[]).guesses_log10()).collect();
    // Guess numbers, or places in the order of the counts.
    let guess_numbers: Vec<f64> = match set.references.first() {
        Some(first) if *first > 0.0 => set.references.clone(),
        _ => (1..=set.passwords.len()).map(|place| place as f64).collect(),
    };
    for (meter, estimates) in [("kouling", &ours), ("zxcvbn", &theirs)] {
        let of_all = |matches: &dyn Fn(f64, f64) -> bool| {
            let found =
                guess_numbers.iter().zip(estimates).filter(|(reference, power)| matches(**reference, **power));
            100.0 * found.count() as f64 / estimates.len() as f64
        };
        let over = of_all(&|reference, power| reference < 1e6 && power >= 8.0);
        let under = of_all(&|reference, power| reference >= 1e10 && power < 6.0);
        let strong = |first: usize| estimates.iter().take(first).filter(|power| **power >= 8.0).count();
        println!(
            "{name:<28} {:>8} {numbers:>10}  {meter:<8} {:>8.3} {over:>6.2}% {under:>6.2}% {:>6} {:>6}",
            estimates.len(),
            spearman(estimates, &set.references, &set.weights),
            strong(1_000),
            strong(10_000),
        );
    }
}

fn spearman(x: &[f64], y: &[f64], weights: &[f64]) -> f64 {
    let (x, y) = (ranks(x, weights), ranks(y, weights));
    let total: f64 = weights.iter().sum();
    let mean =
        |values: &[f64]| values.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>() / total;
    let (mean_x, mean_y) = (mean(&x), mean(&y));
    let sum = |a: &[f64], mean_a: f64, b: &[f64], mean_b: f64| {
        a.iter().zip(b).zip(weights).map(|((a, b), weight)| weight * (a - mean_a) * (b - mean_b)).sum::<f64>()
    };
    sum(&x, mean_x, &y, mean_y) / (sum(&x, mean_x, &x, mean_x) * sum(&y, mean_y, &y, mean_y)).sqrt()
}

fn ranks(values: &[f64], weights: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0.0;
    for group in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let weight: f64 = group.iter().map(|at| weights[*at]).sum();
        let rank = before + (group.len() + 1) as f64 / 2.0 * weight / group.len() as f64;
        group.iter().for_each(|at| ranks[*at] = rank);
        before += weight;
    }
    ranks
}
