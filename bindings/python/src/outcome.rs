//! An outcome is everything that is wrong with one password under one policy.

use std::sync::Arc;

use kouling::candidate::{Note, Number};
use kouling::evaluation::{RuleViolation, hexadecimal};
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySlice, PyTuple};

use crate::copied::copied;
use crate::input::language;
use crate::policy::{Contract, to_python};

/// Everything that is wrong with one password under one policy: codes and figures, and nothing of the password.
///
/// True in `if` when the password is accepted; iterates over what it is refused for.
#[pyclass(module = "kouling", frozen, sequence)]
pub(crate) struct Outcome {
    pub(crate) outcome: Arc<kouling::Outcome>,
}

/// One thing that is wrong with a password, or a note on how it was judged.
#[pyclass(module = "kouling", frozen)]
pub(crate) struct Violation {
    found: Finding,
}

#[derive(Clone)]
enum Finding {
    RuleViolation(RuleViolation),
    Note(Note),
}

impl Finding {
    fn code(&self) -> &str {
        match self {
            Finding::RuleViolation(judged) => judged.code(),
            Finding::Note(note) => &note.code,
        }
    }

    fn numbers(&self) -> &[Number] {
        match self {
            Finding::RuleViolation(judged) => judged.numbers(),
            Finding::Note(note) => &note.numbers,
        }
    }

    fn judged(&self) -> Option<&RuleViolation> {
        match self {
            Finding::RuleViolation(judged) => Some(judged),
            Finding::Note(_) => None,
        }
    }

    /// Whether they say the same: code, figures, and the name of the rule.
    fn is(&self, other: &Finding) -> bool {
        fn rule(found: &Finding) -> Option<&str> {
            found.judged().map(|judged| judged.rule().name())
        }
        self.code() == other.code() && self.numbers() == other.numbers() && rule(self) == rule(other)
    }
}

fn tuple<'py>(py: Python<'py>, found: impl Iterator<Item = Finding>) -> PyResult<Bound<'py, PyTuple>> {
    let each = found.map(|found| Bound::new(py, Violation { found })).collect::<PyResult<Vec<_>>>()?;
    PyTuple::new(py, each)
}

impl Outcome {
    pub(crate) fn new(outcome: kouling::Outcome) -> Outcome {
        Outcome { outcome: Arc::new(outcome) }
    }
}

#[pymethods]
impl Outcome {
    #[classattr]
    fn __match_args__() -> (&'static str, &'static str) {
        ("accepted", "violations")
    }

    /// Whether the password is accepted.
    #[getter]
    fn accepted(&self) -> bool {
        self.outcome.accepted()
    }

    /// What it is refused for, in policy order.
    #[getter]
    fn violations<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.outcome.violations().cloned().map(Finding::RuleViolation))
    }

    /// What its owner should be told though it is accepted.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.outcome.warnings().cloned().map(Finding::RuleViolation))
    }

    /// What rules on trial would refuse it for; nobody is told.
    #[getter]
    fn shadows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.outcome.shadows().cloned().map(Finding::RuleViolation))
    }

    /// The limits of this judgement.
    #[getter]
    fn notes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.outcome.notes().iter().cloned().map(Finding::Note))
    }

    /// The codes that it is refused for.
    #[getter]
    fn codes(&self) -> Vec<String> {
        self.outcome.violations().map(|judged| judged.code().to_owned()).collect()
    }

    /// SHA-256 of the policy, in hexadecimal digits.
    #[getter]
    fn policy_digest(&self) -> String {
        hexadecimal(self.outcome.policy_digest())
    }

    /// SHA-256 of each dictionary, in hexadecimal digits, by name.
    #[getter]
    fn dictionaries<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let digests = PyDict::new(py);
        for (name, digest) in self.outcome.dictionaries() {
            digests.set_item(name, hexadecimal(digest))?;
        }
        Ok(digests)
    }

    /// The messages of what it is refused for, in a language.
    #[pyo3(signature = (language = "en"))]
    fn messages(&self, language: &str) -> Vec<String> {
        let language = self::language(language);
        self.outcome.violations().map(|judged| judged.message(language)).collect()
    }

    /// The outcome in the one form in which every surface writes it as JSON.
    #[pyo3(signature = (language = "en", *, contract = None))]
    fn to_dict<'py>(
        &self,
        py: Python<'py>,
        language: &str,
        contract: Option<PyRef<'_, Contract>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let language = self::language(language);
        let value = match contract {
            Some(contract) => contract.contract.outcome_to_json(&self.outcome, language),
            None => self.outcome.to_json(language, |_| None),
        };
        to_python(py, &value)
    }

    fn __bool__(&self) -> bool {
        self.outcome.accepted()
    }

    fn __len__(&self) -> usize {
        self.outcome.violations().count()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.violations(py)?.try_iter()?.into_any())
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let violations = self.violations(py)?;
        if index.is_instance_of::<PySlice>() {
            return violations.as_any().get_item(index);
        }
        violations.as_any().get_item(index).map_err(|error| match error.is_instance_of::<PyIndexError>(py) {
            true => PyIndexError::new_err("there is no such violation"),
            false => error,
        })
    }

    /// Whether it is refused for this code, or for this violation.
    fn __contains__(&self, sought: &Bound<'_, PyAny>) -> bool {
        if let Ok(violation) = sought.cast::<Violation>() {
            let found = &violation.get().found;
            return self.outcome.violations().any(|judged| found.is(&Finding::RuleViolation(judged.clone())));
        }
        let code = sought.extract::<String>();
        code.is_ok_and(|code| self.outcome.violations().any(|judged| judged.code() == code))
    }

    fn __repr__(&self) -> String {
        match self.outcome.accepted() {
            true => "<Outcome accepted>".to_owned(),
            false => format!("<Outcome refused: {}>", self.codes().join(", ")),
        }
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("an Outcome cannot be pickled; send its to_dict()"))
    }
}

#[pymethods]
impl Violation {
    #[classattr]
    fn __match_args__() -> (&'static str, &'static str) {
        ("code", "numbers")
    }

    /// The stable code: `length.too_short`.
    #[getter]
    fn code(&self) -> &str {
        self.found.code()
    }

    /// The rule that found it, by its name in the policy; `None` for a note.
    #[getter]
    fn rule(&self) -> Option<&str> {
        self.found.judged().map(|judged| judged.rule().name())
    }

    /// The kind of that rule; `None` for a note.
    #[getter]
    fn kind(&self) -> Option<&str> {
        self.found.judged().map(|judged| judged.rule().kind())
    }

    /// `refuse`, `warn` or `shadow`; `None` for a note.
    #[getter]
    fn severity(&self) -> Option<&'static str> {
        self.found.judged().map(|judged| judged.severity().name())
    }

    /// The named figures.
    #[getter]
    fn numbers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let numbers = PyDict::new(py);
        for (name, number) in self.found.numbers() {
            numbers.set_item(name, number)?;
        }
        Ok(numbers)
    }

    /// What is wrong, in words, in a language by its tag; one that is not known is English.
    #[pyo3(signature = (language = "en"))]
    fn message(&self, language: &str) -> String {
        let language = self::language(language);
        match &self.found {
            Finding::RuleViolation(judged) => judged.message(language),
            Finding::Note(note) => language.note(note),
        }
    }

    /// Its code in a contract; `None` for a note.
    fn wire(&self, contract: PyRef<'_, Contract>) -> Option<String> {
        self.found.judged().map(|judged| contract.contract.violation_code(judged).to_owned())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Violation>().is_ok_and(|other| self.found.is(&other.get().found))
    }

    fn __hash__(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        (self.found.code(), self.found.numbers()).hash(&mut hasher);
        hasher.finish()
    }

    fn __str__(&self) -> String {
        self.message("en")
    }

    fn __repr__(&self) -> String {
        let numbers: Vec<String> =
            self.found.numbers().iter().map(|(name, number)| format!(", {name}={number}")).collect();
        format!("<Violation {}{}>", self.found.code(), numbers.concat())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Violation cannot be pickled; send the to_dict() of its outcome"))
    }
}

copied!(Outcome, Violation);
