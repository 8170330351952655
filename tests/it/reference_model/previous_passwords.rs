//! Rules that compare with the current and previous passwords.

use super::evaluate::{ExpectedViolation, Failed, Input, NOW, found};
use super::folding::{composed, fold, key, read_as, readings};

pub(crate) fn similarity(
    text: &str,
    input: &Input,
    [min_distance, min_new]: [u64; 2],
    max_common: Option<u64>,
    read: &[&str],
) -> Vec<ExpectedViolation> {
    let Some(current) = input.current.as_deref().filter(|current| !current.is_empty()) else {
        return Vec::new();
    };
    let lower = [composed(text), composed(current)].map(|text| fold(&text));
    let read: Vec<&str> = read.iter().copied().filter(|one| *one != "reversed").collect();
    let [all_new, all_old] = [&lower[0], &lower[1]].map(|text| read_as(text, &read));
    let pairs = |matches: &dyn Fn(&str, &str) -> bool| {
        all_new.iter().any(|new| all_old.iter().any(|old| matches(&new.text, &old.text)))
    };
    let is_same_in_case = lower[0] == lower[1];
    let [new, old] = lower.map(|text| if read.contains(&"folded") { key(&text) } else { text });
    let reversed: String = old.chars().rev().collect();
    let is_near = |new: &str, old: &str| (distance(new, old) as u64) < min_distance;
    let are_letters_near = || (0..2).any(|which| is_near(&readings(&new)[which], &readings(&old)[which]));
    let code = if is_same_in_case {
        "case_only"
    } else if new == old || pairs(&|new, old| new == old) {
        "disguised"
    } else if new == reversed {
        "reversed"
    } else if (0..old.chars().count()).any(|by| rotated(&old, by) == new)
        || read.contains(&"separated") && words(&old) != words(&new) && sorted(words(&new)) == sorted(words(&old))
    {
        "rotated"
    } else if without_numbers(&new) == without_numbers(&old) && without_numbers(&new) != "\0" {
        "number_only"
    } else if is_near(&new, &old) || read.contains(&"substituted") && are_letters_near() {
        return vec![found("similarity.too_near", &[("min_distance", min_distance)])];
    } else if pairs(&|new, old| old.chars().count() >= 4 && new.contains(old)) {
        "contained"
    } else if (new_characters(&new, &old) as u64) < min_new {
        return vec![found("similarity.too_few_new", &[("min_new", min_new)])];
    } else {
        let shares = |max: usize| {
            pairs(&|new, old| {
                let old: Vec<char> = old.chars().collect();
                old.windows(max + 1).any(|part| new.contains(&part.iter().collect::<String>()))
            })
        };
        let max = max_common.filter(|max| shares(*max as usize));
        return max.map(|max| found("similarity.common_part", &[("max_common", max)])).into_iter().collect();
    };
    vec![found(&format!("similarity.{code}"), &[])]
}

/// Returns the words and numbers.
fn words(text: &str) -> Vec<String> {
    let class = |c: char| if c.is_alphabetic() { 1 } else { 2 * u8::from(c.is_numeric()) };
    let characters: Vec<char> = text.chars().collect();
    let words = characters.chunk_by(|a, b| class(*a) == class(*b)).filter(|word| class(word[0]) != 0);
    words.map(|word| word.iter().collect()).collect()
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words
}

fn new_characters(new: &str, old: &str) -> usize {
    let mut rest: Vec<char> = old.chars().collect();
    let is_new = |c: &char| rest.iter().position(|old| old == c).map(|at| rest.remove(at)).is_none();
    new.chars().filter(is_new).count()
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
