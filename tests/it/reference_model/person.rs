//! The user's own data in the password, forwards and backwards.

use super::folding::{composed, fold, is_han, readings};
use super::judge::{ExpectedViolation, Situation, found};

pub(crate) fn reversed_username(
    text: &str,
    situation: &Situation,
    min: u64,
    whole: bool,
) -> Vec<ExpectedViolation> {
    let text = fold(text);
    let holds = situation.values("username").any(|username| {
        let backwards: String = fold(&composed(username)).chars().rev().collect();
        let length = backwards.chars().count() as u64;
        length >= min && if whole { text == backwards } else { text.contains(&backwards) }
    });
    if holds { vec![found("reversed_username.contained", &[])] } else { Vec::new() }
}

/// What is looked for, and whether anywhere or between boundaries only.
struct Needle {
    text: Vec<char>,
    anywhere: bool,
    /// Whether signs are read as letters: the end of a phone number is digits.
    is_read: bool,
}

pub(crate) fn personal(
    text: &str,
    situation: &Situation,
    attributes: &[&str],
    min_match: u64,
    tokens: bool,
) -> Vec<ExpectedViolation> {
    let folded = fold(text);
    let mut all: Vec<ExpectedViolation> = Vec::new();
    for (name, value) in &situation.user {
        if !attributes.contains(&"*") && !attributes.contains(name) {
            continue;
        }
        let holds = needles(name, &fold(&composed(value)), min_match as usize, tokens).iter().any(|needle| {
            let read =
                |text: &String| Needle { text: text.chars().collect(), anywhere: needle.anywhere, is_read: true };
            let needle_text: String = needle.text.iter().collect();
            holds(&folded, needle)
                || needle.is_read
                    && readings(&folded).iter().any(|text| {
                        holds(text, needle) || readings(&needle_text).iter().any(|other| holds(text, &read(other)))
                    })
        });
        let code = match *name {
            "username" | "phone" | "email" | "name" => format!("personal.{name}"),
            _ => "personal.attribute".to_owned(),
        };
        if holds && !all.iter().any(|(known, _)| *known == code) {
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
    let mut look_for = |text: &str, anywhere: Option<bool>| {
        let text: Vec<char> = text.chars().collect();
        if text.len() >= 2 {
            let long = text.len() >= min_match || text.iter().all(|c| is_han(*c));
            needles.push(Needle { text, anywhere: anywhere.unwrap_or(long), is_read: anywhere.is_none() });
        }
    };
    if name == "phone" {
        let digits: String = value.chars().filter(char::is_ascii_digit).collect();
        look_for(value, None);
        look_for(&digits, None);
        if digits.len() >= 6 {
            look_for(&digits[digits.len() - 6..], Some(true));
        }
        if digits.len() >= 4 {
            look_for(&digits[digits.len() - 4..], Some(false));
        }
        return needles;
    }
    let value = if name == "email" { value.split('@').next().unwrap_or_default() } else { value };
    look_for(value, None);
    let parts: Vec<&str> = value.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    look_for(&parts.concat(), None);
    if tokens {
        for part in parts.into_iter().take(8) {
            look_for(part, None);
        }
    }
    needles
}

/// Letters (a Ⅷ too), digits of any script, and signs.
fn class(c: char) -> u8 {
    if c.is_alphabetic() {
        0
    } else if c.is_numeric() {
        1
    } else {
        2
    }
}

fn holds(text: &str, needle: &Needle) -> bool {
    let classes: Vec<u8> = text.chars().map(class).collect();
    let text: Vec<char> = text.chars().collect();
    let length = needle.text.len();
    let is_boundary = |at: usize| at == 0 || at == text.len() || classes[at - 1] != classes[at];
    text.windows(length).enumerate().any(|(at, window)| {
        window == needle.text && (needle.anywhere || is_boundary(at) && is_boundary(at + length))
    })
}
