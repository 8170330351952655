//! What comes with every request: who calls, for what, over which channel.

use std::net::IpAddr;

use kouling::Moment;
use kouling::flow::{Caller, Channel, Device, Purpose, peer_key, retry_after};
use kouling::policy::units::Rate;

use crate::boundary::lookup;
use crate::options::{self, Options};
use crate::status::Failure;
use crate::text::kouling_text;

/// Somebody who cannot sign in sets a new password.
pub const KOULING_FORGOT_PASSWORD: u32 = 0;
/// Somebody who is signed in sets a new password.
pub const KOULING_UPDATE_PASSWORD: u32 = 1;

/// By e-mail.
pub const KOULING_EMAIL: u32 = 0;
/// To a mobile phone.
pub const KOULING_MOBILE: u32 = 1;

/// Who calls. A field that is blank is one that the client did not say.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_caller {
    /// The size of this struct.
    pub struct_size: usize,
    /// The operating system of the device, as the client says.
    pub system: kouling_text,
    /// The fingerprint of the device; what a code is bound to when the policy says so.
    pub fingerprint: kouling_text,
    /// The agent, as the client says.
    pub agent: kouling_text,
    /// The client's identifier.
    pub client: kouling_text,
    /// Whether the host knows this client: 1 or 0.
    pub client_is_registered: u32,
}

// SAFETY: `repr(C)`, its size first; texts and numbers may be zero.
unsafe impl Options for kouling_caller {}

/// Reads who calls.
///
/// # Safety
/// As for [`options::read`].
pub(crate) unsafe fn caller(caller: *const kouling_caller) -> Result<Caller, Failure> {
    // SAFETY: the caller answers for it.
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

pub(crate) fn purpose(number: u32) -> Result<Purpose, Failure> {
    match number {
        KOULING_FORGOT_PASSWORD => Ok(Purpose::ForgotPassword),
        KOULING_UPDATE_PASSWORD => Ok(Purpose::UpdatePassword),
        _ => Err(Failure::argument("`purpose` is none")),
    }
}

pub(crate) fn purpose_number(purpose: Purpose) -> u32 {
    match purpose {
        Purpose::ForgotPassword => KOULING_FORGOT_PASSWORD,
        Purpose::UpdatePassword => KOULING_UPDATE_PASSWORD,
    }
}

pub(crate) fn channel(number: u32) -> Result<Channel, Failure> {
    match number {
        KOULING_EMAIL => Ok(Channel::Email),
        KOULING_MOBILE => Ok(Channel::Mobile),
        _ => Err(Failure::argument("`channel` is none")),
    }
}

pub(crate) fn channel_number(channel: Channel) -> u32 {
    match channel {
        Channel::Email => KOULING_EMAIL,
        Channel::Mobile => KOULING_MOBILE,
    }
}

/// The key of a peer, from its address: an IPv6 customer is a /64.
pub(crate) fn peer(text: kouling_text) -> Result<String, Failure> {
    let address: Result<IpAddr, _> = text.text("peer")?.parse();
    address.map(peer_key).map_err(|_| Failure::argument("`peer` is no IPv4 or IPv6 address"))
}

/// The moments in an array that C gave.
///
/// # Safety
/// There are so many, or the array is NULL.
pub(crate) unsafe fn moments(array: *const i64, count: usize) -> Result<Vec<Moment>, Failure> {
    if count > MAX_EVENTS {
        return Err(Failure::argument(format!("there are more than {MAX_EVENTS} events")));
    }
    if array.is_null() {
        return if count == 0 { Ok(Vec::new()) } else { Err(Failure::null("events")) };
    }
    // SAFETY: so many are there, as the caller says.
    Ok((0..count).map(|index| Moment::from_unix(unsafe { array.add(index).read_unaligned() })).collect())
}

/// More events than this within a window no policy allows.
const MAX_EVENTS: usize = 1 << 20;

/// Seconds until one more event fits under `most` within `seconds`, given the moments of those on record; 0: now. It is
/// what the effects `KOULING_COUNT` and `KOULING_RESERVE_SUBMISSION` are conditional on. What is no array never fits, nor does anything where `most` is 0:
/// `UINT64_MAX`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_retry_after(
    most: u64,
    seconds: u64,
    events: *const i64,
    event_count: usize,
    now: i64,
) -> u64 {
    // A limit fails closed.
    let never = Some(u64::MAX);
    let wait = || {
        // SAFETY: the conventions ask it of the caller.
        let events = unsafe { moments(events, event_count) }.ok()?;
        Some(retry_after(Rate { most, per: seconds }, &events, Moment::from_unix(now)))
    };
    lookup(|| wait().or(never))
}
