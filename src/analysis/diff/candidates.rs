//! Candidate passwords that can distinguish two policies, and the sample user. The candidates are deterministic, and the most
//! promising ones are first.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

use super::Change;
use crate::analysis::generate::{Generator, NoRandomness, Options, PhraseOptions, Reproducible};
use crate::candidate::{Facts, Previous, User};
use crate::evaluation::Policy;
use crate::knowledge::alphabet::ALPHABETS;
use crate::knowledge::passphrase::WordLanguage;
use crate::time::{DAY, Moment};

/// The current password of the sample user.
const CURRENT_PASSWORD: &str = "Umber-Fjord.27";
/// The number of previous passwords, including the current one. They were set 30 days apart.
const PREVIOUS_COUNT: i64 = 24;
/// Common passwords, and data of the sample user.
const FIXED_CANDIDATES: [&str; 28] = [
    "password",
    "Password1",
    "P@ssw0rd!",
    "iloveyou2024",
    "Sunshine-2024",
    "qwertyuiop",
    "Qwerty123!",
    "abcd1234",
    "Abcd-1234",
    "1q2w3e4r",
    "woaini1314",
    "Woaini-520",
    "5201314",
    "19900101",
    "Liu-19900101",
    "zhangsan",
    "Zhangsan-77",
    "zhang.san88",
    "nasgnahz",
    "Nasgnahz-x7",
    "xZsan-4411",
    "heron",
    "Heron-2931-k",
    "13800138000",
    "Ab-138000-xY",
    "Zz-8000-Qw7",
    "aaaaaaaa",
    "abababab",
];
/// A walk on each keyboard layout.
const KEYBOARD_WALKS: [&str; 8] = [
    "qwertyuiop",
    "1472589630",
    "azertyuiop",
    "qwertzuiop",
    "aoeuidhtns",
    "ㄆㄊㄍㄐㄔㄗㄧㄛㄟㄣ",
    "ąśdfghjkł",
    "ěščřžýáíé",
];
/// Texts that are inserted into a password at both ends and in the middle.
const FRAGMENTS: [&str; 12] = [
    "zhangsan", "nasgnahz", "heron", "138000", "8000", "password", "abcdef", "qwerty", "1234", "2024", "dragon",
    "zs",
];

/// Returns the sample user: 张三, `zhangsan`, with a phone number and an e-mail address.
pub fn sample_user() -> User {
    let user = User::new().with("username", "zhangsan").with("name", "张三");
    user.with("phone", "13800138000").with("email", "heron@example.org")
}

/// The sample user with their previous passwords.
pub(super) struct Sample {
    user: User,
    previous: Vec<Previous>,
}

impl Sample {
    pub(super) fn new(now: Moment) -> Sample {
        let previous = (0..PREVIOUS_COUNT).map(|index| {
            let at = Moment::from_unix(now.unix() - index * 30 * DAY as i64);
            Previous { hash: salted_sha1(&previous_password(index)), at: Some(at) }
        });
        Sample { user: sample_user(), previous: previous.collect() }
    }

    pub(super) fn facts(&self, now: Moment) -> Facts<'_> {
        Facts::new(&self.user, now).with_previous(&self.previous).with_current(CURRENT_PASSWORD.as_bytes())
    }
}

/// Returns the previous password at an index, where 0 is the current one. The passwords are dissimilar, so that
/// `similarity` and `history` do not interfere.
fn previous_password(index: i64) -> String {
    let mut rng = Reproducible(index as u64);
    let letters: String = (0..6).map(|_| char::from(b'a' + (rng.next() % 26) as u8)).collect();
    if index == 0 { CURRENT_PASSWORD.to_owned() } else { format!("Q{letters}-{}", 1000 + rng.next() % 9000) }
}

/// Returns a salted SHA-1 hash in the `{SSHA}` format. It is fast to verify and does not protect a real password.
fn salted_sha1(password: &str) -> String {
    let salt = b"witness.";
    let mut bytes = Sha1::new().chain_update(password).chain_update(salt).finalize().to_vec();
    bytes.extend(salt);
    format!("{{SSHA}}{}", STANDARD.encode(bytes))
}

/// Returns the candidates without duplicates.
pub(super) fn candidates(old: &Policy, new: &Policy, changes: &[Change], facts: &Facts<'_>) -> Vec<String> {
    let numbers = numbers_in(changes);
    let mut collected = UniqueTexts::default();
    let mut rng = Reproducible(20_261_123);
    let mut bases = Vec::new();
    for policy in [old, new] {
        bases.extend(accepted_passwords(policy, facts, &Options::default(), 6, &mut rng));
        let english = PhraseOptions { language: WordLanguage::English, ..PhraseOptions::default() };
        bases.extend(accepted_passwords(
            policy,
            facts,
            &Options { phrase: Some(english), ..Options::default() },
            3,
            &mut rng,
        ));
    }
    collected.extend(bases.clone());
    let lengths: BTreeSet<usize> = numbers.iter().flat_map(|n| [n.saturating_sub(1), *n, n + 1]).collect();
    for length in lengths.into_iter().filter(|length| (1..=128).contains(length)) {
        for policy in [old, new] {
            let options = Options { length: Some(length), ..Options::default() };
            collected.extend(accepted_passwords(policy, facts, &options, 6, &mut rng));
        }
    }
    collected.extend(FIXED_CANDIDATES.map(str::to_owned));
    collected.extend((0..PREVIOUS_COUNT).map(previous_password));
    collected.extend(similar_passwords(CURRENT_PASSWORD));
    let neutral = ["", "Tk4-vQ9z.Xw"].map(str::to_owned);
    for base in bases.iter().step_by(9).take(2).chain(&neutral) {
        collected.extend(patterns(base, &numbers));
    }
    bases.extend(["Tk4-vQ9z.Xw", "bramble-otter-fjord-quill", "Xk7#mPq2"].map(str::to_owned));
    for base in &bases {
        collected.extend(with_fewer_classes(base));
        collected.extend(repeated(base, &numbers));
        collected.extend(
            FRAGMENTS.iter().flat_map(|fragment| [format!("{fragment}{base}"), format!("{base}{fragment}")]),
        );
        let middle = base.char_indices().nth(base.chars().count() / 2).map_or(0, |(at, _)| at);
        collected
            .extend(FRAGMENTS.iter().map(|fragment| format!("{}{fragment}{}", &base[..middle], &base[middle..])));
        let characters = (' '..='~').chain(['é', 'ß', 'П', '你', '٣', '€']);
        collected.extend(characters.map(|character| format!("{base}{character}")));
        for length in &numbers {
            collected.extend([
                with_length(base, *length),
                with_length(base, length + 1),
                with_length(base, length.saturating_sub(1)),
            ]);
        }
    }
    let words = WordLanguage::English.words();
    for _ in 0..600 {
        let mut word = || words[(rng.next() % words.len() as u64) as usize].as_str();
        let (first, second) = (word(), word());
        collected.extend([
            first.to_owned(),
            format!("{first}{second}"),
            format!("{}-{second}7", first.to_uppercase()),
        ]);
    }
    for _ in 0..1500 {
        let length = 1 + rng.next() % 24;
        let class = rng.next() % 4;
        collected.extend([(0..length).map(|_| random_character(class, &mut rng)).collect()]);
    }
    collected.texts
}

/// Texts in the order of insertion, without duplicates.
#[derive(Default)]
struct UniqueTexts {
    texts: Vec<String>,
    seen: BTreeSet<String>,
}

impl UniqueTexts {
    fn extend(&mut self, texts: impl IntoIterator<Item = String>) {
        for text in texts {
            if !text.is_empty() && self.seen.insert(text.clone()) {
                self.texts.push(text);
            }
        }
    }
}

/// Returns the numbers in the changes that are plausible lengths or counts.
fn numbers_in(changes: &[Change]) -> BTreeSet<usize> {
    let mut numbers = BTreeSet::new();
    for text in changes.iter().flat_map(|change| [&change.old, &change.new]).flatten() {
        let parts = text.split(|character: char| !character.is_ascii_digit());
        numbers.extend(
            parts.filter_map(|part| part.parse::<usize>().ok()).filter(|number| (1..=256).contains(number)),
        );
    }
    numbers.into_iter().take(24).collect()
}

/// Returns up to `count` passwords that a policy accepts.
fn accepted_passwords(
    policy: &Policy,
    facts: &Facts<'_>,
    options: &Options,
    count: usize,
    rng: &mut Reproducible,
) -> Vec<String> {
    let random = &mut |bytes: &mut [u8]| -> Result<(), NoRandomness> {
        rng.fill(bytes);
        Ok(())
    };
    let Ok(mut generator) = Generator::quick(policy, *facts, options, random) else { return Vec::new() };
    let generated = (0..count).map_while(|_| generator.generate(random).ok());
    generated.map(|generated| generated.password.expose().to_owned()).collect()
}

/// Returns variants with fewer character classes.
fn with_fewer_classes(base: &str) -> Vec<String> {
    let replaced = |keep: fn(char) -> bool, replacement: char| -> String {
        base.chars().map(|character| if keep(character) { character } else { replacement }).collect()
    };
    let cycled = |keep: fn(char) -> bool, cycle: &[u8]| -> String {
        let indexed = base.chars().enumerate();
        indexed
            .map(|(at, character)| if keep(character) { character } else { char::from(cycle[at % cycle.len()]) })
            .collect()
    };
    let letter = |character: char| character.is_ascii_alphabetic();
    let word = |character: char| character.is_ascii_alphanumeric();
    let non_digit = |character: char| !character.is_ascii_digit();
    vec![
        base.to_lowercase(),
        base.to_uppercase(),
        cycled(letter, b"qxjwvzkp"),
        cycled(letter, b"QxJwVzKp"),
        cycled(letter, b"qxjwvzkp").to_lowercase(),
        cycled(word, b"q7xj2wv9"),
        cycled(non_digit, b"qXjWvZkP"),
        cycled(|character| character.is_ascii_digit(), b"8261947305"),
        replaced(word, 'x'),
        base.chars().rev().collect(),
        base.chars().filter(|character| character.is_alphanumeric()).collect(),
    ]
}

/// Returns passwords with runs, repeated blocks and repeated characters. The counts are the numbers, and the numbers plus one.
fn repeated(base: &str, numbers: &BTreeSet<usize>) -> Vec<String> {
    let mut texts = Vec::new();
    for count in
        numbers.iter().copied().chain([2, 3]).filter(|count| *count <= 64).flat_map(|count| [count, count + 1])
    {
        texts.push(format!("{base}{}", "w".repeat(count)));
        texts.push(format!("{base}{}", "wQ".repeat(count)));
        let spread: Vec<String> = base.chars().take(count).map(|character| format!("{character}k")).collect();
        texts.push(spread.concat());
    }
    texts
}

/// Returns passwords with few distinct characters, sequences, keyboard walks and dates, after a neutral prefix. The
/// counts are the numbers, and the numbers plus or minus one.
fn patterns(base: &str, numbers: &BTreeSet<usize>) -> Vec<String> {
    let counts = numbers.iter().copied().filter(|count| *count <= 64).take(6).chain([2, 5]);
    let counts: BTreeSet<usize> = counts.flat_map(|count| [count.saturating_sub(1), count, count + 1]).collect();
    // Distinct characters without a sequence.
    let characters: Vec<char> = (0..94).map(|at| char::from(b'!' + (at * 37 % 94) as u8)).collect();
    let orders = ALPHABETS.iter().filter_map(|(_, orders)| orders.first());
    let mut texts = Vec::new();
    for count in counts {
        let length = base.chars().count().max(count).max(12);
        texts.push(characters.iter().take(count).cycle().take(if count == 0 { 0 } else { length }).collect());
        for order in orders.clone() {
            texts.push(base.chars().chain(order.chars().cycle().take(count)).collect());
            // Orders of one script differ at their ends.
            texts.push(base.chars().chain(order.chars().rev().cycle().take(count)).collect());
        }
        for walk in KEYBOARD_WALKS {
            // The walk goes to the end and back.
            let steps: Vec<char> = walk.chars().chain(walk.chars().rev().skip(1)).collect();
            let steps = steps.iter().take(steps.len() - 1).cycle().take(count).copied();
            texts.push(base.chars().chain(steps).collect());
        }
    }
    for date in ["19900101", "311299", "1990", "2024-11-03"] {
        texts.push(format!("{base}{date}"));
        texts.extend((0..=32).map(|length| format!("{date}{}", with_length("", length))));
    }
    texts
}

/// Truncates or pads a text to a length.
fn with_length(base: &str, length: usize) -> String {
    let padding = "kR4-mT7.pX2_vB9+".chars().cycle();
    base.chars().chain(padding).take(length).collect()
}

/// Returns variants at an increasing edit distance, in lower case, and reversed.
fn similar_passwords(password: &str) -> Vec<String> {
    let mut texts = vec![password.to_lowercase(), password.chars().rev().collect()];
    let mut characters: Vec<char> = password.chars().collect();
    for at in 0..characters.len() {
        characters[at] = char::from(b"xKw3+vGq8_"[at % 10]);
        texts.push(characters.iter().collect());
    }
    texts
}

fn random_character(class: u64, rng: &mut Reproducible) -> char {
    let value = rng.next();
    match class {
        0 => char::from(b'a' + (value % 26) as u8),
        1 => char::from(b'0' + (value % 10) as u8),
        2 => char::from(b'A' + (value % 26) as u8),
        _ => char::from(b'!' + (value % 94) as u8),
    }
}
