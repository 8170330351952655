//! The password-reset flow: its steps, its effects, and the records that a host stores. Exported by `kouling.reset`.

mod arguments;
mod captcha;
mod challenge;
mod effect;
mod keys;
mod limits;
mod redemption;
mod sending;
mod step;

pub(crate) use self::captcha::Captcha;
pub(crate) use self::challenge::Challenge;
pub(crate) use self::effect::Effect;
pub(crate) use self::keys::CodeKeys;
pub(crate) use self::limits::{check_caller, peer_key, retry_after};
pub(crate) use self::redemption::Redemption;
pub(crate) use self::sending::Sending;
pub(crate) use self::step::{Approved, Step};
