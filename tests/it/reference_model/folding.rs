//! Folding: what counts as the same text, and the readings in which a text is compared.

use unicode_normalization::UnicodeNormalization;

/// Symbols and digits typed instead of a letter; some stand for either of two.
pub(crate) const SUBSTITUTIONS: [(char, &str); 20] = [
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
    ('[', "c"),
    ('{', "c"),
    ('<', "c"),
    ('€', "e"),
];

/// The invisible code points that the test generates.
pub(crate) const INVISIBLE: [char; 4] = ['\u{200B}', '\u{200D}', '\u{AD}', '\u{FE0F}'];

pub(crate) fn fold(text: &str) -> String {
    // Character by character, so a final Σ folds like any other.
    text.chars().flat_map(char::to_lowercase).collect()
}

pub(crate) fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// Returns the form in which texts are compared: compatible characters, no invisible ones, lower case, Latin letters for
/// those that look like them.
pub(crate) fn key(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !INVISIBLE.contains(c)).nfkd().collect();
    let lower = fold(&visible).replace('ß', "ss").replace('ς', "σ");
    lower.chars().map(|c| latin(c).unwrap_or(c)).nfc().collect()
}

/// Returns the Latin letter that is the prototype of a Greek or Cyrillic letter in lower or upper case.
fn latin(c: char) -> Option<char> {
    let prototype = |c: char| {
        let text: String = unicode_security::confusable_detection::skeleton(&c.to_string()).collect();
        text.parse::<char>().ok().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase())
    };
    let upper: String = c.to_uppercase().collect();
    let alphabetic = ('\u{80}'..'\u{590}').contains(&c) && c.is_alphabetic();
    alphabetic.then(|| prototype(c).or_else(|| upper.parse().ok().and_then(prototype))).flatten()
}

/// Removes marks, or spells them out as in German.
fn without_marks(key: &str, spelled: bool) -> String {
    // Decomposed: a letter can have further marks.
    let mut text: String = key.nfd().collect();
    for (from, to) in [("a\u{308}", "ae"), ("o\u{308}", "oe"), ("u\u{308}", "ue"), ("a\u{30A}", "aa"), ("ø", "oe")]
    {
        if spelled {
            text = text.replace(from, to);
        }
    }
    let text = text.replace('ø', "o").replace('æ', "ae").replace('œ', "oe").replace('ł', "l").replace('đ', "d");
    text.nfd().filter(|c| !('\u{300}'..='\u{36F}').contains(c)).nfc().collect()
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

/// A reading of a text, and what was undone to read it, besides folding.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) text: String,
    pub(crate) substituted: bool,
    pub(crate) separated: bool,
    pub(crate) reversed: bool,
}

impl Reading {
    pub(crate) fn is_plain(&self) -> bool {
        !self.substituted && !self.separated && !self.reversed
    }
}

/// Returns the texts from which the other readings are made.
fn bases(text: &str, folded: bool) -> Vec<String> {
    if !folded {
        return vec![text.to_owned()];
    }
    let key = key(text);
    vec![key.clone(), without_marks(&key, false), without_marks(&key, true)]
}

/// Returns whether a character is neither a letter nor a digit, and stands for no letter.
pub(crate) fn is_separator(c: char) -> bool {
    !c.is_alphanumeric() && !SUBSTITUTIONS.iter().any(|(sign, _)| *sign == c)
}

/// Returns every reading that `read` allows of a text in lower case or as typed. Longer texts than 128 characters keep their
/// separators and their order. Some readings may be equal.
pub(crate) fn read_as(text: &str, read: &[&str]) -> Vec<Reading> {
    let mut all = Vec::new();
    for base in bases(text, read.contains(&"folded")) {
        let without_separators: String = base.chars().filter(|c| !is_separator(*c)).collect();
        let is_short = base.chars().count() <= 128;
        let mut forms = vec![(base.clone(), false)];
        if is_short && read.contains(&"separated") {
            forms.push((without_separators.clone(), without_separators != base));
        }
        for (form, separated) in forms {
            let mut texts = vec![(form.clone(), false)];
            if read.contains(&"substituted") {
                texts.extend(readings(&form).into_iter().map(|read| (read.clone(), read != form)));
            }
            for (text, substituted) in texts {
                let backwards: String = text.chars().rev().collect();
                if is_short && read.contains(&"reversed") {
                    all.push(Reading { reversed: backwards != text, text: backwards, substituted, separated });
                }
                all.push(Reading { text, substituted, separated, reversed: false });
            }
        }
    }
    all.retain(|reading| !reading.text.is_empty());
    // A text that can be read by undoing less is read so.
    let undoes_less = |one: &Reading, other: &Reading| {
        one.text == other.text
            && one.substituted <= other.substituted
            && one.separated <= other.separated
            && one.reversed <= other.reversed
            && (one.substituted, one.separated, one.reversed)
                != (other.substituted, other.separated, other.reversed)
    };
    all.iter().filter(|reading| !all.iter().any(|other| undoes_less(other, reading))).cloned().collect()
}

pub(crate) fn is_han(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}
