//! The built-in store: one SQLite file.
//!
//! Readers never wait for the writer (write-ahead log). One connection writes, and every write begins with
//! `BEGIN IMMEDIATE`, so that a condition that was read inside holds until the commit, also against another process on
//! the same file. A commit is on the disk before the call is answered (`synchronous = FULL`): a power cut never makes a
//! used code valid again.

mod apply;
mod outbox;
mod queries;
mod standing;
mod writer;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use kouling::Moment;
use kouling::flow::{Address, Captcha, CaptchaState, Challenge, Channel, Effect, Purpose};
use kouling::standing::AccountState;
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use self::writer::Writer;
use super::{
    Account, Attributes, Claim, Client, DeliveryResult, NewAccount, Origin, OutboxStatus, OutgoingMessage, Seal,
    SignIn, Store, StoreError, StoreErrorKind, StoredCaptcha,
};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// The number of reading connections.
const READERS: u32 = 4;
/// How long a connection waits for another process's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a call waits for a reading connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// The store in one SQLite file.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    read: SqlitePool,
    writer: Writer,
    seal: Seal,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        // The low byte of an extended result code is the primary code: https://www.sqlite.org/rescode.html.
        let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
        let kind = match (code.map(|code| code & 0xff), &error) {
            (Some(13), _) => StoreErrorKind::Full,
            (Some(5 | 6), _) | (_, sqlx::Error::PoolTimedOut) => StoreErrorKind::Busy,
            (Some(8 | 10 | 14), _) | (_, sqlx::Error::Io(_)) => StoreErrorKind::Io,
            _ => StoreErrorKind::Other,
        };
        StoreError::new(kind, error)
    }
}

impl SqliteStore {
    /// Opens a file, creates it if it is missing, and migrates its tables.
    ///
    /// # Errors
    /// The file cannot be opened, or was written by a newer version.
    pub async fn open(path: &Path, seal: Seal) -> Result<SqliteStore, StoreError> {
        // Created before SQLite does, so that only its owner can read it; SQLite's companion files take its mode.
        let created = OpenOptions::new().append(true).create(true).mode(0o600).open(path);
        created.map_err(|error| StoreError::new(StoreErrorKind::Io, error))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            // A file that disappears later is an error, not a new and empty database.
            .create_if_missing(false)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            // Deleted bytes are overwritten: an encrypted code must not remain in a free page.
            .pragma("secure_delete", "ON");
        let mut connection = options.connect().await?;
        MIGRATIONS.run(&mut connection).await.map_err(StoreError::other)?;
        let pool = SqlitePoolOptions::new().max_connections(READERS).acquire_timeout(ACQUIRE_TIMEOUT);
        let read = pool.connect_with(options.clone()).await?;
        Ok(SqliteStore { read, writer: Writer::new(options, connection), seal })
    }
}

/// Returns the stored name of a captcha's state.
fn state_name(state: &CaptchaState) -> &'static str {
    match state {
        CaptchaState::Open => "open",
        CaptchaState::Solved { .. } => "solved",
        CaptchaState::Used => "used",
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn check_writable(&self, now: Moment) -> Result<(), StoreError> {
        let mut write = self.writer.begin().await?;
        sqlx::query(
            "INSERT INTO readiness (id, checked) VALUES (1, ?)
             ON CONFLICT (id) DO UPDATE SET checked = excluded.checked",
        )
        .bind(now.unix())
        .execute(write.connection())
        .await?;
        write.commit().await
    }

    async fn client(&self, id: &str) -> Result<Option<Client>, StoreError> {
        queries::client(&self.read, id).await
    }

    async fn add_client(&self, client: &Client, now: Moment) -> Result<bool, StoreError> {
        let mut write = self.writer.begin().await?;
        let added = sqlx::query(
            "INSERT INTO clients (id, name, created, policy) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(&client.id)
        .bind(&client.name)
        .bind(now.unix())
        .bind(&client.policy)
        .execute(write.connection())
        .await?;
        write.commit().await?;
        Ok(added.rows_affected() == 1)
    }

    async fn set_client_policy(&self, id: &str, policy: Option<&str>) -> Result<bool, StoreError> {
        let mut write = self.writer.begin().await?;
        let set = sqlx::query("UPDATE clients SET policy = ? WHERE id = ?")
            .bind(policy)
            .bind(id)
            .execute(write.connection())
            .await?;
        write.commit().await?;
        Ok(set.rows_affected() == 1)
    }

    async fn clients(&self) -> Result<Vec<Client>, StoreError> {
        queries::clients(&self.read).await
    }

    async fn add_accounts(&self, accounts: &[NewAccount], now: Moment) -> Result<Vec<usize>, StoreError> {
        let mut write = self.writer.begin().await?;
        let mut taken = Vec::new();
        for (index, account) in accounts.iter().enumerate() {
            if !apply::add_account(write.connection(), account, now).await? {
                taken.push(index);
            }
        }
        match taken.is_empty() {
            true => write.commit().await?,
            false => write.roll_back().await?,
        }
        Ok(taken)
    }

    async fn set_attributes(&self, changes: &[(String, Attributes)]) -> Result<Vec<usize>, StoreError> {
        let mut write = self.writer.begin().await?;
        let mut unknown = Vec::new();
        for (index, (username, attributes)) in changes.iter().enumerate() {
            if !apply::set_attributes(write.connection(), username, attributes).await? {
                unknown.push(index);
            }
        }
        match unknown.is_empty() {
            true => write.commit().await?,
            false => write.roll_back().await?,
        }
        Ok(unknown)
    }

    async fn accounts_without(&self, name: &str) -> Result<u64, StoreError> {
        queries::accounts_without(&self.read, name).await
    }

    async fn account(&self, id: &str) -> Result<Option<Account>, StoreError> {
        queries::account(&self.read, queries::By::Id, id).await
    }

    async fn account_at(&self, address: &Address) -> Result<Option<Account>, StoreError> {
        queries::account(&self.read, queries::By::Address(address.channel()), address.as_str()).await
    }

    async fn account_named(&self, name: &str) -> Result<Option<Account>, StoreError> {
        queries::account_named(&self.read, name).await
    }

    async fn challenge(
        &self,
        purpose: Purpose,
        channel: Channel,
        address: Option<&Address>,
        account: Option<&str>,
        requester: &str,
    ) -> Result<Option<Challenge>, StoreError> {
        queries::challenge(&self.read, purpose, channel, address, account, requester).await
    }

    async fn captcha(&self, token: &str) -> Result<Option<StoredCaptcha>, StoreError> {
        queries::captcha(&self.read, token).await
    }

    async fn add_captcha(&self, stored: &StoredCaptcha) -> Result<(), StoreError> {
        let Captcha { token, answer, created, state } = &stored.captcha;
        let answer = serde_json::to_string(answer).map_err(StoreError::other)?;
        let mut write = self.writer.begin().await?;
        sqlx::query("INSERT INTO captchas (token, answer, secret_key, created, state) VALUES (?, ?, ?, ?, ?)")
            .bind(token)
            .bind(answer)
            .bind(&stored.secret_key)
            .bind(created.unix())
            .bind(state_name(state))
            .execute(write.connection())
            .await?;
        write.commit().await
    }

    async fn events(&self, key: &str, after: Moment) -> Result<Vec<Moment>, StoreError> {
        let moments: Vec<i64> = sqlx::query_scalar("SELECT at FROM events WHERE key = ? AND at > ?")
            .bind(key)
            .bind(after.unix())
            .fetch_all(&self.read)
            .await?;
        Ok(moments.into_iter().map(Moment::from_unix).collect())
    }

    async fn apply(&self, effects: &[Effect], origin: &Origin) -> Result<bool, StoreError> {
        if effects.is_empty() {
            return Ok(true);
        }
        let mut write = self.writer.begin().await?;
        let mut applier = apply::Applier { connection: write.connection(), seal: &self.seal, origin };
        for effect in effects {
            if !applier.apply(effect).await? {
                write.roll_back().await?;
                return Ok(false);
            }
        }
        write.commit().await?;
        Ok(true)
    }

    async fn account_state(&self, subject: &str, network: &str) -> Result<AccountState, StoreError> {
        standing::state(&self.read, subject, network).await
    }

    async fn sign_in(&self, sign_in: &SignIn<'_>) -> Result<bool, StoreError> {
        if sign_in.effects.is_empty() && sign_in.session.is_none() {
            return Ok(true);
        }
        let mut write = self.writer.begin().await?;
        let is_applied = standing::sign_in(write.connection(), sign_in).await?;
        match is_applied {
            true => write.commit().await?,
            false => write.roll_back().await?,
        }
        Ok(is_applied)
    }

    async fn session_account(&self, id: &str, now: Moment) -> Result<Option<Account>, StoreError> {
        queries::account(&self.read, queries::By::Session(now), id).await
    }

    async fn change_account(
        &self,
        token_hash: &[u8; 32],
        client: &str,
        now: Moment,
    ) -> Result<Option<Account>, StoreError> {
        queries::account(&self.read, queries::By::ChangeToken(token_hash, now), client).await
    }

    async fn claim_message(
        &self,
        channel: Channel,
        now: Moment,
        until: Moment,
    ) -> Result<Option<OutgoingMessage>, StoreError> {
        outbox::claim(self, channel, now, until).await
    }

    async fn finish_message(&self, claim: &Claim, result: DeliveryResult) -> Result<bool, StoreError> {
        outbox::finish(self, claim, result).await
    }

    async fn outbox_status(&self) -> Result<OutboxStatus, StoreError> {
        outbox::status(&self.read).await
    }

    async fn purge(&self, now: Moment) -> Result<u64, StoreError> {
        outbox::purge(self, now).await
    }

    async fn close(&self) {
        // The connection that is closed last writes the write-ahead log back into the file.
        self.read.close().await;
        self.writer.close().await;
    }
}
