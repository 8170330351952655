//! The one connection that writes.
//!
//! A transaction takes the connection out of its slot and returns it only after a successful COMMIT or ROLLBACK. If
//! anything else happens (a failed BEGIN, statement, COMMIT or ROLLBACK; a future that is dropped half-way) the connection
//! is closed, which rolls back whatever is open in it, and the next transaction opens a new one. So no failure outlives its
//! call. sqlx's own transactions do not have this property: after a failed COMMIT their nesting depth stays wrong for as
//! long as the connection lives (the family of sqlx issue 3932).

use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::store::{StoreError, StoreErrorKind};

/// How long a call waits for the calls before it.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug)]
enum Slot {
    /// An idle connection without an open transaction.
    Idle(Box<SqliteConnection>),
    /// No connection; the next transaction opens one.
    Empty,
    /// The store was closed.
    Closed,
}

/// The slot of the writing connection.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    options: SqliteConnectOptions,
    slot: Arc<Mutex<Slot>>,
}

/// An open writing transaction. Dropping it closes its connection, which rolls the transaction back.
#[derive(Debug)]
pub(super) struct WriteTransaction {
    // Dropped before the slot is released, so that the next transaction does not have to wait for the write lock.
    connection: Box<SqliteConnection>,
    slot: OwnedMutexGuard<Slot>,
}

impl Writer {
    /// Wraps a connection that was opened with these options.
    pub(super) fn new(options: SqliteConnectOptions, connection: SqliteConnection) -> Writer {
        Writer { options, slot: Arc::new(Mutex::new(Slot::Idle(Box::new(connection)))) }
    }

    /// Begins a transaction that holds the write lock, also against other processes.
    pub(super) async fn begin(&self) -> Result<WriteTransaction, StoreError> {
        let waiting = tokio::time::timeout(QUEUE_TIMEOUT, self.slot.clone().lock_owned());
        let Ok(mut slot) = waiting.await else {
            return Err(StoreError::new(StoreErrorKind::Busy, "too many writes are waiting"));
        };
        let connection = match std::mem::replace(&mut *slot, Slot::Empty) {
            Slot::Idle(connection) => connection,
            Slot::Empty => Box::new(self.options.connect().await?),
            Slot::Closed => {
                *slot = Slot::Closed;
                return Err(StoreError::other("the store is closed"));
            }
        };
        let mut transaction = WriteTransaction { connection, slot };
        sqlx::query("BEGIN IMMEDIATE").execute(transaction.connection()).await?;
        Ok(transaction)
    }

    /// Closes the connection. Later transactions fail.
    pub(super) async fn close(&self) {
        let slot = std::mem::replace(&mut *self.slot.lock().await, Slot::Closed);
        if let Slot::Idle(connection) = slot
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the writing connection was not closed cleanly");
        }
    }
}

impl WriteTransaction {
    /// Returns the connection, for statements inside the transaction.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }

    /// Commits. The changes are on the disk when this returns.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        self.end("COMMIT").await
    }

    /// Rolls back.
    pub(super) async fn roll_back(self) -> Result<(), StoreError> {
        self.end("ROLLBACK").await
    }

    async fn end(self, statement: &'static str) -> Result<(), StoreError> {
        let WriteTransaction { mut connection, mut slot } = self;
        sqlx::query(statement).execute(&mut *connection).await?;
        *slot = Slot::Idle(connection);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::path::Path;
    use std::task::{Context, Poll, Waker};

    use sqlx::sqlite::SqliteJournalMode;

    use super::*;

    fn options(path: &Path) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(Duration::from_millis(20))
    }

    async fn writer(options: SqliteConnectOptions) -> Writer {
        let mut connection = options.connect().await.unwrap();
        let tables = "CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT;
            CREATE TABLE texts (text TEXT NOT NULL, parent INTEGER
                REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED) STRICT";
        sqlx::raw_sql(tables).execute(&mut connection).await.unwrap();
        Writer::new(options, connection)
    }

    async fn insert(writer: &Writer, text: &str, parent: Option<i64>) -> Result<(), StoreError> {
        let mut transaction = writer.begin().await?;
        sqlx::query("INSERT INTO texts (text, parent) VALUES (?, ?)")
            .bind(text)
            .bind(parent)
            .execute(transaction.connection())
            .await?;
        transaction.commit().await
    }

    async fn count(options: &SqliteConnectOptions) -> i64 {
        let mut connection = options.connect().await.unwrap();
        sqlx::query_scalar("SELECT COUNT(*) FROM texts").fetch_one(&mut connection).await.unwrap()
    }

    async fn run(writer: &Writer, pragma: &'static str) {
        let mut transaction = writer.begin().await.unwrap();
        sqlx::query(pragma).fetch_all(transaction.connection()).await.unwrap();
        transaction.commit().await.unwrap();
    }

    #[tokio::test]
    async fn full_database_fails_once_and_recovers() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(&folder.path().join("a.sqlite"));
        let writer = writer(options.clone()).await;
        insert(&writer, "before", None).await.unwrap();
        // The limit belongs to the connection, so a new connection has room again, like a disk that was cleaned up.
        run(&writer, "PRAGMA max_page_count = 1").await;
        let error = insert(&writer, &"x".repeat(100_000), None).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Full, "{error}");
        insert(&writer, "after", None).await.unwrap();
        assert_eq!(count(&options).await, 2);
    }

    #[tokio::test]
    async fn failed_commit_recovers() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(&folder.path().join("a.sqlite"));
        let writer = writer(options.clone()).await;
        // A deferred foreign key is checked by COMMIT, which then fails and leaves the transaction open in SQLite.
        assert!(insert(&writer, "orphan", Some(7)).await.is_err());
        insert(&writer, "after", None).await.unwrap();
        assert_eq!(count(&options).await, 1);
    }

    #[tokio::test]
    async fn busy_commit_recovers() {
        let folder = tempfile::tempdir().unwrap();
        // With a rollback journal a reader blocks the commit, not the beginning, of a writing transaction.
        let options = options(&folder.path().join("a.sqlite")).journal_mode(SqliteJournalMode::Delete);
        let writer = writer(options.clone()).await;
        let mut reader = options.connect().await.unwrap();
        sqlx::raw_sql("BEGIN; SELECT * FROM texts").fetch_all(&mut reader).await.unwrap();
        let error = insert(&writer, "blocked", None).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Busy, "{error}");
        sqlx::raw_sql("ROLLBACK").execute(&mut reader).await.unwrap();
        insert(&writer, "after", None).await.unwrap();
        assert_eq!(count(&options).await, 1);
    }

    #[tokio::test]
    async fn busy_begin_recovers() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(&folder.path().join("a.sqlite")).journal_mode(SqliteJournalMode::Wal);
        let writer = writer(options.clone()).await;
        let mut other = options.connect().await.unwrap();
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
        assert_eq!(insert(&writer, "blocked", None).await.unwrap_err().kind(), StoreErrorKind::Busy);
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
        insert(&writer, "after", None).await.unwrap();
    }

    #[tokio::test]
    async fn failed_statement_recovers_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(&folder.path().join("a.sqlite"));
        let writer = writer(options.clone()).await;
        let mut transaction = writer.begin().await.unwrap();
        sqlx::query("INSERT INTO texts (text) VALUES ('half')").execute(transaction.connection()).await.unwrap();
        assert!(sqlx::query("INSERT INTO none VALUES (1)").execute(transaction.connection()).await.is_err());
        drop(transaction);
        insert(&writer, "after", None).await.unwrap();
        assert_eq!(count(&options).await, 1);
    }

    /// A client that disconnects drops the future of its call wherever it stands.
    #[tokio::test(flavor = "multi_thread")]
    async fn dropped_future_recovers_at_every_await() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(&folder.path().join("a.sqlite")).busy_timeout(Duration::from_secs(5));
        let writer = writer(options.clone()).await;
        let mut written = 0;
        let mut dropped = 0;
        for polls in 1..40 {
            let mut future = Box::pin(insert(&writer, "cancelled", None));
            let mut context = Context::from_waker(Waker::noop());
            let mut state = Poll::Pending;
            for _ in 0..polls {
                state = future.as_mut().poll(&mut context);
                if state.is_ready() {
                    break;
                }
                // With and without time for the store's thread, so that the future stands at early and at late awaits.
                match polls % 2 {
                    0 => tokio::time::sleep(Duration::from_millis(3)).await,
                    _ => tokio::task::yield_now().await,
                }
            }
            drop(future);
            match state {
                Poll::Ready(result) => result.unwrap(),
                Poll::Pending => dropped += 1,
            }
            insert(&writer, "after", None).await.unwrap();
            written += 1;
        }
        assert!(dropped >= 3, "futures were dropped half-way: {dropped}");
        let mut connection = options.connect().await.unwrap();
        let after: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM texts WHERE text = 'after'")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(after, written);
    }

    #[tokio::test]
    async fn closed_writer_refuses() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(options(&folder.path().join("a.sqlite"))).await;
        writer.close().await;
        assert!(insert(&writer, "late", None).await.is_err());
    }
}
