//! Measures how many weak passwords policies reject, and how many random ones.
//!
//! `cargo run --release -p kouling-benches --bin coverage -- [--policy FILE] [--missed N] [--refused N] [--words FILE] [LIST…]`
//!
//! A list is a file with one password per line, most common first. The first 10,000 of each list are evaluated, or
//! `--first`. `--words` is a word list for random passphrases, one word per line (or the last word of each line,
//! as in diceware lists); the default is the estimator's dictionary. `--policy` measures a further policy besides
//! the built-in ones. `--missed` prints accepted passwords of each list, `--refused` rejected random ones. Random passwords are deterministic.

#![allow(clippy::expect_used, missing_docs)]

use std::{env, fs, iter};

use kouling::{Facts, Moment, Policy, User};

/// Number of random passwords of each kind.
const DRAWN: usize = 20_000;

/// SplitMix64 (Steele, Lea, Flood 2014): deterministic random numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(z ^ (z >> 31)) * bound as u128) >> 64) as usize
    }

    fn draw(&mut self, from: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(from[self.below(from.len())])).collect()
    }
}

fn main() {
    let (mut files, mut policies, mut words) = (Vec::new(), Vec::new(), None);
    let (mut missed, mut refused, mut first) = (0, 0, 10_000);
    let mut arguments = env::args().skip(1);
    let text = |policy: &str| Policy::parse(policy).unwrap_or_else(|error| unreachable!("{error}"));
    policies.push(("words".to_owned(), text("format = 1\n[rules.words]\n")));
    policies.push(("standard".to_owned(), Policy::preset("standard").expect("a preset")));
    // Without the rule on character classes, which rejects almost all letter-only passwords, weak or not.
    let both = "format = 1\n[rules.words]\n[rules.strength]\n";
    policies.insert(1, ("words+strength".to_owned(), text(both)));
    let classless = "format = 1\nextends = [\"standard\"]\n[rules.characters]\nmin_classes = 1\n";
    policies.push(("classless".to_owned(), text(classless)));
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().expect("a value");
        match argument.as_str() {
            "--missed" => missed = value().parse().expect("a number"),
            "--refused" => refused = value().parse().expect("a number"),
            "--first" => first = value().parse().expect("a number"),
            "--words" => words = Some(fs::read_to_string(value()).expect("a list of words")),
            "--policy" => {
                let file = value();
                policies.push((file.clone(), text(&fs::read_to_string(&file).expect("a policy"))));
            }
            _ => files.push(argument),
        }
    }
    print!("{:42} {:>8}", "", "n");
    policies.iter().for_each(|(name, _)| print!(" {name:>14}"));
    println!();
    let user = User::new();
    let facts = Facts::new(&user, Moment::from_unix(1_795_392_000));
    let accepts = |policy: &Policy, password: &str| {
        policy.evaluate(password.as_bytes(), &facts).expect("an outcome").accepted()
    };
    let measure = |name: &str, passwords: &[String], missed: usize, refused: usize| {
        print!("{name:42} {:8}", passwords.len());
        let mut accepted = Vec::new();
        for (_, policy) in &policies {
            let rejected = |password: &&String| !accepts(policy, password);
            let count = passwords.iter().filter(rejected).count();
            print!(" {:13.3}%", 100.0 * count as f64 / passwords.len().max(1) as f64);
            if accepted.is_empty() {
                accepted.extend(passwords.iter().filter(|password| !rejected(password)).take(missed));
            }
        }
        println!();
        accepted.iter().for_each(|password| println!("  {password}"));
        let of_first = |password: &&String| policies.first().is_some_and(|(_, policy)| !accepts(policy, password));
        passwords.iter().filter(of_first).take(refused).for_each(|password| println!("  {password}"));
    };
    for file in &files {
        let bytes = fs::read(file).expect("a list");
        let list = String::from_utf8_lossy(&bytes);
        let passwords: Vec<String> =
            list.lines().filter(|line| !line.is_empty()).take(first).map(str::to_owned).collect();
        measure(file.rsplit('/').next().unwrap_or(file), &passwords, missed, 0);
    }
    let mut random = Random(20_261_123);
    let printable: Vec<u8> = (b'!'..=b'~').collect();
    let small: Vec<u8> = (b'a'..=b'z').chain(b'0'..=b'9').collect();
    let mixed: Vec<u8> = (b'A'..=b'Z').chain(small.iter().copied()).collect();
    // The characters of usual password generators.
    let generated: Vec<u8> = mixed.iter().chain(b"!@#$%^&*-_=+").copied().collect();
    for (name, from, length) in [
        ("8 random characters of 74", &generated[..], 8),
        ("8 random small letters and digits", &small, 8),
        ("8 random digits", &small[26..], 8),
        ("12 random characters of 74", &generated, 12),
        ("12 random printable characters", &printable, 12),
        ("12 random letters and digits", &mixed, 12),
        ("12 random small letters and digits", &small, 12),
        ("12 random small letters", &small[..26], 12),
        ("12 random digits", &small[26..], 12),
    ] {
        let drawn: Vec<String> = (0..DRAWN).map(|_| random.draw(from, length)).collect();
        measure(name, &drawn, 0, refused);
    }
    let words = words.unwrap_or_else(|| {
        let ranked = include_str!("../../rules/words/ranked.txt");
        let word = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
        let typical =
            |word: &String| (3..=9).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase());
        ranked.lines().skip(1).map(word).filter(typical).collect::<Vec<_>>().join("\n")
    });
    let words: Vec<&str> = words.lines().filter_map(|line| line.split_whitespace().last()).collect();
    for (name, between, capitals) in [
        ("four random words, spaces between", " ", false),
        ("four random words, hyphens between", "-", false),
        ("four random words, nothing between", "", false),
        ("four random words, CamelCase", "", true),
    ] {
        let mut phrase = || -> String {
            let words: Vec<String> = iter::repeat_with(|| words[random.below(words.len())])
                .take(4)
                .map(|word| match capitals {
                    true => word[..1].to_uppercase() + &word[1..],
                    false => word.to_owned(),
                })
                .collect();
            words.join(between)
        };
        let drawn: Vec<String> = (0..DRAWN).map(|_| phrase()).collect();
        measure(name, &drawn, 0, refused);
    }
}
