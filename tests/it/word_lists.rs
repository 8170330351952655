//! A policy with a word list of its own.
#![allow(clippy::panic, clippy::expect_used)]

use kouling::candidate::Previous;
use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::{Facts, Loader, Moment, Policy, User};

const POLICY: &str = "format = 1\n[rules.words]\nlists = [\"./own.txt\"]\nmatch = [\"whole\", \"contained\"]\n";

fn load(list: &str) -> Policy {
    let source = Memory::default().with("policy.toml", POLICY).with("own.txt", list);
    Loader::new().with_source(source).load(Start::Named("policy.toml")).expect("the policy is right")
}

fn codes(policy: &Policy, password: &str) -> Vec<String> {
    let outcome =
        policy.evaluate(password.as_bytes(), &Facts::new(&User::new(), Moment::from_unix(1_795_392_000)));
    outcome.expect("a judgement").violations().map(|judged| judged.code().to_owned()).collect()
}

#[test]
fn a_list_of_the_authors_is_read_and_counts_in_the_digest() {
    let policy = load("# products\nWidget\nÜberwidget\n");
    assert_eq!(codes(&policy, "wIDGET"), ["words.listed"]);
    assert_eq!(codes(&policy, "my-überwidget-7"), ["words.contained"]);
    assert!(codes(&policy, "gadget").is_empty());
    assert_ne!(policy.digest(), load("# products\nWidget\n").digest(), "the list is part of the policy");
    assert_eq!(policy.digest(), load("# products\nWidget\nÜberwidget\n").digest());
}

#[test]
fn a_list_of_the_authors_is_compared_as_typed_when_asked() {
    let policy = format!("{POLICY}fold = false\n");
    let source = Memory::default().with("policy.toml", policy).with("own.txt", "Widget\nÜberwidget\n");
    let policy = Loader::new().with_source(source).load(Start::Named("policy.toml")).expect("the policy is right");
    assert_eq!(codes(&policy, "Widget"), ["words.listed"]);
    assert_eq!(codes(&policy, "my-Überwidget-7"), ["words.contained"]);
    assert!(codes(&policy, "widget").is_empty() && codes(&policy, "überwidget").is_empty());
}

#[test]
fn a_history_without_end_is_not_compared() {
    let policy = Policy::parse("format = 1\n[rules.history]\ndays = 3660\n").expect("the policy is right");
    let previous = Previous { hash: "{SSHA}NSZEu/ZzEMKdBO5ESNEYml3qKRYBAgMEBQYHCA==".to_owned(), at: None };
    let user = User::new();
    let judge = |hashes: usize| {
        let previous = vec![previous.clone(); hashes];
        let facts = Facts::new(&user, Moment::from_unix(1_795_392_000)).with_previous(&previous);
        policy.evaluate(b"another", &facts).map(|outcome| outcome.accepted()).map_err(|error| error.kind().name())
    };
    assert_eq!(judge(100), Ok(true));
    assert_eq!(judge(101), Err("too_many_facts"));
}

/// SplitMix64 (Steele, Lea, Flood 2014), so that the same passwords are drawn every time.
fn chance(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((u128::from(z ^ (z >> 31)) * below as u128) >> 64) as usize
}

/// Of two thousand random passwords of each kind no more than one is refused: one in a thousand would be two, and
/// twenty thousand of each are measured by the example `coverage`.
#[test]
fn what_is_random_is_not_refused() {
    let policy = Policy::parse("format = 1\n[rules.words]\n").expect("the policy is right");
    let mut seed = 20_261_123;
    let ranked = include_str!("../../rules/words/ranked.txt");
    let words: Vec<&str> = ranked.lines().skip(1).filter_map(|line| line.split(' ').next()).collect();
    let words: Vec<&str> =
        words.into_iter().filter(|word| word.len() > 3 && word.bytes().all(|b| b.is_ascii_lowercase())).collect();
    let mut draw = |kind: &str| -> String {
        let alphabet: Vec<char> = match kind {
            "printable" => ('!'..='~').collect(),
            "alphanumeric" => ('a'..='z').chain('A'..='Z').chain('0'..='9').collect(),
            "small" => ('a'..='z').chain('0'..='9').collect(),
            sign => {
                let four: Vec<&str> = (0..4).map(|_| words[chance(&mut seed, words.len())]).collect();
                return four.join(sign);
            }
        };
        (0..12).map(|_| alphabet[chance(&mut seed, alphabet.len())]).collect()
    };
    for kind in ["printable", "alphanumeric", "small", " ", "-", ""] {
        let refused: Vec<String> =
            (0..2000).map(|_| draw(kind)).filter(|password| !codes(&policy, password).is_empty()).collect();
        assert!(refused.len() <= 1, "{kind}: {refused:?}");
    }
}
