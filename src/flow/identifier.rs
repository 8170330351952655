//! Addresses in the form in which they are compared.
//!
//! Only letter case is folded: `ı` is not `i`, and `ß` is not `ss`. An address with compatibility variants of other
//! characters (the Kelvin sign, `ﬁ`, a full-width `＠`) is invalid, because other software might treat it as the address
//! without them.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// How a code is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// E-mail.
    Email,
    /// Text message to a mobile phone.
    Mobile,
}

impl Channel {
    /// Returns the stable name: `email` or `mobile`.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Mobile => "mobile",
        }
    }
}

/// A normalized address. Two texts name the same address if their normalized forms are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Address {
    channel: Channel,
    text: String,
}

/// Maximum length of an e-mail address in bytes (RFC 5321, section 4.5.3.1: 64 + 1 + 255 octets; 254 fit into a path).
const MAX_EMAIL_BYTES: usize = 254;
/// Maximum length of a local part in bytes (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;

impl Address {
    /// Parses one address. Returns `None` if the text is not exactly one valid address of the channel.
    pub fn parse(channel: Channel, text: &str) -> Option<Address> {
        let text = match channel {
            Channel::Email => email(text)?,
            Channel::Mobile => mobile(text)?,
        };
        Some(Address { channel, text })
    }

    /// Returns the channel.
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// Returns the normalized text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns a key for lookups and rate limits, such as `email:user@example.org`.
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

/// A phone number: digits with an optional `+` and country code. Spaces and hyphens are removed.
fn mobile(text: &str) -> Option<String> {
    if text.len() > 40 {
        return None;
    }
    let dropped: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let digits = dropped.strip_prefix('+').unwrap_or(&dropped);
    // E.164 allows at most 15 digits; subscriber numbers have at least 5.
    let plausible = (5..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    plausible.then_some(dropped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(text: &str) -> Option<String> {
        Address::parse(Channel::Email, text).map(|address| address.text)
    }

    #[test]
    fn lookalike_addresses_stay_distinct() {
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
            assert!(normalized(a).is_some(), "{a}");
            assert_ne!(normalized(a), normalized(b), "{a} {b}");
        }
    }

    #[test]
    fn letter_case_is_folded() {
        assert_eq!(normalized(" Zhang.San@QQ.com "), Some("zhang.san@qq.com".to_owned()));
        assert_eq!(normalized("ИВАН@пример.рф"), Some("иван@пример.рф".to_owned()));
    }

    #[test]
    fn invalid_and_multiple_addresses_are_rejected() {
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
            assert_eq!(normalized(text), None, "{text:?}");
        }
    }

    #[test]
    fn phone_numbers_are_normalized() {
        let phone = |text| Address::parse(Channel::Mobile, text).map(|address| address.text);
        assert_eq!(phone("152 0000-0000"), Some("15200000000".to_owned()));
        assert_eq!(phone("+86 15200000000"), Some("+8615200000000".to_owned()));
        assert_eq!(phone("15200000000,15200000001"), None);
        assert_eq!(phone("１５２００００００００"), None);
    }

    proptest::proptest! {
        #[test]
        fn normalization_is_idempotent(text in "\\PC{0,12}@\\PC{1,12}") {
            if let Some(once) = normalized(&text) {
                proptest::prop_assert_eq!(normalized(&once), Some(once.clone()));
            }
        }
    }
}
