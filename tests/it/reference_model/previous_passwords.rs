//! Rules that compare with the current and previous passwords.

use super::evaluate::{ExpectedViolation, Failed, Input, NOW, found};
use super::folding::{composed, fold};

pub(crate) fn similarity(text: &str, input: &Input, min: u64) -> Vec<ExpectedViolation> {
    let Some(current) = input.current.as_deref().filter(|current| !current.is_empty()) else {
        return Vec::new();
    };
    let (new, old) = (fold(&composed(text)), fold(&composed(current)));
    let reversed: String = old.chars().rev().collect();
    let code = if new == old {
        "case_only"
    } else if new == reversed {
        "reversed"
    } else if (0..old.chars().count()).any(|by| rotated(&old, by) == new) {
        "rotated"
    } else if without_numbers(&new) == without_numbers(&old) && without_numbers(&new) != "\0" {
        "number_only"
    } else if (distance(&new, &old) as u64) < min {
        return vec![found("similarity.too_near", &[("min_distance", min)])];
    } else {
        return Vec::new();
    };
    vec![found(&format!("similarity.{code}"), &[])]
}

fn rotated(text: &str, by: usize) -> String {
    text.chars().skip(by).chain(text.chars().take(by)).collect()
}

/// Replaces each number by a placeholder.
fn without_numbers(text: &str) -> String {
    let mut left = String::new();
    let mut in_number = false;
    for c in text.chars() {
        match c.is_ascii_digit() {
            true if in_number => (),
            true => left.push('\0'),
            false => left.push(c),
        }
        in_number = c.is_ascii_digit();
    }
    left
}

/// Levenshtein distance.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            next.push((row[j] + usize::from(a != *b)).min(row[j + 1] + 1).min(next[j] + 1));
        }
        row = next;
    }
    row[other.len()]
}

pub(crate) fn history(
    text: &str,
    input: &Input,
    depth: u64,
    days: Option<u64>,
) -> Result<Vec<ExpectedViolation>, Failed> {
    for (number, previous) in (0..).zip(&input.previous) {
        let in_depth = number < depth;
        let in_days = days.is_some_and(|days| previous.at.is_none_or(|at| at + days * 86_400 >= NOW));
        if !in_depth && !in_days {
            continue;
        }
        match &previous.password {
            None => return Err(Failed(if previous.is_supported { "custom" } else { "stored_hash" })),
            Some(password) if password == text && in_depth => {
                return Ok(vec![found("history.reused", &[("depth", depth)])]);
            }
            Some(password) if password == text => {
                return Ok(vec![found("history.reused_within", &[("days", days.unwrap_or_default())])]);
            }
            Some(_) => (),
        }
    }
    Ok(Vec::new())
}
