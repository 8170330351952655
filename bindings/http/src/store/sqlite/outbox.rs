//! Outgoing messages, and the purge of expired rows.

use kouling::Moment;
use kouling::flow::{Channel, Purpose};
use kouling::time::DAY;
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqliteRow};

use super::SqliteStore;
use crate::random;
use crate::store::{Claim, DeliveryResult, MessageContent, OutboxStatus, OutgoingMessage, Seal, StoreError};

/// Expired rows stay this long, for investigations. In seconds.
const RETENTION: u64 = DAY;
/// Audit events stay this long, in seconds.
const AUDIT_RETENTION: u64 = 400 * DAY;
/// How long failed sign-ins are kept after the newest: longer than the longest lock and window of a policy.
const FAILURE_RETENTION: u64 = 40 * DAY;

/// A message to insert.
pub(super) struct NewMessage<'a> {
    pub(super) id: &'a str,
    pub(super) kind: &'static str,
    pub(super) channel: Channel,
    pub(super) recipient: &'a str,
    pub(super) language: &'a str,
    pub(super) purpose: Option<Purpose>,
    pub(super) challenge: Option<&'a str>,
    pub(super) sealed: Option<&'a [u8]>,
    pub(super) created: Moment,
    pub(super) expires: Moment,
}

pub(super) async fn add(connection: &mut SqliteConnection, message: &NewMessage<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO outbox (id, kind, channel, recipient, language, purpose, challenge, sealed, created, expires, due)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(message.id)
    .bind(message.kind)
    .bind(message.channel.name())
    .bind(message.recipient)
    .bind(message.language)
    .bind(message.purpose.map(Purpose::name))
    .bind(message.challenge)
    .bind(message.sealed)
    .bind(message.created.unix())
    .bind(message.expires.unix())
    .bind(message.created.unix())
    .execute(connection)
    .await?;
    Ok(())
}

/// Selects the identifier of the message to send next: one that was tried least often, then the one due longest.
const NEXT: &str = "SELECT id FROM outbox
    WHERE state = 'waiting' AND channel = ?1 AND due <= ?2 AND (claimed_until IS NULL OR claimed_until <= ?2)
    ORDER BY attempts, due, rowid LIMIT 1";

pub(super) async fn claim(
    store: &SqliteStore,
    channel: Channel,
    now: Moment,
    until: Moment,
) -> Result<Option<OutgoingMessage>, StoreError> {
    loop {
        // Look before taking the write lock: workers ask every second, and most of the time nothing is due.
        let next = sqlx::query(NEXT).bind(channel.name()).bind(now.unix()).fetch_optional(&store.read).await?;
        if next.is_none() {
            return Ok(None);
        }
        let token = random::identifier();
        let mut write = store.writer.begin().await?;
        sqlx::query(
            "UPDATE outbox SET state = 'dropped', sealed = NULL, claim = NULL, claimed_until = NULL
             WHERE state = 'waiting' AND expires <= ?",
        )
        .bind(now.unix())
        .execute(write.connection())
        .await?;
        let row = sqlx::query(
            "UPDATE outbox SET claim = ?3, claimed_until = ?4 WHERE id = (
                SELECT id FROM outbox
                WHERE state = 'waiting' AND channel = ?1 AND due <= ?2
                    AND (claimed_until IS NULL OR claimed_until <= ?2)
                ORDER BY attempts, due, rowid LIMIT 1)
             RETURNING *",
        )
        .bind(channel.name())
        .bind(now.unix())
        .bind(&token)
        .bind(until.unix())
        .fetch_optional(write.connection())
        .await?;
        write.commit().await?;
        let Some(row) = row else { continue };
        let claim = Claim { message: row.try_get("id")?, token };
        match read(&row, claim.clone(), &store.seal)? {
            Some(message) => return Ok(Some(message)),
            // Encrypted with a key that was replaced: the code cannot be sent any more.
            None => {
                finish(store, &claim, DeliveryResult::Dropped).await?;
            }
        }
    }
}

fn read(row: &SqliteRow, claim: Claim, seal: &Seal) -> Result<Option<OutgoingMessage>, sqlx::Error> {
    let channel = match row.try_get::<&str, _>("channel")? {
        "mobile" => Channel::Mobile,
        _ => Channel::Email,
    };
    let content = match row.try_get::<&str, _>("kind")? {
        "changed" => MessageContent::PasswordChanged,
        _ => {
            let purpose = match row.try_get::<Option<&str>, _>("purpose")? {
                Some("update_password") => Purpose::UpdatePassword,
                _ => Purpose::ForgotPassword,
            };
            let sealed: Option<Vec<u8>> = row.try_get("sealed")?;
            match sealed.and_then(|sealed| seal.open(&claim.message, &sealed).ok()) {
                Some(code) => MessageContent::Code(purpose, code),
                None => return Ok(None),
            }
        }
    };
    Ok(Some(OutgoingMessage {
        claim,
        channel,
        recipient: row.try_get("recipient")?,
        language: row.try_get("language")?,
        content,
        created: Moment::from_unix(row.try_get("created")?),
        expires: Moment::from_unix(row.try_get("expires")?),
        attempts: u32::try_from(row.try_get::<i64, _>("attempts")?).unwrap_or(u32::MAX),
    }))
}

pub(super) async fn finish(
    store: &SqliteStore,
    claim: &Claim,
    result: DeliveryResult,
) -> Result<bool, StoreError> {
    // A worker that comes late must not overwrite the result of the worker that claimed the message after it.
    let statement = match result {
        DeliveryResult::Delivered => {
            "UPDATE outbox SET state = 'delivered', sealed = NULL, claim = NULL, claimed_until = NULL
             WHERE id = ?1 AND claim = ?2 AND state = 'waiting'"
        }
        DeliveryResult::Dropped => {
            "UPDATE outbox SET state = 'dropped', sealed = NULL, claim = NULL, claimed_until = NULL
             WHERE id = ?1 AND claim = ?2 AND state = 'waiting'"
        }
        DeliveryResult::Postponed(_) => {
            "UPDATE outbox SET attempts = attempts + 1, due = ?3, claim = NULL, claimed_until = NULL
             WHERE id = ?1 AND claim = ?2 AND state = 'waiting'"
        }
    };
    let query = sqlx::query(statement).bind(&claim.message).bind(&claim.token);
    let query = match result {
        DeliveryResult::Postponed(due) => query.bind(due.unix()),
        DeliveryResult::Delivered | DeliveryResult::Dropped => query,
    };
    let mut write = store.writer.begin().await?;
    let finished = query.execute(write.connection()).await?;
    write.commit().await?;
    Ok(finished.rows_affected() == 1)
}

pub(super) async fn status(read: &SqlitePool) -> Result<OutboxStatus, StoreError> {
    let row =
        sqlx::query("SELECT COUNT(*) AS waiting, MIN(created) AS oldest FROM outbox WHERE state = 'waiting'")
            .fetch_one(read)
            .await?;
    Ok(OutboxStatus {
        waiting: u64::try_from(row.try_get::<i64, _>("waiting")?).unwrap_or(0),
        oldest: row.try_get::<Option<i64>, _>("oldest")?.map(Moment::from_unix),
    })
}

pub(super) async fn purge(store: &SqliteStore, now: Moment) -> Result<u64, StoreError> {
    let mut write = store.writer.begin().await?;
    let mut deleted = 0;
    for (statement, before) in [
        ("DELETE FROM challenges WHERE expires < ?", now.minus(RETENTION)),
        ("DELETE FROM captchas WHERE created < ?", now.minus(RETENTION)),
        ("DELETE FROM events WHERE expires < ?", now),
        ("DELETE FROM sessions WHERE expires < ?", now.minus(RETENTION)),
        ("DELETE FROM outbox WHERE expires < ?", now.minus(RETENTION)),
        ("DELETE FROM audit WHERE at < ?", now.minus(AUDIT_RETENTION)),
        // Failures of an account in total, and in a known network, can disable a password without limit of time.
        (
            "DELETE FROM sign_in_failures WHERE newest < ? AND (subject LIKE 'name:%' OR (network <> '' AND NOT EXISTS
                 (SELECT 1 FROM known_networks WHERE account = subject AND known_networks.network = sign_in_failures.network)))",
            now.minus(FAILURE_RETENTION),
        ),
    ] {
        deleted += sqlx::query(statement).bind(before.unix()).execute(write.connection()).await?.rows_affected();
    }
    write.commit().await?;
    Ok(deleted)
}
