//! The stored record of a sent code.

use kouling::flow::{self, ChallengeState};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::copies::copies_are_self;
use crate::input::secret;

/// The stored record of a sent code. Immutable; holds a keyed hash of the code, never the code itself.
#[pyclass(module = "kouling.reset", frozen, eq)]
#[derive(PartialEq)]
pub(crate) struct Challenge {
    pub(super) challenge: flow::Challenge,
}

#[pymethods]
impl Challenge {
    /// Read a record that `to_bytes` wrote.
    ///
    /// Raises:
    ///     ValueError: The record is damaged. Treat it as if it did not exist.
    #[staticmethod]
    fn from_bytes(stored: &Bound<'_, PyAny>) -> PyResult<Challenge> {
        let challenge = flow::Challenge::from_bytes(&secret(stored)?);
        Ok(Challenge { challenge: challenge.map_err(|error| PyValueError::new_err(error.to_string()))? })
    }

    /// Return the record as bytes, to store it.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.challenge.to_bytes())
    }

    /// Identifier: 32 hexadecimal digits.
    #[getter]
    fn id(&self) -> &str {
        self.challenge.id()
    }

    /// What the code authorizes.
    #[getter]
    fn purpose(&self) -> &'static str {
        self.challenge.purpose().name()
    }

    /// How the code was sent.
    #[getter]
    fn channel(&self) -> &'static str {
        self.challenge.address().channel().name()
    }

    /// Normalized address that the code was requested for.
    #[getter]
    fn address(&self) -> &str {
        self.challenge.address().as_str()
    }

    /// Account that had this address when the code was created. `None` if there was none.
    #[getter]
    fn account(&self) -> Option<&str> {
        self.challenge.account()
    }

    /// Key of the client and device that requested the code: 32 hexadecimal digits. See `Step.requester`.
    #[getter]
    fn requester(&self) -> String {
        self.challenge.requester()
    }

    /// State. A record that is not valid keeps its state.
    #[getter]
    fn state(&self) -> &'static str {
        match self.challenge.state() {
            ChallengeState::Valid => "valid",
            ChallengeState::Used => "used",
            ChallengeState::Revoked => "revoked",
        }
    }

    /// Number of submissions left, including correct ones.
    #[getter]
    fn submissions_left(&self) -> u64 {
        self.challenge.submissions_left()
    }

    /// Time at which the code was created, in seconds since 1970.
    #[getter]
    fn created(&self) -> i64 {
        self.challenge.created().unix()
    }

    /// Time from which the code is invalid, in seconds since 1970.
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

copies_are_self!(Challenge);
