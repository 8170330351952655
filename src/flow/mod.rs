//! The reset as a state machine without hands.
//!
//! Two questions. *May a code be sent?* is [`send`]; *may this password be set?* is [`Redemption`]. Both are pure: the
//! host looks up facts, asks, and carries out the [`Effect`]s it is given, all of one list in one transaction of its
//! own store or none. A C server, a script, the HTTP server and the model checker run this very code.
//!
//! Anything that was not expected ends in a refusal: the machine has no state from which silence leads to a new
//! password, and an [`Approved`] can be made here only.

mod captcha;
mod challenge;
mod change;
mod code;
mod effect;
mod identifier;
mod limits;
mod redemption;
mod refusal;
mod request;
mod secret;
mod sending;

pub use captcha::{Captcha, CaptchaAnswer, CaptchaState, Solution, verify_captcha};
pub use challenge::{Challenge, ChallengeState, Unreadable};
pub use change::{ChangeFacts, change};
pub use code::{CodeKey, CodeKeys};
pub use effect::{Approved, Audit, Effect, PasswordChange, Recipient};
pub use identifier::{Address, Channel};
pub use limits::{Budget, peer_key, retry_after};
pub use redemption::{Account, Event, Next, Redemption, RedemptionRequest};
pub use refusal::Refusal;
pub use request::{Caller, Device, Purpose};
pub use secret::Secret;
pub use sending::{SendFacts, SendRequest, budgets, send};
