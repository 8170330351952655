//! The steps of the flow, and the authorization to set a password.

use std::sync::{Arc, Mutex, PoisonError};

use kouling::candidate::CannotJudge;
use kouling::flow::{self, Channel, Next, Purpose, Refusal};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::effect::effects;
use crate::contract::{Contract, response};
use crate::errors::cannot_judge;
use crate::input::language;
use crate::outcome::Outcome;

/// What the host does next. Immutable; true if the kind is `granted`, `approved` or `done`.
///
/// The `kind` determines which other properties have a value; the rest are `None`.
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct Step {
    kind: &'static str,
    policy: Arc<kouling::Policy>,
    purpose: Option<Purpose>,
    channel: Option<Channel>,
    address: Option<String>,
    account: Option<String>,
    requester: Option<String>,
    token: Option<String>,
    effects: Vec<flow::Effect>,
    refusal: Option<Refusal>,
    pub(super) error: Option<CannotJudge>,
    approved: Mutex<Option<flow::Approved>>,
}

impl Step {
    fn new(policy: &Arc<kouling::Policy>, kind: &'static str, effects: Vec<flow::Effect>) -> Step {
        Step {
            kind,
            policy: policy.clone(),
            purpose: None,
            channel: None,
            address: None,
            account: None,
            requester: None,
            token: None,
            effects,
            refusal: None,
            error: None,
            approved: Mutex::new(None),
        }
    }

    pub(super) fn refused(policy: &Arc<kouling::Policy>, refusal: Refusal, effects: Vec<flow::Effect>) -> Step {
        Step { refusal: Some(refusal), ..Step::new(policy, "refused", effects) }
    }

    pub(super) fn approve(policy: &Arc<kouling::Policy>, approved: flow::Approved) -> Step {
        let account = Some(approved.account().to_owned());
        Step { account, approved: Mutex::new(Some(approved)), ..Step::new(policy, "approved", Vec::new()) }
    }

    /// The step of a single decision: granted with a token, which may be empty, or refused.
    pub(super) fn decided(
        policy: &Arc<kouling::Policy>,
        decision: Result<String, Refusal>,
        effects: Vec<flow::Effect>,
    ) -> Step {
        match decision {
            Ok(token) => Step { token: Some(token), ..Step::new(policy, "granted", effects) },
            Err(refusal) => Step::refused(policy, refusal, effects),
        }
    }

    pub(super) fn next(policy: &Arc<kouling::Policy>, next: Next) -> Step {
        match next {
            Next::LookUpChallenge { purpose, channel, address, account, requester } => Step {
                purpose: Some(purpose),
                channel: Some(channel),
                address: address.map(|address| address.as_str().to_owned()),
                account,
                requester: Some(requester),
                ..Step::new(policy, "look_up_challenge", Vec::new())
            },
            Next::Apply(effects) => Step::new(policy, "apply", effects),
            Next::LookUpAccount { account, address } => Step {
                channel: Some(address.channel()),
                address: Some(address.as_str().to_owned()),
                account,
                ..Step::new(policy, "look_up_account", Vec::new())
            },
            Next::Approved(approved) => Step::approve(policy, *approved),
            Next::Refused(refusal, effects) => Step::refused(policy, refusal, effects),
            Next::CannotJudge(error, effects) => {
                Step { error: Some(error), ..Step::new(policy, "not_judged", effects) }
            }
            Next::Done => Step::new(policy, "done", Vec::new()),
        }
    }
}

#[pymethods]
impl Step {
    #[classattr]
    fn __match_args__() -> (&'static str,) {
        ("kind",)
    }

    /// What to do.
    ///
    /// - `look_up_challenge`: look up the newest challenge with this `purpose`, `channel` and `requester`, for `address`, or
    ///   for `account` if `address` is `None`. Call `Redemption.challenge`.
    /// - `apply`: apply `effects`. Call `Redemption.applied`.
    /// - `look_up_account`: look up the account with this identifier and `address`. Call `Redemption.account`.
    /// - `approved`: call `take_approved`, hash the password, apply the effects. In a redemption, call
    ///   `Redemption.applied`.
    /// - `granted`: apply `effects`. The code is sent, or the captcha is solved.
    /// - `refused`: apply `effects`, and send `response` to the client.
    /// - `not_judged`: as for `refused`. The password could not be evaluated: see `error`.
    /// - `done`: the password is set.
    #[getter]
    fn kind(&self) -> &'static str {
        self.kind
    }

    /// Purpose of the challenge to look up.
    #[getter]
    fn purpose(&self) -> Option<&'static str> {
        self.purpose.map(Purpose::name)
    }

    /// Channel of the challenge or the address to look up.
    #[getter]
    fn channel(&self) -> Option<&'static str> {
        self.channel.map(Channel::name)
    }

    /// Normalized address to look up.
    #[getter]
    fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// Account to look up, or account that gets the new password.
    #[getter]
    fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// Requester of the challenge to look up: compare it with `Challenge.requester`.
    #[getter]
    fn requester(&self) -> Option<&str> {
        self.requester.as_deref()
    }

    /// Token of a solved captcha, for the client.
    #[getter]
    fn token(&self) -> Option<&str> {
        self.token.as_deref().filter(|token| !token.is_empty())
    }

    /// Effects to apply, all in one transaction or none.
    #[getter]
    fn effects<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        effects(py, &self.effects)
    }

    /// Code of a refusal or an error, such as `reset.code_refused`, `length.too_short` or `stored_hash`.
    #[getter]
    fn code(&self) -> Option<&str> {
        let error = || self.error.as_ref().map(|error| error.kind().name());
        self.refusal.as_ref().map(Refusal::code).or_else(error)
    }

    /// Exception that `Policy.evaluate` would raise, if the password could not be evaluated.
    #[getter]
    fn error(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.error.as_ref().map(|error| cannot_judge(py, error).into_value(py).into_any())
    }

    /// Seconds until a new attempt can succeed, if a rate limit is exceeded.
    #[getter]
    fn retry_after(&self) -> Option<u64> {
        match &self.refusal {
            Some(Refusal::LimitReached { retry_after }) => Some(*retry_after),
            _ => None,
        }
    }

    /// Violations of the password, if they are the reason of the refusal.
    #[getter]
    fn outcome(&self) -> Option<Outcome> {
        match &self.refusal {
            Some(Refusal::Password(outcome)) => Some(Outcome::new(outcome.clone())),
            _ => None,
        }
    }

    /// Return the response to the client as a contract defines it.
    ///
    /// Args:
    ///     contract: The contract.
    ///     language: Language tag of the message. An unsupported language yields English.
    ///
    /// Returns:
    ///     The response, or `None` if the step is neither refused nor an error.
    #[pyo3(signature = (contract, language = "en"))]
    fn response<'py>(
        &self,
        py: Python<'py>,
        contract: PyRef<'_, Contract>,
        language: &str,
    ) -> PyResult<Option<Bound<'py, PyDict>>> {
        let (contract, language) = (&contract.contract, self::language(language));
        let refusal = match (&self.refusal, &self.error) {
            (Some(refusal), _) => contract.refusal(refusal, &self.policy, language),
            (None, Some(error)) => contract.cannot_judge(error, language),
            (None, None) => return Ok(None),
        };
        response(py, refusal).map(Some)
    }

    /// Take the authorization of an `approved` step. Works once.
    ///
    /// Raises:
    ///     ValueError: The step is not approved, or the authorization was taken before.
    fn take_approved(&self) -> PyResult<Approved> {
        let taken = self.approved.lock().unwrap_or_else(PoisonError::into_inner).take();
        let message = "the step has no authorization, or it was already taken";
        let approved = taken.ok_or_else(|| PyValueError::new_err(message))?;
        Ok(Approved { approved: Mutex::new(Some(approved)) })
    }

    fn __bool__(&self) -> bool {
        matches!(self.kind, "granted" | "approved" | "done")
    }

    fn __repr__(&self) -> String {
        match self.code() {
            Some(code) => format!("<Step {}: {code}>", self.kind),
            None => format!("<Step {}>", self.kind),
        }
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Step cannot be pickled: it may hold a password"))
    }
}

/// Authorization to set a password, once: the password passed the policy, and the caller proved their identity.
///
/// Only the flow creates one. After `effects`, every method and property raises a ValueError.
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct Approved {
    approved: Mutex<Option<flow::Approved>>,
}

fn used() -> PyErr {
    PyValueError::new_err("the authorization was already used")
}

#[pymethods]
impl Approved {
    /// Account that gets the new password.
    #[getter]
    fn account(&self) -> PyResult<String> {
        self.with(|approved| approved.account().to_owned())
    }

    /// Password to hash, exactly as it was evaluated. Secret.
    #[getter]
    fn password(&self) -> PyResult<String> {
        self.with(|approved| approved.password().expose().to_owned())
    }

    /// Return the effects that set the password, and use up the authorization.
    ///
    /// Args:
    ///     hash: Hash of `password`.
    ///
    /// Raises:
    ///     ValueError: The hash is empty, or the authorization was already used.
    fn effects<'py>(&self, py: Python<'py>, hash: &str) -> PyResult<Bound<'py, PyTuple>> {
        if hash.is_empty() {
            return Err(PyValueError::new_err("the hash is empty"));
        }
        let taken = self.approved.lock().unwrap_or_else(PoisonError::into_inner).take();
        effects(py, &taken.ok_or_else(used)?.effects(hash.to_owned()))
    }

    fn __repr__(&self) -> &'static str {
        "<Approved>"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("an Approved cannot be pickled: it holds a password"))
    }
}

impl Approved {
    fn with<T>(&self, read: impl FnOnce(&flow::Approved) -> T) -> PyResult<T> {
        self.approved.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(read).ok_or_else(used)
    }
}
