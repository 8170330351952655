//! The reset flow: both questions, what the host keeps, and what it shall do. `kouling.reset` is made of it.

mod effect;
mod record;
mod redemption;
mod sending;
mod step;

use std::net::IpAddr;

use kouling::flow::{self, Account, Caller, Channel, Device, Purpose, Secret};
use kouling::policy::units::Rate;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

pub(crate) use self::effect::Effect;
pub(crate) use self::record::{Captcha, Challenge, CodeKeys};
pub(crate) use self::redemption::Redemption;
pub(crate) use self::sending::Sending;
pub(crate) use self::step::{Approved, Step};
use crate::facts::{previous, user};
use crate::input::{moment, moment_or_now, secret_text};

fn purpose(name: &str) -> PyResult<Purpose> {
    [Purpose::ForgotPassword, Purpose::UpdatePassword]
        .into_iter()
        .find(|purpose| purpose.name() == name)
        .ok_or_else(|| PyValueError::new_err("a purpose is \"forgot_password\" or \"update_password\""))
}

fn channel(name: &str) -> PyResult<Channel> {
    [Channel::Email, Channel::Mobile]
        .into_iter()
        .find(|channel| channel.name() == name)
        .ok_or_else(|| PyValueError::new_err("a channel is \"email\" or \"mobile\""))
}

/// A `kouling.reset.Caller`.
fn caller(given: &Bound<'_, PyAny>) -> PyResult<Caller> {
    let text = |name: &str| given.getattr(name)?.extract::<String>();
    Ok(Caller {
        device: Device { system: text("system")?, fingerprint: text("fingerprint")?, agent: text("agent")? },
        client: text("client")?,
        client_is_registered: given.getattr("registered")?.extract()?,
    })
}

/// A `kouling.reset.Account`.
fn account(given: &Bound<'_, PyAny>) -> PyResult<Account> {
    let id: String = given.getattr("id")?.extract()?;
    if id.is_empty() {
        return Err(PyValueError::new_err("an account has an identifier"));
    }
    let password_set = given.getattr("password_set")?;
    Ok(Account {
        id,
        is_active: given.getattr("active")?.extract()?,
        user: user(&given.getattr("user")?)?,
        previous: previous(&given.getattr("previous")?)?,
        password_set: if password_set.is_none() { None } else { Some(moment(&password_set)?) },
    })
}

fn secret_of(given: &Bound<'_, PyAny>) -> PyResult<Secret> {
    Ok(Secret::new(secret_text(given)?.as_str()))
}

/// What a host asks before anything else: the code of why this caller is refused, or `None`. Both questions of the flow ask
/// it by themselves; `Contract.answer` has the answer.
#[pyfunction]
pub(crate) fn check_caller(caller: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let refusal = self::caller(caller)?.check().err();
    Ok(refusal.map(|refusal| refusal.code().to_owned()))
}

/// The key of a peer: an IPv4 address, or the /64 of an IPv6 one.
#[pyfunction]
pub(crate) fn peer_key(address: &str) -> PyResult<String> {
    let address: IpAddr = address.parse().map_err(|_| PyValueError::new_err("a peer is an IP address"))?;
    Ok(flow::peer_key(address))
}

/// Seconds until one more event fits under `most` within `seconds`; 0: now.
#[pyfunction]
#[pyo3(signature = (most, seconds, events, *, now = None))]
pub(crate) fn retry_after(
    most: u64,
    seconds: u64,
    events: &Bound<'_, PyAny>,
    now: Option<&Bound<'_, PyAny>>,
) -> PyResult<u64> {
    let events = events.try_iter()?.map(|event| moment(&event?)).collect::<PyResult<Vec<_>>>()?;
    Ok(flow::retry_after(Rate { most, per: seconds }, &events, moment_or_now(now)?))
}
