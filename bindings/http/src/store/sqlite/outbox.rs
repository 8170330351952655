//! Messages on their way, and what is forgotten in the end.

use kouling::Moment;
use kouling::flow::{Channel, Purpose};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row as _, Sqlite, Transaction};

use super::SqliteStore;
use crate::store::{Letter, Seal, StoreError, Subject};

const DAY: u64 = 86_400;
/// Expired rows are kept this long for whoever looks into what happened.
const KEPT: u64 = DAY;
/// Audit events are kept this long.
const AUDIT_KEPT: u64 = 400 * DAY;

/// A message to write down.
pub(super) struct Row<'a> {
    pub(super) id: &'a str,
    pub(super) kind: &'static str,
    pub(super) channel: Channel,
    pub(super) recipient: &'a str,
    pub(super) language: &'a str,
    pub(super) purpose: Option<Purpose>,
    pub(super) challenge: Option<&'a str>,
    pub(super) sealed: Option<&'a [u8]>,
    pub(super) made: Moment,
    pub(super) dies: Moment,
}

pub(super) async fn add(transaction: &mut Transaction<'static, Sqlite>, row: &Row<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO outbox (id, kind, channel, recipient, language, purpose, challenge, sealed, made, dies, due)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(row.id)
    .bind(row.kind)
    .bind(row.channel.name())
    .bind(row.recipient)
    .bind(row.language)
    .bind(row.purpose.map(Purpose::name))
    .bind(row.challenge)
    .bind(row.sealed)
    .bind(row.made.unix())
    .bind(row.dies.unix())
    .bind(row.made.unix())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

pub(super) async fn due(store: &SqliteStore, now: Moment, most: u32) -> Result<Vec<Letter>, StoreError> {
    let rows =
        sqlx::query("SELECT * FROM outbox WHERE state = 'waiting' AND due <= ? ORDER BY due, rowid LIMIT ?")
            .bind(now.unix())
            .bind(most)
            .fetch_all(&store.read)
            .await?;
    let mut letters = Vec::with_capacity(rows.len());
    for row in rows {
        match read(&row, &store.seal)?.filter(|letter| now < letter.dies) {
            Some(letter) => letters.push(letter),
            None => close(&store.write, row.try_get("id")?, "dropped").await?,
        }
    }
    Ok(letters)
}

fn read(row: &SqliteRow, seal: &Seal) -> Result<Option<Letter>, sqlx::Error> {
    let id: String = row.try_get("id")?;
    let channel = match row.try_get::<&str, _>("channel")? {
        "mobile" => Channel::Mobile,
        _ => Channel::Email,
    };
    let subject = match row.try_get::<&str, _>("kind")? {
        "changed" => Subject::Changed,
        _ => {
            let purpose = match row.try_get::<Option<&str>, _>("purpose")? {
                Some("update_password") => Purpose::UpdatePassword,
                _ => Purpose::ForgotPassword,
            };
            let sealed: Option<Vec<u8>> = row.try_get("sealed")?;
            match sealed.and_then(|sealed| seal.open(&id, &sealed).ok()) {
                Some(code) => Subject::Code(purpose, code),
                None => return Ok(None),
            }
        }
    };
    Ok(Some(Letter {
        channel,
        recipient: row.try_get("recipient")?,
        language: row.try_get("language")?,
        subject,
        made: Moment::from_unix(row.try_get("made")?),
        dies: Moment::from_unix(row.try_get("dies")?),
        attempts: u32::try_from(row.try_get::<i64, _>("attempts")?).unwrap_or(u32::MAX),
        id,
    }))
}

pub(super) async fn close(write: &SqlitePool, id: &str, state: &'static str) -> Result<(), StoreError> {
    sqlx::query("UPDATE outbox SET state = ?, sealed = NULL WHERE id = ?")
        .bind(state)
        .bind(id)
        .execute(write)
        .await?;
    Ok(())
}

pub(super) async fn postpone(write: &SqlitePool, id: &str, due: Moment) -> Result<(), StoreError> {
    sqlx::query("UPDATE outbox SET attempts = attempts + 1, due = ? WHERE id = ? AND state = 'waiting'")
        .bind(due.unix())
        .bind(id)
        .execute(write)
        .await?;
    Ok(())
}

pub(super) async fn purge(store: &SqliteStore, now: Moment) -> Result<u64, StoreError> {
    let mut transaction = store.begin().await?;
    let mut gone = 0;
    for (statement, before) in [
        ("DELETE FROM challenges WHERE expires < ?", now.minus(KEPT)),
        ("DELETE FROM captchas WHERE made < ?", now.minus(KEPT)),
        ("DELETE FROM events WHERE leaves < ?", now),
        ("DELETE FROM sessions WHERE dies < ?", now.minus(KEPT)),
        ("DELETE FROM outbox WHERE dies < ?", now.minus(KEPT)),
        ("DELETE FROM audit WHERE at < ?", now.minus(AUDIT_KEPT)),
    ] {
        gone += sqlx::query(statement).bind(before.unix()).execute(&mut *transaction).await?.rows_affected();
    }
    transaction.commit().await?;
    Ok(gone)
}
