//! The outcome of an evaluation, and its violations.

use std::sync::Arc;

use kouling::candidate::{Note, Number};
use kouling::evaluation::{RuleViolation, hexadecimal};
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySlice, PyTuple};

use crate::contract::Contract;
use crate::copies::copies_are_self;
use crate::input::language;
use crate::json::to_python;

/// The result of evaluating one password under one policy. Immutable; contains no part of the password.
///
/// An outcome is true if the password is accepted. It is a sequence of the violations for which the password is refused,
/// and `in` also accepts a violation code.
#[pyclass(module = "kouling", frozen, sequence)]
pub(crate) struct Outcome {
    pub(crate) outcome: Arc<kouling::Outcome>,
}

/// A violation of a rule, or a note on the limits of an evaluation. Immutable.
///
/// Violations are equal if their code, their numbers and the name of their rule are equal.
#[pyclass(module = "kouling", frozen)]
pub(crate) struct Violation {
    finding: Finding,
}

#[derive(Clone)]
enum Finding {
    RuleViolation(RuleViolation),
    Note(Note),
}

impl Finding {
    fn code(&self) -> &str {
        match self {
            Finding::RuleViolation(violation) => violation.code(),
            Finding::Note(note) => &note.code,
        }
    }

    fn numbers(&self) -> &[Number] {
        match self {
            Finding::RuleViolation(violation) => violation.numbers(),
            Finding::Note(note) => &note.numbers,
        }
    }

    /// Returns `None` for a note, which has no rule.
    fn violation(&self) -> Option<&RuleViolation> {
        match self {
            Finding::RuleViolation(violation) => Some(violation),
            Finding::Note(_) => None,
        }
    }

    fn rule_name(&self) -> Option<&str> {
        self.violation().map(|violation| violation.rule().name())
    }
}

impl PartialEq for Finding {
    fn eq(&self, other: &Finding) -> bool {
        (self.code(), self.numbers(), self.rule_name()) == (other.code(), other.numbers(), other.rule_name())
    }
}

fn tuple<'py>(py: Python<'py>, findings: impl Iterator<Item = Finding>) -> PyResult<Bound<'py, PyTuple>> {
    let violations =
        findings.map(|finding| Bound::new(py, Violation { finding })).collect::<PyResult<Vec<_>>>()?;
    PyTuple::new(py, violations)
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

    /// `True` if the password is accepted.
    #[getter]
    fn accepted(&self) -> bool {
        self.outcome.accepted()
    }

    /// Violations for which the password is refused, in policy order.
    #[getter]
    fn violations<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.outcome.violations().cloned().map(Finding::RuleViolation))
    }

    /// Violations of rules with `severity = "warn"`: show them to the user, but accept the password.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.outcome.warnings().cloned().map(Finding::RuleViolation))
    }

    /// Violations of rules with `severity = "shadow"`: count them, but do not show them.
    #[getter]
    fn shadows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.outcome.shadows().cloned().map(Finding::RuleViolation))
    }

    /// Notes on the limits of this evaluation.
    #[getter]
    fn notes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.outcome.notes().iter().cloned().map(Finding::Note))
    }

    /// Codes of `violations`.
    #[getter]
    fn codes(&self) -> Vec<String> {
        self.outcome.violations().map(|violation| violation.code().to_owned()).collect()
    }

    /// Decimal logarithm of the guesses that the policy's `strength` rule estimates, or `None` if no such rule ran.
    ///
    /// `to_dict` rounds it to two decimals. Do not log it: it is derived from the password.
    #[getter]
    fn guesses_log10(&self) -> Option<f64> {
        self.outcome.guesses_log10()
    }

    /// SHA-256 of the policy, as hexadecimal digits.
    #[getter]
    fn policy_digest(&self) -> String {
        hexadecimal(self.outcome.policy_digest())
    }

    /// SHA-256 of each dictionary of the policy, as hexadecimal digits, by name.
    #[getter]
    fn dictionaries<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let digests = PyDict::new(py);
        for (name, digest) in self.outcome.dictionaries() {
            digests.set_item(name, hexadecimal(digest))?;
        }
        Ok(digests)
    }

    /// Return the messages of `violations`.
    ///
    /// Args:
    ///     language: Language tag. An unsupported language yields English.
    #[pyo3(signature = (language = "en"))]
    fn messages(&self, language: &str) -> Vec<String> {
        let language = self::language(language);
        self.outcome.violations().map(|violation| violation.message(language)).collect()
    }

    /// Return the outcome as a dict with the structure of Kouling's JSON output.
    ///
    /// Args:
    ///     language: Language tag of the messages. An unsupported language yields English.
    ///     contract: Adds the contract's code to each violation.
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
            true => PyIndexError::new_err("violation index out of range"),
            false => error,
        })
    }

    fn __contains__(&self, item: &Bound<'_, PyAny>) -> bool {
        if let Ok(violation) = item.cast::<Violation>() {
            let finding = &violation.get().finding;
            return self.outcome.violations().any(|each| *finding == Finding::RuleViolation(each.clone()));
        }
        let code = item.extract::<String>();
        code.is_ok_and(|code| self.outcome.violations().any(|violation| violation.code() == code))
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

    /// Stable code, such as `length.too_short`.
    #[getter]
    fn code(&self) -> &str {
        self.finding.code()
    }

    /// Name of the violated rule in the policy. `None` for a note.
    #[getter]
    fn rule(&self) -> Option<&str> {
        self.finding.rule_name()
    }

    /// Kind of the violated rule. `None` for a note.
    #[getter]
    fn kind(&self) -> Option<&str> {
        self.finding.violation().map(|violation| violation.rule().kind())
    }

    /// Severity of the violated rule. `None` for a note.
    #[getter]
    fn severity(&self) -> Option<&'static str> {
        self.finding.violation().map(|violation| violation.severity().name())
    }

    /// Numbers of the message, by name.
    #[getter]
    fn numbers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let numbers = PyDict::new(py);
        for (name, number) in self.finding.numbers() {
            numbers.set_item(name, number)?;
        }
        Ok(numbers)
    }

    /// Return the message for the user.
    ///
    /// Args:
    ///     language: Language tag. An unsupported language yields English.
    #[pyo3(signature = (language = "en"))]
    fn message(&self, language: &str) -> String {
        let language = self::language(language);
        match &self.finding {
            Finding::RuleViolation(violation) => violation.message(language),
            Finding::Note(note) => language.note(note),
        }
    }

    /// Return the code of this violation in a contract, or `None` for a note.
    fn contract_code(&self, contract: PyRef<'_, Contract>) -> Option<String> {
        self.finding.violation().map(|violation| contract.contract.violation_code(violation).to_owned())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Violation>().is_ok_and(|other| self.finding == other.get().finding)
    }

    fn __hash__(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        (self.finding.code(), self.finding.numbers()).hash(&mut hasher);
        hasher.finish()
    }

    fn __str__(&self) -> String {
        self.message("en")
    }

    fn __repr__(&self) -> String {
        let numbers: Vec<String> =
            self.finding.numbers().iter().map(|(name, number)| format!(", {name}={number}")).collect();
        format!("<Violation {}{}>", self.finding.code(), numbers.concat())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Violation cannot be pickled; send the to_dict() of its outcome"))
    }
}

copies_are_self!(Outcome, Violation);
