//! Lines of word and password lists, in the forms in which lists are published.
//!
//! A list has one word per line: plain, after its count (`uniq -c`), or before its count (`word:count`). Its form is that
//! of all its lines, so a single `12 monkeys` is a word. A word can be written as `$HEX[…]`.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// How the bytes of a list become text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8. Other bytes are an error.
    #[default]
    Utf8,
    /// UTF-8, and Latin-1 on lines that are not UTF-8. As in browsers, Latin-1 is Windows-1252, which adds characters
    /// such as `€`.
    Latin1,
}

/// The characters of the bytes 80 to 9F in Windows-1252. Bytes without a character remain control characters.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘',
    '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// Splits bytes into lines, which end in LF, CR LF or CR, and counts them from 1. Omits empty lines.
pub(crate) struct Lines<'b> {
    rest: &'b [u8],
    number: usize,
}

impl<'b> Lines<'b> {
    /// Creates the lines of a file, without its byte order mark.
    pub(crate) fn new(bytes: &'b [u8]) -> Lines<'b> {
        Lines { rest: without_mark(bytes), number: 0 }
    }
}

/// Returns the bytes of a file after a byte order mark of UTF-8.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes)
}

impl<'b> Iterator for Lines<'b> {
    type Item = (usize, &'b [u8]);

    fn next(&mut self) -> Option<(usize, &'b [u8])> {
        while !self.rest.is_empty() {
            let end = self.rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let (line, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
            let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.get(1..)).unwrap_or_default();
            self.rest = rest;
            self.number += 1;
            if !line.is_empty() {
                return Some((self.number, line));
            }
        }
        None
    }
}

/// The form of the lines of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    /// A word.
    #[default]
    Plain,
    /// A count, a blank and a word.
    CountFirst,
    /// A word, a colon or tab, and a count.
    CountLast,
}

/// Determines the form of a list from its lines.
#[derive(Clone, Debug)]
pub(crate) struct Forms {
    first: bool,
    last: bool,
    words: bool,
    /// The number of digits, as long as every line is a hash.
    hash: Option<usize>,
    hashes: bool,
}

impl Forms {
    pub(crate) fn new() -> Forms {
        Forms { first: true, last: true, words: false, hash: None, hashes: true }
    }

    /// Adds a line. Lines of blanks have every form.
    pub(crate) fn add(&mut self, line: &[u8]) {
        let trimmed = line.trim_ascii();
        if trimmed.is_empty() {
            return;
        }
        if self.first {
            let parts = count_first(line);
            self.first = parts.is_some();
            self.words |= parts.is_some_and(|(_, word)| !word.is_empty());
        }
        let parts = if self.last || self.hashes { count_last(trimmed) } else { None };
        self.last &= parts.is_some();
        if self.hashes {
            let parts = parts.or_else(|| count_first(trimmed));
            let word = parts.map_or(trimmed, |(_, word)| word);
            self.hashes = matches!(word.len(), 32 | 40 | 64)
                && word.iter().all(u8::is_ascii_hexdigit)
                && *self.hash.get_or_insert(word.len()) == word.len();
        }
    }

    pub(crate) fn form(&self) -> Form {
        match (self.first && self.words, self.last) {
            (true, _) => Form::CountFirst,
            (_, true) => Form::CountLast,
            _ => Form::Plain,
        }
    }

    /// Returns the number of hexadecimal digits if every line is a hash, with or without a count.
    pub(crate) fn hash_digits(&self) -> Option<usize> {
        self.hash.filter(|_| self.hashes)
    }
}

/// Returns the count and the word of a line, without blanks around the word. `None` if the line has no word.
pub(crate) fn entry(line: &[u8], form: Form) -> Option<(u64, &[u8])> {
    let (count, word) = match form {
        Form::Plain => (1, line),
        Form::CountFirst => count_first(line).unwrap_or((1, line)),
        Form::CountLast => count_last(line.trim_ascii()).unwrap_or((1, line)),
    };
    let word = word.trim_ascii();
    (!word.is_empty()).then_some((count, word))
}

/// Splits a count, a blank and a word, which may be empty.
fn count_first(line: &[u8]) -> Option<(u64, &[u8])> {
    let line = line.trim_ascii_start();
    let digits = line.iter().position(|byte| !byte.is_ascii_digit())?;
    let (count, word) = line.split_at_checked(digits)?;
    match word {
        [b' ' | b'\t', word @ ..] => Some((number(count)?, word)),
        _ => None,
    }
}

/// Splits a word, a colon or tab, and a count. Blanks may precede the count.
fn count_last(line: &[u8]) -> Option<(u64, &[u8])> {
    let at = line.iter().rposition(|byte| matches!(byte, b':' | b'\t'))?;
    let (word, count) = line.split_at_checked(at)?;
    let count = number(count.get(1..)?.trim_ascii_start())?;
    (!word.is_empty()).then_some((count, word))
}

/// Parses digits. A number that is too large is the largest.
pub(crate) fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add = |sum: u64, digit: &u8| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
    Some(digits.iter().fold(0, add))
}

/// Returns the text of a word in NFC: decodes `$HEX[…]` and the encoding. Blanks of Unicode at either end are removed,
/// but not from `$HEX[…]`. `None` if the word is not in the encoding.
pub(crate) fn decode(word: &[u8], encoding: Encoding) -> Option<Cow<'_, str>> {
    if let Some(bytes) = hexadecimal(word) {
        let text = match String::from_utf8(bytes) {
            Ok(text) => Some(text),
            Err(error) => (encoding == Encoding::Latin1).then(|| latin_1(error.as_bytes())),
        };
        return text.map(|text| Cow::Owned(nfc(Cow::Owned(text)).into_owned()));
    }
    if word.is_ascii() {
        return std::str::from_utf8(word).ok().map(Cow::Borrowed);
    }
    match std::str::from_utf8(word) {
        Ok(text) => Some(nfc(Cow::Borrowed(text.trim()))),
        Err(_) if encoding == Encoding::Latin1 => Some(Cow::Owned(latin_1(word).trim().nfc().collect())),
        Err(_) => None,
    }
}

fn nfc(text: Cow<'_, str>) -> Cow<'_, str> {
    if is_nfc(&text) { text } else { Cow::Owned(text.nfc().collect()) }
}

fn latin_1(bytes: &[u8]) -> String {
    let character = |byte: &u8| match byte {
        0x80..=0x9F => WINDOWS_1252.get(usize::from(byte - 0x80)).copied().unwrap_or_default(),
        _ => char::from(*byte),
    };
    bytes.iter().map(character).collect()
}

/// Returns the bytes of `$HEX[…]`, as written by programs that recover passwords.
pub fn hexadecimal(word: &[u8]) -> Option<Vec<u8>> {
    let digits = word.strip_prefix(b"$HEX[")?.strip_suffix(b"]")?;
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let byte = |pair: &[u8; 2]| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8);
    pairs.iter().map(byte).collect::<Option<Vec<u8>>>().filter(|bytes| !bytes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(lines: &[&str]) -> Form {
        let mut forms = Forms::new();
        lines.iter().for_each(|line| forms.add(line.as_bytes()));
        forms.form()
    }

    #[test]
    fn lines_end_in_lf_crlf_or_cr() {
        let lines: Vec<(usize, &[u8])> = Lines::new(b"\xEF\xBB\xBFa\r\nb\rc\n\r\n\nd").collect();
        assert_eq!(lines, [(1, &b"a"[..]), (2, b"b"), (3, b"c"), (6, b"d")]);
    }

    #[test]
    fn form_is_that_of_all_lines() {
        assert_eq!(form(&["  12 monkeys", "3 two words", "      7 "]), Form::CountFirst);
        assert_eq!(form(&["12 monkeys", "monkeys"]), Form::Plain);
        assert_eq!(form(&["123456", "111 222"]), Form::Plain);
        assert_eq!(form(&["    12 "]), Form::Plain);
        assert_eq!(form(&["acmecorp:1234", "a:b:3", "heron\t7", "kite: 5", "  "]), Form::CountLast);
        assert_eq!(form(&["acmecorp:1234", "acme:"]), Form::Plain);
        assert_eq!(form(&[":1"]), Form::Plain);
        assert_eq!(form(&[]), Form::CountLast);
    }

    #[test]
    fn entry_has_count_and_word() {
        let word = |line: &'static str, form| entry(line.as_bytes(), form);
        assert_eq!(word("  12 two words \t", Form::CountFirst), Some((12, &b"two words"[..])));
        assert_eq!(word("  12 ", Form::CountFirst), None);
        assert_eq!(word("a:b: 3 ", Form::CountLast), Some((3, &b"a:b"[..])));
        assert_eq!(word("\tacme \t", Form::Plain), Some((1, &b"acme"[..])));
        assert_eq!(word("99999999999999999999999 a", Form::CountFirst), Some((u64::MAX, &b"a"[..])));
    }

    #[test]
    fn words_are_decoded_to_nfc() {
        let utf_8 = |word: &'static [u8]| decode(word, Encoding::Utf8).map(Cow::into_owned);
        let latin_1 = |word: &'static [u8]| decode(word, Encoding::Latin1).map(Cow::into_owned);
        assert_eq!(utf_8("cafe\u{301}\u{A0}".as_bytes()).as_deref(), Some("café"));
        assert_eq!(utf_8(b"$HEX[63616665cc81]").as_deref(), Some("café"));
        assert_eq!(utf_8(b"$HEX[2061 ]").as_deref(), Some("$HEX[2061 ]"));
        assert_eq!(utf_8(b"$HEX[206120]").as_deref(), Some(" a "));
        assert_eq!((utf_8(b"$HEX[636166e9]"), utf_8(b"caf\xE9")), (None, None));
        assert_eq!(latin_1(b"$HEX[636166e9]").as_deref(), Some("café"));
        assert_eq!(latin_1(b"caf\xE9\x80").as_deref(), Some("café€"));
        assert_eq!(latin_1("café".as_bytes()).as_deref(), Some("café"));
    }

    #[test]
    fn hashes_are_lines_of_equal_length() {
        let digits = |lines: &[String]| {
            let mut forms = Forms::new();
            lines.iter().for_each(|line| forms.add(line.as_bytes()));
            forms.hash_digits()
        };
        for length in [32, 40, 64] {
            let hash = "0aF".repeat(22)[..length].to_owned();
            assert_eq!(digits(&[hash.clone(), format!("{hash}:7"), format!("{hash}\r")]), Some(length));
            assert_eq!(digits(&[hash.clone(), "monkey".to_owned()]), None);
            assert_eq!(digits(&[hash[1..].to_owned()]), None);
        }
        assert_eq!(digits(&["0".repeat(32), "0".repeat(40)]), None);
        assert_eq!(digits(&[]), None);
    }
}
