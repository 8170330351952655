//! Steps: what comes next, and the leave to set a password.

use std::sync::{Arc, Mutex, PoisonError};

use kouling::candidate::CannotJudge;
use kouling::flow::{self, Channel, Next, Purpose, Refusal};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::effect::effects;
use crate::errors::cannot_judge_for;
use crate::input::language;
use crate::outcome::Outcome;
use crate::policy::{Contract, answer};

/// What the host does next. True in `if` when the answer is yes: `granted`, `approved` or `done`.
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
    pub(super) cause: Option<PyErr>,
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
            cause: None,
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

    pub(super) fn answered(
        policy: &Arc<kouling::Policy>,
        answer: Result<String, Refusal>,
        effects: Vec<flow::Effect>,
    ) -> Step {
        match answer {
            Ok(token) => Step { token: Some(token), ..Step::new(policy, "granted", effects) },
            Err(refusal) => Step::refused(policy, refusal, effects),
        }
    }

    pub(super) fn next(policy: &Arc<kouling::Policy>, next: Next) -> Step {
        match next {
            Next::LookUpChallenge { purpose, channel, address, account, requester } => Step {
                requester: Some(requester),
                purpose: Some(purpose),
                channel: Some(channel),
                address: address.map(|address| address.as_str().to_owned()),
                account,
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

    /// `refused`, `not_judged`, `look_up_challenge`, `apply`, `look_up_account`, `approved`, `granted` or `done`.
    #[getter]
    fn kind(&self) -> &'static str {
        self.kind
    }

    /// The purpose of the challenge that is looked up.
    #[getter]
    fn purpose(&self) -> Option<&'static str> {
        self.purpose.map(Purpose::name)
    }

    /// The channel of what is looked up.
    #[getter]
    fn channel(&self) -> Option<&'static str> {
        self.channel.map(Channel::name)
    }

    /// The address that is looked up, normalised.
    #[getter]
    fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// The account that is looked up, or whose password is set.
    #[getter]
    fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The requester of the challenge to look up: compare with `Challenge.requester`.
    #[getter]
    fn requester(&self) -> Option<&str> {
        self.requester.as_deref()
    }

    /// The token of a solved captcha.
    #[getter]
    fn token(&self) -> Option<&str> {
        self.token.as_deref().filter(|token| !token.is_empty())
    }

    /// What to carry out.
    #[getter]
    fn effects<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        effects(py, &self.effects)
    }

    /// Why it is refused or not judged: `reset.code_refused`, `length.too_short`, `stored_hash`.
    #[getter]
    fn code(&self) -> Option<&str> {
        let error = || self.error.as_ref().map(|error| error.kind().name());
        self.refusal.as_ref().map(Refusal::code).or_else(error)
    }

    /// Why no judgement is possible, as the exception that `Policy.evaluate` would raise; its cause is what a callback
    /// raised.
    #[getter]
    fn error(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        let cause = self.cause.as_ref().map(|cause| cause.clone_ref(py));
        let error = self.error.as_ref().map(|error| cannot_judge_for(py, error, cause));
        error.map(|error| error.into_value(py).into_any())
    }

    /// Seconds after which another try makes sense.
    #[getter]
    fn retry_after(&self) -> Option<u64> {
        match &self.refusal {
            Some(Refusal::LimitReached { retry_after }) => Some(*retry_after),
            _ => None,
        }
    }

    /// Everything that is wrong with the password, where that is why.
    #[getter]
    fn outcome(&self) -> Option<Outcome> {
        match &self.refusal {
            Some(Refusal::Password(outcome)) => Some(Outcome::new(outcome.clone())),
            _ => None,
        }
    }

    /// The refusal as a contract has it, as a dict; `None` when nothing is refused.
    #[pyo3(signature = (contract, language = "en"))]
    fn answer<'py>(
        &self,
        py: Python<'py>,
        contract: PyRef<'_, Contract>,
        language: &str,
    ) -> PyResult<Option<Bound<'py, PyDict>>> {
        let (contract, language) = (&contract.contract, self::language(language));
        let wire = match (&self.refusal, &self.error) {
            (Some(refusal), _) => contract.refusal(refusal, &self.policy, language),
            (None, Some(error)) => contract.cannot_judge(error, language),
            (None, None) => return Ok(None),
        };
        answer(py, wire).map(Some)
    }

    /// Takes the leave to set a password, once.
    fn take_approved(&self) -> PyResult<Approved> {
        let taken = self.approved.lock().unwrap_or_else(PoisonError::into_inner).take();
        let approved = taken.ok_or_else(|| PyValueError::new_err("the step has no leave, or it was taken"))?;
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

/// Leave to set a password, once. Only the flow makes one.
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct Approved {
    approved: Mutex<Option<flow::Approved>>,
}

#[pymethods]
impl Approved {
    /// The account whose password is set.
    #[getter]
    fn account(&self) -> PyResult<String> {
        self.with(|approved| approved.account().to_owned())
    }

    /// The password exactly as it was judged: this is what must be hashed, all of it. A secret.
    #[getter]
    fn password(&self) -> PyResult<String> {
        self.with(|approved| approved.password().expose().to_owned())
    }

    /// Spends the leave: what to do, given the hash of its password.
    fn effects<'py>(&self, py: Python<'py>, hash: &str) -> PyResult<Bound<'py, PyTuple>> {
        if hash.is_empty() {
            return Err(PyValueError::new_err("the hash is empty"));
        }
        let taken = self.approved.lock().unwrap_or_else(PoisonError::into_inner).take();
        let approved = taken.ok_or_else(|| PyValueError::new_err("the leave is spent"))?;
        effects(py, &approved.effects(hash.to_owned()))
    }

    fn __repr__(&self) -> &'static str {
        "<Approved>"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("an Approved cannot be pickled: it holds a password"))
    }
}

impl Approved {
    fn with<T>(&self, look: impl FnOnce(&flow::Approved) -> T) -> PyResult<T> {
        let approved = self.approved.lock().unwrap_or_else(PoisonError::into_inner);
        approved.as_ref().map(look).ok_or_else(|| PyValueError::new_err("the leave is spent"))
    }
}
