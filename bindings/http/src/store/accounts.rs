//! Accounts as the server keeps them, and the names by which they are found.

use kouling::flow::{self, Address, Channel};
use kouling::{Moment, Previous, User};
use unicode_normalization::UnicodeNormalization;

/// An account on record.
#[derive(Clone)]
pub struct Account {
    /// Its identifier.
    pub id: String,
    /// As on record.
    pub username: String,
    /// The person's name.
    pub name: Option<String>,
    /// As on record.
    pub phone: Option<String>,
    /// As on record.
    pub email: Option<String>,
    /// The language its mails are written in.
    pub language: Option<String>,
    /// The hash of the password; none is set without it.
    pub password_hash: Option<String>,
    /// When the password was set.
    pub password_set: Option<Moment>,
    /// Whether it may be used.
    pub is_active: bool,
    /// Earlier passwords, newest first.
    pub history: Vec<Previous>,
}

impl Account {
    /// What the password rules may know.
    pub fn user(&self) -> User {
        let known = [
            ("username", Some(&self.username)),
            ("name", self.name.as_ref()),
            ("phone", self.phone.as_ref()),
            ("email", self.email.as_ref()),
        ];
        let known = known.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
        known.fold(User::new(), |user, (name, value)| user.with(name, value))
    }

    /// The address on record of a channel.
    pub fn address(&self, channel: Channel) -> Option<&str> {
        match channel {
            Channel::Email => self.email.as_deref(),
            Channel::Mobile => self.phone.as_deref(),
        }
    }

    /// Every hash on record, the current one first.
    pub fn previous(&self) -> Vec<Previous> {
        let current = self.password_hash.clone().map(|hash| Previous { hash, at: self.password_set });
        current.into_iter().chain(self.history.iter().cloned()).collect()
    }

    /// As the flow knows it.
    pub fn for_flow(&self) -> flow::Account {
        flow::Account {
            id: self.id.clone(),
            is_active: self.is_active,
            user: self.user(),
            previous: self.previous(),
            password_set: self.password_set,
        }
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

/// An account to add.
#[derive(Clone, Default)]
pub struct NewAccount {
    /// The name to sign in with.
    pub username: String,
    /// The person's name.
    pub name: Option<String>,
    /// A phone number.
    pub phone: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// A language that messages can be had in.
    pub language: Option<String>,
    /// The hash of the password.
    pub password_hash: Option<String>,
}

impl std::fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewAccount(..)")
    }
}

/// The longest name to sign in with, in bytes.
const MAX_NAME_BYTES: usize = 256;

/// A username as it is compared; `None` when it is none.
///
/// Folded for case like an address, and as strict: what Unicode calls a compatibility variant of something else is no
/// username, so that two people never have what looks like one name.
pub fn login_key(username: &str) -> Option<String> {
    let text = username.trim_matches([' ', '\t']);
    let folded: String = text.chars().flat_map(char::to_lowercase).collect();
    let stable = text.is_ascii() || (text.nfkc().eq(text.chars()) && folded.nfkc().eq(folded.chars()));
    let plain = !folded.is_empty() && folded.len() <= MAX_NAME_BYTES && !folded.contains(char::is_control);
    (plain && stable).then_some(folded)
}

/// The key of an address of a channel.
pub(super) fn address_key(channel: Channel, text: &str) -> Option<String> {
    Address::parse(channel, text).map(|address| address.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_never_meet() {
        assert_eq!(login_key(" ZhangSan "), Some("zhangsan".to_owned()));
        assert_eq!(login_key("张三"), Some("张三".to_owned()));
        assert_eq!(login_key("\u{212A}im"), None);
        assert_eq!(login_key("ｋim"), None);
        assert_ne!(login_key("mıke"), login_key("mike"));
        assert_eq!(login_key(""), None);
        assert_eq!(login_key("a\nb"), None);
    }
}
