//! Folding: maps texts that people treat as equal to one form.
//!
//! [`key`] is the form in which texts are compared. [`without_marks`] and [`letter_of`] derive further readings
//! from it; the module [`comparison`](super::comparison) combines them.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::lookalikes;

/// Converts every character to lower case with Unicode's full mapping. The mapping ignores language and context,
/// so a final Σ folds like any other.
pub fn fold_case(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Lower case is at most three times as long, so the buffer never moves and leaves no copy of a password
    // behind.
    let mut folded = String::with_capacity(text.len() * 3);
    folded.extend(text.chars().flat_map(char::to_lowercase));
    folded
}

/// Returns the text in normalization form C.
pub fn composed(text: &str) -> Zeroizing<String> {
    if text.is_ascii() {
        return Zeroizing::new(text.to_owned());
    }
    collect(|| text.nfc())
}

/// Returns the key of a text: two texts with equal keys count as the same text.
///
/// The key ignores case (`ß` is `ss`), compatibility forms (NFKC: full width is half width, `ﬁ` is `fi`) and
/// default-ignorable code points, and has the Latin letter instead of a letter of another script that looks like it. It is
/// in normalization form C, and the key of a key is that key.
pub fn key(text: &str) -> Zeroizing<String> {
    if text.is_ascii() {
        return Zeroizing::new(text.to_ascii_lowercase());
    }
    collect(|| {
        let visible = text.chars().filter(|c| !is_ignorable(*c)).nfkd().filter(|c| !is_ignorable(*c));
        visible.flat_map(char::to_lowercase).flat_map(folded_letters).nfc()
    })
}

/// Returns the key of a single letter: two of them for `ß`.
fn folded_letters(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ß' => ('s', Some('s')),
        // TS 39 has no prototype for the final form.
        'ς' => (lookalikes::latin('σ').unwrap_or('σ'), None),
        _ => (lookalikes::latin(c).unwrap_or(c), None),
    };
    std::iter::once(first).chain(second)
}

/// Collects characters without reallocating, which would leave a copy of a password behind.
fn collect<I: Iterator<Item = char>>(characters: impl Fn() -> I) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(characters().map(char::len_utf8).sum()));
    text.extend(characters());
    text
}

/// Returns whether a code point is invisible and shapes no other: a default-ignorable code point that is neither a joiner nor
/// a variation selector, which emoji and several scripts need.
pub fn is_invisible(c: char) -> bool {
    let shapes = matches!(c,
        '\u{200C}'..='\u{200D}' | '\u{180B}'..='\u{180D}' | '\u{180F}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{E0100}'..='\u{E01EF}');
    is_ignorable(c) && !shapes
}

/// Returns whether a code point has the property Default_Ignorable_Code_Point: it has no visible glyph.
pub fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Returns a key without the marks of its letters: `garcía` becomes `garcia`. If `spelled`, marks that German and the
/// languages of Scandinavia spell out become letters: `müller` becomes `mueller`. `None` if nothing changes.
pub fn without_marks(key: &str, spelled: bool) -> Option<Zeroizing<String>> {
    if key.is_ascii() {
        return None;
    }
    let bare = || {
        let mut last = '\0';
        key.nfd().flat_map(move |c| {
            let before = std::mem::replace(&mut last, c);
            let (first, second) = match (c, before) {
                ('\u{308}', 'a' | 'o' | 'u') if spelled => (Some('e'), None),
                ('\u{30A}', 'a') if spelled => (Some('a'), None),
                ('\u{300}'..='\u{36F}', _) => (None, None),
                ('ø', _) if spelled => (Some('o'), Some('e')),
                ('ø', _) => (Some('o'), None),
                ('æ', _) => (Some('a'), Some('e')),
                ('œ', _) => (Some('o'), Some('e')),
                ('đ' | 'ð', _) => (Some('d'), None),
                ('ħ', _) => (Some('h'), None),
                ('ł', _) => (Some('l'), None),
                ('ŧ', _) => (Some('t'), None),
                _ => (Some(c), None),
            };
            first.into_iter().chain(second)
        })
    };
    // Composed again: marks of other scripts stay.
    let text = collect(|| bare().nfc());
    (*text != key).then_some(text)
}

/// A character, the letter it stands for, and an alternative letter.
const SUBSTITUTIONS: &[(char, char, Option<char>)] = &[
    ('4', 'a', None),
    ('@', 'a', None),
    ('8', 'b', None),
    ('(', 'c', None),
    ('{', 'c', None),
    ('[', 'c', None),
    ('<', 'c', None),
    ('3', 'e', None),
    ('€', 'e', None),
    ('6', 'g', None),
    ('9', 'g', None),
    ('1', 'i', Some('l')),
    ('!', 'i', Some('l')),
    ('|', 'i', Some('l')),
    ('0', 'o', None),
    ('5', 's', None),
    ('$', 's', None),
    ('7', 't', None),
    ('+', 't', None),
    ('2', 'z', None),
];

/// By ASCII character: the letters that it stands for, or the character itself.
const LETTERS: [[u8; 128]; 2] = [letters(false), letters(true)];

const fn letters(second: bool) -> [u8; 128] {
    let mut letters = [0; 128];
    let mut c = 0;
    while c < 128 {
        letters[c] = c as u8;
        c += 1;
    }
    let mut at = 0;
    while at < SUBSTITUTIONS.len() {
        let (from, first, other) = SUBSTITUTIONS[at];
        if from.is_ascii() {
            letters[from as usize] = match other {
                Some(other) if second => other as u8,
                _ => first as u8,
            };
        }
        at += 1;
    }
    letters
}

/// Returns [`letter_of`] for an ASCII character. Other bytes stand for themselves.
pub fn ascii_letter_of(byte: u8, second: bool) -> u8 {
    LETTERS[usize::from(second)].get(usize::from(byte)).copied().unwrap_or(byte)
}

/// The character stands for a letter.
pub const SUBSTITUTED: u8 = 1;
/// The character stands for either of two letters.
pub const AMBIGUOUS: u8 = 2;
/// The character is a separator.
pub const SEPARATOR: u8 = 4;

const TRAITS: [u8; 128] = {
    let mut traits = [0; 128];
    let mut c = 0;
    while c < 128 {
        let (is_alphanumeric, letter) = ((c as u8).is_ascii_alphanumeric(), LETTERS[0][c]);
        if letter != c as u8 {
            traits[c] |= SUBSTITUTED;
        }
        if letter != LETTERS[1][c] {
            traits[c] |= AMBIGUOUS;
        }
        if letter == c as u8 && !is_alphanumeric {
            traits[c] |= SEPARATOR;
        }
        c += 1;
    }
    traits
};

/// Returns which of [`SUBSTITUTED`], [`AMBIGUOUS`] and [`SEPARATOR`] an ASCII character is.
pub fn traits_of(byte: u8) -> u8 {
    TRAITS.get(usize::from(byte)).copied().unwrap_or(0)
}

/// Returns whether a sign stands for a letter.
pub fn is_letter_sign(c: char) -> bool {
    !c.is_alphanumeric() && letter_of(c, false) != c
}

/// Returns whether a character separates letters and digits. A sign that stands for a letter does not: `p@ss-word`.
pub fn is_separator(c: char) -> bool {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => traits_of(byte) & SEPARATOR != 0,
        _ => !c.is_alphanumeric() && !is_letter_sign(c),
    }
}

/// Returns the letter that a digit or sign stands for, or the character itself. `second` selects the second of two letters.
pub fn letter_of(c: char, second: bool) -> char {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => char::from(ascii_letter_of(byte, second)),
        _ => {
            let known = SUBSTITUTIONS.iter().find(|(from, ..)| *from == c);
            known.map_or(c, |(_, first, other)| other.filter(|_| second).unwrap_or(*first))
        }
    }
}

/// Returns whether a text has a digit or sign that stands for either of two letters.
pub fn is_ambiguous(text: &str) -> bool {
    text.contains(['1', '!', '|'])
}

/// Returns `folded` with common substitutions replaced by letters: `p4$$w0rd` becomes `password`.
///
/// Returns two readings if the text contains `1`, `!` or `|`, which stand for i or l: `he11o` becomes `heiio` and
/// `hello`. A mixture (`1i1y` for `lily`) is not resolved, since the number of mixtures grows exponentially.
pub fn readings(folded: &str) -> Vec<String> {
    let read = |second| {
        let mut text = String::with_capacity(folded.len());
        text.extend(folded.chars().map(|c| letter_of(c, second)));
        text
    };
    if is_ambiguous(folded) { vec![read(false), read(true)] } else { vec![read(false)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fold_case_uses_unicode_mapping() {
        assert_eq!(fold_case("PassWORD ÄΣЖ İ 密码"), "password äσж i\u{307} 密码");
    }

    #[test]
    fn readings_of_ambiguous_substitutions_are_two() {
        assert_eq!(readings("p4$$w0rd"), ["password"]);
        assert_eq!(readings("l1nda"), ["linda", "llnda"]);
        assert_eq!(readings("he!!o"), ["heiio", "hello"]);
        assert_eq!(readings("密码"), ["密码"]);
    }

    #[test]
    fn lower_case_fits_the_reserved_capacity() {
        for c in '\0'..=char::MAX {
            let length: usize = c.to_lowercase().map(char::len_utf8).sum();
            assert!(length <= 3 * c.len_utf8(), "{c:?}");
        }
    }

    #[test]
    fn key_ignores_case_width_invisible_characters_and_script() {
        for (text, expected) in [
            ("Ｐａｓｓｗｏｒｄ１２３", "password123"),
            ("zhang\u{200B}s\u{AD}an", "zhangsan"),
            ("раssword", "password"),
            ("РАSSWORD", "password"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"),
            ("Garci\u{301}a", "garcía"),
            ("IŞIK", "işik"),
            ("ışık", "işik"),
            ("ﬁsh\u{A0}1\u{3000}2", "fish 1 2"),
            ("密码", "密码"),
            ("한국어", "한국어"),
        ] {
            assert_eq!(*key(text), expected);
        }
    }

    #[test]
    fn key_of_a_key_is_that_key() {
        for c in '\0'..=char::MAX {
            for text in [c.to_string(), format!("a{c}\u{308}")] {
                let once = key(&text);
                assert_eq!(*key(&once), *once, "{c:?}");
                assert_eq!(*key(&fold_case(&text)), *once, "{c:?}");
            }
        }
    }

    #[test]
    fn marks_are_removed_or_spelled() {
        let both =
            |text: &str| [false, true].map(|spelled| without_marks(&key(text), spelled).map(|t| t.to_string()));
        assert_eq!(both("García"), [Some("garcia".into()), Some("garcia".into())]);
        assert_eq!(both("Müller"), [Some("muller".into()), Some("mueller".into())]);
        assert_eq!(both("Åse Øst"), [Some("ase ost".into()), Some("aase oest".into())]);
        assert_eq!(both("İstanbul"), [Some("istanbul".into()), Some("istanbul".into())]);
        assert_eq!(both("Łódź"), [Some("lodz".into()), Some("lodz".into())]);
        assert_eq!(both("plain"), [None, None]);
        assert_eq!(both("が密"), [None, None]);
    }
}
