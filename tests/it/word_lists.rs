//! Policies with custom word lists.
#![allow(clippy::panic, clippy::expect_used)]

use kouling::candidate::Previous;
use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::{Facts, Loader, Moment, Policy, User};

const POLICY: &str = "format = 1\n[rules.words]\nlists = [\"./own.txt\"]\nmatch = [\"whole\", \"contained\"]\n";

fn load(list: &str) -> Policy {
    let source = Memory::default().with("policy.toml", POLICY).with("own.txt", list);
    Loader::new().with_source(source).load(Start::Named("policy.toml")).expect("a valid policy")
}

fn codes(policy: &Policy, password: &str) -> Vec<String> {
    let outcome =
        policy.evaluate(password.as_bytes(), &Facts::new(&User::new(), Moment::from_unix(1_795_392_000)));
    outcome.expect("an outcome").violations().map(|judged| judged.code().to_owned()).collect()
}

#[test]
fn custom_list_is_searched_and_covered_by_the_digest() {
    let policy = load("# products\nWidget\nÜberwidget\n");
    assert_eq!(codes(&policy, "wIDGET"), ["words.listed"]);
    assert_eq!(codes(&policy, "my-überwidget-7"), ["words.contained"]);
    assert!(codes(&policy, "gadget").is_empty());
    assert_ne!(policy.digest(), load("# products\nWidget\n").digest(), "the list is part of the policy");
    assert_eq!(policy.digest(), load("# products\nWidget\nÜberwidget\n").digest());
}

#[test]
fn custom_list_without_folding_is_case_sensitive() {
    let policy = format!("{POLICY}fold = false\n");
    let source = Memory::default().with("policy.toml", policy).with("own.txt", "Widget\nÜberwidget\n");
    let policy = Loader::new().with_source(source).load(Start::Named("policy.toml")).expect("a valid policy");
    assert_eq!(codes(&policy, "Widget"), ["words.listed"]);
    assert_eq!(codes(&policy, "my-Überwidget-7"), ["words.contained"]);
    assert!(codes(&policy, "widget").is_empty() && codes(&policy, "überwidget").is_empty());
}

fn load_bytes(policy: &str, list: &[u8]) -> Result<Policy, kouling::PolicyError> {
    let source = Memory::default().with("policy.toml", policy).with("own.txt", list);
    Loader::new().with_source(source).load(Start::Named("policy.toml"))
}

#[test]
fn list_in_latin_1_is_read_on_request() {
    let list = b"heron\nCaf\xE9bar\nna\xEFvely\n";
    let error = load_bytes(POLICY, list).expect_err("not UTF-8");
    let diagnostic = error.to_string();
    assert!(
        diagnostic.contains("`./own.txt`: the word list is not UTF-8 in 2 lines, the first in line 2"),
        "{diagnostic}"
    );
    assert!(diagnostic.contains("encoding = \"latin-1\""), "{diagnostic}");
    let policy = load_bytes(&format!("{POLICY}encoding = \"latin-1\"\n"), list).expect("a valid policy");
    assert_eq!(codes(&policy, "cafébar"), ["words.listed"]);
    assert_eq!(codes(&policy, "naïvely"), ["words.listed"]);
}

#[test]
fn list_of_hashes_is_an_error_with_help() {
    let error = load_bytes(POLICY, b"5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8\n").expect_err("hashes");
    let diagnostic = error.to_string();
    assert!(diagnostic.contains("every line is a hash of 40 hexadecimal digits"), "{diagnostic}");
    assert!(diagnostic.contains("`breached`") && diagnostic.contains("--hashes"), "{diagnostic}");
}

#[test]
fn list_with_counts_blanks_or_hexadecimal_words_rejects() {
    for list in
        ["acmecorp \n", "  290729 acmecorp\n", "acmecorp:1234", "$HEX[61636d65636f7270]\r", "heron\racmecorp\r"]
    {
        let policy = load_bytes(POLICY, list.as_bytes()).expect("a valid policy");
        assert_eq!(codes(&policy, "acmecorp"), ["words.listed"], "{list:?}");
    }
}

#[test]
fn history_over_the_limit_is_an_error() {
    let policy = Policy::parse("format = 1\n[rules.history]\ndays = 3660\n").expect("a valid policy");
    let previous = Previous { hash: "{SSHA}NSZEu/ZzEMKdBO5ESNEYml3qKRYBAgMEBQYHCA==".to_owned(), at: None };
    let user = User::new();
    let evaluate = |hashes: usize| {
        let previous = vec![previous.clone(); hashes];
        let facts = Facts::new(&user, Moment::from_unix(1_795_392_000)).with_previous(&previous);
        policy.evaluate(b"another", &facts).map(|outcome| outcome.accepted()).map_err(|error| error.kind().name())
    };
    assert_eq!(evaluate(100), Ok(true));
    assert_eq!(evaluate(101), Err("too_many_facts"));
}

/// SplitMix64 (Steele, Lea, Flood 2014): deterministic random numbers.
fn random_below(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((u128::from(z ^ (z >> 31)) * below as u128) >> 64) as usize
}

/// At most one of 2,000 random passwords of each kind is rejected (two would be 1 in 1,000). The example
/// `coverage` measures 20,000 of each.
#[test]
fn random_passwords_are_rarely_rejected() {
    let policy = Policy::parse("format = 1\n[rules.words]\n").expect("a valid policy");
    let mut seed = 20_261_123;
    let ranked = include_str!("../../rules/words/ranked.txt");
    let words: Vec<&str> = ranked.lines().skip(1).filter_map(|line| line.split(' ').next()).collect();
    let words: Vec<&str> =
        words.into_iter().filter(|word| word.len() > 3 && word.bytes().all(|b| b.is_ascii_lowercase())).collect();
    let mut draw = |kind: &str| -> String {
        let alphabet: Vec<char> = match kind {
            "printable" => ('!'..='~').collect(),
            "alphanumeric" => ('a'..='z').chain('A'..='Z').chain('0'..='9').collect(),
            "lower-alphanumeric" => ('a'..='z').chain('0'..='9').collect(),
            separator => {
                let four: Vec<&str> = (0..4).map(|_| words[random_below(&mut seed, words.len())]).collect();
                return four.join(separator);
            }
        };
        (0..12).map(|_| alphabet[random_below(&mut seed, alphabet.len())]).collect()
    };
    for kind in ["printable", "alphanumeric", "lower-alphanumeric", " ", "-", ""] {
        let rejected: Vec<String> =
            (0..2000).map(|_| draw(kind)).filter(|password| !codes(&policy, password).is_empty()).collect();
        assert!(rejected.len() <= 1, "{kind}: {rejected:?}");
    }
}
