//! The password-reset flow: may a code be sent, and may this password be set?
//!
//! The flow performs no I/O. The host looks things up, calls the flow, and a [`step::kouling_step`] says what to do next
//! and which effects to apply.

pub mod keys;

pub mod request;

pub mod effects;

pub mod record;

pub mod approved;

pub mod step;

pub mod sending;

pub mod account;

pub mod redemption;

pub mod change;

pub mod captcha;
