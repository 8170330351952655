//! Messages to people: written from a row of the outbox, and carried.
//!
//! How a message travels is a [`Courier`]. Two come with the server: [`smtp`] for mails, and [`files`], which puts mails
//! and short messages into a folder. A gateway for short messages is one more file here that implements the trait.

pub mod files;
mod letter;
pub mod smtp;

use std::path::Path;

use async_trait::async_trait;
use kouling::flow::{Channel, Secret};
use tokio::sync::{Mutex, MutexGuard};

pub use letter::{Mailbox, Message, compose};

use crate::start_error::StartError;
use crate::store::Letter;

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

    /// Held as long as a round lasts.
    pub(crate) async fn round(&self) -> MutexGuard<'_, ()> {
        self.round.lock().await
    }

    /// Writes a letter and gives it to the courier of its channel.
    pub(crate) async fn carry(&self, letter: &Letter) -> Result<(), Failure> {
        let courier = match letter.channel {
            Channel::Email => &self.mail,
            Channel::Mobile => &self.short,
        };
        match compose(letter, &self.from) {
            Some(message) => courier.carry(&message).await,
            None => Err(Failure::ForGood("the recipient is no address".to_owned())),
        }
    }
}
