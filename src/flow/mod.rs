//! The password reset as a pure (sans-I/O) state machine.
//!
//! It answers two questions. [`send`] decides whether a code may be sent. [`Redemption`] decides whether a password may
//! be set. Both are pure functions of what the host looks up: the host applies the [`Effect`]s that they return, all
//! effects of one list in one transaction of its own store, or none of them. C servers, scripts, the HTTP server and the
//! model-based tests run the same code.
//!
//! Anything unexpected ends in a refusal. No sequence of events sets a password without an [`Approved`], and only this
//! module can create one.

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
pub use challenge::{Challenge, ChallengeState, InvalidRecord};
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
