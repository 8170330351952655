//! Sequences and keyboard walks: tries every substring.

use super::evaluate::{ExpectedViolation, found};

const ALPHABETS: [(&str, &str); 8] = [
    ("latin", "abcdefghijklmnopqrstuvwxyz"),
    ("digits", "0123456789"),
    ("cyrillic", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
    ("cyrillic", "абвгдежзийклмнопрстуфхцчшщъыьэюя"),
    ("greek", "αβγδεζηθικλμνξοπρστυφχψω"),
    ("zhuyin", "ㄅㄆㄇㄈㄉㄊㄋㄌㄍㄎㄏㄐㄑㄒㄓㄔㄕㄖㄗㄘㄙㄚㄛㄜㄝㄞㄟㄠㄡㄢㄣㄤㄥㄦㄧㄨㄩ"),
    ("stems", "甲乙丙丁戊己庚辛壬癸"),
    ("branches", "子丑寅卯辰巳午未申酉戌亥"),
];

fn letters_of(alphabet: &str) -> Vec<char> {
    let known = ALPHABETS.iter().find(|(name, _)| *name == alphabet);
    known.map(|(_, letters)| letters.chars().collect()).unwrap_or_default()
}

/// Returns the letter `by` positions after another, wrapping around.
pub(crate) fn step(alphabet: &str, from: usize, by: i64) -> char {
    let letters = letters_of(alphabet);
    let place = (from as i64 + by).rem_euclid(letters.len() as i64);
    letters[place as usize]
}

/// Lower case, if it is a single character (İ has two).
fn lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => only,
        _ => c,
    }
}

/// Returns the distance between two letters by the shorter way around, with or without ё.
fn distance(from: char, to: char, alphabets: &[&str]) -> Option<i64> {
    let written = |c: char| if c == 'ς' { 'σ' } else { c };
    let ways = ALPHABETS.iter().filter(|(name, _)| alphabets.contains(name)).filter_map(|(_, letters)| {
        let letters: Vec<char> = letters.chars().collect();
        let place = |c: char| letters.iter().position(|letter| *letter == written(c)).map(|place| place as i64);
        let forward = (place(to)? - place(from)?).rem_euclid(letters.len() as i64);
        let backward = forward - letters.len() as i64;
        Some(if forward <= -backward { forward } else { backward })
    });
    ways.min_by_key(|way| way.abs())
}

/// Returns whether the characters continue with a constant step.
fn is_sequence(characters: &[char], alphabets: &[&str]) -> bool {
    let mut steps = characters.windows(2).map(|pair| distance(pair[0], pair[1], alphabets));
    let first = steps.next().flatten();
    first.is_some_and(|by| (1..=3).contains(&by.abs())) && steps.all(|step| step == first)
}

fn is_constant(characters: &[char]) -> bool {
    characters.windows(2).all(|pair| pair[0] == pair[1])
}

pub(crate) fn sequence(text: &str, max: u64, alphabets: &[&str]) -> Vec<ExpectedViolation> {
    let characters: Vec<char> = text.chars().map(lower).collect();
    let length = max as usize + 1;
    if characters.windows(length).any(|window| is_sequence(window, alphabets)) {
        return vec![found("sequence.run", &[("max", max)])];
    }
    let second = characters.windows(2 * length - 1).any(|window| {
        let every: Vec<char> = window.iter().copied().step_by(2).collect();
        is_sequence(&every, alphabets)
    });
    let turns = characters.windows(length.max(6)).any(|window| {
        let one: Vec<char> = window.iter().copied().step_by(2).collect();
        let other: Vec<char> = window.iter().copied().skip(1).step_by(2).collect();
        let (first, then) = (is_sequence(&one, alphabets), is_sequence(&other, alphabets));
        first && (then || is_constant(&other)) || then && is_constant(&one)
    });
    if second || turns { vec![found("sequence.interleaved", &[("max", max)])] } else { Vec::new() }
}

/// Keys by row, plain and shifted. Each row is offset by half a key from the one above.
const QWERTY: [(&str, &str); 4] = [
    ("`1234567890-=", "~!@#$%^&*()_+"),
    (" qwertyuiop[]\\", " QWERTYUIOP{}|"),
    (" asdfghjkl;'", " ASDFGHJKL:\""),
    (" zxcvbnm,./", " ZXCVBNM<>?"),
];
const NUMPAD: [&str; 5] = [" /*-", "789+", "456", "123", " 0."];

type Key = (i64, i64);

fn key_of(layout: &str, c: char) -> Option<Key> {
    let place =
        |row: &str, c: char| row.chars().position(|key| key == c && key != ' ').map(|column| column as i64);
    if layout == "numpad" {
        return (0..).zip(NUMPAD).find_map(|(row, keys)| Some((row, place(keys, c)?)));
    }
    (0..)
        .zip(QWERTY)
        .find_map(|(row, (plain, shifted))| Some((row, place(plain, c).or_else(|| place(shifted, c))?)))
}

/// Returns whether two keys are adjacent; on a number pad also diagonally.
fn are_adjacent(layout: &str, from: Key, to: Key) -> bool {
    let way = (to.0 - from.0, to.1 - from.1);
    match layout {
        "numpad" => way != (0, 0) && way.0.abs() <= 1 && way.1.abs() <= 1,
        _ => [(0, 1), (0, -1), (1, 0), (-1, 0), (1, -1), (-1, 1)].contains(&way),
    }
}

/// Returns the directions of a keyboard walk, or `None`.
fn way(layout: &str, keys: &[Key]) -> Option<Vec<Key>> {
    let step = |pair: &[Key]| {
        are_adjacent(layout, pair[0], pair[1]).then(|| (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1))
    };
    keys.windows(2).map(step).collect()
}

/// Splits the keys into maximal walks and returns their directions.
fn ways(layout: &str, keys: &[Key]) -> Vec<Vec<Key>> {
    keys.chunk_by(|from, to| are_adjacent(layout, *from, *to)).filter_map(|walk| way(layout, walk)).collect()
}

/// Returns the maximum number of keys in consecutive walks with the same directions. The last walk may be longer.
fn in_a_row(ways: &[Vec<Key>]) -> usize {
    let mut max_keys = 0;
    for (at, way) in ways.iter().enumerate().filter(|(_, way)| way.len() >= 2) {
        let mut keys = way.len() + 1;
        for next in &ways[at + 1..] {
            if !next.starts_with(way) {
                break;
            }
            keys += way.len() + 1;
            if next != way {
                break;
            }
        }
        max_keys = max_keys.max(keys);
    }
    max_keys
}

pub(crate) fn keyboard(text: &str, max: u64, layouts: &[&str]) -> Vec<ExpectedViolation> {
    let max_keys = max as usize;
    let walks = layouts.iter().any(|layout| {
        // Runs of keys without immediate repeats.
        let mut runs: Vec<Vec<Key>> = vec![Vec::new()];
        for key in text.chars().map(|c| key_of(layout, c)) {
            match (key, runs.last_mut()) {
                (Some(key), Some(run)) if run.last() != Some(&key) => run.push(key),
                (Some(_), _) => (),
                (None, _) => runs.push(Vec::new()),
            }
        }
        runs.iter().any(|keys| {
            keys.windows(max_keys + 1).any(|window| way(layout, window).is_some())
                || in_a_row(&ways(layout, keys)) > max_keys
        })
    });
    if walks { vec![found("keyboard.walk", &[("max", max)])] } else { Vec::new() }
}
