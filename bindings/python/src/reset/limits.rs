//! Functions that a host needs before and between the steps of the flow.

use std::net::IpAddr;

use kouling::flow;
use kouling::policy::units::Rate;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::arguments;
use crate::input::{moment, moment_or_now};

/// Check that a caller has identified its device and a registered client.
///
/// `Sending` and `Redemption` check this themselves.
///
/// Args:
///     caller: The caller.
///
/// Returns:
///     The code of the refusal, or `None`. `Contract.response` has the response for the code.
#[pyfunction]
pub(crate) fn check_caller(caller: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let refusal = arguments::caller(caller)?.check().err();
    Ok(refusal.map(|refusal| refusal.code().to_owned()))
}

/// Return the key under which requests of a client IP address are counted.
///
/// Args:
///     address: An IPv4 address, which is its own key, or an IPv6 address. The key of an IPv6 address is its /64 prefix.
///
/// Raises:
///     ValueError: This is not an IP address.
#[pyfunction]
pub(crate) fn peer_key(address: &str) -> PyResult<String> {
    let address: IpAddr =
        address.parse().map_err(|_| PyValueError::new_err("invalid `peer`; expected an IP address"))?;
    Ok(flow::peer_key(address))
}

/// Return the seconds until one more event is within a rate limit, 0 if it is now.
///
/// Args:
///     max_events: Maximum number of events within `seconds`.
///     seconds: Length of the window.
///     events: Times of the events on record.
///     now: Time of the request. Defaults to the system time.
#[pyfunction]
#[pyo3(signature = (max_events, seconds, events, *, now = None))]
pub(crate) fn retry_after(
    max_events: u64,
    seconds: u64,
    events: &Bound<'_, PyAny>,
    now: Option<&Bound<'_, PyAny>>,
) -> PyResult<u64> {
    let events = events.try_iter()?.map(|event| moment(&event?)).collect::<PyResult<Vec<_>>>()?;
    Ok(flow::retry_after(Rate { most: max_events, per: seconds }, &events, moment_or_now(now)?))
}
