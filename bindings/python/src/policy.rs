//! Policies and contracts.

use std::sync::Arc;

use kouling::evaluation::hexadecimal;
use kouling::policy::document::Start;
use kouling::policy::{Document, Looks, Memory, Watched};
use kouling::{Loader, PolicyError};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyMapping};
use serde_json::Value;

use crate::copied::copied;
use crate::errors::{cannot_judge, error, forget_raised, policy_error, rejected, take_raised, wants_to_end};
use crate::facts::{FactArgs, OwnedFacts};
use crate::input::{language, path, secret};
use crate::kinds;
use crate::outcome::Outcome;

/// A policy: immutable, shared between threads.
#[pyclass(module = "kouling", frozen)]
pub(crate) struct Policy {
    pub(crate) policy: Arc<kouling::Policy>,
    loader: Arc<Loader>,
    origin: Origin,
    // How the files looked that it was made of.
    looks: Looks,
}

/// Where a policy came from.
enum Origin {
    Preset(String),
    Path(String),
    Text(String, String),
}

impl Origin {
    fn start(&self) -> Start<'_> {
        match self {
            Origin::Preset(name) => Start::Preset(name),
            Origin::Path(path) => Start::Named(path),
            Origin::Text(name, text) => Start::Text(name, text),
        }
    }
}

/// Values of JSON as Python has them.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(flag) => flag.into_pyobject(py)?.to_owned().into_any(),
        Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), ..) => number.into_pyobject(py)?.into_any(),
            (None, Some(number), _) => number.into_pyobject(py)?.into_any(),
            (None, None, number) => number.unwrap_or(f64::NAN).into_pyobject(py)?.into_any(),
        },
        Value::String(text) => text.into_pyobject(py)?.into_any(),
        Value::Array(items) => {
            let items = items.iter().map(|item| to_python(py, item)).collect::<PyResult<Vec<_>>>()?;
            PyList::new(py, items)?.into_any()
        }
        Value::Object(entries) => {
            let object = PyDict::new(py);
            for (key, value) in entries {
                object.set_item(key, to_python(py, value)?)?;
            }
            object.into_any()
        }
    })
}

/// A loader, and what it looks at on the disk: nothing where the files are given.
fn loader(rules: Option<&Bound<'_, PyAny>>, files: Option<&Bound<'_, PyMapping>>) -> PyResult<(Loader, Watched)> {
    let watched = Watched::default();
    let mut loader = Loader::new().with_source(watched.clone());
    if let Some(files) = files {
        let mut memory = Memory::default();
        for item in files.items()?.iter() {
            let (name, contents): (String, Bound<'_, PyAny>) = item.extract()?;
            memory = memory.with(name, secret(&contents)?.to_vec());
        }
        loader = loader.with_source(memory);
    }
    if let Some(rules) = rules {
        for rule in rules.try_iter()? {
            loader = loader.with_kind(kinds::definition(&rule?)?);
        }
    }
    Ok((loader, watched))
}

impl Policy {
    fn made(py: Python<'_>, (loader, watched): (Loader, Watched), origin: Origin) -> PyResult<Policy> {
        // Rules of the host's own are built while this thread has the interpreter.
        let policy = loader.load(origin.start()).map_err(|error| Policy::wrong(py, &error))?;
        forget_raised();
        Ok(Policy { policy: Arc::new(policy), loader: Arc::new(loader), origin, looks: watched.take() })
    }

    /// Nothing but what cannot be read: an error of the host's, and not of the policy's author.
    fn wrong(py: Python<'_>, error: &PolicyError) -> PyErr {
        let cause = match take_raised() {
            Some(cause) if wants_to_end(py, &cause) => return cause,
            cause => cause,
        };
        let raised = policy_error(py, error);
        if cause.is_some() {
            raised.set_cause(py, cause);
        }
        raised
    }

    /// The policy with its document, read once more.
    pub(crate) fn with_document(&self, py: Python<'_>) -> PyResult<(kouling::Policy, Document)> {
        let read = self.loader.load_with_document(self.origin.start());
        let (policy, document) = read.map_err(|error| Policy::wrong(py, &error))?;
        if policy.digest() != self.policy.digest() {
            return Err(error(py, "KoulingError", "the files of the policy have changed since it was loaded"));
        }
        Ok((policy, document))
    }

    pub(crate) fn judge(&self, py: Python<'_>, password: &[u8], known: &OwnedFacts) -> PyResult<kouling::Outcome> {
        let judged = py.detach(|| self.policy.evaluate(password, &known.facts()));
        judged.map_err(|error| cannot_judge(py, &error)).inspect(|_| forget_raised())
    }
}

#[pymethods]
impl Policy {
    /// Reads and compiles the policy in a file.
    #[staticmethod]
    #[pyo3(signature = (path, *, rules = None, files = None))]
    fn load(
        py: Python<'_>,
        path: &Bound<'_, PyAny>,
        rules: Option<&Bound<'_, PyAny>>,
        files: Option<&Bound<'_, PyMapping>>,
    ) -> PyResult<Policy> {
        let path = self::path(path)?;
        Policy::made(py, loader(rules, files)?, Origin::Path(path))
    }

    /// Compiles a policy from a text in TOML.
    #[staticmethod]
    #[pyo3(signature = (text, *, name = "policy", rules = None, files = None))]
    fn parse(
        py: Python<'_>,
        text: &str,
        name: &str,
        rules: Option<&Bound<'_, PyAny>>,
        files: Option<&Bound<'_, PyMapping>>,
    ) -> PyResult<Policy> {
        Policy::made(py, loader(rules, files)?, Origin::Text(name.to_owned(), text.to_owned()))
    }

    /// A policy that comes with the package.
    #[staticmethod]
    fn preset(py: Python<'_>, name: &str) -> PyResult<Policy> {
        Policy::made(py, loader(None, None)?, Origin::Preset(name.to_owned()))
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        self.policy.name()
    }

    /// SHA-256 over its layers and word lists, in hexadecimal digits.
    #[getter]
    fn digest(&self) -> String {
        hexadecimal(self.policy.digest())
    }

    /// Whether a file that it was made of looks different now.
    fn changed(&self, py: Python<'_>) -> bool {
        py.detach(|| self.looks.changed().is_some())
    }

    /// The names of its rules and their kinds, in the order of judging.
    #[getter]
    fn rules<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let rules = PyDict::new(py);
        for rule in self.policy.rules() {
            rules.set_item(rule.name(), rule.kind())?;
        }
        Ok(rules)
    }

    /// Judges a password.
    #[pyo3(signature = (password, *, user = None, previous = None, current = None, verifier = None, now = None))]
    #[expect(clippy::too_many_arguments, reason = "they are Python's keywords")]
    fn evaluate(
        &self,
        py: Python<'_>,
        password: &Bound<'_, PyAny>,
        user: Option<&Bound<'_, PyAny>>,
        previous: Option<&Bound<'_, PyAny>>,
        current: Option<&Bound<'_, PyAny>>,
        verifier: Option<&Bound<'_, PyAny>>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Outcome> {
        let known = OwnedFacts::read(&FactArgs { user, previous, current, verifier, now })?;
        self.judge(py, &secret(password)?, &known).map(Outcome::new)
    }

    /// Judges a password and raises `PasswordRejected` when it is refused.
    #[pyo3(signature = (password, *, user = None, previous = None, current = None, verifier = None, now = None))]
    #[expect(clippy::too_many_arguments, reason = "they are Python's keywords")]
    fn require(
        &self,
        py: Python<'_>,
        password: &Bound<'_, PyAny>,
        user: Option<&Bound<'_, PyAny>>,
        previous: Option<&Bound<'_, PyAny>>,
        current: Option<&Bound<'_, PyAny>>,
        verifier: Option<&Bound<'_, PyAny>>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<Outcome>> {
        let outcome = self.evaluate(py, password, user, previous, current, verifier, now)?;
        let accepted = outcome.outcome.accepted();
        let outcome = Py::new(py, outcome)?;
        if accepted { Ok(outcome) } else { Err(rejected(py, outcome)) }
    }

    /// Judges a password and says why, as a dict: `outcome`, and `rules` with what each demands, saw and found.
    #[pyo3(signature = (password, *, user = None, previous = None, current = None, verifier = None, now = None,
        language = "en", contract = None))]
    #[expect(clippy::too_many_arguments, reason = "they are Python's keywords")]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        password: &Bound<'py, PyAny>,
        user: Option<&Bound<'py, PyAny>>,
        previous: Option<&Bound<'py, PyAny>>,
        current: Option<&Bound<'py, PyAny>>,
        verifier: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
        language: &str,
        contract: Option<PyRef<'py, Contract>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let known = OwnedFacts::read(&FactArgs { user, previous, current, verifier, now })?;
        let password = secret(password)?;
        let explained = py.detach(|| self.policy.explain(&password, &known.facts()));
        let explained = explained.map_err(|error| cannot_judge(py, &error))?;
        forget_raised();
        let language = self::language(language);
        let value = match contract {
            Some(contract) => contract.contract.explanation_to_json(&explained, language),
            None => explained.to_json(language, |_| None),
        };
        to_python(py, &value)
    }

    /// What it demands, as a dict, for a reader who has not typed anything yet.
    #[pyo3(signature = (language = "en"))]
    fn describe<'py>(&self, py: Python<'py>, language: &str) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.policy.describe_as_json(self::language(language)))
    }

    /// What it demands, as a checklist in HTML.
    #[pyo3(signature = (language = "en"))]
    fn describe_html(&self, language: &str) -> String {
        let language = self::language(language);
        self.policy.describe(language).html(language)
    }

    fn __repr__(&self) -> String {
        format!(
            "<Policy {:?}, {} rules, {}>",
            self.policy.name(),
            self.policy.rules().count(),
            &self.digest()[..12]
        )
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Policy cannot be pickled; send its text or its path, and load it there"))
    }
}

/// What existing clients expect to read: their code for each violation and refusal.
#[pyclass(module = "kouling", frozen)]
pub(crate) struct Contract {
    pub(crate) contract: kouling::Contract,
}

#[pymethods]
impl Contract {
    /// A contract that comes with the package.
    #[staticmethod]
    fn built_in(py: Python<'_>, name: &str) -> PyResult<Contract> {
        match kouling::Contract::built_in(name) {
            Some(contract) => Ok(Contract { contract: contract.map_err(|error| policy_error(py, &error))? }),
            None => Err(PyValueError::new_err(format!("there is no contract {name:?}"))),
        }
    }

    /// Reads the contract in a file.
    #[staticmethod]
    fn load(py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<Contract> {
        let path = self::path(path)?;
        let contract = kouling::Contract::load(Start::Named(&path), &kouling::policy::Files);
        Ok(Contract { contract: contract.map_err(|error| policy_error(py, &error))? })
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        self.contract.name()
    }

    /// What a host refuses by itself: `host.malformed`, `reset.old_password_refused`.
    #[pyo3(signature = (name, language = "en"))]
    fn answer<'py>(&self, py: Python<'py>, name: &str, language: &str) -> PyResult<Bound<'py, PyDict>> {
        answer(py, self.contract.host(name, self::language(language)))
    }

    fn __repr__(&self) -> String {
        format!("<Contract {:?}>", self.contract.name())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Contract cannot be pickled; send its name or its path, and load it there"))
    }
}

/// What goes over the wire, as a dict.
pub(crate) fn answer(py: Python<'_>, wire: kouling::contract::WireRefusal) -> PyResult<Bound<'_, PyDict>> {
    let answer = PyDict::new(py);
    answer.set_item("status", wire.status)?;
    answer.set_item("code", wire.code)?;
    answer.set_item("message", wire.message)?;
    answer.set_item("retry_after", wire.retry_after)?;
    Ok(answer)
}

copied!(Policy, Contract);
