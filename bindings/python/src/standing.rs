//! Whether the password of an account can be used.

use kouling::standing::{AccountState, Decision as EngineDecision, MissingFacts, Standing};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyMapping, PyString};
use serde_json::{Map, Value};

use crate::copies::copies_are_self;
use crate::errors::exception;
use crate::input::{language, moment, text};
use crate::json::to_python;

/// Whether the password of an account can be used, and what the host stores. Immutable.
///
/// It is true if a sign-in with the correct password opens a session.
#[pyclass(module = "kouling", frozen)]
pub(crate) struct Decision {
    decision: EngineDecision,
}

impl Decision {
    pub(crate) fn new(decision: EngineDecision) -> Decision {
        Decision { decision }
    }
}

#[pymethods]
impl Decision {
    #[classattr]
    fn __match_args__() -> (&'static str,) {
        ("standing",)
    }

    /// `fine`, `warn`, `must_change`, `grace`, `locked` or `disabled`.
    #[getter]
    fn standing(&self) -> &'static str {
        self.decision.standing.name()
    }

    /// Stable code, such as `standing.expired`.
    #[getter]
    fn code(&self) -> &'static str {
        self.decision.standing.code()
    }

    /// Reason of `must_change` and `disabled`, such as `expired`. Otherwise `None`.
    #[getter]
    fn reason(&self) -> Option<&'static str> {
        self.decision.standing.reason()
    }

    /// Days until the password expires, for `warn`. Otherwise `None`.
    #[getter]
    fn days(&self) -> Option<u64> {
        match self.decision.standing {
            Standing::Warn { days } => Some(days),
            _ => None,
        }
    }

    /// Sign-ins left with an expired password, including this one, for `grace`. Otherwise `None`.
    #[getter]
    fn left(&self) -> Option<u64> {
        match self.decision.standing {
            Standing::Grace { left } => Some(left),
            _ => None,
        }
    }

    /// End of the lock in seconds since 1970, for `locked`. Otherwise `None`.
    #[getter]
    fn until(&self) -> Option<i64> {
        match self.decision.standing {
            Standing::Locked { until } => Some(until.unix()),
            _ => None,
        }
    }

    /// Whether a sign-in with the correct password opens a session.
    #[getter]
    fn permits_session(&self) -> bool {
        self.decision.standing.permits_session()
    }

    /// Whether a sign-in is refused without verifying the password.
    #[getter]
    fn refuses_sign_in(&self) -> bool {
        self.decision.standing.refuses_sign_in()
    }

    /// Changes of the account, for hosts that store each fact separately.
    ///
    /// A list of dicts with `effect`, and with `from` and `to`, `at`, or `digest`. Apply all effects in one transaction, or
    /// none. One with `from`, and `use_temporary`, are conditions.
    #[getter]
    fn effects<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.decision.effects.iter().map(kouling::standing::Effect::to_json).collect())
    }

    /// Return the message for the user.
    ///
    /// Args:
    ///     language: Language tag. An unsupported language yields English.
    #[pyo3(signature = (language = "en"))]
    fn message(&self, language: &str) -> String {
        self.decision.standing.message(self::language(language))
    }

    /// Return the account as it is after all effects, for hosts that store it as one record.
    ///
    /// Args:
    ///     account: Account as it is stored now.
    ///
    /// Returns:
    ///     The account to store. `None` if a condition does not hold: another attempt was faster, and nothing may be stored.
    ///
    /// Raises:
    ///     ValueError: A fact is unknown or invalid.
    fn after<'py>(&self, py: Python<'py>, account: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let after = self::account(account)?.after_all(&self.decision.effects);
        after.map(|after| to_python(py, &after.to_json())).transpose()
    }

    /// Return the decision as a dict with the structure of Kouling's JSON output.
    ///
    /// Args:
    ///     language: Language tag of the message. An unsupported language yields English.
    #[pyo3(signature = (language = "en"))]
    fn to_dict<'py>(&self, py: Python<'py>, language: &str) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.decision.to_json(self::language(language)))
    }

    fn __bool__(&self) -> bool {
        self.permits_session()
    }

    fn __repr__(&self) -> String {
        format!("<Decision {}>", self.decision.standing.code())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Decision cannot be pickled; send its to_dict()"))
    }
}

copies_are_self!(Decision);

/// Creates the exception for facts that the policy needs and that the account does not have.
pub(crate) fn missing(py: Python<'_>, missing: &MissingFacts) -> PyErr {
    exception(py, "CannotJudge", ("missing_fact", missing.to_string()))
}

/// Converts an account: a mapping of facts by name.
pub(crate) fn account(value: &Bound<'_, PyAny>) -> PyResult<AccountState> {
    let mapping = value
        .cast::<PyMapping>()
        .map_err(|_| PyTypeError::new_err("`account` must be a mapping of facts by name, such as a dict"))?;
    AccountState::from_json(&Value::Object(object(mapping)?))
        .map_err(|error| PyValueError::new_err(error.to_string()))
}

fn object(mapping: &Bound<'_, PyMapping>) -> PyResult<Map<String, Value>> {
    let mut object = Map::new();
    for item in mapping.items()?.iter() {
        let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
        let name: String = name.extract().map_err(|_| PyTypeError::new_err("the names of facts must be str"))?;
        let value = fact(&value)?;
        object.insert(name, value);
    }
    Ok(object)
}

/// Converts a fact: `None`, a bool, an int, text, a moment, or a mapping.
fn fact(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(flag.is_true().into());
    }
    if value.is_instance_of::<PyInt>() {
        // A number that is too large for every fact is refused by the engine.
        return Ok(value.extract::<i64>().map_or_else(|_| Value::from(f64::MAX), Value::from));
    }
    if let Ok(string) = value.cast::<PyString>() {
        return Ok(text(string, "fact")?.into());
    }
    if let Ok(mapping) = value.cast::<PyMapping>() {
        return Ok(Value::Object(object(mapping)?));
    }
    Ok(moment(value)?.unix().into())
}
