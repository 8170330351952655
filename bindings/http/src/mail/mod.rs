//! Outgoing messages: composed from a row of the outbox, and sent by a transport.
//!
//! Two implementations of [`Transport`] come with the server: [`smtp`] for mails, and [`files`], which writes mails and short
//! messages to a folder. A gateway for short messages is one more implementation; see [`crate::server::ServerBuilder`].

pub mod files;
mod message;
pub mod smtp;

use std::path::Path;

use async_trait::async_trait;
use kouling::flow::{Channel, Secret};

pub use message::{Mailbox, Message, compose};

use crate::start_error::StartError;
use crate::store::OutgoingMessage;

/// Why a message was not sent. Contains nothing of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryError {
    /// A later attempt may succeed.
    Temporary(String),
    /// No attempt will succeed.
    Permanent(String),
}

/// Sends the messages of one channel.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a message. `Ok` means that another system is now responsible for it. May be called again for the same message
    /// (with the same `id`) if the result of an earlier call was lost.
    ///
    /// The future is dropped when the deadline of the delivery passes.
    ///
    /// # Errors
    /// The message was not sent.
    async fn send(&self, message: &Message) -> Result<(), DeliveryError>;
}

/// The sender and one transport for each channel.
pub struct Transports {
    from: Mailbox,
    mail: Box<dyn Transport>,
    sms: Box<dyn Transport>,
}

impl std::fmt::Debug for Transports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transports").finish_non_exhaustive()
    }
}

impl Transports {
    /// Combines transports.
    pub fn new(from: Mailbox, mail: Box<dyn Transport>, sms: Box<dyn Transport>) -> Transports {
        Transports { from, mail, sms }
    }

    /// Sends mails by SMTP if a server is given, and writes everything else to files of a folder.
    ///
    /// # Errors
    /// The folder cannot be created, or the URL of the server is invalid.
    pub fn open(folder: &Path, smtp: Option<&Secret>, from: Mailbox) -> Result<Transports, StartError> {
        let files = files::Files::open(folder)?;
        let mail: Box<dyn Transport> = match smtp {
            Some(url) => Box::new(smtp::Smtp::new(url.expose(), &from)?),
            None => Box::new(files.clone()),
        };
        Ok(Transports { from, mail, sms: Box::new(files) })
    }

    /// Composes a message and sends it by the transport of its channel.
    pub(crate) async fn send(&self, message: &OutgoingMessage) -> Result<(), DeliveryError> {
        let transport = match message.channel {
            Channel::Email => &self.mail,
            Channel::Mobile => &self.sms,
        };
        match compose(message, &self.from) {
            Some(message) => transport.send(&message).await,
            None => Err(DeliveryError::Permanent("invalid recipient address".to_owned())),
        }
    }
}
