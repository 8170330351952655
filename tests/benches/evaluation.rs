//! Compares the cost of an evaluation with other estimators, in one run. Only the ratios are meaningful.
//!
//! `cargo bench -p kouling-benches --bench evaluation`

#![allow(clippy::expect_used, missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kouling::{Facts, Moment, Policy, User};

/// Human-like and random passwords, deterministic.
fn passwords() -> Vec<String> {
    let words = ["heron", "Marsh", "wader", "blue", "Stone", "kouling", "woaini", "Zhang", "Winter", "tree"];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    (0..1000)
        .map(|number| match number % 2 {
            0 => format!("{}{}{}", words[next(10)], words[next(10)], next(10_000)),
            _ => (0..12).map(|_| char::from(33 + next(94) as u8)).collect(),
        })
        .collect()
}

/// The checks of the policy `walk`, hand-written: a lower bound.
fn hand_written(password: &str) -> bool {
    let (mut length, mut run, mut last, mut classes) = (0, 0, None, 0u8);
    let mut longest = 0;
    for c in password.chars() {
        length += 1;
        run = if last == Some(c) { run + 1 } else { 1 };
        longest = longest.max(run);
        last = Some(c);
        classes |= match c {
            'a'..='z' => 1,
            'A'..='Z' => 2,
            '0'..='9' => 4,
            _ => 8,
        };
    }
    (8..=64).contains(&length) && classes.count_ones() >= 3 && longest <= 3
}

fn evaluation(c: &mut Criterion) {
    let passwords = passwords();
    let user = User::new()
        .with("username", "zhangsan")
        .with("name", "张三")
        .with("phone", "15200000000")
        .with("email", "15200000000@qq.com");
    let facts = Facts::new(&user, Moment::from_unix(1_795_392_000));
    let policy = |rules: &str| Policy::parse(&format!("format = 1\n{rules}")).expect("a valid policy");
    let walk = "[rules.length]\n[rules.characters]\n[rules.repetition]\n";
    let personal = "[rules.reversed_username]\n[rules.personal]\n[rules.pinyin_name]\n";
    let words = "[rules.words]\n";
    let mut group = c.benchmark_group("evaluation");
    group.throughput(Throughput::Elements(passwords.len() as u64));
    group.bench_function("hand-written: length, classes, run", |b| {
        b.iter(|| passwords.iter().filter(|password| hand_written(black_box(password))).count());
    });
    for (name, policy) in [
        ("kouling: length, characters, repetition", policy(walk)),
        ("kouling: and the user's data", policy(&format!("{walk}{personal}"))),
        ("kouling: and the weak words", policy(&format!("{walk}{personal}{words}"))),
        ("kouling: all of the preset standard, without history", Policy::preset("standard").expect("a preset")),
    ] {
        group.bench_function(name, |b| {
            let evaluate = |password: &String| policy.evaluate(black_box(password).as_bytes(), &facts);
            b.iter(|| passwords.iter().filter(|password| evaluate(password).is_ok_and(|o| o.accepted())).count());
        });
    }
    group.bench_function("zxcvbn alone", |b| {
        let inputs = ["zhangsan", "15200000000", "15200000000@qq.com"];
        b.iter(|| passwords.iter().filter(|p| zxcvbn::zxcvbn(black_box(p), &inputs).score() as u8 >= 2).count());
    });
    group.finish();

    c.bench_function("loading the preset standard", |b| b.iter(|| Policy::preset(black_box("standard"))));
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = evaluation
}
criterion_main!(benches);
