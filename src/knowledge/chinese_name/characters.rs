//! Splits a name into syllables and looks up their readings.
//!
//! A name is arbitrary user input: full-width letters, radicals copied from a PDF, dots, brackets, emoji.
//! [`plain_text`] reduces it to 汉字, lower-case Latin letters and single spaces. [`syllables`] assigns every 汉字 all
//! its readings, and treats a Latin word as one syllable.

use pinyin::ToPinyinMulti;
use unicode_normalization::char::decompose_compatible;

use super::{MAX_CODE_POINTS, MAX_LATIN, MAX_SYLLABLES};

/// Maximum number of readings per character. Each way to type ü counts separately. The crate `pinyin` has at most
/// eight readings without tones; the readings as a surname are added before them.
pub(super) const MAX_READINGS: usize = 12;

/// A 汉字 with its readings, or a Latin word.
#[derive(Clone, Copy)]
pub(super) struct Syllable<'a> {
    /// The 汉字. `None` for a Latin word.
    pub(super) character: Option<char>,
    /// Whether a space, a dot or the start of the name precedes it.
    pub(super) opens_part: bool,
    readings: [&'a str; MAX_READINGS],
    count: usize,
    /// Number of leading readings that come from the surname table and are never dropped.
    pub(super) surname_readings: usize,
}

impl<'a> Syllable<'a> {
    pub(super) fn new(character: Option<char>, opens_part: bool) -> Self {
        Self { character, opens_part, readings: [""; MAX_READINGS], count: 0, surname_readings: 0 }
    }

    /// Returns the readings, most likely first. Never empty in a syllable created by [`syllables`].
    pub(super) fn readings(&self) -> &[&'a str] {
        &self.readings[..self.count]
    }

    /// Keeps only the readings as a family name: those of the surname table, or else the most common one.
    pub(super) fn as_surname(mut self) -> Self {
        self.count = self.surname_readings.max(1).min(self.count);
        self
    }

    /// Adds a reading without tones, in every way its ü is typed, unless present.
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

    /// Adds a reading verbatim, unless present.
    pub(super) fn add_text(&mut self, text: &'a str) {
        if self.count < MAX_READINGS && !self.readings().contains(&text) {
            self.readings[self.count] = text;
            self.count += 1;
        }
    }
}

/// Returns the name with compatibility forms resolved: 汉字, lower-case ASCII letters, and one space for each run of
/// spaces and punctuation. All other characters (controls, emoji, digits, marks, other scripts) are dropped
/// without splitting.
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
    } else if is_separator(c) && !text.is_empty() && !text.ends_with(' ') {
        text.push(' ');
    }
}

/// Returns the first [`MAX_SYLLABLES`] syllables of a plain text. A 汉字 without a known reading is skipped.
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

/// Returns whether a character separates parts of a name: a space, a dot, a hyphen or a bracket.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii_punctuation()
        || matches!(c, '·' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' | '\u{3001}'..='\u{3003}')
        || matches!(c, '\u{3008}'..='\u{301F}' | '\u{30FB}')
}

/// Maps a radical of the block "CJK Radicals Supplement" to its character, for radicals that occur in names copied
/// from a PDF. NFKC maps the Kangxi radicals, but not these.
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
