//! Rule kinds that are written in Python: subclasses of `kouling.Rule`.

use std::sync::{Arc, Mutex, PoisonError};

use kouling::Facts;
use kouling::candidate::{Candidate, CannotJudge, CannotJudgeKind, Findings, Violation};
use kouling::policy::Table;
use kouling::rules::{AttributesRead, Cost, Definition, Rule};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};

/// The first exception that a rule class raised since the last call of `take`: the cause of a `PolicyError`.
#[derive(Clone, Default)]
pub(crate) struct RaisedByRule(Arc<Mutex<Option<PyErr>>>);

impl RaisedByRule {
    fn set(&self, exception: PyErr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(exception);
    }

    pub(crate) fn take(&self) -> Option<PyErr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A parameter, as its class declares it.
enum Parameter {
    Count { default: u64, min: u64, max: u64 },
    Flag { default: bool },
    Text { default: Option<String> },
}

/// A subclass of `kouling.Rule`.
struct CustomKind {
    name: String,
    class: Py<PyAny>,
    parameters: Vec<(String, Parameter)>,
    codes: Vec<String>,
    numbers: Vec<String>,
}

/// One rule of one policy: an instance of the class.
struct CustomRule {
    kind: Arc<CustomKind>,
    instance: Py<PyAny>,
}

impl CustomKind {
    /// Creates an instance with the parameters of a policy. Adds a diagnostic to `table` if the class raises an exception.
    fn build(self: &Arc<CustomKind>, table: &mut Table<'_>, raised: &RaisedByRule) -> Option<Box<dyn Rule>> {
        let instance = Python::attach(|py| {
            let parameters = PyDict::new(py);
            for (name, parameter) in &self.parameters {
                match parameter {
                    Parameter::Count { default, min, max } => {
                        parameters.set_item(name, table.count(name, *default, *min..=*max))?;
                    }
                    Parameter::Flag { default } => parameters.set_item(name, table.flag(name, *default))?,
                    Parameter::Text { default } => {
                        let text = table.text(name).map(|text| text.value).or_else(|| default.clone());
                        parameters.set_item(name, text)?;
                    }
                }
            }
            self.class.bind(py).call((), Some(&parameters)).map(Bound::unbind)
        });
        match instance {
            Ok(instance) => Some(Box::new(CustomRule { kind: self.clone(), instance })),
            Err(exception) => {
                // A ValueError is a message for the policy author. Any other exception is a bug of the class, and its
                // message may not be meant for them.
                let message = Python::attach(|py| match exception.is_instance_of::<PyValueError>(py) {
                    true => exception.value(py).to_string(),
                    false => format!("cannot create the rule `{}`: its class raised an exception", self.name),
                });
                table.report_at(table.span(), "custom", message, None);
                raised.set(exception);
                None
            }
        }
    }

    /// Adds a violation: a code, or a pair of a code and its numbers.
    fn add_violation(&self, violation: &Bound<'_, PyAny>, findings: &mut Findings) -> PyResult<()> {
        let (code, values): (String, Option<Bound<'_, PyDict>>) = match violation.cast::<PyString>() {
            Ok(code) => (code.to_str()?.to_owned(), None),
            Err(_) => {
                let pair = violation.cast::<PyTuple>().map_err(|_| {
                    PyTypeError::new_err("`check` must yield codes, or pairs (code, dict of numbers)")
                })?;
                let (code, numbers): (String, Bound<'_, PyDict>) = pair.extract()?;
                (code, Some(numbers))
            }
        };
        if !self.codes.contains(&code) {
            return Err(PyValueError::new_err("`check` yielded a code that is not listed in `codes`"));
        }
        let mut numbers = Vec::new();
        for (name, value) in values.iter().flat_map(|values| values.iter()) {
            let name: String = name.extract()?;
            if !self.numbers.contains(&name) {
                return Err(PyValueError::new_err("`check` yielded a number that is not listed in `numbers`"));
            }
            numbers.push((name.into(), value.extract::<u64>()?));
        }
        findings.add(Violation::new(code, numbers));
        Ok(())
    }
}

impl CustomRule {
    fn call(
        &self,
        py: Python<'_>,
        candidate: &Candidate,
        facts: &Facts<'_>,
        findings: &mut Findings,
    ) -> PyResult<()> {
        let user = PyDict::new(py);
        for (name, value) in facts.user.attributes() {
            match user.get_item(name)? {
                Some(values) => {
                    values.call_method1("append", (value,))?;
                }
                None => user.set_item(name, vec![value])?,
            }
        }
        let class = py.import("kouling._rules")?.getattr("Candidate")?;
        let (folded, reversed) = (candidate.folded(), candidate.reversed());
        let candidate = class.call1((candidate.text(), folded, reversed, user, facts.now.unix()))?;
        let violations = self.instance.bind(py).call_method1("check", (candidate,))?;
        if violations.is_none() {
            return Ok(());
        }
        if violations.is_instance_of::<PyString>() {
            return self.kind.add_violation(&violations, findings);
        }
        for violation in violations.try_iter()? {
            self.kind.add_violation(&violation?, findings)?;
        }
        Ok(())
    }
}

impl Rule for CustomRule {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        Python::attach(|py| self.call(py, candidate, facts, findings)).map_err(|exception| {
            let message = format!("the rule `{}` raised an exception", self.kind.name);
            CannotJudge::new(CannotJudgeKind::Custom, message).with_source(exception)
        })
    }

    fn attributes(&self) -> AttributesRead {
        AttributesRead { every: true, ..AttributesRead::default() }
    }
}

/// Reads the declarations of a rule class. `raised` receives exceptions of its constructor.
///
/// # Errors
/// `TypeError` if this is not a rule class, `ValueError` if a declaration is invalid.
pub(crate) fn definition(class: &Bound<'_, PyAny>, raised: &RaisedByRule) -> PyResult<Definition> {
    let base = class.py().import("kouling._rules")?.getattr("Rule")?;
    if !class.cast::<PyType>().is_ok_and(|class| class.is_subclass(&base).unwrap_or(false)) {
        return Err(PyTypeError::new_err("`rules` must be an iterable of subclasses of kouling.Rule"));
    }
    let kind: String = class.getattr("kind")?.extract()?;
    let codes: Vec<String> = class.getattr("codes")?.extract()?;
    let numbers: Vec<String> = class.getattr("numbers")?.extract()?;
    let mut parameters = Vec::new();
    for (key, declared) in class.call_method0("_parameters")?.cast_into::<PyDict>()?.iter() {
        let key: String = key.extract()?;
        let default = declared.getattr("default")?;
        let value_type: String = declared.getattr("value_type")?.extract()?;
        let parameter = match value_type.as_str() {
            "count" => Parameter::Count {
                default: default.extract()?,
                min: declared.getattr("min")?.extract()?,
                max: declared.getattr("max")?.extract()?,
            },
            "flag" => Parameter::Flag { default: default.extract()? },
            _ => Parameter::Text { default: default.extract()? },
        };
        parameters.push((key, parameter));
    }
    let custom = Arc::new(CustomKind {
        name: kind.clone(),
        class: class.clone().unbind(),
        parameters,
        codes: codes.clone(),
        numbers,
    });
    let raised = raised.clone();
    let build = move |table: &mut Table<'_>| custom.build(table, &raised);
    Definition::try_new(kind, codes, Cost::Search, build).map_err(|error| PyValueError::new_err(error.to_string()))
}
