//! Delivery of outgoing messages: after their transaction, in the background, and repeatedly until it succeeds. A mail
//! server that is down loses no code and changes no response.
//!
//! Every worker claims one message at a time and sends it within a deadline, so that a slow server or recipient delays
//! other messages by no more than the free workers. Each channel has workers of its own. Delivery is at least once: a
//! message whose result was lost is sent again, with the same identifier.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use kouling::flow::Channel;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::mail::DeliveryError;
use crate::server::Server;
use crate::store::{DeliveryResult, OutgoingMessage, StoreError};

/// The longest that one delivery may take, from connecting to the acceptance of the message.
pub const DEADLINE: Duration = Duration::from_secs(30);
/// How long a claim lasts, in seconds. Longer than the deadline and the recording of the result, so that a claim only
/// expires if its worker crashed.
const CLAIM: u64 = 60;
/// The number of workers of each channel.
const WORKERS: [(Channel, usize); 2] = [(Channel::Email, 12), (Channel::Mobile, 4)];
/// Seconds before the first repetition; doubled after every failure.
const FIRST_PAUSE: u64 = 5;
/// Maximum seconds between two repetitions.
const MAX_PAUSE: u64 = 300;
/// How often an idle worker looks for due messages: repetitions are not announced.
const POLL: Duration = Duration::from_secs(1);

/// Starts the workers of every channel. When `stop` becomes true they finish the message that they are sending, and end.
pub fn start_workers(server: &Arc<Server>, stop: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    for (channel, count) in WORKERS {
        for _ in 0..count {
            let (server, stop) = (server.clone(), stop.clone());
            workers.spawn(async move { work(&server, channel, stop).await });
        }
    }
    workers
}

async fn work(server: &Server, channel: Channel, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let pause = match deliver_next(server, channel, DEADLINE).await {
            Ok(Some(_)) => continue,
            // Woken or not: look again.
            Ok(None) => tokio::time::timeout(POLL, server.new_message(channel).notified()).map(drop).left_future(),
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be used");
                tokio::time::sleep(POLL).right_future()
            }
        };
        tokio::select! {
            () = pause => {}
            _ = stop.changed() => {}
        }
    }
}

/// Sends every due message, one after the other. Returns how many were delivered. For tests and tools.
///
/// # Errors
/// The store cannot be used.
pub async fn deliver_due(server: &Server) -> Result<usize, StoreError> {
    let mut delivered = 0;
    for (channel, _) in WORKERS {
        while let Some(result) = deliver_next(server, channel, DEADLINE).await? {
            delivered += usize::from(result == DeliveryResult::Delivered);
        }
    }
    Ok(delivered)
}

/// Claims the next due message of a channel, sends it within `deadline`, and records the result. `None` if none is due.
///
/// # Errors
/// The store cannot be used. The claim then expires, and the message is sent again.
pub async fn deliver_next(
    server: &Server,
    channel: Channel,
    deadline: Duration,
) -> Result<Option<DeliveryResult>, StoreError> {
    let now = server.now();
    let Some(message) = server.store().claim_message(channel, now, now.plus(CLAIM)).await? else {
        return Ok(None);
    };
    // There may be more: wake another worker instead of letting them wait for this one.
    server.new_message(channel).notify_one();
    let result = send(server, &message, deadline).await;
    if !server.store().finish_message(&message.claim, result).await? {
        tracing::warn!(message = message.claim.message, "the message was claimed again or dropped meanwhile");
    }
    Ok(Some(result))
}

async fn send(server: &Server, message: &OutgoingMessage, deadline: Duration) -> DeliveryResult {
    let sending = AssertUnwindSafe(server.transports().send(message)).catch_unwind();
    let sent = match tokio::time::timeout(deadline, sending).await {
        Ok(Ok(sent)) => sent,
        Ok(Err(_)) => Err(DeliveryError::Temporary("internal error".to_owned())),
        Err(_) => Err(DeliveryError::Temporary("the delivery took too long".to_owned())),
    };
    let id = &message.claim.message;
    let (result, label) = match sent {
        Ok(()) => (DeliveryResult::Delivered, "delivered"),
        Err(DeliveryError::Temporary(reason)) => {
            tracing::warn!(message = id, reason, "a message is postponed");
            let pause = FIRST_PAUSE.saturating_mul(1 << message.attempts.min(16)).min(MAX_PAUSE);
            (DeliveryResult::Postponed(server.now().plus(pause)), "postponed")
        }
        Err(DeliveryError::Permanent(reason)) => {
            tracing::warn!(message = id, reason, "a message is dropped");
            (DeliveryResult::Dropped, "dropped")
        }
    };
    metrics::counter!("kouling_messages_total", "channel" => message.channel.name(), "result" => label)
        .increment(1);
    result
}
