//! Persistence: accounts, challenges, rate-limit events, sessions and outgoing messages.
//!
//! A store decides nothing. The engine's flow asks for facts and returns effects; a store applies the effects of one list
//! in one transaction. Another database is one more module beside [`sqlite`] that implements [`Store`] and passes
//! `tests/server/store_conformance.rs`.

mod accounts;
mod error;
mod outgoing;
mod seal;
pub mod sqlite;

use async_trait::async_trait;
use kouling::Moment;
use kouling::flow::{Address, Captcha, Challenge, Channel, Effect, Purpose};
use kouling::standing::{self, AccountState};

pub use accounts::{Account, Attributes, NewAccount, login_key};
pub use error::{StoreError, StoreErrorKind};
pub use outgoing::{Claim, DeliveryResult, MessageContent, OutboxStatus, OutgoingMessage};
pub use seal::{Seal, Unsealable};

/// The request that caused a list of effects, as far as a store needs it.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The language tag of the request. A message uses it if the account has no language of its own.
    pub language: &'static str,
}

/// A registered app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The client id.
    pub id: String,
    /// The display name.
    pub name: String,
    /// Its policy or policy set: the name of a preset, or an absolute path. `None` if it has the server's.
    pub policy: Option<String>,
}

impl Client {
    /// Creates an app that has the policy of the server.
    pub fn new(id: &str, name: &str) -> Client {
        Client { id: id.to_owned(), name: name.to_owned(), policy: None }
    }
}

/// A captcha and the key that its puzzle was shown with.
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
    /// The identifier of the account.
    pub account: String,
    /// The client that signed in.
    pub client: String,
    /// When it was opened.
    pub created: Moment,
    /// The first moment at which it is no longer valid.
    pub expires: Moment,
    /// Whether it can only change the password. [`Store::session_account`] does not find such a session.
    pub only_change: bool,
}

/// What a sign-in stores.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    /// The account, or a text that stands for an unknown name.
    pub subject: &'a str,
    /// The network of the client.
    pub network: &'a str,
    /// The effects of the engine.
    pub effects: &'a [standing::Effect],
    /// The session to open, and the stored hash that was verified. The account must be active and still have the hash.
    pub session: Option<(&'a NewSession, &'a str)>,
}

/// A database. Every method is one transaction, and a failed or cancelled call leaves no part of it behind.
///
/// After an error the store recovers by itself: the next call uses a working connection.
#[async_trait]
pub trait Store: Send + Sync {
    /// Writes a row of its own, to show that the store accepts writes.
    async fn check_writable(&self, now: Moment) -> Result<(), StoreError>;

    /// Returns the client with this identifier, if it is registered.
    async fn client(&self, id: &str) -> Result<Option<Client>, StoreError>;
    /// Registers a client. Returns `false` if the identifier is taken.
    async fn add_client(&self, client: &Client, now: Moment) -> Result<bool, StoreError>;
    /// Replaces the policy of a client. Returns `false` if it is not registered.
    async fn set_client_policy(&self, id: &str, policy: Option<&str>) -> Result<bool, StoreError>;
    /// Returns every client, oldest first.
    async fn clients(&self) -> Result<Vec<Client>, StoreError>;

    /// Adds all accounts, or none if an identifier is taken or invalid. Returns the indices (from 0) of those accounts.
    async fn add_accounts(&self, accounts: &[NewAccount], now: Moment) -> Result<Vec<usize>, StoreError>;
    /// Replaces the named attributes of accounts, which are given by username; other attributes stay. Changes all accounts, or
    /// none if one does not exist. Returns the indices (from 0) of those that do not.
    async fn set_attributes(&self, changes: &[(String, Attributes)]) -> Result<Vec<usize>, StoreError>;
    /// Returns how many accounts neither have the attribute `name` nor are known not to have it.
    async fn accounts_without(&self, name: &str) -> Result<u64, StoreError>;
    /// Returns an account by its identifier.
    async fn account(&self, id: &str) -> Result<Option<Account>, StoreError>;
    /// Returns the account with this address on record.
    async fn account_at(&self, address: &Address) -> Result<Option<Account>, StoreError>;
    /// Returns the account that signs in with this username, phone number or e-mail address. `None` if two accounts match.
    async fn account_named(&self, name: &str) -> Result<Option<Account>, StoreError>;

    /// Returns the newest challenge of a purpose, channel and requester, by address or, without one, by account.
    async fn challenge(
        &self,
        purpose: Purpose,
        channel: Channel,
        address: Option<&Address>,
        account: Option<&str>,
        requester: &str,
    ) -> Result<Option<Challenge>, StoreError>;
    /// Returns a captcha by its token.
    async fn captcha(&self, token: &str) -> Result<Option<StoredCaptcha>, StoreError>;
    /// Stores a new captcha.
    async fn add_captcha(&self, captcha: &StoredCaptcha) -> Result<(), StoreError>;
    /// Returns the events counted under `key` after a moment.
    async fn events(&self, key: &str, after: Moment) -> Result<Vec<Moment>, StoreError>;

    /// Applies all effects and returns `true`. If a condition does not hold, applies none and returns `false`.
    async fn apply(&self, effects: &[Effect], origin: &Origin) -> Result<bool, StoreError>;

    /// Returns the facts about the sign-ins of a subject from a network: the failures and whether the network is known; if
    /// the subject is an account, also the facts about it and its password.
    async fn account_state(&self, subject: &str, network: &str) -> Result<AccountState, StoreError>;
    /// Opens the session and applies all effects, and returns `true`. If a condition does not hold, does neither and returns
    /// `false`.
    async fn sign_in(&self, sign_in: &SignIn<'_>) -> Result<bool, StoreError>;
    /// Returns the account of a session that is neither revoked nor expired.
    async fn session_account(&self, id: &str, now: Moment) -> Result<Option<Account>, StoreError>;
    /// Returns the account of a session that can only change the password, by the hash of its token, if it belongs to this
    /// client and is neither revoked nor expired.
    async fn change_account(
        &self,
        token_hash: &[u8; 32],
        client: &str,
        now: Moment,
    ) -> Result<Option<Account>, StoreError>;

    /// Claims one due message of a channel until `until`, so that no other worker or process sends it. Messages that were
    /// tried least often come first. Expired messages and those that cannot be decrypted are dropped. `None` if no message
    /// is due. A claim that is not finished expires, and the message is due again.
    async fn claim_message(
        &self,
        channel: Channel,
        now: Moment,
        until: Moment,
    ) -> Result<Option<OutgoingMessage>, StoreError>;
    /// Records the result of a claimed delivery. Returns `false`, and changes nothing, if another worker has claimed the
    /// message since or it was dropped.
    async fn finish_message(&self, claim: &Claim, result: DeliveryResult) -> Result<bool, StoreError>;
    /// Returns how many messages wait, and since when.
    async fn outbox_status(&self) -> Result<OutboxStatus, StoreError>;

    /// Deletes expired rows. Returns how many.
    async fn purge(&self, now: Moment) -> Result<u64, StoreError>;

    /// Closes every connection. Later calls fail.
    async fn close(&self);
}
