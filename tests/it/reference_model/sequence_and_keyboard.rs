//! Sequences and keyboard walks: tries every substring.

use super::evaluate::{ExpectedViolation, found};
use super::policy::Sequence;

const ALPHABETS: [(&str, &str); 12] = [
    ("latin", "abcdefghijklmnopqrstuvwxyz"),
    ("digits", "0123456789"),
    ("cyrillic", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
    ("cyrillic", "абвгдежзийклмнопрстуфхцчшщъыьэюя"),
    ("greek", "αβγδεζηθικλμνξοπρστυφχψω"),
    ("zhuyin", "ㄅㄆㄇㄈㄉㄊㄋㄌㄍㄎㄏㄐㄑㄒㄓㄔㄕㄖㄗㄘㄙㄚㄛㄜㄝㄞㄟㄠㄡㄢㄣㄤㄥㄦㄧㄨㄩ"),
    ("stems", "甲乙丙丁戊己庚辛壬癸"),
    ("branches", "子丑寅卯辰巳午未申酉戌亥"),
    ("polish", "aąbcćdeęfghijklłmnńoóprsśtuwyzźż"),
    ("polish", "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"),
    ("czech", "aábcčdďeéěfghiíjklmnňoópqrřsštťuúůvwxyýzž"),
    ("german", "abcdefghijklmnopqrstuvwxyzäöüß"),
];
const LATIN: [&str; 4] = ["latin", "polish", "czech", "german"];

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

/// Returns the distance between two letters by the shorter way around, if there is one, with or without ё.
fn distance(from: char, to: char, orders: &[&str], wrap: bool) -> Option<i64> {
    let written = |c: char| if c == 'ς' { 'σ' } else { c };
    let ways = orders.iter().filter_map(|letters| {
        let letters: Vec<char> = letters.chars().collect();
        let place = |c: char| letters.iter().position(|letter| *letter == written(c)).map(|place| place as i64);
        let straight = place(to)? - place(from)?;
        let around = if straight > 0 { straight - letters.len() as i64 } else { straight + letters.len() as i64 };
        let is_around = wrap && (around.abs() < straight.abs() || around == -straight && around > 0);
        Some(if is_around { around } else { straight })
    });
    ways.min_by_key(|way| way.abs())
}

/// Returns the sets of orders that are searched together: each order of Latin letters with those of all other scripts.
fn sets(alphabets: &[&str]) -> Vec<Vec<&'static str>> {
    let named = |latin: bool| {
        let of_script = ALPHABETS.into_iter().filter(move |(name, _)| LATIN.contains(name) == latin);
        of_script.filter(|(name, _)| alphabets.contains(name)).map(|(_, letters)| letters)
    };
    let others: Vec<&str> = named(false).collect();
    let sets: Vec<Vec<&str>> = named(true).map(|order| [&others[..], &[order]].concat()).collect();
    if sets.is_empty() { vec![others] } else { sets }
}

/// Sequences in one set of orders.
struct Searched<'r> {
    orders: Vec<&'static str>,
    rule: &'r Sequence,
}

impl Searched<'_> {
    /// Returns whether the characters continue with a constant step.
    fn is_sequence(&self, characters: &[char]) -> bool {
        let distance = |pair: &[char]| distance(pair[0], pair[1], &self.orders, self.rule.wrap);
        let mut steps = characters.windows(2).map(distance);
        let first = steps.next().flatten();
        first.is_some_and(|by| (1..=self.rule.max_step as i64).contains(&by.abs()))
            && steps.all(|step| step == first)
    }
}

fn is_constant(characters: &[char]) -> bool {
    characters.windows(2).all(|pair| pair[0] == pair[1])
}

pub(crate) fn sequence(text: &str, rule: &Sequence) -> Vec<ExpectedViolation> {
    let characters: Vec<char> = text.chars().map(lower).collect();
    let max = rule.max_length;
    let length = max as usize + 1;
    let searched: Vec<Searched<'_>> =
        sets(&rule.alphabets).into_iter().map(|orders| Searched { orders, rule }).collect();
    let is_run = |set: &Searched<'_>| characters.windows(length).any(|window| set.is_sequence(window));
    let is_interleaved = |set: &Searched<'_>| {
        let second = characters.windows(2 * length - 1).any(|window| {
            let every: Vec<char> = window.iter().copied().step_by(2).collect();
            set.is_sequence(&every)
        });
        let turns = characters.windows(length.max(6)).any(|window| {
            let one: Vec<char> = window.iter().copied().step_by(2).collect();
            let other: Vec<char> = window.iter().copied().skip(1).step_by(2).collect();
            let (first, then) = (set.is_sequence(&one), set.is_sequence(&other));
            first && (then || is_constant(&other)) || then && is_constant(&one)
        });
        second || turns
    };
    let mut all = Vec::new();
    if searched.iter().any(is_run) {
        all.push(found("sequence.run", &[("max", max)]));
    } else if rule.interleaved && searched.iter().any(is_interleaved) {
        all.push(found("sequence.interleaved", &[("max", max)]));
    }
    if let Some(max) = rule.max_duplicate {
        let twice = |set: &Searched<'_>, at: usize, window: &[char]| {
            let (part, rest) = (&window[..max as usize], &characters[at + max as usize..]);
            set.is_sequence(window) && rest.windows(part.len()).any(|other| other == part)
        };
        let mut windows = characters.windows(max as usize + 1).enumerate();
        if windows.any(|(at, window)| searched.iter().any(|set| twice(set, at, window))) {
            all.push(found("sequence.duplicate", &[("max", max)]));
        }
    }
    all
}

/// Keys by row, plain and shifted. Each row is offset by half a key from the one above.
type Faces = &'static [&'static str];
const QWERTY: [Faces; 4] = [
    &["`1234567890-=", "~!@#$%^&*()_+"],
    &[" qwertyuiop[]\\", " QWERTYUIOP{}|"],
    &[" asdfghjkl;'", " ASDFGHJKL:\""],
    &[" zxcvbnm,./", " ZXCVBNM<>?"],
];
const QWERTZ: [Faces; 4] = [
    &["^1234567890ß´", "°!\"§$%&/()=?`", "  ²³   {[]}\\"],
    &[" qwertzuiopü+", " QWERTZUIOPÜ*", " @ €        ~"],
    &[" asdfghjklöä#", " ASDFGHJKLÖÄ'"],
    &["<yxcvbnm,.-", ">YXCVBNM;:_", "|      µ"],
];
const POLISH: [Faces; 4] = [
    QWERTY[0],
    &[" qwertyuiop[]\\", " QWERTYUIOP{}|", "   ę     ó", "   Ę     Ó"],
    &[" asdfghjkl;'", " ASDFGHJKL:\"", " ąś      ł", " ĄŚ      Ł"],
    &[" zxcvbnm,./", " ZXCVBNM<>?", " żźć  ń", " ŻŹĆ  Ń"],
];
const NUMPAD: [&str; 5] = [" /*-", "789+", "456", "123", " 0."];

type Key = (i64, i64);

fn key_of(layout: &str, c: char) -> Option<Key> {
    let place =
        |row: &str, c: char| row.chars().position(|key| key == c && key != ' ').map(|column| column as i64);
    if layout == "numpad" {
        return (0..).zip(NUMPAD).find_map(|(row, keys)| Some((row, place(keys, c)?)));
    }
    let rows = match layout {
        "qwertz" => QWERTZ,
        "polish" => POLISH,
        _ => QWERTY,
    };
    (0..).zip(rows).find_map(|(row, faces)| Some((row, faces.iter().find_map(|face| place(face, c))?)))
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
