//! The built-in store: one SQLite file.
//!
//! Readers never wait for the writer (write-ahead log). There is one writing connection, and every write begins with
//! `BEGIN IMMEDIATE`, so that a condition that was read inside holds until the commit, also against another process on
//! the same file. A commit is on the disk before it is answered (`synchronous = FULL`): a power cut gives no spent
//! code back.

mod apply;
mod look_up;
mod outbox;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use kouling::Moment;
use kouling::flow::{Address, Captcha, CaptchaState, Challenge, Channel, Effect, Purpose};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, Transaction};

use super::{Account, Letter, NewAccount, NewSession, Origin, Seal, Store, StoreError, StoredCaptcha};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// Connections that read.
const READERS: u32 = 4;
/// How long a connection waits for another process's write.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a call waits for a connection.
const QUEUE: Duration = Duration::from_secs(5);

/// The store in one SQLite file.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    read: SqlitePool,
    write: SqlitePool,
    seal: Seal,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        StoreError::new(error)
    }
}

impl SqliteStore {
    /// Opens a file, makes it when there is none, and brings its tables up to date.
    ///
    /// # Errors
    /// When it cannot be opened, or is of a newer version.
    pub async fn open(path: &Path, seal: Seal) -> Result<SqliteStore, StoreError> {
        // Made before SQLite does, so that nobody else can read it; what SQLite puts beside it takes its mode.
        let made = OpenOptions::new().append(true).create(true).mode(0o600).open(path);
        made.map_err(StoreError::new)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE)
            // What is deleted is overwritten: a code's cipher text must not stay in a free page.
            .pragma("secure_delete", "ON");
        let pool = |most| SqlitePoolOptions::new().max_connections(most).acquire_timeout(QUEUE);
        let write = pool(1).connect_with(options.clone()).await?;
        MIGRATIONS.run(&write).await.map_err(StoreError::new)?;
        let read = pool(READERS).connect_with(options).await?;
        Ok(SqliteStore { read, write, seal })
    }

    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.write.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// The stored word of a captcha's state.
fn state_name(state: &CaptchaState) -> &'static str {
    match state {
        CaptchaState::Open => "open",
        CaptchaState::Solved { .. } => "solved",
        CaptchaState::Used => "used",
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM clients LIMIT 1").fetch_optional(&self.read).await?;
        Ok(())
    }

    async fn has_client(&self, id: &str) -> Result<bool, StoreError> {
        let found = sqlx::query("SELECT 1 FROM clients WHERE id = ?").bind(id).fetch_optional(&self.read).await?;
        Ok(found.is_some())
    }

    async fn add_client(&self, id: &str, name: &str, now: Moment) -> Result<bool, StoreError> {
        let added = sqlx::query("INSERT INTO clients (id, name, made) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
            .bind(id)
            .bind(name)
            .bind(now.unix())
            .execute(&self.write)
            .await?;
        Ok(added.rows_affected() == 1)
    }

    async fn clients(&self) -> Result<Vec<(String, String)>, StoreError> {
        Ok(sqlx::query_as("SELECT id, name FROM clients ORDER BY made, id").fetch_all(&self.read).await?)
    }

    async fn add_accounts(&self, accounts: &[NewAccount], now: Moment) -> Result<Vec<usize>, StoreError> {
        let mut transaction = self.begin().await?;
        let mut taken = Vec::new();
        for (number, account) in accounts.iter().enumerate() {
            if !apply::add_account(&mut transaction, account, now).await? {
                taken.push(number);
            }
        }
        if taken.is_empty() {
            transaction.commit().await?;
        }
        Ok(taken)
    }

    async fn account(&self, id: &str) -> Result<Option<Account>, StoreError> {
        look_up::account(&self.read, look_up::By::Id, id).await
    }

    async fn account_at(&self, address: &Address) -> Result<Option<Account>, StoreError> {
        look_up::account(&self.read, look_up::By::Address(address.channel()), address.as_str()).await
    }

    async fn account_named(&self, name: &str) -> Result<Option<Account>, StoreError> {
        look_up::account_named(&self.read, name).await
    }

    async fn challenge(
        &self,
        purpose: Purpose,
        channel: Channel,
        address: Option<&Address>,
        account: Option<&str>,
        requester: &str,
    ) -> Result<Option<Challenge>, StoreError> {
        look_up::challenge(&self.read, purpose, channel, address, account, requester).await
    }

    async fn captcha(&self, token: &str) -> Result<Option<StoredCaptcha>, StoreError> {
        look_up::captcha(&self.read, token).await
    }

    async fn add_captcha(&self, stored: &StoredCaptcha) -> Result<(), StoreError> {
        let Captcha { token, answer, created, state } = &stored.captcha;
        let answer = serde_json::to_string(answer).map_err(StoreError::new)?;
        sqlx::query("INSERT INTO captchas (token, answer, secret_key, made, state) VALUES (?, ?, ?, ?, ?)")
            .bind(token)
            .bind(answer)
            .bind(&stored.secret_key)
            .bind(created.unix())
            .bind(state_name(state))
            .execute(&self.write)
            .await?;
        Ok(())
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
        let mut transaction = self.begin().await?;
        let mut carrier = apply::Carrier { transaction: &mut transaction, seal: &self.seal, origin };
        // A dropped transaction is rolled back.
        for effect in effects {
            if !carrier.carry_out(effect).await? {
                return Ok(false);
            }
        }
        transaction.commit().await?;
        Ok(true)
    }

    async fn open_session(&self, session: &NewSession, verified: &str) -> Result<bool, StoreError> {
        let opened = sqlx::query(
            "INSERT INTO sessions (id, token_hash, account, client, made, dies)
             SELECT ?, ?, id, ?, ?, ? FROM accounts WHERE id = ? AND is_active = 1 AND password_hash = ?",
        )
        .bind(&session.id)
        .bind(session.token_hash.as_slice())
        .bind(&session.client)
        .bind(session.made.unix())
        .bind(session.dies.unix())
        .bind(&session.account)
        .bind(verified)
        .execute(&self.write)
        .await?;
        Ok(opened.rows_affected() == 1)
    }

    async fn session_account(&self, id: &str, now: Moment) -> Result<Option<Account>, StoreError> {
        look_up::account(&self.read, look_up::By::Session(now), id).await
    }

    async fn due_letters(&self, now: Moment, most: u32) -> Result<Vec<Letter>, StoreError> {
        outbox::due(self, now, most).await
    }

    async fn letter_delivered(&self, id: &str) -> Result<(), StoreError> {
        outbox::close(&self.write, id, "delivered").await
    }

    async fn letter_dropped(&self, id: &str) -> Result<(), StoreError> {
        outbox::close(&self.write, id, "dropped").await
    }

    async fn letter_failed(&self, id: &str, due: Moment) -> Result<(), StoreError> {
        outbox::postpone(&self.write, id, due).await
    }

    async fn purge(&self, now: Moment) -> Result<u64, StoreError> {
        outbox::purge(self, now).await
    }

    async fn close(&self) {
        // The last connection folds the write-ahead log into the file.
        self.read.close().await;
        self.write.close().await;
    }
}
