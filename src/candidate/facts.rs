//! The facts that the host supplies with a password: the user's attributes, earlier passwords and the time. All of them
//! are untrusted input with size limits.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::time::Moment;

/// The maximum number of attributes of a user that the rules of a policy read.
pub const MAX_ATTRIBUTES: usize = 64;
/// The maximum number of attributes of a user, with those that no rule reads.
pub const MAX_ALL_ATTRIBUTES: usize = 512;
/// The number of code points of the value of an attribute that count, and the maximum length of the name of an attribute
/// that a rule reads.
pub const MAX_ATTRIBUTE_LENGTH: usize = 256;

/// The maximum length of [`Facts::current`], in bytes.
pub const MAX_CURRENT_BYTES: usize = 4096;

/// The attributes of a user. The rules compare with `username`, `name`, `phone` and `email` by default; a policy can name
/// others.
///
/// Only the first [`MAX_ATTRIBUTE_LENGTH`] code points of a value count. If a rule reads a longer one, the outcome has the note
/// `attributes.shortened`. At most [`MAX_ATTRIBUTES`] attributes can be read by rules, and a user can have at most
/// [`MAX_ALL_ATTRIBUTES`].
///
/// `Debug` shows only the names, because the values are personal data.
///
/// A rule derives from a user what it searches for, such as the spellings of a name. The user keeps that, so evaluating many
/// passwords with one `User` is faster than creating one for each.
#[derive(Clone, Default)]
pub struct User {
    attributes: Vec<(String, String)>,
    /// The names of attributes with values of which only the beginning counts.
    shortened: Vec<String>,
    prepared: Prepared,
}

impl PartialEq for User {
    fn eq(&self, other: &User) -> bool {
        self.attributes == other.attributes
    }
}

impl Eq for User {}

/// What rules derived from a user, by rule. A clone starts empty.
#[derive(Default)]
struct Prepared(Mutex<Vec<(PreparationKey, Arc<dyn Any + Send + Sync>)>>);

impl Clone for Prepared {
    fn clone(&self) -> Prepared {
        Prepared::default()
    }
}

/// The maximum number of rules for which a user keeps what they derived. Policies that are loaded again have new rules.
const MAX_PREPARED: usize = 64;

/// Identifies a rule in a loaded policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PreparationKey(u64);

impl PreparationKey {
    /// Returns a key that no other rule has.
    pub(crate) fn new() -> PreparationKey {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        PreparationKey(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl User {
    /// Creates a user without attributes.
    pub fn new() -> User {
        User::default()
    }

    /// Adds an attribute. A name can be added more than once, for example for two phone numbers.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> User {
        let (name, mut value): (String, String) = (name.into(), value.into());
        if let Some((end, _)) = value.char_indices().nth(MAX_ATTRIBUTE_LENGTH) {
            value.truncate(end);
            self.shortened.push(name.clone());
        }
        self.attributes.push((name, value));
        self.prepared = Prepared::default();
        self
    }

    /// Returns what the rule with this key derives from the user. `derive` runs once for a user and rule.
    pub(crate) fn prepared<T: Any + Send + Sync>(
        &self,
        key: PreparationKey,
        derive: impl FnOnce(&User) -> T,
    ) -> Arc<T> {
        let lock = || self.prepared.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().iter().find(|(known, _)| *known == key).map(|(_, prepared)| prepared.clone());
        if let Some(prepared) = known.and_then(|prepared| prepared.downcast().ok()) {
            return prepared;
        }
        // Without the lock: two threads may derive the same.
        let prepared = Arc::new(derive(self));
        let mut all = lock();
        if all.len() >= MAX_PREPARED {
            all.clear();
        }
        all.push((key, prepared.clone()));
        prepared
    }

    /// Returns the values of the attribute `name`, in the order in which they were added.
    pub fn values<'u>(&'u self, name: &'u str) -> impl Iterator<Item = &'u str> {
        self.attributes.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the name and value of every attribute, in the order in which they were added.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the names of the attributes with values of which only the beginning counts.
    pub(crate) fn shortened(&self) -> impl Iterator<Item = &str> {
        self.shortened.iter().map(String::as_str)
    }

    /// Exceeding a limit is an error: ignoring an attribute that a rule reads would silently skip a check.
    pub(crate) fn check_bounds(&self, is_read: impl Fn(&str) -> bool) -> Result<(), CannotJudge> {
        let count = self.attributes.len();
        let names = || self.attributes.iter().map(|(name, _)| name.as_str());
        let is_long =
            |name: &str| name.len() > MAX_ATTRIBUTE_LENGTH && name.chars().nth(MAX_ATTRIBUTE_LENGTH).is_some();
        if count > MAX_ALL_ATTRIBUTES
            || (count > MAX_ATTRIBUTES && names().filter(|name| is_read(name)).count() > MAX_ATTRIBUTES)
            || names().any(|name| is_long(name) && is_read(name))
        {
            let message = format!(
                "too many user attributes or too long names; the limits are {MAX_ATTRIBUTES} attributes that rules read, {MAX_ALL_ATTRIBUTES} in all, and {MAX_ATTRIBUTE_LENGTH} characters for a name"
            );
            return Err(CannotJudge::new(CannotJudgeKind::TooManyFacts, message));
        }
        Ok(())
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.attributes.iter().map(|(name, _)| name)).finish()
    }
}

/// An earlier password, as the host stores it.
#[derive(Clone, PartialEq, Eq)]
pub struct Previous {
    /// The stored hash, in a format that [`crate::knowledge::stored_hash`] or the host's [`PasswordVerifier`] supports.
    pub hash: String,
    /// When the password was set; `None` if the host does not know.
    pub at: Option<Moment>,
}

impl fmt::Debug for Previous {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Previous").field("at", &self.at).finish_non_exhaustive()
    }
}

/// Verifies passwords against stored hashes in a custom format of the host.
pub trait PasswordVerifier: Sync {
    /// Returns whether `stored` is a hash of `password`; `None` if the verifier does not support the format of `stored`.
    ///
    /// # Errors
    /// Returns an error if the password could not be verified. An error is not a mismatch.
    fn verify(&self, password: &[u8], stored: &str) -> Result<Option<bool>, CannotJudge>;
}

impl<V: PasswordVerifier + ?Sized> PasswordVerifier for &V {
    fn verify(&self, password: &[u8], stored: &str) -> Result<Option<bool>, CannotJudge> {
        (**self).verify(password, stored)
    }
}

/// The facts of one evaluation.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The user who will own the password.
    pub user: &'a User,
    /// The stored hashes of the current password and of earlier ones, newest first.
    pub previous: &'a [Previous],
    /// The current password as its owner typed it, in UTF-8; `None` if the host does not have it. It is available when
    /// a password is changed, but not when it is reset.
    pub current: Option<&'a [u8]>,
    /// The host's verifier, tried before the built-in formats.
    pub verifier: Option<&'a dyn PasswordVerifier>,
    /// When the current password was set, for a change by the user: `reset.min_password_age` then applies. `None` for a
    /// first password, for a change that is required, and if the host does not know.
    pub password_set: Option<Moment>,
    /// The current time.
    pub now: Moment,
}

impl<'a> Facts<'a> {
    /// Creates facts about `user` at the time `now`, without a history, a current password and a verifier.
    pub fn new(user: &'a User, now: Moment) -> Facts<'a> {
        Facts { user, previous: &[], current: None, verifier: None, password_set: None, now }
    }

    /// Sets [`Facts::previous`].
    #[must_use]
    pub fn with_previous(self, previous: &'a [Previous]) -> Facts<'a> {
        Facts { previous, ..self }
    }

    /// Sets [`Facts::current`].
    #[must_use]
    pub fn with_current(self, current: &'a [u8]) -> Facts<'a> {
        Facts { current: Some(current), ..self }
    }

    /// Sets [`Facts::password_set`].
    #[must_use]
    pub fn with_password_set(self, at: Moment) -> Facts<'a> {
        Facts { password_set: Some(at), ..self }
    }
}

impl Facts<'_> {
    /// Exceeding a limit is an error: ignoring a fact would silently skip a check.
    pub(crate) fn check_bounds(&self, is_read: impl Fn(&str) -> bool) -> Result<(), CannotJudge> {
        self.user.check_bounds(is_read)?;
        if self.current.is_some_and(|current| current.len() > MAX_CURRENT_BYTES) {
            let message = format!("the current password is longer than {MAX_CURRENT_BYTES} bytes");
            return Err(CannotJudge::new(CannotJudgeKind::TooManyFacts, message));
        }
        Ok(())
    }
}

impl fmt::Debug for Facts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Facts")
            .field("user", self.user)
            .field("previous", &self.previous.len())
            .field("current", &self.current.is_some())
            .field("password_set", &self.password_set)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// The password could not be evaluated. Distinct from a refusal; must never be treated as acceptance.
#[derive(Clone)]
pub struct CannotJudge {
    kind: CannotJudgeKind,
    message: String,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// Why a password could not be evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CannotJudgeKind {
    /// The password is not UTF-8.
    NotUtf8,
    /// The password contains a NUL.
    Nul,
    /// There are more or longer facts than the limits permit.
    TooManyFacts,
    /// The host did not supply a fact that the evaluation needs.
    MissingFact,
    /// A stored hash has an unknown format, is damaged or is too expensive to verify.
    StoredHash,
    /// A word list or filter of a rule cannot be read or is damaged.
    Unavailable,
    /// A custom rule or verifier of the host failed.
    Custom,
}

impl CannotJudgeKind {
    /// Returns the stable name of the kind, such as `not_utf8`.
    pub fn name(self) -> &'static str {
        match self {
            CannotJudgeKind::NotUtf8 => "not_utf8",
            CannotJudgeKind::Nul => "nul",
            CannotJudgeKind::TooManyFacts => "too_many_facts",
            CannotJudgeKind::MissingFact => "missing_fact",
            CannotJudgeKind::StoredHash => "stored_hash",
            CannotJudgeKind::Unavailable => "unavailable",
            CannotJudgeKind::Custom => "custom",
        }
    }
}

impl CannotJudge {
    /// Creates an error. `message` must not contain any part of the password or of a stored hash.
    pub fn new(kind: CannotJudgeKind, message: impl Into<String>) -> CannotJudge {
        CannotJudge { kind, message: message.into(), source: None }
    }

    /// Attaches the error of the custom rule or verifier that failed. [`Error::source`] returns it; `Debug` and `Display`
    /// omit it, because it may quote the password.
    pub fn with_source(self, source: impl Error + Send + Sync + 'static) -> CannotJudge {
        CannotJudge { source: Some(Arc::new(source)), ..self }
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> CannotJudgeKind {
        self.kind
    }
}

impl fmt::Display for CannotJudge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for CannotJudge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CannotJudge")
            .field("kind", &self.kind)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

/// Ignores the source: errors cannot be compared in general.
impl PartialEq for CannotJudge {
    fn eq(&self, other: &CannotJudge) -> bool {
        (self.kind, &self.message) == (other.kind, &other.message)
    }
}

impl Eq for CannotJudge {}

impl Error for CannotJudge {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_keeps_what_a_rule_derives() {
        let (key, other) = (PreparationKey::new(), PreparationKey::new());
        let user = User::new().with("username", "heron");
        let derive = |text: &'static str| move |_: &User| text;
        assert_eq!(*user.prepared(key, derive("first")), "first");
        assert_eq!(*user.prepared(key, derive("second")), "first");
        assert_eq!(*user.prepared(other, derive("third")), "third");
        assert_eq!(*user.clone().prepared(key, derive("fourth")), "fourth");
        assert_eq!(user.clone(), user);
        let user = user.with("name", "Heron");
        assert_eq!(*user.prepared(key, derive("fifth")), "fifth");
        for _ in 0..3 * MAX_PREPARED {
            user.prepared(PreparationKey::new(), derive("other"));
        }
        assert!(user.prepared.0.lock().unwrap().len() <= MAX_PREPARED);
    }
}
