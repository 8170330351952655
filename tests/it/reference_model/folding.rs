//! Folding: case, and symbols that stand for letters.

use unicode_normalization::UnicodeNormalization;

/// Symbols and digits typed instead of a letter; some stand for either of two.
pub(crate) const SUBSTITUTIONS: [(char, &str); 17] = [
    ('@', "a"),
    ('4', "a"),
    ('3', "e"),
    ('0', "o"),
    ('1', "il"),
    ('!', "il"),
    ('|', "il"),
    ('$', "s"),
    ('5', "s"),
    ('7', "t"),
    ('+', "t"),
    ('8', "b"),
    ('9', "g"),
    ('6', "g"),
    ('2', "z"),
    ('(', "c"),
    ('€', "e"),
];

pub(crate) fn fold(text: &str) -> String {
    // Character by character, so a final Σ folds like any other.
    text.chars().flat_map(char::to_lowercase).collect()
}

pub(crate) fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// Replaces symbols by letters: once by the first letter each stands for, once by the second.
pub(crate) fn readings(text: &str) -> Vec<String> {
    let read = |which: usize| -> String {
        let letter = |c: char| {
            let known = SUBSTITUTIONS.iter().find(|(symbol, _)| *symbol == c);
            known.and_then(|(_, letters)| letters.chars().nth(which).or(letters.chars().next())).unwrap_or(c)
        };
        text.chars().map(letter).collect()
    };
    vec![read(0), read(1)]
}

pub(crate) fn is_han(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}
