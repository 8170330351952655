//! Accounts, and the keys by which they are found.

use std::collections::BTreeMap;

use kouling::flow::{self, Address, Channel};
use kouling::{Moment, Previous, User};
use unicode_normalization::UnicodeNormalization;

/// Attributes by name, each with its values. An empty value states that the account does not have the attribute.
pub type Attributes = BTreeMap<String, Vec<String>>;

/// An account on record.
#[derive(Clone)]
pub struct Account {
    /// Its identifier.
    pub id: String,
    /// The username, as entered.
    pub username: String,
    /// The person's name.
    pub name: Option<String>,
    /// The phone number, as entered.
    pub phone: Option<String>,
    /// The e-mail address, as entered.
    pub email: Option<String>,
    /// The language tag of its messages.
    pub language: Option<String>,
    /// The hash of the password. `None` if the account has no password.
    pub password_hash: Option<String>,
    /// When the password was set.
    pub password_set: Option<Moment>,
    /// Whether it may sign in.
    pub is_active: bool,
    /// Whether the password must be changed, because it is temporary or because an administrator requires it.
    pub must_change: bool,
    /// Earlier passwords, newest first.
    pub history: Vec<Previous>,
    /// Further attributes, by which a policy set selects a policy and which password rules can compare with.
    pub attributes: Attributes,
}

impl Account {
    /// Returns the attributes that password rules compare with and conditions of a policy set read.
    pub fn user(&self) -> User {
        let attributes = [
            ("username", Some(&self.username)),
            ("name", self.name.as_ref()),
            ("phone", self.phone.as_ref()),
            ("email", self.email.as_ref()),
        ];
        let attributes = attributes.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
        let stored =
            self.attributes.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        let user = attributes.fold(User::new(), |user, (name, value)| user.with(name, value));
        stored.fold(user, |user, (name, value)| user.with(name, value))
    }

    /// Returns the address on record of a channel.
    pub fn address(&self, channel: Channel) -> Option<&str> {
        match channel {
            Channel::Email => self.email.as_deref(),
            Channel::Mobile => self.phone.as_deref(),
        }
    }

    /// Returns every hash on record, the current one first.
    pub fn previous(&self) -> Vec<Previous> {
        let current = self.password_hash.clone().map(|hash| Previous { hash, at: self.password_set });
        current.into_iter().chain(self.history.iter().cloned()).collect()
    }

    /// Returns the account as the engine's flow expects it.
    pub fn for_flow(&self) -> flow::Account {
        flow::Account {
            id: self.id.clone(),
            is_active: self.is_active,
            user: self.user(),
            previous: self.previous(),
            password_set: self.password_set.filter(|_| !self.must_change),
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
    /// The username.
    pub username: String,
    /// The person's name.
    pub name: Option<String>,
    /// A phone number.
    pub phone: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// The language tag of its messages.
    pub language: Option<String>,
    /// The hash of the password.
    pub password_hash: Option<String>,
    /// Whether the password must be changed at the first sign-in.
    pub must_change: bool,
    /// Whether the password is temporary: the policy can limit how long and how often it can be used.
    pub is_temporary: bool,
    /// Further attributes.
    pub attributes: Attributes,
}

impl std::fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewAccount(..)")
    }
}

/// Maximum length of a username, in bytes.
const MAX_NAME_BYTES: usize = 256;

/// Returns the form in which a username is compared, or `None` if it is invalid.
///
/// Case is folded, as in addresses. Compatibility variants of Unicode are invalid, so that no two usernames look alike.
pub fn login_key(username: &str) -> Option<String> {
    let text = username.trim_matches([' ', '\t']);
    let folded: String = text.chars().flat_map(char::to_lowercase).collect();
    let stable = text.is_ascii() || (text.nfkc().eq(text.chars()) && folded.nfkc().eq(folded.chars()));
    let plain = !folded.is_empty() && folded.len() <= MAX_NAME_BYTES && !folded.contains(char::is_control);
    (plain && stable).then_some(folded)
}

/// Returns the form in which an address is compared, or `None` if it is invalid.
pub(super) fn address_key(channel: Channel, text: &str) -> Option<String> {
    Address::parse(channel, text).map(|address| address.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookalike_usernames_are_invalid() {
        assert_eq!(login_key(" ZhangSan "), Some("zhangsan".to_owned()));
        assert_eq!(login_key("张三"), Some("张三".to_owned()));
        assert_eq!(login_key("\u{212A}im"), None);
        assert_eq!(login_key("ｋim"), None);
        assert_ne!(login_key("mıke"), login_key("mike"));
        assert_eq!(login_key(""), None);
        assert_eq!(login_key("a\nb"), None);
    }
}
