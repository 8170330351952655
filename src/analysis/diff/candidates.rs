//! Candidate passwords that can distinguish two policies, the most promising first, and the sample user. Deterministic.

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

/// The current password of the sample user. The previous ones have other numbers.
const PASSWORD: &str = "Umber-Fjord.27";
/// The number of previous passwords, set a month apart.
const PREVIOUS: i64 = 24;
/// Common passwords, and data of the sample user.
const CHOSEN: [&str; 28] = [
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
/// A walk across each keyboard.
const WALKS: [&str; 6] =
    ["qwertyuiop", "1472589630", "azertyuiop", "qwertzuiop", "aoeuidhtns", "ㄆㄊㄍㄐㄔㄗㄧㄛㄟㄣ"];
/// Texts inserted into a password, at both ends and in the middle.
const PIECES: [&str; 12] = [
    "zhangsan", "nasgnahz", "heron", "138000", "8000", "password", "abcdef", "qwerty", "1234", "2024", "dragon",
    "zs",
];

/// Returns the sample user: 张三, `zhangsan`, with a phone number and an e-mail address.
pub fn sample_user() -> User {
    let user = User::new().with("username", "zhangsan").with("name", "张三");
    user.with("phone", "13800138000").with("email", "heron@example.org")
}

/// The sample user with previous passwords.
pub(super) struct Sample {
    user: User,
    previous: Vec<Previous>,
}

impl Sample {
    pub(super) fn new(now: Moment) -> Sample {
        let previous = (0..PREVIOUS).map(|place| {
            let at = Moment::from_unix(now.unix() - place * 30 * DAY as i64);
            Previous { hash: stored(&earlier(place)), at: Some(at) }
        });
        Sample { user: sample_user(), previous: previous.collect() }
    }

    pub(super) fn facts(&self, now: Moment) -> Facts<'_> {
        Facts::new(&self.user, now).with_previous(&self.previous).with_current(PASSWORD.as_bytes())
    }
}

/// Returns the previous password at a position. The passwords are dissimilar, so that `similarity` and `history` do not
/// interfere.
fn earlier(place: i64) -> String {
    let mut chance = Reproducible(place as u64);
    let letters: String = (0..6).map(|_| char::from(b'a' + (chance.next() % 26) as u8)).collect();
    if place == 0 { PASSWORD.to_owned() } else { format!("Q{letters}-{}", 1000 + chance.next() % 9000) }
}

/// Returns a salted SHA-1 hash as a directory stores it. It is fast to verify, and protects no real password.
fn stored(password: &str) -> String {
    let salt = b"witness.";
    let mut bytes = Sha1::new().chain_update(password).chain_update(salt).finalize().to_vec();
    bytes.extend(salt);
    format!("{{SSHA}}{}", STANDARD.encode(bytes))
}

/// Returns the candidates, each once.
pub(super) fn candidates(old: &Policy, new: &Policy, changes: &[Change], facts: &Facts<'_>) -> Vec<String> {
    let figures = figures(changes);
    let mut collected = Collected::default();
    let mut chance = Reproducible(20_261_123);
    let mut bases = Vec::new();
    for policy in [old, new] {
        bases.extend(made(policy, facts, &Options::default(), 6, &mut chance));
        let english = PhraseOptions { language: WordLanguage::English, ..PhraseOptions::default() };
        bases.extend(made(
            policy,
            facts,
            &Options { phrase: Some(english), ..Options::default() },
            3,
            &mut chance,
        ));
    }
    collected.extend(bases.clone());
    let lengths: BTreeSet<usize> = figures.iter().flat_map(|n| [n.saturating_sub(1), *n, n + 1]).collect();
    for length in lengths.into_iter().filter(|length| (1..=128).contains(length)) {
        for policy in [old, new] {
            let options = Options { length: Some(length), ..Options::default() };
            collected.extend(made(policy, facts, &options, 6, &mut chance));
        }
    }
    collected.extend(CHOSEN.map(str::to_owned));
    collected.extend((0..PREVIOUS).map(earlier));
    collected.extend(near(PASSWORD));
    let plain = ["", "Tk4-vQ9z.Xw"].map(str::to_owned);
    for base in bases.iter().step_by(9).take(2).chain(&plain) {
        collected.extend(patterns(base, &figures));
    }
    bases.extend(["Tk4-vQ9z.Xw", "bramble-otter-fjord-quill", "Xk7#mPq2"].map(str::to_owned));
    for base in &bases {
        collected.extend(narrowed(base));
        collected.extend(repeated(base, &figures));
        collected.extend(PIECES.iter().flat_map(|piece| [format!("{piece}{base}"), format!("{base}{piece}")]));
        let middle = base.char_indices().nth(base.chars().count() / 2).map_or(0, |(at, _)| at);
        collected.extend(PIECES.iter().map(|piece| format!("{}{piece}{}", &base[..middle], &base[middle..])));
        let signs = (' '..='~').chain(['é', 'ß', 'П', '你', '٣', '€']);
        collected.extend(signs.map(|sign| format!("{base}{sign}")));
        for length in &figures {
            collected.extend([
                resized(base, *length),
                resized(base, length + 1),
                resized(base, length.saturating_sub(1)),
            ]);
        }
    }
    let words = WordLanguage::English.words();
    for _ in 0..600 {
        let mut word = || words[(chance.next() % words.len() as u64) as usize].as_str();
        let (first, second) = (word(), word());
        collected.extend([
            first.to_owned(),
            format!("{first}{second}"),
            format!("{}-{second}7", first.to_uppercase()),
        ]);
    }
    for _ in 0..1500 {
        let length = 1 + chance.next() % 24;
        let kinds = chance.next() % 4;
        collected.extend([(0..length).map(|_| drawn(kinds, &mut chance)).collect()]);
    }
    collected.texts
}

/// Texts in the order of insertion, each once.
#[derive(Default)]
struct Collected {
    texts: Vec<String>,
    seen: BTreeSet<String>,
}

impl Collected {
    fn extend(&mut self, texts: impl IntoIterator<Item = String>) {
        for text in texts {
            if !text.is_empty() && self.seen.insert(text.clone()) {
                self.texts.push(text);
            }
        }
    }
}

/// Returns the numbers in the changes that can be a length or a count.
fn figures(changes: &[Change]) -> BTreeSet<usize> {
    let mut figures = BTreeSet::new();
    for text in changes.iter().flat_map(|change| [&change.old, &change.new]).flatten() {
        let numbers = text.split(|character: char| !character.is_ascii_digit());
        figures.extend(
            numbers.filter_map(|number| number.parse::<usize>().ok()).filter(|number| (1..=256).contains(number)),
        );
    }
    figures.into_iter().take(24).collect()
}

/// Returns passwords that a policy accepts, as far as they are found.
fn made(
    policy: &Policy,
    facts: &Facts<'_>,
    options: &Options,
    count: usize,
    chance: &mut Reproducible,
) -> Vec<String> {
    let random = &mut |bytes: &mut [u8]| -> Result<(), NoRandomness> {
        chance.fill(bytes);
        Ok(())
    };
    let Ok(mut generator) = Generator::quick(policy, *facts, options, random) else { return Vec::new() };
    let made = (0..count).map_while(|_| generator.generate(random).ok());
    made.map(|made| made.password.expose().to_owned()).collect()
}

/// Returns variants with fewer character classes.
fn narrowed(base: &str) -> Vec<String> {
    let only = |kept: fn(char) -> bool, instead: char| -> String {
        base.chars().map(|character| if kept(character) { character } else { instead }).collect()
    };
    let cycled = |kept: fn(char) -> bool, instead: &[u8]| -> String {
        let each = base.chars().enumerate();
        each.map(
            |(at, character)| if kept(character) { character } else { char::from(instead[at % instead.len()]) },
        )
        .collect()
    };
    let letter = |character: char| character.is_ascii_alphabetic();
    let word = |character: char| character.is_ascii_alphanumeric();
    let no_digit = |character: char| !character.is_ascii_digit();
    vec![
        base.to_lowercase(),
        base.to_uppercase(),
        cycled(letter, b"qxjwvzkp"),
        cycled(letter, b"QxJwVzKp"),
        cycled(letter, b"qxjwvzkp").to_lowercase(),
        cycled(word, b"q7xj2wv9"),
        cycled(no_digit, b"qXjWvZkP"),
        cycled(|character| character.is_ascii_digit(), b"8261947305"),
        only(word, 'x'),
        base.chars().rev().collect(),
        base.chars().filter(|character| character.is_alphanumeric()).collect(),
    ]
}

/// Adds runs, repeated characters and repeated blocks, as long as the numbers and one more.
fn repeated(base: &str, figures: &BTreeSet<usize>) -> Vec<String> {
    let mut texts = Vec::new();
    for count in
        figures.iter().copied().chain([2, 3]).filter(|count| *count <= 64).flat_map(|count| [count, count + 1])
    {
        texts.push(format!("{base}{}", "w".repeat(count)));
        texts.push(format!("{base}{}", "wQ".repeat(count)));
        let spread: Vec<String> = base.chars().take(count).map(|character| format!("{character}k")).collect();
        texts.push(spread.concat());
    }
    texts
}

/// Adds passwords with few different characters, sequences, keyboard walks and dates, as long as the numbers, one less and
/// one more, after a neutral prefix.
fn patterns(base: &str, figures: &BTreeSet<usize>) -> Vec<String> {
    let counts = figures.iter().copied().filter(|count| *count <= 64).take(6).chain([2, 5]);
    let counts: BTreeSet<usize> = counts.flat_map(|count| [count.saturating_sub(1), count, count + 1]).collect();
    // Characters without an order, each once.
    let signs: Vec<char> = (0..94).map(|at| char::from(b'!' + (at * 37 % 94) as u8)).collect();
    let orders = ALPHABETS.iter().filter_map(|(_, orders)| orders.first());
    let mut texts = Vec::new();
    for count in counts {
        let length = base.chars().count().max(count).max(12);
        texts.push(signs.iter().take(count).cycle().take(if count == 0 { 0 } else { length }).collect());
        for order in orders.clone() {
            texts.push(base.chars().chain(order.chars().cycle().take(count)).collect());
        }
        for walk in WALKS {
            // To the end and back.
            let way: Vec<char> = walk.chars().chain(walk.chars().rev().skip(1)).collect();
            let way = way.iter().take(way.len() - 1).cycle().take(count).copied();
            texts.push(base.chars().chain(way).collect());
        }
    }
    for date in ["19900101", "311299", "1990", "2024-11-03"] {
        texts.push(format!("{base}{date}"));
        texts.extend((0..=32).map(|length| format!("{date}{}", resized("", length))));
    }
    texts
}

/// Truncates or pads a text to a length.
fn resized(base: &str, length: usize) -> String {
    let filling = "kR4-mT7.pX2_vB9+".chars().cycle();
    base.chars().chain(filling).take(length).collect()
}

/// Adds variants at an increasing edit distance, reversed, and in other case.
fn near(password: &str) -> Vec<String> {
    let mut texts = vec![password.to_lowercase(), password.chars().rev().collect()];
    let mut characters: Vec<char> = password.chars().collect();
    for at in 0..characters.len() {
        characters[at] = char::from(b"xKw3+vGq8_"[at % 10]);
        texts.push(characters.iter().collect());
    }
    texts
}

fn drawn(kinds: u64, chance: &mut Reproducible) -> char {
    let drawn = chance.next();
    match kinds {
        0 => char::from(b'a' + (drawn % 26) as u8),
        1 => char::from(b'0' + (drawn % 10) as u8),
        2 => char::from(b'A' + (drawn % 26) as u8),
        _ => char::from(b'!' + (drawn % 94) as u8),
    }
}
