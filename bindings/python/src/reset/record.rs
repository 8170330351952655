//! What a host keeps between two requests, and the operator's keys.

use std::sync::Arc;

use kouling::flow::{
    self, Address, CaptchaAnswer, CaptchaState, ChallengeState, CodeKey, Solution, verify_captcha,
};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMapping};
use zeroize::Zeroizing;

use super::{Effect, Step};
use crate::copied::copied;
use crate::input::{moment_or_now, secret};
use crate::policy::Policy;

/// The operator's keys for the hashes of codes: 32 random bytes each.
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct CodeKeys {
    pub(super) keys: Arc<flow::CodeKeys>,
}

fn code_key(id: u32, given: &Bound<'_, PyAny>) -> PyResult<CodeKey> {
    let bytes = secret(given)?;
    let mut key = Zeroizing::new([0; 32]);
    if bytes.len() != key.len() {
        return Err(PyValueError::new_err("a key has 32 bytes"));
    }
    key.copy_from_slice(&bytes);
    Ok(CodeKey { id, key })
}

#[pymethods]
impl CodeKeys {
    /// New codes are hashed with `key`; `older` keys, by their numbers, still verify what was sent before.
    #[new]
    #[pyo3(signature = (key, *, id = 1, older = None))]
    fn new(key: &Bound<'_, PyAny>, id: u32, older: Option<&Bound<'_, PyMapping>>) -> PyResult<CodeKeys> {
        let mut keys = flow::CodeKeys::new(code_key(id, key)?);
        if let Some(older) = older {
            for item in older.items()?.iter() {
                let (id, key): (u32, Bound<'_, PyAny>) = item.extract()?;
                keys = keys.with_older(code_key(id, &key)?);
            }
        }
        Ok(CodeKeys { keys: Arc::new(keys) })
    }

    fn __repr__(&self) -> &'static str {
        "<CodeKeys>"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("keys cannot be pickled"))
    }
}

/// The record of a sent code. Holds no code.
#[pyclass(module = "kouling.reset", frozen, eq)]
#[derive(PartialEq)]
pub(crate) struct Challenge {
    pub(super) challenge: flow::Challenge,
}

#[pymethods]
impl Challenge {
    /// Reads the stored form. What is damaged is worth nothing: a ValueError.
    #[staticmethod]
    fn from_bytes(stored: &Bound<'_, PyAny>) -> PyResult<Challenge> {
        let challenge = flow::Challenge::from_bytes(&secret(stored)?);
        Ok(Challenge { challenge: challenge.map_err(|error| PyValueError::new_err(error.to_string()))? })
    }

    /// The stored form.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.challenge.to_bytes())
    }

    /// The record as it is after an effect, or `None` when the effect's condition does not hold of it.
    fn after(&self, effect: PyRef<'_, Effect>) -> Option<Challenge> {
        self.challenge.clone().after(&effect.effect).map(|challenge| Challenge { challenge })
    }

    /// Its identifier.
    #[getter]
    fn id(&self) -> &str {
        self.challenge.id()
    }

    /// What the code is for.
    #[getter]
    fn purpose(&self) -> &'static str {
        self.challenge.purpose().name()
    }

    /// How it travelled.
    #[getter]
    fn channel(&self) -> &'static str {
        self.challenge.address().channel().name()
    }

    /// The address that it was asked for, normalised.
    #[getter]
    fn address(&self) -> &str {
        self.challenge.address().as_str()
    }

    /// The account that had this address.
    #[getter]
    fn account(&self) -> Option<&str> {
        self.challenge.account()
    }

    /// `valid`, `used` or `revoked`.
    #[getter]
    fn state(&self) -> &'static str {
        match self.challenge.state() {
            ChallengeState::Valid => "valid",
            ChallengeState::Used => "used",
            ChallengeState::Revoked => "revoked",
        }
    }

    /// How many submissions are left.
    #[getter]
    fn submissions_left(&self) -> u64 {
        self.challenge.submissions_left()
    }

    /// The client and device that the code belongs to: what challenges are looked up by.
    #[getter]
    fn requester(&self) -> String {
        self.challenge.requester()
    }

    /// When it was created, in seconds since 1970.
    #[getter]
    fn created(&self) -> i64 {
        self.challenge.created().unix()
    }

    /// When it expires, in seconds since 1970.
    #[getter]
    fn expires(&self) -> i64 {
        self.challenge.expires().unix()
    }

    fn __repr__(&self) -> String {
        format!("<Challenge {} {}>", self.challenge.id(), self.state())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        Ok((py.get_type::<Challenge>().getattr("from_bytes")?, (self.to_bytes(py),)))
    }
}

/// The record of a captcha that was shown.
#[pyclass(module = "kouling.reset", frozen, eq)]
#[derive(PartialEq)]
pub(crate) struct Captcha {
    pub(super) captcha: flow::Captcha,
}

#[pymethods]
impl Captcha {
    /// One whose piece belongs `place` pixels from the left. The token is 32 hexadecimal digits, random.
    #[new]
    #[pyo3(signature = (token, place, *, now = None))]
    fn new(token: String, place: u32, now: Option<&Bound<'_, PyAny>>) -> PyResult<Captcha> {
        if token.len() != 32 || !token.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)) {
            return Err(PyValueError::new_err("a token is 32 hexadecimal digits"));
        }
        let (answer, created) = (CaptchaAnswer::Place(place), moment_or_now(now)?);
        Ok(Captcha { captcha: flow::Captcha { token, answer, created, state: CaptchaState::Open } })
    }

    /// Reads the stored form. What is damaged is worth nothing: a ValueError.
    #[staticmethod]
    fn from_bytes(stored: &Bound<'_, PyAny>) -> PyResult<Captcha> {
        let captcha = flow::Captcha::from_bytes(&secret(stored)?);
        Ok(Captcha { captcha: captcha.map_err(|error| PyValueError::new_err(error.to_string()))? })
    }

    /// The stored form. Holds the answer, and so is for the store only.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.captcha.to_bytes())
    }

    /// The record as it is after an effect, or `None` when the effect's condition does not hold of it.
    fn after(&self, effect: PyRef<'_, Effect>) -> Option<Captcha> {
        self.captcha.clone().after(&effect.effect).map(|captcha| Captcha { captcha })
    }

    /// Its token.
    #[getter]
    fn token(&self) -> &str {
        &self.captcha.token
    }

    /// `open`, `solved` or `used`.
    #[getter]
    fn state(&self) -> &'static str {
        match self.captcha.state {
            CaptchaState::Open => "open",
            CaptchaState::Solved { .. } => "solved",
            CaptchaState::Used => "used",
        }
    }

    /// Whether a client solved it, that moved the piece to `x`, written in `point`, and wants a code for `address`: a step,
    /// `granted` with its `token`, or `refused`. The one try is spent either way, by the effects.
    #[pyo3(signature = (policy, x, point, address, *, channel = "email", now = None))]
    fn verify(
        &self,
        policy: PyRef<'_, Policy>,
        x: f64,
        point: &str,
        address: &str,
        channel: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Step> {
        let (sender, now) = (Address::parse(super::channel(channel)?, address), moment_or_now(now)?);
        let rules = &policy.policy.reset().captcha;
        let solution = Some(Solution::Place(x));
        let (answer, effects) = verify_captcha(rules, Some(&self.captcha), solution, point, sender, now);
        Ok(Step::answered(&policy.policy, answer, effects))
    }

    fn __repr__(&self) -> String {
        format!("<Captcha {}>", self.state())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        Ok((py.get_type::<Captcha>().getattr("from_bytes")?, (self.to_bytes(py),)))
    }
}

copied!(CodeKeys, Challenge, Captcha);
