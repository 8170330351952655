//! The rooms of the reference server.

pub mod captcha;
pub mod pages;
