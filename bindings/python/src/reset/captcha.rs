//! The stored record of a captcha.

use kouling::flow::{self, Address, CaptchaAnswer, CaptchaState, Solution, verify_captcha};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::arguments;
use super::effect::Effect;
use super::step::Step;
use crate::copies::copies_are_self;
use crate::input::{moment_or_now, secret};
use crate::policy::Policy;

/// The stored record of a slider captcha: the user moves a piece of the picture to its place. Immutable.
///
/// Args:
///     token: 32 random hexadecimal digits.
///     place: Correct position of the piece, in pixels from the left.
///     now: Time at which the captcha is shown. Defaults to the system time.
///
/// Raises:
///     ValueError: The token has another format.
#[pyclass(module = "kouling.reset", frozen, eq)]
#[derive(PartialEq)]
pub(crate) struct Captcha {
    pub(super) captcha: flow::Captcha,
}

#[pymethods]
impl Captcha {
    #[new]
    #[pyo3(signature = (token, place, *, now = None))]
    fn new(token: String, place: u32, now: Option<&Bound<'_, PyAny>>) -> PyResult<Captcha> {
        if token.len() != 32 || !token.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)) {
            return Err(PyValueError::new_err("invalid token; expected 32 hexadecimal digits"));
        }
        let (answer, created) = (CaptchaAnswer::Place(place), moment_or_now(now)?);
        Ok(Captcha { captcha: flow::Captcha { token, answer, created, state: CaptchaState::Open } })
    }

    /// Read a record that `to_bytes` wrote.
    ///
    /// Raises:
    ///     ValueError: The record is damaged. Treat it as if it did not exist.
    #[staticmethod]
    fn from_bytes(stored: &Bound<'_, PyAny>) -> PyResult<Captcha> {
        let captcha = flow::Captcha::from_bytes(&secret(stored)?);
        Ok(Captcha { captcha: captcha.map_err(|error| PyValueError::new_err(error.to_string()))? })
    }

    /// Return the record as bytes, to store it. They contain the answer: never send them to a client.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.captcha.to_bytes())
    }

    /// Return the record as it is after an effect.
    ///
    /// Returns:
    ///     The record, unchanged by an effect on something else. `None` if the effect's condition does not hold; then apply
    ///     no effect of its list.
    fn after(&self, effect: PyRef<'_, Effect>) -> Option<Captcha> {
        self.captcha.clone().after(&effect.effect).map(|captcha| Captcha { captcha })
    }

    /// Token of the captcha.
    #[getter]
    fn token(&self) -> &str {
        &self.captcha.token
    }

    /// State.
    #[getter]
    fn state(&self) -> &'static str {
        match self.captcha.state {
            CaptchaState::Open => "open",
            CaptchaState::Solved { .. } => "solved",
            CaptchaState::Used => "used",
        }
    }

    /// Verify the attempt of a client. The effects use up the only attempt, whatever the result.
    ///
    /// Args:
    ///     policy: The policy.
    ///     x: Position of the piece, in pixels from the left.
    ///     point: The solution as the client sent it. It is part of the token for `Sending`.
    ///     address: Address that the client wants a code for, as the user typed it.
    ///     channel: How the code is to be sent.
    ///     now: Time of the request. Defaults to the system time.
    ///
    /// Returns:
    ///     A step of kind `granted`, with a `token` for `Sending`, or `refused`.
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
        let (sender, now) = (Address::parse(arguments::channel(channel)?, address), moment_or_now(now)?);
        let rules = &policy.policy.reset().captcha;
        let solution = Some(Solution::Place(x));
        let (decision, effects) = verify_captcha(rules, Some(&self.captcha), solution, point, sender, now);
        Ok(Step::decided(&policy.policy, decision, effects))
    }

    fn __repr__(&self) -> String {
        format!("<Captcha {}>", self.state())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        Ok((py.get_type::<Captcha>().getattr("from_bytes")?, (self.to_bytes(py),)))
    }
}

copies_are_self!(Captcha);
