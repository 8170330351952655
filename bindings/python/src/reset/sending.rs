//! May a code be sent?

use std::sync::Arc;

use kouling::flow::{self, Address, SendFacts, SendRequest, budgets};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyMapping;
use zeroize::Zeroizing;

use super::{Captcha, CodeKeys, Step, peer_key};
use crate::input::{moment, moment_or_now};
use crate::policy::Policy;

/// May a code be sent?
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct Sending {
    policy: Arc<kouling::Policy>,
    request: SendRequest,
    address: Option<Address>,
}

#[pymethods]
impl Sending {
    /// Somebody at `peer`, an IP address, asks for a code for an address as it was typed.
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
            caller: super::caller(caller)?,
            purpose: super::purpose(purpose)?,
            channel: super::channel(channel)?,
            address,
            captcha_token,
            peer: peer_key(peer)?,
        };
        Ok(Sending { policy: policy.policy.clone(), address: request.address(), request })
    }

    /// The address, normalised: what accounts are looked up by; `None` when it is not exactly one.
    #[getter]
    fn address(&self) -> Option<&str> {
        self.address.as_ref().map(Address::as_str)
    }

    /// The budgets that the code is counted under, as triples of key, most events, and within how many seconds.
    #[pyo3(signature = (account = None))]
    fn budgets(&self, account: Option<&str>) -> Vec<(String, u64, u64)> {
        let of = |address: &Address| budgets(&self.policy, &self.request, address, account);
        let budgets = self.address.as_ref().map(of).unwrap_or_default();
        budgets.into_iter().map(|budget| (budget.key, budget.rate.most, budget.rate.per)).collect()
    }

    /// Decides: a step that is `granted` or `refused`. `account` is the pair of an identifier and the address on record of
    /// the account that has the address, or `None`; `events` the moments on record by key, for every budget.
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
        let mut looked_up = Vec::new();
        for (key, ..) in self.budgets(id) {
            let on_record = events.get_item(&key)?; // a KeyError: what was not looked up is not told yes
            let each = on_record.try_iter()?.map(|event| moment(&event?));
            looked_up.push(each.collect::<PyResult<Vec<_>>>()?);
        }
        let captcha = captcha.map(|captcha| captcha.captcha.clone());
        let facts = SendFacts { account, captcha, events: looked_up };
        let mut randomness = Zeroizing::new([0; 80]);
        getrandom::fill(randomness.as_mut())
            .map_err(|_| PyValueError::new_err("the operating system gave no randomness"))?;
        let now = moment_or_now(now)?;
        let (answer, effects) = flow::send(&self.policy, &keys.keys, &self.request, &facts, now, &randomness);
        Ok(Step::answered(&self.policy, answer.map(|()| String::new()), effects))
    }

    fn __repr__(&self) -> &'static str {
        "<Sending>"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Sending cannot be pickled: it is a request that is being decided"))
    }
}
