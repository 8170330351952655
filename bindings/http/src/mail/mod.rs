//! Messages to people: written from a row of the outbox and carried after its transaction, so that a dead mail server
//! loses no code and tells nobody who has an account.
//!
//! How a message travels is a [`Courier`]. Two come with the server: [`smtp`] for mails, and [`files`], which puts mails
//! and short messages into a folder. A gateway for short messages is one more file here that implements the trait.

pub mod files;
mod letter;
pub mod smtp;

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use kouling::flow::{Channel, Secret};
use tokio::sync::Mutex;

pub use letter::{Mailbox, Message, compose};

use crate::server::Server;
use crate::start_error::StartError;
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

/// Why a message was not carried. Holds nothing of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It may be later.
    ForNow(String),
    /// It never will.
    ForGood(String),
}

/// Carries messages of one channel.
#[async_trait]
pub trait Courier: Send + Sync {
    /// Carries a message: when this says yes, somebody else is responsible for it. It may be asked twice for one message.
    ///
    /// # Errors
    /// When it was not carried.
    async fn carry(&self, message: &Message) -> Result<(), Failure>;
}

/// Who carries what.
pub struct Couriers {
    from: Mailbox,
    mail: Box<dyn Courier>,
    short: Box<dyn Courier>,
    /// One round at a time, or a message would be carried twice.
    round: Mutex<()>,
}

impl std::fmt::Debug for Couriers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Couriers").finish_non_exhaustive()
    }
}

impl Couriers {
    /// Mails over SMTP when a server is named, and everything else into files of a folder.
    ///
    /// # Errors
    /// When the folder cannot be made or the server's URL not be understood.
    pub fn open(folder: &Path, smtp: Option<&Secret>, from: Mailbox) -> Result<Couriers, StartError> {
        let files = files::Files::open(folder)?;
        let mail: Box<dyn Courier> = match smtp {
            Some(url) => Box::new(smtp::Smtp::new(url.expose(), &from)?),
            None => Box::new(files.clone()),
        };
        Ok(Couriers { from, mail, short: Box::new(files), round: Mutex::new(()) })
    }

    /// With couriers of one's own.
    pub fn new(from: Mailbox, mail: Box<dyn Courier>, short: Box<dyn Courier>) -> Couriers {
        Couriers { from, mail, short, round: Mutex::new(()) }
    }
}

/// Carries every message that is due; how many were.
///
/// # Errors
/// When the store cannot be asked.
pub async fn deliver_due(server: &Server) -> Result<usize, StoreError> {
    let _round = server.couriers().round.lock().await;
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
    let couriers = server.couriers();
    let courier = match letter.channel {
        Channel::Email => &couriers.mail,
        Channel::Mobile => &couriers.short,
    };
    let carried = match compose(&letter, &couriers.from) {
        Some(message) => courier.carry(&message).await,
        None => Err(Failure::ForGood("the recipient is no address".to_owned())),
    };
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
