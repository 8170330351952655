//! The estimates of strength on inputs made to be dear, and on ordinary ones: our own, the crate `zxcvbn` behind its
//! guard, and the crate alone.
//!
//! Word lists and loading come last. First the dearest inputs are printed, each by the median of its calls: the
//! greatest would tell what else the machine was doing.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion};
use kouling::Policy;
use kouling::knowledge::strength::{estimate, estimate_by_zxcvbn, warm_up, warm_up_zxcvbn};
use kouling::knowledge::word_list::WordList;

const YEAR: i32 = 2026;

/// A generator of our own, so that every run measures the same.
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

/// Inputs that are dear for one part of an estimator or another.
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

/// The word with the most repeats for its length.
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
            let begun = Instant::now();
            black_box(call());
            begun.elapsed()
        })
        .collect();
    times.sort();
    times[calls / 2]
}

/// Prints the dearest inputs for an estimator, without inputs and with as many as are used.
fn dearest(whose: &str, estimate: impl Fn(&str, &[&str]) -> f64, near: &[&str]) {
    let mut measured: Vec<(Duration, String)> = Vec::new();
    for (name, password) in adversarial() {
        for (with, inputs) in [("", &[][..]), (", 64 inputs", near)] {
            let time = median(21, || estimate(black_box(&password), inputs));
            measured.push((time, format!("{name}{with}")));
        }
    }
    measured.sort();
    println!("the ten dearest {whose}:");
    for (time, name) in measured.iter().rev().take(10) {
        println!("  {time:?}  {name}");
    }
}

/// Prints what looking for words within one edit costs at most: what is nearly a word, with signs around it that may
/// be letters; and of how many passwords drawn by chance it takes for near.
fn dearest_near(list: &WordList) {
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
    println!("the five dearest to look for words within one edit:");
    for (time, text) in measured.iter().rev().take(5) {
        println!("  {time:?}  {text}");
    }
    let mut numbers = Numbers(2);
    for length in [5, 6, 7, 8, 10, 12] {
        let drawn: Vec<String> = (0..20_000).map(|_| numbers.pick("abcdefghijklmnopqrstuvwxyz", length)).collect();
        let near = drawn.iter().filter(|password| list.near(password)).count();
        println!("  of 20,000 times {length} small letters drawn by chance, {near} are near a word");
    }
}

fn report() {
    let begun = Instant::now();
    warm_up();
    println!("warm_up: {:?}", begun.elapsed());
    let begun = Instant::now();
    warm_up_zxcvbn();
    println!("zxcvbn's first call: {:?}", begun.elapsed());
    let common = WordList::built_in("common").unwrap_or_else(|| unreachable!("the list comes with the engine"));
    let begun = Instant::now();
    common.whole("dragon");
    println!("a word list's first look-up: {:?}", begun.elapsed());

    let near: Vec<String> = (0..64).map(|at| format!("{}{at}", "a".repeat(24))).collect();
    let near: Vec<&str> = near.iter().map(String::as_str).collect();
    dearest("of our own", |password, inputs| estimate(password, inputs, YEAR).guesses_log10, &near);
    dearest(
        "of zxcvbn behind its guard",
        |password, inputs| estimate_by_zxcvbn(password, inputs).guesses_log10,
        &near,
    );
    dearest_near(&common);
    for length in [16, 32] {
        let password: String = "4@8({[<369!1|70$5+%2".chars().cycle().take(length).collect();
        let theirs = median(11, || zxcvbn::zxcvbn(black_box(&password), &[]));
        let ours = median(101, || estimate(black_box(&password), &[], YEAR));
        let guarded = median(11, || estimate_by_zxcvbn(black_box(&password), &[]));
        println!("every sign, {length}: ours {ours:?}, zxcvbn {theirs:?}, behind its guard {guarded:?}");
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
        group.bench_with_input(
            BenchmarkId::new("zxcvbn behind its guard", password),
            password,
            |bencher, password| {
                bencher.iter(|| estimate_by_zxcvbn(black_box(password), &["zhangsan", "example"]));
            },
        );
        group.bench_with_input(BenchmarkId::new("zxcvbn", password), password, |bencher, password| {
            bencher.iter(|| zxcvbn::zxcvbn(black_box(password), &["zhangsan", "example"]));
        });
    }
    group.finish();

    let common = WordList::built_in("common").unwrap_or_else(|| unreachable!("the list comes with the engine"));
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
