//! An identifier is an address as it is compared: one spelling for one mailbox or phone, and never one for two.
//!
//! Letters are folded for case, and nothing else is folded: `ı` is not `i`, `ß` is not `ss`. What Unicode calls a
//! compatibility variant of something else (the Kelvin sign, `ﬁ`, a full-width `＠`) is no address at all, since
//! whoever compares with other software might take it for the other.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// How a code travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By e-mail.
    Email,
    /// To a mobile phone.
    Mobile,
}

impl Channel {
    /// The channel as a stable word.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Mobile => "mobile",
        }
    }
}

/// A normalised address. Two addresses are the same when they are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Address {
    channel: Channel,
    text: String,
}

/// The longest address (RFC 5321, section 4.5.3.1: 64 + 1 + 255 octets; 254 fit into a path).
const MAX_EMAIL_BYTES: usize = 254;
/// The longest local part (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;

impl Address {
    /// One address of a channel; `None` when it is not exactly one.
    pub fn parse(channel: Channel, text: &str) -> Option<Address> {
        let text = match channel {
            Channel::Email => email(text)?,
            Channel::Mobile => mobile(text)?,
        };
        Some(Address { channel, text })
    }

    /// How a code reaches it.
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// The normalised spelling.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// A key under which to count: `email:user@example.org`.
    pub fn key(&self) -> String {
        format!("{}:{}", self.channel.name(), self.text)
    }
}

fn email(text: &str) -> Option<String> {
    let text = text.trim_matches([' ', '\t']);
    if text.len() > MAX_EMAIL_BYTES {
        return None;
    }
    let folded: String = text.chars().flat_map(char::to_lowercase).collect();
    let (local, domain) = folded.split_once('@')?;
    let separates = |c: char| c.is_whitespace() || c.is_control() || ",;:<>()[]\\\"@%".contains(c);
    let plain = !local.contains(separates) && !domain.contains(separates);
    let dotted =
        |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
    let stable = text.is_ascii()
        || (folded.nfkc().eq(folded.chars())
            && folded.chars().flat_map(char::to_lowercase).eq(folded.chars())
            && text.nfkc().eq(text.chars()));
    let labels = domain
        .split('.')
        .all(|label| !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-'));
    let in_domain = domain.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '.' || !c.is_ascii());
    let fits = folded.len() <= MAX_EMAIL_BYTES && local.len() <= MAX_LOCAL_BYTES;
    (plain && dotted(local) && dotted(domain) && stable && labels && in_domain && fits).then_some(folded)
}

/// A phone number: digits, with an optional country code; spaces and hyphens that people type are dropped.
fn mobile(text: &str) -> Option<String> {
    if text.len() > 40 {
        return None;
    }
    let dropped: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let digits = dropped.strip_prefix('+').unwrap_or(&dropped);
    // E.164 has at most 15 digits; fewer than 5 are no subscriber's.
    let plausible = (5..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    plausible.then_some(dropped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(text: &str) -> Option<String> {
        Address::parse(Channel::Email, text).map(|address| address.text)
    }

    #[test]
    fn lookalikes_never_meet() {
        for (a, b) in [
            ("mike@example.org", "mıke@example.org"),
            ("kim@example.org", "\u{212A}im@example.org"),
            ("strasse@example.org", "straße@example.org"),
            ("fine@example.org", "ﬁne@example.org"),
            ("a@example.org", "a＠example.org"),
            ("a@example.org", "ａ@example.org"),
            ("i@example.org", "İ@example.org"),
            ("big@example.org", "ᴮᴵᴳ@example.org"),
        ] {
            assert!(normalised(a).is_some(), "{a}");
            assert_ne!(normalised(a), normalised(b), "{a} {b}");
        }
    }

    #[test]
    fn case_is_folded_once_for_all() {
        assert_eq!(normalised(" Zhang.San@QQ.com "), Some("zhang.san@qq.com".to_owned()));
        assert_eq!(normalised("ИВАН@пример.рф"), Some("иван@пример.рф".to_owned()));
    }

    #[test]
    fn more_than_one_address_is_none() {
        for text in [
            "a@b.com,c@d.com",
            "a@b.com;c@d.com",
            "a@b.com c@d.com",
            "a@b.com\nc@d.com",
            "a@b.com%0ac@d.com",
            "a@b@c.com",
            "<a@b.com>",
            "\"a\"@b.com",
            "a@b.com\0",
            "@b.com",
            "a@",
            "a",
            "",
            "a..b@c.com",
            "a@b..com",
            "a@-b.com",
            "a@[127.0.0.1]",
        ] {
            assert_eq!(normalised(text), None, "{text:?}");
        }
    }

    #[test]
    fn phones_are_digits() {
        let phone = |text| Address::parse(Channel::Mobile, text).map(|address| address.text);
        assert_eq!(phone("152 0000-0000"), Some("15200000000".to_owned()));
        assert_eq!(phone("+86 15200000000"), Some("+8615200000000".to_owned()));
        assert_eq!(phone("15200000000,15200000001"), None);
        assert_eq!(phone("１５２００００００００"), None);
    }

    proptest::proptest! {
        #[test]
        fn normalising_twice_is_normalising_once(text in "\\PC{0,12}@\\PC{1,12}") {
            if let Some(once) = normalised(&text) {
                proptest::prop_assert_eq!(normalised(&once), Some(once.clone()));
            }
        }
    }
}
