//! Kinds of rules that are written in Python: see `kouling.Rule`.

use std::sync::Arc;

use kouling::Facts;
use kouling::candidate::{Candidate, CannotJudge, CannotJudgeKind, Findings, Violation};
use kouling::policy::Table;
use kouling::rules::{Cost, Definition, Rule};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};

use crate::errors::keep_raised;

/// A parameter, as its class declares it.
enum Parameter {
    Count { otherwise: u64, least: u64, most: u64 },
    Flag { otherwise: bool },
    Text { otherwise: Option<String> },
}

/// What all rules of a kind share.
struct CustomKind {
    name: String,
    class: Py<PyAny>,
    parameters: Vec<(String, Parameter)>,
    codes: Vec<String>,
    numbers: Vec<String>,
}

/// One rule of one policy: an instance of the class.
struct PythonRule {
    kind: Arc<CustomKind>,
    rule: Py<PyAny>,
}

impl CustomKind {
    /// An instance, its parameters set.
    fn build(self: &Arc<CustomKind>, table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
        let built = Python::attach(|py| {
            let parameters = PyDict::new(py);
            for (name, parameter) in &self.parameters {
                match parameter {
                    Parameter::Count { otherwise, least, most } => {
                        parameters.set_item(name, table.count(name, *otherwise, *least..=*most))?;
                    }
                    Parameter::Flag { otherwise } => parameters.set_item(name, table.flag(name, *otherwise))?,
                    Parameter::Text { otherwise } => {
                        let text = table.text(name).map(|text| text.value).or_else(|| otherwise.clone());
                        parameters.set_item(name, text)?;
                    }
                }
            }
            self.class.bind(py).call((), Some(&parameters)).map(Bound::unbind)
        });
        match built {
            Ok(rule) => Some(Box::new(PythonRule { kind: self.clone(), rule })),
            Err(error) => {
                // What the author of a policy can put right, its class says by a ValueError.
                let (is_value, said) =
                    Python::attach(|py| (error.is_instance_of::<PyValueError>(py), error.value(py).to_string()));
                let message = match is_value {
                    true => said,
                    false => format!("the rule `{}` cannot be made: it raised an exception", self.name),
                };
                table.report_at(table.span(), "custom", message, None);
                keep_raised(error);
                None
            }
        }
    }

    /// A code, alone or with its numbers.
    fn refuse(&self, refusal: &Bound<'_, PyAny>, findings: &mut Findings) -> PyResult<()> {
        let (code, given): (String, Option<Bound<'_, PyDict>>) = match refusal.cast::<PyString>() {
            Ok(code) => (code.to_str()?.to_owned(), None),
            Err(_) => {
                let pair = refusal.cast::<PyTuple>().map_err(|_| {
                    PyTypeError::new_err("a rule yields codes, or pairs of a code and a dict of numbers")
                })?;
                let (code, numbers): (String, Bound<'_, PyDict>) = pair.extract()?;
                (code, Some(numbers))
            }
        };
        if !self.codes.contains(&code) {
            return Err(PyValueError::new_err("a rule yields a code that its class does not declare"));
        }
        let mut numbers = Vec::new();
        for (key, value) in given.iter().flat_map(|given| given.iter()) {
            let key: String = key.extract()?;
            if !self.numbers.contains(&key) {
                return Err(PyValueError::new_err("a rule yields a number that its class does not declare"));
            }
            numbers.push((key.into(), value.extract::<u64>()?));
        }
        findings.add(Violation::new(code, numbers));
        Ok(())
    }
}

impl Rule for PythonRule {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let checked = Python::attach(|py| {
            let user = PyDict::new(py);
            for (name, value) in facts.user.attributes() {
                match user.get_item(name)? {
                    Some(values) => values.call_method1("append", (value,))?.unbind(),
                    None => {
                        user.set_item(name, vec![value])?;
                        py.None()
                    }
                };
            }
            let module = py.import("kouling._rules")?;
            let asked = module.getattr("Candidate")?.call1((
                candidate.text(),
                candidate.folded(),
                candidate.reversed(),
                user,
                facts.now.unix(),
            ))?;
            let found = self.rule.bind(py).call_method1("check", (asked,))?;
            if found.is_none() {
                return Ok(());
            }
            if found.is_instance_of::<PyString>() {
                return self.kind.refuse(&found, findings);
            }
            for refusal in found.try_iter()? {
                self.kind.refuse(&refusal?, findings)?;
            }
            Ok(())
        });
        checked.map_err(|error: PyErr| {
            keep_raised(error);
            let message = format!("the rule `{}` raised an exception", self.kind.name);
            CannotJudge::new(CannotJudgeKind::Custom, message)
        })
    }
}

/// The kind that a class defines: `kind`, `codes`, `numbers` and its parameters.
pub(crate) fn definition(class: &Bound<'_, PyAny>) -> PyResult<Definition> {
    let base = class.py().import("kouling._rules")?.getattr("Rule")?;
    if !class.cast::<PyType>().is_ok_and(|class| class.is_subclass(&base).unwrap_or(false)) {
        return Err(PyTypeError::new_err("`rules` holds subclasses of kouling.Rule"));
    }
    let kind: String = class.getattr("kind")?.extract()?;
    let codes: Vec<String> = class.getattr("codes")?.extract()?;
    let numbers: Vec<String> = class.getattr("numbers")?.extract()?;
    let mut parameters = Vec::new();
    for (key, declared) in class.call_method0("_parameters")?.cast_into::<PyDict>()?.iter() {
        let key: String = key.extract()?;
        let otherwise = declared.getattr("otherwise")?;
        let of: String = declared.getattr("of")?.extract()?;
        let parameter = match of.as_str() {
            "count" => Parameter::Count {
                otherwise: otherwise.extract()?,
                least: declared.getattr("least")?.extract()?,
                most: declared.getattr("most")?.extract()?,
            },
            "flag" => Parameter::Flag { otherwise: otherwise.extract()? },
            _ => Parameter::Text { otherwise: otherwise.extract()? },
        };
        parameters.push((key, parameter));
    }
    let of = Arc::new(CustomKind {
        name: kind.clone(),
        class: class.clone().unbind(),
        parameters,
        codes: codes.clone(),
        numbers,
    });
    let build = move |table: &mut Table<'_>| of.build(table);
    Definition::try_new(kind, codes, Cost::Search, build).map_err(|error| PyValueError::new_err(error.to_string()))
}
