//! A store remembers: accounts, challenges, events, sessions, messages on their way.
//!
//! It decides nothing. The engine's flow asks for facts and gives back effects, and a store carries the effects of one
//! list out in one transaction or not at all. One more engine (for several machines) is one more file beside
//! [`sqlite`] that implements [`Store`].

mod accounts;
mod seal;
pub mod sqlite;

use async_trait::async_trait;
use kouling::Moment;
use kouling::flow::{Address, Captcha, Challenge, Channel, Effect, Purpose, Secret};

pub use accounts::{Account, NewAccount, login_key};
pub use seal::{Seal, Unsealable};

/// The store cannot be asked now; nothing was done.
#[derive(Debug)]
pub struct StoreError(Box<dyn std::error::Error + Send + Sync>);

impl StoreError {
    /// From whatever the engine said.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
        StoreError(cause.into())
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the store cannot be asked: {}", self.0)
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.0.as_ref())
    }
}

/// What a list of effects came from, as far as a store needs to know.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The language of the request: a message takes it when the account has none of its own.
    pub language: &'static str,
}

/// A captcha and the key its puzzle was shown with.
#[derive(Clone, Debug)]
pub struct StoredCaptcha {
    /// The engine's record.
    pub captcha: Captcha,
    /// 16 characters with which a client may encrypt its answer.
    pub secret_key: String,
}

/// A session to open.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its identifier: the `jti` of the id token.
    pub id: String,
    /// SHA-256 of the session token.
    pub token_hash: [u8; 32],
    /// Whose it is.
    pub account: String,
    /// The client that signed in.
    pub client: String,
    /// When it was opened.
    pub made: Moment,
    /// When it dies.
    pub dies: Moment,
}

/// What a message is about.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A code, and what it is for.
    Code(Purpose, Secret),
    /// The password was changed.
    Changed,
}

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Its identifier: 32 hexadecimal digits.
    pub id: String,
    /// How it travels.
    pub channel: Channel,
    /// Where to: an address on record, or what was asked for where there is no account.
    pub recipient: String,
    /// The reader's language.
    pub language: String,
    /// What it is about.
    pub subject: Subject,
    /// When it was written.
    pub made: Moment,
    /// When it is worth nothing any more.
    pub dies: Moment,
    /// How often its delivery has failed.
    pub attempts: u32,
}

/// Remembers. Every method is one transaction.
#[async_trait]
pub trait Store: Send + Sync {
    /// Whether it can be asked.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Whether this client is registered.
    async fn has_client(&self, id: &str) -> Result<bool, StoreError>;
    /// Registers a client; `false` when it already is.
    async fn add_client(&self, id: &str, name: &str, now: Moment) -> Result<bool, StoreError>;
    /// Every client: identifier and name.
    async fn clients(&self) -> Result<Vec<(String, String)>, StoreError>;

    /// Adds accounts: all of them, or none and the numbers (from 0) of those whose identifiers are taken.
    async fn add_accounts(&self, accounts: &[NewAccount], now: Moment) -> Result<Vec<usize>, StoreError>;
    /// An account by its identifier.
    async fn account(&self, id: &str) -> Result<Option<Account>, StoreError>;
    /// An account by an address on record.
    async fn account_at(&self, address: &Address) -> Result<Option<Account>, StoreError>;
    /// The account that signs in with this name; none when two would.
    async fn account_named(&self, name: &str) -> Result<Option<Account>, StoreError>;

    /// Returns the newest challenge of a purpose, channel and requester, for an address or, without one, for an account.
    async fn challenge(
        &self,
        purpose: Purpose,
        channel: Channel,
        address: Option<&Address>,
        account: Option<&str>,
        requester: &str,
    ) -> Result<Option<Challenge>, StoreError>;
    /// A captcha by its token.
    async fn captcha(&self, token: &str) -> Result<Option<StoredCaptcha>, StoreError>;
    /// Keeps a captcha that was drawn.
    async fn add_captcha(&self, captcha: &StoredCaptcha) -> Result<(), StoreError>;
    /// The events under a key after a moment.
    async fn events(&self, key: &str, after: Moment) -> Result<Vec<Moment>, StoreError>;

    /// Carries the effects out: all (`true`), or none because a condition does not hold (`false`).
    async fn apply(&self, effects: &[Effect], origin: &Origin) -> Result<bool, StoreError>;

    /// Opens a session, if the account is active and its stored hash is still the one that was verified.
    async fn open_session(&self, session: &NewSession, verified: &str) -> Result<bool, StoreError>;
    /// The account of a session that is neither revoked nor dead.
    async fn session_account(&self, id: &str, now: Moment) -> Result<Option<Account>, StoreError>;

    /// Messages that are due, oldest first. Those that died or cannot be opened any more are dropped on the way.
    async fn due_letters(&self, now: Moment, most: u32) -> Result<Vec<Letter>, StoreError>;
    /// A message was delivered: forgets its code.
    async fn letter_delivered(&self, id: &str) -> Result<(), StoreError>;
    /// A message can never be delivered: forgets its code.
    async fn letter_dropped(&self, id: &str) -> Result<(), StoreError>;
    /// A delivery failed; try again at `due`.
    async fn letter_failed(&self, id: &str, due: Moment) -> Result<(), StoreError>;

    /// Forgets what has expired; how many rows went.
    async fn purge(&self, now: Moment) -> Result<u64, StoreError>;

    /// Ends: what is not written yet is written.
    async fn close(&self);
}
