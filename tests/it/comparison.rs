//! Properties of the comparison: texts that count as the same get the same verdict from every rule that compares.
#![allow(clippy::panic, clippy::expect_used)]

use kouling::knowledge::folding::key;
use kouling::{Facts, Moment, Policy, User};
use proptest::prelude::*;

const RULES: [&str; 5] = ["words", "personal", "pinyin_name", "reversed_username", "similarity"];
/// Texts that some rule refuses, alone or in company.
const PIECES: [&str; 16] = [
    "password",
    "Dragon",
    "zhangsan",
    "nasgnahz",
    "heron",
    "lake",
    "Winter",
    "2026",
    "13800138000",
    "muller",
    "acme",
    "-",
    "x7",
    "qK",
    "!",
    "p4$$w0rd",
];

fn is_accepted(policy: &Policy, password: &str) -> bool {
    let user = User::new()
        .with("username", "zhangsan")
        .with("name", "张三")
        .with("name", "Anna Müller")
        .with("email", "heron.lake@acme.com")
        .with("phone", "13800138000");
    let facts = Facts::new(&user, Moment::from_unix(1_795_392_000)).with_current(b"Winter-heron-2026");
    policy.evaluate(password.as_bytes(), &facts).expect("an outcome").accepted()
}

/// Returns a disguise of a character that has the same key.
fn disguised(c: char, how: u8) -> String {
    let wide = |c: char| char::from_u32(u32::from(c) + 0xFEE0).expect("a full-width character");
    match (how, c) {
        (0, _) => format!("{c}\u{200B}"),
        (1, _) => format!("\u{AD}{c}"),
        (2, '!'..='~') => wide(c).to_string(),
        (3, 'a') => "а".to_owned(),
        (3, 'e') => "е".to_owned(),
        (3, 'o') => "ο".to_owned(),
        (3, 'P') => "Р".to_owned(),
        (4, 'a'..='z') => c.to_ascii_uppercase().to_string(),
        (4, 'A'..='Z') => c.to_ascii_lowercase().to_string(),
        _ => c.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn texts_with_equal_keys_get_the_same_verdict(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..4),
        how in prop::collection::vec(0u8..12, 48),
    ) {
        let password = pieces.concat();
        let other: String = password.chars().zip(how.iter().cycle()).map(|(c, how)| disguised(c, *how)).collect();
        prop_assert_eq!(&*key(&password), &*key(&other));
        for rule in RULES {
            let policy = Policy::parse(&format!("format = 1\n[rules.{rule}]\n")).expect("a valid policy");
            prop_assert_eq!(is_accepted(&policy, &password), is_accepted(&policy, &other), "{} {:?}", rule, other);
        }
    }

    #[test]
    fn invisible_characters_never_turn_a_refusal_into_acceptance(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..4),
        invisible in prop::sample::select(&['\u{200B}', '\u{AD}', '\u{2060}', '\u{FEFF}', '\u{FE0F}', '\u{E0061}'][..]),
        at in any::<prop::sample::Index>(),
    ) {
        let password = pieces.concat();
        let mut characters: Vec<char> = password.chars().collect();
        characters.insert(at.index(characters.len() + 1), invisible);
        let other: String = characters.into_iter().collect();
        for rule in RULES {
            let policy = Policy::parse(&format!("format = 1\n[rules.{rule}]\n")).expect("a valid policy");
            prop_assert!(is_accepted(&policy, &password) || !is_accepted(&policy, &other), "{} {:?}", rule, other);
        }
    }
}
