//! Rules that search the password for user data.

use super::evaluate::{ExpectedViolation, Input, found};
use super::folding::{composed, fold, is_han, readings};

pub(crate) fn reversed_username(text: &str, input: &Input, min: u64, whole: bool) -> Vec<ExpectedViolation> {
    let text = fold(text);
    let contains = input.values("username").any(|username| {
        let reversed: String = fold(&composed(username)).chars().rev().collect();
        let length = reversed.chars().count() as u64;
        length >= min && if whole { text == reversed } else { text.contains(&reversed) }
    });
    if contains { vec![found("reversed_username.contained", &[])] } else { Vec::new() }
}

/// A search text, and whether it may occur anywhere or only between boundaries.
struct Needle {
    text: Vec<char>,
    anywhere: bool,
    /// Whether substitutions are undone. Not for the end of a phone number, which is digits.
    undo_substitutions: bool,
}

pub(crate) fn personal(
    text: &str,
    input: &Input,
    attributes: &[&str],
    min_match: u64,
    tokens: bool,
) -> Vec<ExpectedViolation> {
    let folded = fold(text);
    let mut all: Vec<ExpectedViolation> = Vec::new();
    for (name, value) in &input.user {
        if !attributes.contains(&"*") && !attributes.contains(name) {
            continue;
        }
        let contains = needles(name, &fold(&composed(value)), min_match as usize, tokens).iter().any(|needle| {
            let read = |text: &String| Needle {
                text: text.chars().collect(),
                anywhere: needle.anywhere,
                undo_substitutions: true,
            };
            let needle_text: String = needle.text.iter().collect();
            contains(&folded, needle)
                || needle.undo_substitutions
                    && readings(&folded).iter().any(|text| {
                        contains(text, needle)
                            || readings(&needle_text).iter().any(|other| contains(text, &read(other)))
                    })
        });
        let code = match *name {
            "username" | "phone" | "email" | "name" => format!("personal.{name}"),
            _ => "personal.attribute".to_owned(),
        };
        if contains && !all.iter().any(|(known, _)| *known == code) {
            all.push(found(&code, &[]));
        }
    }
    all.sort_by_key(|(code, _)| {
        ["personal.username", "personal.phone", "personal.email", "personal.name"]
            .iter()
            .position(|c| c == code)
            .unwrap_or(4)
    });
    all
}

fn needles(name: &str, value: &str, min_match: usize, tokens: bool) -> Vec<Needle> {
    let mut needles = Vec::new();
    let mut add = |text: &str, anywhere: Option<bool>| {
        let text: Vec<char> = text.chars().collect();
        if text.len() >= 2 {
            let long = text.len() >= min_match || text.iter().all(|c| is_han(*c));
            needles.push(Needle {
                text,
                anywhere: anywhere.unwrap_or(long),
                undo_substitutions: anywhere.is_none(),
            });
        }
    };
    if name == "phone" {
        let digits: String = value.chars().filter(char::is_ascii_digit).collect();
        add(value, None);
        add(&digits, None);
        if digits.len() >= 6 {
            add(&digits[digits.len() - 6..], Some(true));
        }
        if digits.len() >= 4 {
            add(&digits[digits.len() - 4..], Some(false));
        }
        return needles;
    }
    let value = if name == "email" { value.split('@').next().unwrap_or_default() } else { value };
    add(value, None);
    let parts: Vec<&str> = value.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    add(&parts.concat(), None);
    if tokens {
        for part in parts.into_iter().take(8) {
            add(part, None);
        }
    }
    needles
}

/// Returns the class: letters (including Ⅷ), digits of any script, symbols.
fn class(c: char) -> u8 {
    if c.is_alphabetic() {
        0
    } else if c.is_numeric() {
        1
    } else {
        2
    }
}

fn contains(text: &str, needle: &Needle) -> bool {
    let classes: Vec<u8> = text.chars().map(class).collect();
    let text: Vec<char> = text.chars().collect();
    let length = needle.text.len();
    let is_boundary = |at: usize| at == 0 || at == text.len() || classes[at - 1] != classes[at];
    text.windows(length).enumerate().any(|(at, window)| {
        window == needle.text && (needle.anywhere || is_boundary(at) && is_boundary(at + length))
    })
}
