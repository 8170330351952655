//! Compares the built-in strength estimator with the crate `zxcvbn`, with and without its guard, on worst-case and
//! ordinary inputs. Also measures word lists and loading.
//!
//! `cargo bench -p kouling-benches --bench strength`
//!
//! The worst-case inputs are printed first, by median, since a maximum would mostly show other load.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion};
use kouling::Policy;
use kouling::knowledge::strength::{estimate, estimate_by_zxcvbn, warm_up_zxcvbn};
use kouling::knowledge::word_list::WordList;

const YEAR: i32 = 2026;

/// A deterministic random number generator.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    fn pick(&mut self, from: &str, length: usize) -> String {
        let characters: Vec<char> = from.chars().collect();
        (0..length).map(|_| characters[self.next(characters.len())]).collect()
    }
}

/// Worst-case inputs for different parts of the estimators.
fn adversarial() -> Vec<(String, String)> {
    let mut numbers = Numbers(1);
    let cycle = |from: &str, length| from.chars().cycle().take(length).collect::<String>();
    let mut inputs = Vec::new();
    for length in [8, 11, 13, 16, 20, 24, 28, 32, 64, 128, 4096] {
        for (name, from) in [
            ("every sign", "4@8({[<369!1|70$5+%2"),
            ("signs and letters", "1ilt7|!5s$z2e3a4@o0"),
            ("one", "a"),
            ("two", "ab"),
            ("digits", "0123456789"),
            ("years", "19112012"),
            ("dates", "11/1/1911"),
            ("thirty thousand", "the"),
            ("walk", "qazxswedcvfrtgbnhyujm"),
            ("back and forth", "qaqsqw"),
            ("thai", "กขคงจฉชซ"),
            ("emoji", "😀😃😄😁"),
            ("most combinations", "({[<1!|7694@$5+"),
            ("some combinations", "8b311(8(1b3|1((b399<11||116<b311"),
            ("one word of one letter", "i1I!|"),
            ("emoji and combinations", "😀1😃|😄7😁({[<"),
        ] {
            inputs.push((format!("{name} again, {length}"), cycle(from, length)));
        }
        for (name, from) in [
            ("random signs", "4@8({[<369!1|70$5+%2"),
            ("random ambiguous", "1|!7"),
            ("random binary", "ab"),
            ("random vowels", "aeioulnrst"),
            ("random leet vowels", "43105lnr$7"),
            ("random digits", "0123456789"),
            ("random ASCII", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!@#$%^&*()"),
            ("random 汉字", "的一是不了人我在有他这中大来上个国"),
        ] {
            inputs.push((format!("{name}, {length}"), numbers.pick(from, length)));
        }
        let block = numbers.pick("abcdefghij1234$@", length / 2);
        inputs.push((format!("a long block twice, {length}"), block.repeat(2)));
        inputs.push((format!("Fibonacci, {length}"), fibonacci(length)));
    }
    inputs
}

/// The Fibonacci word, which has the most repeats for its length.
fn fibonacci(length: usize) -> String {
    let (mut word, mut before) = ("ab".to_owned(), "a".to_owned());
    while word.len() < length {
        let next = format!("{word}{before}");
        before = std::mem::replace(&mut word, next);
    }
    word.truncate(length);
    word
}

fn median<T>(calls: usize, mut call: impl FnMut() -> T) -> Duration {
    let mut times: Vec<Duration> = (0..calls)
        .map(|_| {
            let start = Instant::now();
            black_box(call());
            start.elapsed()
        })
        .collect();
    times.sort();
    times[calls / 2]
}

/// Prints the most expensive inputs of an estimator, without and with the maximum number of inputs.
fn print_slowest(whose: &str, estimate: impl Fn(&str, &[&str]) -> f64, near: &[&str]) {
    let mut measured: Vec<(Duration, String)> = Vec::new();
    for (name, password) in adversarial() {
        for (with, inputs) in [("", &[][..]), (", 64 inputs", near)] {
            let time = median(21, || estimate(black_box(&password), inputs));
            measured.push((time, format!("{name}{with}")));
        }
    }
    measured.sort();
    println!("the ten slowest inputs {whose}:");
    for (time, name) in measured.iter().rev().take(10) {
        println!("  {time:?}  {name}");
    }
}

/// Prints the worst-case cost of similarity lookups (near-words surrounded by ambiguous symbols), and how many
/// random passwords are similar to a word.
fn print_slowest_similar(list: &WordList) {
    let words: Vec<&str> = include_str!("../../rules/words/common.txt").lines().skip(1).collect();
    let mut measured: Vec<(Duration, String)> = Vec::new();
    for word in words.iter().step_by(25) {
        let half = word.char_indices().nth(word.chars().count() / 2).map_or(0, |(at, _)| at);
        for text in [
            format!("1{word}##1!"),
            format!("!1{}!1", &word[..half].repeat(2)),
            format!("{}|1!", word.repeat(2)),
            format!("{word}{}", "1".repeat(8)),
        ] {
            measured.push((median(5, || list.near(black_box(&text)) || list.near_base(black_box(&text))), text));
        }
    }
    measured.sort();
    println!("the five slowest similarity lookups:");
    for (time, text) in measured.iter().rev().take(5) {
        println!("  {time:?}  {text}");
    }
    let mut numbers = Numbers(2);
    for length in [5, 6, 7, 8, 10, 12] {
        let drawn: Vec<String> = (0..20_000).map(|_| numbers.pick("abcdefghijklmnopqrstuvwxyz", length)).collect();
        let near = drawn.iter().filter(|password| list.near(password)).count();
        println!("  of 20,000 random passwords of {length} lower-case letters, {near} are similar to a word");
    }
}

fn report() {
    let start = Instant::now();
    warm_up_zxcvbn();
    println!("first call of zxcvbn: {:?}", start.elapsed());
    let common = WordList::built_in("common").unwrap_or_else(|| unreachable!("a built-in list"));
    let start = Instant::now();
    common.whole("dragon");
    println!("first lookup of a word list: {:?}", start.elapsed());

    let near: Vec<String> = (0..64).map(|at| format!("{}{at}", "a".repeat(24))).collect();
    let near: Vec<&str> = near.iter().map(String::as_str).collect();
    print_slowest("of kouling", |password, inputs| estimate(password, inputs, YEAR).guesses_log10, &near);
    print_slowest(
        "of guarded zxcvbn",
        |password, inputs| estimate_by_zxcvbn(password, inputs).guesses_log10,
        &near,
    );
    print_slowest_similar(&common);
    for length in [16, 32] {
        let password: String = "4@8({[<369!1|70$5+%2".chars().cycle().take(length).collect();
        let theirs = median(11, || zxcvbn::zxcvbn(black_box(&password), &[]));
        let ours = median(101, || estimate(black_box(&password), &[], YEAR));
        let guarded = median(11, || estimate_by_zxcvbn(black_box(&password), &[]));
        println!("every symbol, {length}: kouling {ours:?}, zxcvbn {theirs:?}, guarded zxcvbn {guarded:?}");
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args().sample_size(30);
    report();
    let mut group = criterion.benchmark_group("strength");
    for password in
        ["Tr0ub4dour&3", "correcthorsebatterystaple", "woaini1314", "Kx9#mQ2$vL7pKx9#mQ2$vL7pKx9#mQ2$vL7p"]
    {
        group.bench_with_input(BenchmarkId::new("kouling", password), password, |bencher, password| {
            bencher.iter(|| estimate(black_box(password), &["zhangsan", "example"], YEAR));
        });
        group.bench_with_input(BenchmarkId::new("guarded zxcvbn", password), password, |bencher, password| {
            bencher.iter(|| estimate_by_zxcvbn(black_box(password), &["zhangsan", "example"]));
        });
        group.bench_with_input(BenchmarkId::new("zxcvbn", password), password, |bencher, password| {
            bencher.iter(|| zxcvbn::zxcvbn(black_box(password), &["zhangsan", "example"]));
        });
    }
    group.finish();

    let common = WordList::built_in("common").unwrap_or_else(|| unreachable!("a built-in list"));
    let mut group = criterion.benchmark_group("words");
    for password in ["dragon", "xkqvbwmzrtpl", "p@ssw0rd2024!"] {
        group.bench_with_input(BenchmarkId::new("whole", password), password, |bencher, password| {
            bencher.iter(|| common.whole(black_box(password)));
        });
        group.bench_with_input(BenchmarkId::new("base", password), password, |bencher, password| {
            bencher.iter(|| common.base(black_box(password)));
        });
        group.bench_with_input(BenchmarkId::new("contained", password), password, |bencher, password| {
            bencher.iter(|| common.contained(black_box(password), 5));
        });
        group.bench_with_input(BenchmarkId::new("near", password), password, |bencher, password| {
            bencher.iter(|| common.near(black_box(password)) || common.near_base(black_box(password)));
        });
    }
    group.bench_function("load the standard preset", |bencher| {
        bencher.iter(|| Policy::preset(black_box("standard")));
    });
    group.finish();
    criterion.final_summary();
}
