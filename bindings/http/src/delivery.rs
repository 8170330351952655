//! The delivery: what stands in the outbox is carried after its transaction, again and again until it is, so that a dead
//! mail server loses no code and tells nobody who has an account.

use std::time::Duration;

use futures_util::{StreamExt, stream};

use crate::mail::Failure;
use crate::server::Server;
use crate::store::{Letter, StoreError};

/// Messages fetched from the outbox at a time.
const BATCH: u32 = 32;
/// Messages carried at once.
const AT_ONCE: usize = 8;
/// Seconds before the first repetition; doubled after every failure.
const FIRST_PAUSE: u64 = 5;
/// Seconds between two repetitions at most.
const LONGEST_PAUSE: u64 = 300;
/// How often the outbox is looked at when nobody rings.
const ROUND: Duration = Duration::from_secs(1);

/// Carries every message that is due; how many were.
///
/// # Errors
/// When the store cannot be asked.
pub async fn deliver_due(server: &Server) -> Result<usize, StoreError> {
    let _round = server.couriers().round().await;
    let mut delivered = 0;
    loop {
        let letters = server.store().due_letters(server.now(), BATCH).await?;
        let is_last = letters.len() < BATCH as usize;
        let mut results =
            stream::iter(letters.into_iter().map(|letter| deliver(server, letter))).buffer_unordered(AT_ONCE);
        while let Some(result) = results.next().await {
            delivered += usize::from(result?);
        }
        if is_last {
            return Ok(delivered);
        }
    }
}

async fn deliver(server: &Server, letter: Letter) -> Result<bool, StoreError> {
    let carried = server.couriers().carry(&letter).await;
    let result = match &carried {
        Ok(()) => "delivered",
        Err(Failure::ForNow(_)) => "postponed",
        Err(Failure::ForGood(_)) => "dropped",
    };
    metrics::counter!("kouling_letters_total", "channel" => letter.channel.name(), "result" => result)
        .increment(1);
    match carried {
        Ok(()) => {
            server.store().letter_delivered(&letter.id).await?;
            return Ok(true);
        }
        Err(Failure::ForNow(reason)) => {
            tracing::warn!(letter = letter.id, reason, "a message is postponed");
            let pause = FIRST_PAUSE.saturating_mul(1 << letter.attempts.min(16)).min(LONGEST_PAUSE);
            server.store().letter_failed(&letter.id, server.now().plus(pause)).await?;
        }
        Err(Failure::ForGood(reason)) => {
            tracing::warn!(letter = letter.id, reason, "a message is dropped");
            server.store().letter_dropped(&letter.id).await?;
        }
    }
    Ok(false)
}

/// Carries messages for ever.
pub async fn deliver_for_ever(server: &Server) {
    loop {
        if let Err(error) = deliver_due(server).await {
            tracing::error!(%error, "the outbox cannot be read");
        }
        // Rung or not, one round a second: what was postponed comes due without a bell.
        let _ = tokio::time::timeout(ROUND, server.bell().notified()).await;
    }
}
