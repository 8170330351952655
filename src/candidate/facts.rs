//! Facts are what the host knows beside the password: who the user is, which passwords came before, what time
//! it is. All of it is somebody's text, and all of it is bounded.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::time::Moment;

/// A user may have this many attributes.
pub const MAX_ATTRIBUTES: usize = 64;
/// An attribute may have this many code points.
pub const MAX_ATTRIBUTE_LENGTH: usize = 256;

/// The current password may have this many bytes, as any other.
pub const MAX_CURRENT_BYTES: usize = 4096;

/// The attributes of a user, by name. `username`, `name`, `phone` and `email` are the ones the rules ask for by
/// default; any other may be given and named in a policy.
///
/// `Debug` shows the names only: the values are personal data.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct User {
    attributes: Vec<(String, String)>,
}

impl User {
    /// Nobody: no attributes.
    pub fn new() -> User {
        User::default()
    }

    /// Adds an attribute; a name may come more than once (two phones).
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> User {
        self.attributes.push((name.into(), value.into()));
        self
    }

    /// Every value of an attribute, in the order given.
    pub fn values<'u>(&'u self, name: &'u str) -> impl Iterator<Item = &'u str> {
        self.attributes.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every attribute: name and value.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Above the declared bounds no judgement is made: an unseen attribute would be a skipped check.
    fn check_bounds(&self) -> Result<(), CannotJudge> {
        let long = |text: &str| text.len() > MAX_ATTRIBUTE_LENGTH && text.chars().count() > MAX_ATTRIBUTE_LENGTH;
        if self.attributes.len() > MAX_ATTRIBUTES
            || self.attributes.iter().any(|(name, value)| long(name) || long(value))
        {
            let message =
                format!("a user may have {MAX_ATTRIBUTES} attributes of {MAX_ATTRIBUTE_LENGTH} characters each");
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

/// A password that came before, as the host stores it: a hash, and when it was set.
#[derive(Clone, PartialEq, Eq)]
pub struct Previous {
    /// The stored hash, in one of the forms that [`crate::knowledge::stored_hash`] knows or the host's verifier.
    pub hash: String,
    /// When it was set, where the host knows.
    pub at: Option<Moment>,
}

impl fmt::Debug for Previous {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Previous").field("at", &self.at).finish_non_exhaustive()
    }
}

/// Verifies passwords against hashes of a form of the host's own.
pub trait PasswordVerifier: Sync {
    /// Whether `password` is the one that was stored; `None` when the form is not this verifier's.
    ///
    /// # Errors
    /// When it could not be verified, which is not the same as no.
    fn verify(&self, password: &[u8], stored: &str) -> Result<Option<bool>, CannotJudge>;
}

impl<V: PasswordVerifier + ?Sized> PasswordVerifier for &V {
    fn verify(&self, password: &[u8], stored: &str) -> Result<Option<bool>, CannotJudge> {
        (**self).verify(password, stored)
    }
}

/// What a judgement may know.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The user whose password it will be.
    pub user: &'a User,
    /// Earlier passwords, the current one first, then newest to oldest.
    pub previous: &'a [Previous],
    /// The current password itself, as its owner typed it, where the host has it: when one is changed, not when it is
    /// reset.
    pub current: Option<&'a [u8]>,
    /// The host's own verifier; asked before the built-in forms.
    pub verifier: Option<&'a dyn PasswordVerifier>,
    /// The moment of judging.
    pub now: Moment,
}

impl<'a> Facts<'a> {
    /// Facts with no history.
    pub fn new(user: &'a User, now: Moment) -> Facts<'a> {
        Facts { user, previous: &[], current: None, verifier: None, now }
    }

    /// The same with earlier passwords.
    #[must_use]
    pub fn with_previous(self, previous: &'a [Previous]) -> Facts<'a> {
        Facts { previous, ..self }
    }

    /// The same with the current password itself.
    #[must_use]
    pub fn with_current(self, current: &'a [u8]) -> Facts<'a> {
        Facts { current: Some(current), ..self }
    }
}

impl Facts<'_> {
    /// Above the declared bounds no judgement is made: what is not looked at would be a skipped check.
    pub(crate) fn check_bounds(&self) -> Result<(), CannotJudge> {
        self.user.check_bounds()?;
        if self.current.is_some_and(|current| current.len() > MAX_CURRENT_BYTES) {
            let message = format!("the current password may have {MAX_CURRENT_BYTES} bytes");
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
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// We could not judge. Never the same as refused, and never a way to accepted.
#[derive(Clone)]
pub struct CannotJudge {
    kind: CannotJudgeKind,
    message: String,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// Why we could not judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CannotJudgeKind {
    /// The password is not UTF-8.
    NotUtf8,
    /// The password holds a NUL.
    Nul,
    /// More or longer attributes than the bounds allow.
    TooManyFacts,
    /// A stored hash has an unknown form, is damaged or costs too much.
    StoredHash,
    /// What a rule looks things up in cannot be read, or is damaged.
    Unavailable,
    /// A rule or verifier of the host's own failed.
    Custom,
}

impl CannotJudgeKind {
    /// The kind as a stable word: `not_utf8`.
    pub fn name(self) -> &'static str {
        match self {
            CannotJudgeKind::NotUtf8 => "not_utf8",
            CannotJudgeKind::Nul => "nul",
            CannotJudgeKind::TooManyFacts => "too_many_facts",
            CannotJudgeKind::StoredHash => "stored_hash",
            CannotJudgeKind::Unavailable => "unavailable",
            CannotJudgeKind::Custom => "custom",
        }
    }
}

impl CannotJudge {
    /// An error of a kind; the message must hold nothing of the password or the hash.
    pub fn new(kind: CannotJudgeKind, message: impl Into<String>) -> CannotJudge {
        CannotJudge { kind, message: message.into(), source: None }
    }

    /// Attaches the error of the custom rule or verifier that failed. [`Error::source`] returns it; `Debug` and `Display`
    /// omit it, because it may quote the password.
    pub fn with_source(self, source: impl Error + Send + Sync + 'static) -> CannotJudge {
        CannotJudge { source: Some(Arc::new(source)), ..self }
    }

    /// Why.
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
        f.debug_struct("CannotJudge").field("kind", &self.kind).field("message", &self.message).finish_non_exhaustive()
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
