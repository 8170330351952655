//! The reset flow: both questions, and everything that a host carries through them.
//!
//! The flow does nothing itself. The host looks up, asks, and is told by a [`step::kouling_step`] what comes next and
//! which effects to carry out.

pub mod keys;

pub mod request;

pub mod effects;

pub mod record;

pub mod approved;

pub mod step;

pub mod sending;

pub mod redemption;

pub mod change;

pub mod captcha;
