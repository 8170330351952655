//! Parsing one line of a password list: a password, its count and its user.

use std::borrow::Cow;

use kouling::User;
use kouling::candidate::Previous;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::person::UserRecord;

/// Format of the lines of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CorpusFormat {
    /// A password.
    Plain,
    /// A count, a space and a password, as written by `uniq -c`.
    Counted,
    /// A JSON object: `password`, and optionally `user` and `count`.
    Json,
}

/// Maximum number of bytes before the password of a counted line.
const MAX_PREFIX: usize = 32;
/// Maximum length of a JSON line in bytes.
const MAX_JSON: usize = 1 << 16;
/// Minimum length to which a line is kept, in bytes: the histogram of lengths counts up to 64 characters.
const MIN_LENGTH: usize = 260;

/// A parsed line.
pub(crate) struct Entry<'l> {
    pub(crate) password: Password<'l>,
    pub(crate) weight: u64,
    /// The user of the password, if the line has one.
    pub(crate) user: Option<UserRecord>,
}

/// A password: a slice of the line, or a copy if the line escapes characters.
pub(crate) enum Password<'l> {
    Borrowed(&'l [u8]),
    Owned(Zeroizing<String>),
}

impl Password<'_> {
    pub(crate) fn bytes(&self) -> &[u8] {
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
    user: Option<UserRecord>,
    #[serde(default = "one")]
    count: u64,
}

fn one() -> u64 {
    1
}

impl CorpusFormat {
    /// Number of bytes of a line that matter if a password may have `max_bytes`.
    pub(crate) fn longest(self, max_bytes: usize) -> usize {
        match self {
            CorpusFormat::Plain => max_bytes.max(MIN_LENGTH),
            CorpusFormat::Counted => max_bytes.max(MIN_LENGTH) + MAX_PREFIX,
            CorpusFormat::Json => MAX_JSON,
        }
    }

    /// Parses a line. `None` if it does not have this format.
    pub(crate) fn parse(self, line: &[u8]) -> Option<Entry<'_>> {
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

/// The user of a line: the attributes of the command line and those of the line. `None` if the line has no user.
pub(crate) fn line_user(record: Option<UserRecord>, user: &User) -> Option<(User, Vec<Previous>)> {
    record.map(|record| record.add_to(user.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(format: CorpusFormat, line: &str) -> Option<(String, u64)> {
        let entry = format.parse(line.as_bytes())?;
        Some((String::from_utf8_lossy(entry.password.bytes()).into_owned(), entry.weight))
    }

    #[test]
    fn counted_line_is_parsed_like_uniq_output() {
        assert_eq!(parse(CorpusFormat::Counted, "    123 a b "), Some(("a b ".to_owned(), 123)));
        assert_eq!(parse(CorpusFormat::Counted, "7 "), Some((String::new(), 7)));
        for invalid in ["", "password", "12", "12password", "-1 x", "99999999999999999999999 x"] {
            assert_eq!(parse(CorpusFormat::Counted, invalid), None, "{invalid}");
        }
    }

    #[test]
    fn json_line_may_have_user_and_count() {
        assert_eq!(parse(CorpusFormat::Json, r#"{"password": "a\u4e00"}"#), Some(("a一".to_owned(), 1)));
        let entry = CorpusFormat::Json
            .parse(br#"{"password":"a","count":3,"user":{"name":["x","y"]}}"#)
            .expect("an entry");
        let (user, _) = line_user(entry.user, &User::new().with("phone", "1")).expect("a user");
        assert_eq!(user.attributes().collect::<Vec<_>>(), [("phone", "1"), ("name", "x"), ("name", "y")]);
        for invalid in ["", "a", "{}", r#"{"password":1}"#, r#"{"password":"a","user":1}"#] {
            assert!(CorpusFormat::Json.parse(invalid.as_bytes()).is_none(), "{invalid}");
        }
    }
}
