//! The decision whether a password is set: with a code, or with the old password.

use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use kouling::candidate::PasswordVerifier;
use kouling::flow::{self, ChangeFacts, Event, Next, RedemptionRequest};
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;

use super::arguments;
use super::challenge::Challenge;
use super::keys::CodeKeys;
use super::step::Step;
use crate::errors::{cannot_judge, exit_request};
use crate::facts::Verifier;
use crate::input::moment_or_now;
use crate::policy::Policy;

/// A submission of a code and a new password.
///
/// `begin` returns the first step. Do what each step requires and report it with `challenge`, `account` or `applied`, which
/// return the next step. A call that does not fit the step refuses the submission for good. `kouling.reset.run` makes all
/// calls.
///
/// Args:
///     policy: The policy.
///     keys: The operator's keys.
///     caller: Who calls.
///     code: The code as the user typed it.
///     password: The new password.
///     address: Address as the user typed it. Ignored if `signed_in` is given.
///     channel: How the code was sent.
///     signed_in: Account that is signed in and updates its password.
///     verifier: Compares a password with a stored hash of a format that the engine does not support.
///     report_all: Report all violations, or only the first.
///     now: Time of the submission. Defaults to the system time.
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct Redemption {
    policy: Arc<kouling::Policy>,
    redemption: Mutex<flow::Redemption<'static, Arc<kouling::Policy>, Arc<flow::CodeKeys>>>,
    first: Mutex<Option<Next>>,
}

impl Redemption {
    fn on(&self, py: Python<'_>, event: Event) -> PyResult<Step> {
        // A custom rule or a verifier may call this redemption again: waiting for the lock would be a deadlock.
        let next = py.detach(|| match self.redemption.try_lock() {
            Ok(mut redemption) => Some(redemption.on(event)),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner().on(event)),
            Err(TryLockError::WouldBlock) => None,
        });
        let next =
            next.ok_or_else(|| PyRuntimeError::new_err("another call of this redemption is in progress"))?;
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
    #[new]
    #[pyo3(signature = (policy, keys, *, caller, code, password, address = "", channel = "email",
        signed_in = None, verifier = None, report_all = true, now = None))]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments in Python")]
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
            caller: arguments::caller(caller)?,
            channel: arguments::channel(channel)?,
            address: address.to_owned(),
            code: arguments::secret(code)?,
            password: arguments::secret(password)?,
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

    /// Return the first step.
    ///
    /// Raises:
    ///     ValueError: This was called before.
    fn begin(&self) -> PyResult<Step> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        let first = first.ok_or_else(|| PyValueError::new_err("the redemption has already begun"))?;
        Ok(Step::next(&self.policy, first))
    }

    /// Report the challenge of a `look_up_challenge` step, or `None` if it does not exist.
    fn challenge(&self, py: Python<'_>, challenge: Option<PyRef<'_, Challenge>>) -> PyResult<Step> {
        let challenge = challenge.map(|challenge| Box::new(challenge.challenge.clone()));
        self.on(py, Event::Challenge(challenge))
    }

    /// Report the account of a `look_up_account` step, or `None` if it does not exist.
    fn account(&self, py: Python<'_>, account: Option<&Bound<'_, PyAny>>) -> PyResult<Step> {
        let account = account.map(arguments::account).transpose()?;
        self.on(py, Event::Account(account.map(Box::new)))
    }

    /// Report whether the effects of an `apply` or `approved` step were applied: all of them, or none.
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
    /// Decide whether a signed-in user may replace the old password by a new one.
    ///
    /// Args:
    ///     password: The new password.
    ///     caller: Who calls.
    ///     account: The signed-in account.
    ///     old_is_correct: Whether the old password is the current one, as the host has checked. `None` if the user gave no
    ///         old password, which is only accepted if the account has none.
    ///     old_password: The old password itself. Needed by `similarity`; ignored unless it is correct.
    ///     verifier: Compares a password with a stored hash of a format that the engine does not support.
    ///     report_all: Report all violations, or only the first.
    ///     now: Time of the change. Defaults to the system time.
    ///
    /// Returns:
    ///     A step of kind `approved` or `refused`. If the effects of an approval cannot be applied, the password was changed
    ///     in the meantime: respond with `reset.old_password_refused`.
    ///
    /// Raises:
    ///     CannotJudge: As for `evaluate`.
    ///     WordsError: As for `evaluate`.
    #[pyo3(signature = (password, *, caller, account, old_is_correct, old_password = None, verifier = None,
        report_all = true, now = None))]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments in Python")]
    fn change(
        &self,
        py: Python<'_>,
        password: &Bound<'_, PyAny>,
        caller: &Bound<'_, PyAny>,
        account: &Bound<'_, PyAny>,
        old_is_correct: Option<bool>,
        old_password: Option<&Bound<'_, PyAny>>,
        verifier: Option<&Bound<'_, PyAny>>,
        report_all: bool,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Step> {
        let (caller, account) = (arguments::caller(caller)?, arguments::account(account)?);
        let new = arguments::secret(password)?;
        let old = old_password.map(arguments::secret).transpose()?;
        let (verifier, now) = (verifier.map(Verifier::new).transpose()?, moment_or_now(now)?);
        let decision = py.detach(|| {
            let facts = ChangeFacts {
                account: &account,
                old_is_right: old_is_correct,
                old: old.as_ref().filter(|_| old_is_correct == Some(true)),
                reports_all: report_all,
                verifier: verifier.as_ref().map(|verifier| verifier as &dyn PasswordVerifier),
            };
            flow::change(&self.policy, &caller, &new, &facts, now)
        });
        Ok(match decision.map_err(|error| cannot_judge(py, &error))? {
            Ok(approved) => Step::approve(&self.policy, approved),
            Err(refusal) => Step::refused(&self.policy, refusal, Vec::new()),
        })
    }
}
