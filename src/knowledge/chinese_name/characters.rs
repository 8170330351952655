//! The characters of a name and how each is read.
//!
//! A name arrives as anybody typed it: full-width letters, radicals out of a PDF, dots, brackets, emoji.
//! [`plain_text`] leaves 汉字, lower-case Latin letters and single spaces; [`syllables`] gives each 汉字 all its
//! readings and keeps a Latin word as one syllable.

use pinyin::ToPinyinMulti;
use unicode_normalization::char::decompose_compatible;

use super::{MAX_CODE_POINTS, MAX_LATIN, MAX_SYLLABLES};

/// The most readings one character keeps, the four ways to type an ü counted apart. The crate's richest character
/// has eight without tones, a surname's own readings come before them.
pub(super) const MAX_READINGS: usize = 12;

/// One 汉字 with its readings, or one Latin word.
#[derive(Clone, Copy)]
pub(super) struct Syllable<'a> {
    /// The 汉字; none for a Latin word.
    pub(super) character: Option<char>,
    /// Whether the name has a space or a dot before it, or nothing.
    pub(super) opens_part: bool,
    readings: [&'a str; MAX_READINGS],
    count: usize,
    /// How many of the readings, from the first, are those of a surname and must stay.
    pub(super) settled: usize,
}

impl<'a> Syllable<'a> {
    pub(super) fn new(character: Option<char>, opens_part: bool) -> Self {
        Self { character, opens_part, readings: [""; MAX_READINGS], count: 0, settled: 0 }
    }

    /// The readings, the likeliest first; never empty in a syllable that [`syllables`] made.
    pub(super) fn readings(&self) -> &[&'a str] {
        &self.readings[..self.count]
    }

    /// The readings of this character as a family name alone: those of the surname table, else the usual one.
    pub(super) fn as_surname(mut self) -> Self {
        self.count = self.settled.max(1).min(self.count);
        self
    }

    /// Adds a reading without tones, in each way its ü is typed, unless it is there.
    pub(super) fn add(&mut self, reading: &'a str) {
        let typed: &[&str] = match reading {
            "lü" => &["lv", "lu", "lyu", "lü"],
            "nü" => &["nv", "nu", "nyu", "nü"],
            "lüe" => &["lue", "lve", "lyue", "lüe"],
            "nüe" => &["nue", "nve", "nyue", "nüe"],
            "ê" => &["e"],
            _ => return self.add_text(reading),
        };
        for text in typed {
            self.add_text(text);
        }
    }

    /// Adds a text as it stands.
    pub(super) fn add_text(&mut self, text: &'a str) {
        if self.count < MAX_READINGS && !self.readings().contains(&text) {
            self.readings[self.count] = text;
            self.count += 1;
        }
    }
}

/// The name with compatibility forms resolved: 汉字, lower-case ASCII letters, and one space for each run of spaces
/// and punctuation. Everything else (controls, emoji, digits, marks, other scripts) is dropped without dividing.
pub(super) fn plain_text(name: &str) -> String {
    let mut text = String::with_capacity(name.len().min(4 * MAX_SYLLABLES));
    for c in name.chars().take(MAX_CODE_POINTS) {
        if is_han(c) {
            text.push(c);
        } else {
            decompose_compatible(c, |part| push_plain(&mut text, part));
        }
    }
    text
}

fn push_plain(text: &mut String, c: char) {
    if is_han(c) {
        text.push(c);
    } else if c.is_ascii_alphabetic() {
        text.push(c.to_ascii_lowercase());
    } else if let Some(character) = radical(c) {
        text.push(character);
    } else if divides(c) && !text.is_empty() && !text.ends_with(' ') {
        text.push(' ');
    }
}

/// The first [`MAX_SYLLABLES`] syllables of a plain text. A 汉字 whose reading nobody recorded is left out.
pub(super) fn syllables(text: &str) -> Vec<Syllable<'_>> {
    let mut found = Vec::with_capacity(4);
    for part in text.split(' ') {
        let mut opens_part = true;
        let mut rest = part;
        while let Some(first) = rest.chars().next() {
            if found.len() == MAX_SYLLABLES {
                return found;
            }
            let syllable;
            if first.is_ascii() {
                let end = rest.find(|c: char| !c.is_ascii()).unwrap_or(rest.len());
                syllable = latin(&rest[..end.min(MAX_LATIN)], opens_part);
                rest = &rest[end..];
            } else {
                rest = &rest[first.len_utf8()..];
                match han(first, opens_part) {
                    Some(readable) => syllable = readable,
                    None => continue,
                }
            }
            found.push(syllable);
            opens_part = false;
        }
    }
    found
}

fn latin(word: &str, opens_part: bool) -> Syllable<'_> {
    let mut syllable = Syllable::new(None, opens_part);
    syllable.add_text(word);
    syllable
}

fn han<'a>(character: char, opens_part: bool) -> Option<Syllable<'a>> {
    let mut syllable = Syllable::new(Some(character), opens_part);
    for reading in character.to_pinyin_multi()? {
        syllable.add(reading.plain());
    }
    Some(syllable)
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '\u{20000}'..='\u{3FFFF}' | '〇')
        && !matches!(c, '\u{2F800}'..='\u{2FA1F}')
}

/// Whether a character stands between the parts of a name: a space, a dot, a hyphen, a bracket.
fn divides(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii_punctuation()
        || matches!(c, '·' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' | '\u{3001}'..='\u{3003}')
        || matches!(c, '\u{3008}'..='\u{301F}' | '\u{30FB}')
}

/// The character that a radical of the block "CJK Radicals Supplement" stands for, where the radical is one that
/// text copied out of a PDF has in place of a character of names. NFKC resolves the Kangxi radicals, and not
/// these.
fn radical(c: char) -> Option<char> {
    Some(match c {
        '⺠' => '民',
        '⻅' => '见',
        '⻉' => '贝',
        '⻋' => '车',
        '⻓' => '长',
        '⻔' => '门',
        '⻘' => '青',
        '⻙' => '韦',
        '⻛' => '风',
        '⻜' => '飞',
        '⻢' => '马',
        '⻥' => '鱼',
        '⻨' => '麦',
        '⻩' => '黄',
        '⻬' => '齐',
        '⻰' => '龙',
        _ => return None,
    })
}
