//! Outgoing messages as the outbox stores them.

use kouling::Moment;
use kouling::flow::{Channel, Purpose, Secret};

/// The content of a message.
#[derive(Clone, Debug)]
pub enum MessageContent {
    /// A verification code for a purpose.
    Code(Purpose, Secret),
    /// A notice that the password was changed.
    PasswordChanged,
}

/// A message that a worker has claimed.
#[derive(Clone, Debug)]
pub struct OutgoingMessage {
    /// The claim under which its result is recorded.
    pub claim: Claim,
    /// The channel it is sent by.
    pub channel: Channel,
    /// The address on record, or the address that was asked for if there is no account.
    pub recipient: String,
    /// The language tag of its text.
    pub language: String,
    /// Its content.
    pub content: MessageContent,
    /// When it was written.
    pub created: Moment,
    /// The first moment at which it is no longer worth sending.
    pub expires: Moment,
    /// How many deliveries have failed.
    pub attempts: u32,
}

/// The right to send one message and to record the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The identifier of the message: 32 hexadecimal digits, the same for every attempt.
    pub message: String,
    /// A random value, different for every claim.
    pub token: String,
}

/// The result of one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryResult {
    /// The transport accepted the message. Its code is deleted.
    Delivered,
    /// The message can never be delivered. Its code is deleted.
    Dropped,
    /// The delivery failed; the message is due again at this moment.
    Postponed(Moment),
}

/// How many messages wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxStatus {
    /// The number of messages that are neither delivered nor dropped.
    pub waiting: u64,
    /// When the oldest of them was written.
    pub oldest: Option<Moment>,
}
