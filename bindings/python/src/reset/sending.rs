//! The decision whether a code is sent.

use std::sync::Arc;

use kouling::flow::{self, Address, SendFacts, SendRequest};
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyMapping;
use zeroize::Zeroizing;

use super::arguments;
use super::captcha::Captcha;
use super::keys::CodeKeys;
use super::limits::peer_key;
use super::step::Step;
use crate::input::{moment, moment_or_now};
use crate::policy::Policy;

/// A request for a verification code.
///
/// Look up the account of `address` and the events of `budgets`, then call `decide` and apply the effects of its step.
///
/// Args:
///     policy: The policy.
///     caller: Who calls.
///     address: Address as the user typed it.
///     peer: Client IP address.
///     channel: How the code is to be sent.
///     purpose: What the code authorizes.
///     captcha_token: Token of a solved captcha, if the client sent one.
///
/// Raises:
///     ValueError: `peer` is not an IP address.
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct Sending {
    policy: Arc<kouling::Policy>,
    request: SendRequest,
    address: Option<Address>,
}

#[pymethods]
impl Sending {
    #[new]
    #[pyo3(signature = (policy, *, caller, address, peer, channel = "email", purpose = "forgot_password",
        captcha_token = None))]
    fn new(
        policy: PyRef<'_, Policy>,
        caller: &Bound<'_, PyAny>,
        address: String,
        peer: &str,
        channel: &str,
        purpose: &str,
        captcha_token: Option<String>,
    ) -> PyResult<Sending> {
        let request = SendRequest {
            caller: arguments::caller(caller)?,
            purpose: arguments::purpose(purpose)?,
            channel: arguments::channel(channel)?,
            address,
            captcha_token,
            peer: peer_key(peer)?,
        };
        Ok(Sending { policy: policy.policy.clone(), address: request.address(), request })
    }

    /// Normalized address, by which the account is looked up. `None` if the text is not exactly one address.
    #[getter]
    fn address(&self) -> Option<&str> {
        self.address.as_ref().map(Address::as_str)
    }

    /// Return the rate limits that apply to the code.
    ///
    /// Args:
    ///     account: Identifier of the account that has `address`, or `None`.
    ///
    /// Returns:
    ///     Triples of the key, the maximum number of events, and the length of the window in seconds.
    #[pyo3(signature = (account = None))]
    fn budgets(&self, account: Option<&str>) -> Vec<(String, u64, u64)> {
        let of = |address: &Address| flow::budgets(&self.policy, &self.request, address, account);
        let budgets = self.address.as_ref().map(of).unwrap_or_default();
        budgets.into_iter().map(|budget| (budget.key, budget.rate.most, budget.rate.per)).collect()
    }

    /// Decide whether a code is sent.
    ///
    /// If the effects cannot be applied because a condition does not hold, look everything up again and repeat the call.
    ///
    /// Args:
    ///     keys: The operator's keys.
    ///     account: Identifier, and address on record, of the account that has `address`, or `None`.
    ///     events: Times of the events on record, by key, for every budget.
    ///     captcha: Record of the captcha of `captcha_token`.
    ///     now: Time of the request. Defaults to the system time.
    ///
    /// Returns:
    ///     A step of kind `granted` or `refused`, with effects in both cases.
    ///
    /// Raises:
    ///     KeyError: A budget is missing in `events`.
    #[pyo3(signature = (keys, *, account, events, captcha = None, now = None))]
    fn decide(
        &self,
        keys: PyRef<'_, CodeKeys>,
        account: Option<(String, String)>,
        events: &Bound<'_, PyMapping>,
        captcha: Option<PyRef<'_, Captcha>>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Step> {
        let id = account.as_ref().map(|(id, _)| id.as_str());
        let mut on_record = Vec::new();
        for (key, ..) in self.budgets(id) {
            // Fail closed: a missing key is a lookup that the host skipped.
            let each =
                events.get_item(&key)?.try_iter()?.map(|event| moment(&event?)).collect::<PyResult<Vec<_>>>()?;
            on_record.push(each);
        }
        let captcha = captcha.map(|captcha| captcha.captcha.clone());
        let facts = SendFacts { account, captcha, events: on_record };
        let mut randomness = Zeroizing::new([0; 80]);
        getrandom::fill(randomness.as_mut())
            .map_err(|_| PyRuntimeError::new_err("the operating system returned no random bytes"))?;
        let now = moment_or_now(now)?;
        let (decision, effects) = flow::send(&self.policy, &keys.keys, &self.request, &facts, now, &randomness);
        Ok(Step::decided(&self.policy, decision.map(|()| String::new()), effects))
    }

    fn __repr__(&self) -> &'static str {
        "<Sending>"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Sending cannot be pickled: it is a request in progress"))
    }
}
