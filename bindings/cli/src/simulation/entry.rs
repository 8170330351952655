//! An entry is what one line of a corpus says: a password, how many people have it, and whose it is.

use std::borrow::Cow;

use kouling::User;
use kouling::candidate::Previous;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::person::Described;

/// How the lines of a corpus are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CorpusFormat {
    /// A password.
    Plain,
    /// A number, a space and a password, as `uniq -c` writes them.
    Counted,
    /// A JSON object: `password`, and where known `user` and `count`.
    Json,
}

/// Before a counted password no more than this many bytes stand.
const MAX_PREFIX: usize = 32;
/// A JSON object that is longer is no entry.
const MAX_JSON: usize = 1 << 16;
/// Lines are kept at least as far as the histogram of lengths looks.
const LEAST: usize = 260;

/// One line, read.
pub(super) struct Entry<'l> {
    pub(super) password: Password<'l>,
    pub(super) weight: u64,
    /// Whose it is, where the line says so.
    pub(super) user: Option<Described>,
}

/// A password: a piece of the line, or its own.
pub(super) enum Password<'l> {
    Borrowed(&'l [u8]),
    Owned(Zeroizing<String>),
}

impl Password<'_> {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Password::Borrowed(bytes) => bytes,
            Password::Owned(text) => text.as_bytes(),
        }
    }
}

#[derive(Deserialize)]
struct Object<'l> {
    #[serde(borrow)]
    password: Cow<'l, str>,
    #[serde(default)]
    user: Option<Described>,
    #[serde(default = "one")]
    count: u64,
}

fn one() -> u64 {
    1
}

impl CorpusFormat {
    /// How much of a line matters, when a password may have this many bytes.
    pub(super) fn longest(self, max_bytes: usize) -> usize {
        match self {
            CorpusFormat::Plain => max_bytes.max(LEAST),
            CorpusFormat::Counted => max_bytes.max(LEAST) + MAX_PREFIX,
            CorpusFormat::Json => MAX_JSON,
        }
    }

    /// Reads a line; `None` when it is not of this form.
    pub(super) fn read(self, line: &[u8]) -> Option<Entry<'_>> {
        match self {
            CorpusFormat::Plain => Some(Entry { password: Password::Borrowed(line), weight: 1, user: None }),
            CorpusFormat::Counted => counted(line),
            CorpusFormat::Json => json(line),
        }
    }
}

fn counted(line: &[u8]) -> Option<Entry<'_>> {
    let digits = line.iter().position(|byte| !matches!(byte, b' ' | b'\t'))?;
    let end = digits + line[digits..].iter().position(|byte| !byte.is_ascii_digit())?;
    if end >= MAX_PREFIX || !matches!(line[end], b' ' | b'\t') {
        return None;
    }
    let weight = std::str::from_utf8(&line[digits..end]).ok()?.parse().ok()?;
    Some(Entry { password: Password::Borrowed(&line[end + 1..]), weight, user: None })
}

fn json(line: &[u8]) -> Option<Entry<'_>> {
    if line.len() > MAX_JSON {
        return None;
    }
    let object: Object<'_> = serde_json::from_slice(line).ok()?;
    let password = match object.password {
        Cow::Borrowed(text) => Password::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Password::Owned(Zeroizing::new(text)),
    };
    Some(Entry { password, weight: object.count, user: object.user })
}

/// The user that every line has, and what this line says beside it.
pub(super) fn whose(described: Option<Described>, known: &User) -> Option<(User, Vec<Previous>)> {
    described.map(|described| described.and(known.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: CorpusFormat, line: &str) -> Option<(String, u64)> {
        let entry = form.read(line.as_bytes())?;
        Some((String::from_utf8_lossy(entry.password.bytes()).into_owned(), entry.weight))
    }

    #[test]
    fn counted_lines_are_those_of_uniq() {
        assert_eq!(read(CorpusFormat::Counted, "    123 a b "), Some(("a b ".to_owned(), 123)));
        assert_eq!(read(CorpusFormat::Counted, "7 "), Some((String::new(), 7)));
        for wrong in ["", "password", "12", "12password", "-1 x", "99999999999999999999999 x"] {
            assert_eq!(read(CorpusFormat::Counted, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn json_lines_may_say_whose_and_how_often() {
        assert_eq!(read(CorpusFormat::Json, r#"{"password": "a\u4e00"}"#), Some(("a一".to_owned(), 1)));
        let entry =
            CorpusFormat::Json.read(br#"{"password":"a","count":3,"user":{"name":["x","y"]}}"#).expect("an entry");
        let (user, _) = whose(entry.user, &User::new().with("phone", "1")).expect("a user");
        assert_eq!(user.attributes().collect::<Vec<_>>(), [("phone", "1"), ("name", "x"), ("name", "y")]);
        for wrong in ["", "a", "{}", r#"{"password":1}"#, r#"{"password":"a","user":1}"#] {
            assert!(CorpusFormat::Json.read(wrong.as_bytes()).is_none(), "{wrong}");
        }
    }
}
