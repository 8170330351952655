//! May this password be set?

use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use kouling::flow::{self, ChangeFacts, Event, Next, RedemptionRequest};
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;

use super::{Challenge, CodeKeys, Step, secret_of};
use crate::errors::{cannot_judge, exit_request};
use crate::facts::Verifier;
use crate::input::moment_or_now;
use crate::policy::Policy;

/// May this password be set? One submission of a code and a password, step by step.
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct Redemption {
    policy: Arc<kouling::Policy>,
    redemption: Mutex<flow::Redemption<'static, Arc<kouling::Policy>, Arc<flow::CodeKeys>>>,
    first: Mutex<Option<Next>>,
}

impl Redemption {
    fn on(&self, py: Python<'_>, event: Event) -> PyResult<Step> {
        // Judging may call back into Python, and what is called may come back here: waiting would be for ever.
        let next = py.detach(|| match self.redemption.try_lock() {
            Ok(mut redemption) => Some(redemption.on(event)),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner().on(event)),
            Err(TryLockError::WouldBlock) => None,
        });
        let next = next.ok_or_else(|| PyRuntimeError::new_err("the redemption is being answered already"))?;
        let step = Step::next(&self.policy, next);
        // The submission stays counted, and no password is set.
        match step.error.as_ref().and_then(|error| exit_request(py, error)) {
            Some(exit) => Err(exit),
            None => Ok(step),
        }
    }
}

#[pymethods]
impl Redemption {
    /// Begins.
    #[new]
    #[pyo3(signature = (policy, keys, *, caller, code, password, address = "", channel = "email",
        signed_in = None, verifier = None, report_all = true, now = None))]
    #[expect(clippy::too_many_arguments, reason = "they are Python's keywords")]
    fn new(
        policy: PyRef<'_, Policy>,
        keys: PyRef<'_, CodeKeys>,
        caller: &Bound<'_, PyAny>,
        code: &Bound<'_, PyAny>,
        password: &Bound<'_, PyAny>,
        address: &str,
        channel: &str,
        signed_in: Option<String>,
        verifier: Option<&Bound<'_, PyAny>>,
        report_all: bool,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Redemption> {
        let request = RedemptionRequest {
            caller: super::caller(caller)?,
            channel: super::channel(channel)?,
            address: address.to_owned(),
            code: secret_of(code)?,
            password: secret_of(password)?,
            signed_in,
            reports_all: report_all,
        };
        let (policy, now) = (policy.policy.clone(), moment_or_now(now)?);
        let (redemption, first) = flow::Redemption::begin(policy.clone(), keys.keys.clone(), request, now);
        let redemption = match verifier {
            Some(verifier) => redemption.with_verifier(Verifier::new(verifier)?),
            None => redemption,
        };
        Ok(Redemption { policy, redemption: Mutex::new(redemption), first: Mutex::new(Some(first)) })
    }

    /// The first step, once.
    fn begin(&self) -> PyResult<Step> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        let first = first.ok_or_else(|| PyValueError::new_err("the redemption has begun"))?;
        Ok(Step::next(&self.policy, first))
    }

    /// Answers `look_up_challenge`.
    fn challenge(&self, py: Python<'_>, challenge: Option<PyRef<'_, Challenge>>) -> PyResult<Step> {
        let challenge = challenge.map(|challenge| Box::new(challenge.challenge.clone()));
        self.on(py, Event::Challenge(challenge))
    }

    /// Answers `look_up_account`, with a `kouling.reset.Account` or `None`.
    fn account(&self, py: Python<'_>, account: Option<&Bound<'_, PyAny>>) -> PyResult<Step> {
        let account = account.map(super::account).transpose()?;
        self.on(py, Event::Account(account.map(Box::new)))
    }

    /// Answers `apply` and `approved`: whether all effects were carried out, or none.
    fn applied(&self, py: Python<'_>, applied: bool) -> PyResult<Step> {
        self.on(py, Event::Applied(applied))
    }

    fn __repr__(&self) -> &'static str {
        "<Redemption>"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Redemption cannot be pickled: it holds a password"))
    }
}

#[pymethods]
impl Policy {
    /// May somebody who is signed in exchange the old password for a new one? `old_is_right` is what the host found out;
    /// `None` when no old password came. A step: `approved`, `refused` or `not_judged`.
    #[pyo3(signature = (password, *, caller, account, old_is_right, old_password = None, verifier = None,
        report_all = true, now = None))]
    #[expect(clippy::too_many_arguments, reason = "they are Python's keywords")]
    fn change(
        &self,
        py: Python<'_>,
        password: &Bound<'_, PyAny>,
        caller: &Bound<'_, PyAny>,
        account: &Bound<'_, PyAny>,
        old_is_right: Option<bool>,
        old_password: Option<&Bound<'_, PyAny>>,
        verifier: Option<&Bound<'_, PyAny>>,
        report_all: bool,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Step> {
        let (caller, account, new) = (super::caller(caller)?, super::account(account)?, secret_of(password)?);
        let old = old_password.map(secret_of).transpose()?;
        let (verifier, now) = (verifier.map(Verifier::new).transpose()?, moment_or_now(now)?);
        let judged = py.detach(|| {
            let facts = ChangeFacts {
                account: &account,
                old_is_right,
                old: old.as_ref().filter(|_| old_is_right == Some(true)),
                reports_all: report_all,
                verifier: verifier.as_ref().map(|verifier| verifier as &dyn kouling::candidate::PasswordVerifier),
            };
            flow::change(&self.policy, &caller, &new, &facts, now)
        });
        let step = match judged.map_err(|error| cannot_judge(py, &error))? {
            Ok(approved) => Step::approve(&self.policy, approved),
            Err(refusal) => Step::refused(&self.policy, refusal, Vec::new()),
        };
        Ok(step)
    }
}
