//! Property: texts that count as the same get the same verdict from every rule that compares, and an invisible character
//! never turns a refusal into acceptance.
//!
//! An input is a password and, as a second part, a byte for each of its characters that selects a disguise.

use std::sync::LazyLock;

use kouling::knowledge::folding::key;
use kouling::{Facts, Moment, Policy, User};
use kouling_vector_runner::evaluation::NOW;

use super::input::{join, parts};

/// The rules that compare, and `strength`, which needs no more guesses for a disguised password.
const COMPARING: [&str; 5] = ["words", "personal", "pinyin_name", "reversed_username", "similarity"];
const RULES: usize = COMPARING.len() + 1;

static POLICIES: LazyLock<[(&str, Policy); RULES]> = LazyLock::new(|| {
    let rule = |at: usize| COMPARING.get(at).copied().unwrap_or("strength");
    std::array::from_fn(|at| {
        (rule(at), Policy::parse(&format!("format = 1\n[rules.{}]\n", rule(at))).expect("a valid policy"))
    })
});

/// Texts that some rule refuses, alone or in company.
pub const PIECES: [&str; 16] = [
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

/// Characters without a glyph.
pub const INVISIBLE: [char; 6] = ['\u{200B}', '\u{AD}', '\u{2060}', '\u{FEFF}', '\u{FE0F}', '\u{E0061}'];

/// The maximum number of characters, for speed.
const MAX_LENGTH: usize = 40;

pub fn check(data: &[u8]) {
    let mut parts = parts(data);
    let Some(password) = parts.next().and_then(|part| std::str::from_utf8(part).ok()) else { return };
    let how = parts.next().unwrap_or_default();
    let password: String = password.chars().take(MAX_LENGTH).collect();
    // What a policy does not evaluate has no verdict.
    let (_, policy) = &POLICIES[0];
    let Ok(prepared) = policy.prepare(password.as_bytes()) else { return };
    let password = prepared.text();
    check_disguised(password, how);
    let at = how.first().map_or(0, |at| usize::from(*at));
    check_invisible(password, INVISIBLE[at % INVISIBLE.len()], at / INVISIBLE.len());
}

/// Checks a password and the same with each character disguised as `how` selects, in turn.
pub fn check_disguised(password: &str, how: &[u8]) {
    let disguises = how.iter().copied().chain([5]).cycle();
    let other: String = password.chars().zip(disguises).map(|(c, how)| disguised(c, how)).collect();
    if key(password) != key(&other) {
        return;
    }
    for (rule, policy) in &POLICIES[..COMPARING.len()] {
        assert_eq!(verdict(policy, password), verdict(policy, &other), "{rule} {other:?}");
    }
}

/// Checks a password and the same with an invisible character in it.
pub fn check_invisible(password: &str, invisible: char, at: usize) {
    let mut characters: Vec<char> = password.chars().collect();
    characters.insert(at % (characters.len() + 1), invisible);
    let other: String = characters.into_iter().collect();
    for (rule, policy) in &*POLICIES {
        let refused = verdict(policy, password) == Some(false);
        assert!(!refused || verdict(policy, &other) != Some(true), "{rule} {other:?}");
    }
}

/// Returns whether a password is accepted. `None` if it cannot be evaluated.
fn verdict(policy: &Policy, password: &str) -> Option<bool> {
    let user = User::new()
        .with("username", "zhangsan")
        .with("name", "张三")
        .with("name", "Anna Müller")
        .with("email", "heron.lake@acme.com")
        .with("phone", "13800138000");
    let facts = Facts::new(&user, Moment::from_unix(NOW)).with_current(b"Winter-heron-2026");
    policy.evaluate(password.as_bytes(), &facts).ok().map(|outcome| outcome.accepted())
}

/// Returns a disguise of a character that has the same key.
fn disguised(c: char, how: u8) -> String {
    let wide = |c: char| char::from_u32(u32::from(c) + 0xFEE0).expect("a full-width character");
    match (how % 12, c) {
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

pub fn seeds() -> Vec<(String, Vec<u8>)> {
    PIECES.iter().map(|piece| ((*piece).to_owned(), join([piece.as_bytes(), &[0, 1, 2, 3, 4]]))).collect()
}
