//! What every request carries: the caller, the purpose and the channel; and the rate limits.

use std::mem::MaybeUninit;
use std::net::IpAddr;

use kouling::Moment;
use kouling::flow::{Caller, Channel, Device, Purpose, peer_key, retry_after};
use kouling::policy::units::Rate;

use crate::boundary::{enum_value, lookup};
use crate::failure::Failure;
use crate::options::{self, Options};
use crate::text::kouling_text;

/// Upper limit of the events passed to one call; no policy allows more within a window.
const MAX_EVENTS: usize = 1 << 20;

/// Purpose of a code.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum kouling_purpose {
    /// A user who cannot sign in sets a new password.
    #[default]
    KOULING_PURPOSE_FORGOT_PASSWORD = 0,
    /// A signed-in user sets a new password.
    KOULING_PURPOSE_UPDATE_PASSWORD = 1,
}
pub use kouling_purpose::*;

/// Channel by which a code is sent.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum kouling_channel {
    /// E-mail.
    #[default]
    KOULING_CHANNEL_EMAIL = 0,
    /// Text message to a mobile phone.
    KOULING_CHANNEL_MOBILE = 1,
}
pub use kouling_channel::*;

/// The device and the client application that send a request. An empty text means that the client did not send it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_caller {
    /// Set to `sizeof(struct kouling_caller)`.
    pub struct_size: usize,
    /// Operating system of the device, as sent by the client.
    pub system: kouling_text,
    /// Fingerprint of the device. A code is bound to it if the policy requires that.
    pub fingerprint: kouling_text,
    /// User agent, as sent by the client.
    pub agent: kouling_text,
    /// Identifier of the client application.
    pub client: kouling_text,
    /// 1 if the host knows this client application, else 0.
    pub client_is_registered: u32,
}

// SAFETY: `repr(C)` with the size first; texts and numbers may be zero.
unsafe impl Options for kouling_caller {}

/// Reads the caller of a request.
///
/// # Safety
/// As for [`options::read`].
pub(crate) unsafe fn caller(caller: *const kouling_caller) -> Result<Caller, Failure> {
    // SAFETY: the caller guarantees it.
    let options = unsafe { options::read("caller", caller)? };
    let text = |name, text: &kouling_text| text.text(name).map(str::to_owned);
    Ok(Caller {
        device: Device {
            system: text("system", &options.system)?,
            fingerprint: text("fingerprint", &options.fingerprint)?,
            agent: text("agent", &options.agent)?,
        },
        client: text("client", &options.client)?,
        client_is_registered: options.client_is_registered != 0,
    })
}

pub(crate) fn purpose(purpose: MaybeUninit<kouling_purpose>) -> Result<Purpose, Failure> {
    let known = [KOULING_PURPOSE_FORGOT_PASSWORD, KOULING_PURPOSE_UPDATE_PASSWORD];
    Ok(match enum_value("purpose", purpose, "KOULING_PURPOSE_", &known)? {
        KOULING_PURPOSE_FORGOT_PASSWORD => Purpose::ForgotPassword,
        KOULING_PURPOSE_UPDATE_PASSWORD => Purpose::UpdatePassword,
    })
}

pub(crate) fn channel(channel: MaybeUninit<kouling_channel>) -> Result<Channel, Failure> {
    let known = [KOULING_CHANNEL_EMAIL, KOULING_CHANNEL_MOBILE];
    Ok(match enum_value("channel", channel, "KOULING_CHANNEL_", &known)? {
        KOULING_CHANNEL_EMAIL => Channel::Email,
        KOULING_CHANNEL_MOBILE => Channel::Mobile,
    })
}

impl From<Purpose> for kouling_purpose {
    fn from(purpose: Purpose) -> kouling_purpose {
        match purpose {
            Purpose::ForgotPassword => KOULING_PURPOSE_FORGOT_PASSWORD,
            Purpose::UpdatePassword => KOULING_PURPOSE_UPDATE_PASSWORD,
        }
    }
}

impl From<Channel> for kouling_channel {
    fn from(channel: Channel) -> kouling_channel {
        match channel {
            Channel::Email => KOULING_CHANNEL_EMAIL,
            Channel::Mobile => KOULING_CHANNEL_MOBILE,
        }
    }
}

/// The rate-limit key of a client's IP address: an IPv6 address counts as its /64 network.
pub(crate) fn client_ip_key(text: kouling_text) -> Result<String, Failure> {
    let address: Result<IpAddr, _> = text.text("client_ip")?.parse();
    address.map(peer_key).map_err(|_| Failure::argument("invalid `client_ip`; expected an IPv4 or IPv6 address"))
}

/// The times in an array that C passed.
///
/// # Safety
/// `array` is NULL or has `count` items.
pub(crate) unsafe fn moments(array: *const i64, count: usize) -> Result<Vec<Moment>, Failure> {
    if count > MAX_EVENTS {
        return Err(Failure::argument(format!("too many events: {count}; expected at most {MAX_EVENTS}")));
    }
    if array.is_null() {
        return if count == 0 { Ok(Vec::new()) } else { Err(Failure::null("events")) };
    }
    // SAFETY: the caller guarantees `count` items. C may pass an unaligned pointer.
    Ok((0..count).map(|index| Moment::from_unix(unsafe { array.add(index).read_unaligned() })).collect())
}

/// Returns the seconds until one more event is allowed by a limit of `max` events within `seconds`; 0 if it is allowed now.
/// `events` is an array of the `event_count` recorded times; `now` and the events are in seconds since
/// 1970-01-01T00:00:00Z. Use it for the conditions of `KOULING_EFFECT_COUNT` and `KOULING_EFFECT_RESERVE_SUBMISSION`.
/// Returns `UINT64_MAX`, which means never, if `max` is 0, `events` is NULL with a count, or there are more than 1048576
/// events. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_retry_after(
    max: u64,
    seconds: u64,
    events: *const i64,
    event_count: usize,
    now: i64,
) -> u64 {
    // A limit fails closed.
    let never = Some(u64::MAX);
    let wait = || {
        // SAFETY: required of the caller by the conventions of the header.
        let events = unsafe { moments(events, event_count) }.ok()?;
        Some(retry_after(Rate { most: max, per: seconds }, &events, Moment::from_unix(now)))
    };
    lookup(|| wait().or(never))
}
