//! Policy sets: which policy applies to which user.

use std::sync::Arc;

use kouling::evaluation::hexadecimal;
use kouling::policy::Looks;
use kouling::population::Population;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};

use crate::copies::copies_are_self;
use crate::errors::{cannot_judge, error};
use crate::facts::shared_user;
use crate::input::path;
use crate::policy::{Origin, Policy, Sources};

/// Which policy applies to which user. Immutable and safe to use from several threads.
///
/// A policy set is a file that lists populations in order, each with a condition on the attributes of the user and a policy.
/// A policy is a set with one population.
#[pyclass(module = "kouling", frozen)]
pub(crate) struct PolicySet {
    set: kouling::PolicySet,
    sources: Arc<Sources>,
    origin: Arc<Origin>,
    looks: Looks,
}

impl PolicySet {
    fn from_origin(py: Python<'_>, sources: Sources, origin: Origin) -> PyResult<PolicySet> {
        let (set, _) = sources.load_set(py, &origin)?;
        let looks = sources.take_looks();
        Ok(PolicySet { set, sources: Arc::new(sources), origin: Arc::new(origin), looks })
    }

    fn policy(&self, policy: &Arc<kouling::Policy>, population: Vec<String>) -> Policy {
        Policy {
            policy: policy.clone(),
            sources: self.sources.clone(),
            origin: self.origin.clone(),
            looks: self.looks.clone(),
            population,
        }
    }
}

#[pymethods]
impl PolicySet {
    /// Read and compile the file of a policy set, or of a policy.
    ///
    /// Args:
    ///     path: Path of the file.
    ///     rules: Custom rule kinds, in addition to the built-in ones.
    ///     files: Contents of files by name. Replaces the file system.
    ///
    /// Raises:
    ///     PolicyError: The set or one of its policies has errors; the exception holds all of them.
    #[staticmethod]
    #[pyo3(signature = (path, *, rules = None, files = None))]
    fn load(
        py: Python<'_>,
        path: &Bound<'_, PyAny>,
        rules: Option<&Bound<'_, PyAny>>,
        files: Option<&Bound<'_, PyMapping>>,
    ) -> PyResult<PolicySet> {
        let path = self::path(path)?;
        PolicySet::from_origin(py, Sources::new(rules, files)?, Origin::Path(path))
    }

    /// Compile a policy set, or a policy, from TOML text.
    ///
    /// Args:
    ///     text: The set. Paths in it are relative to the working directory of the process.
    ///     name: Name of the file in error messages.
    ///     rules: As for `load`.
    ///     files: As for `load`.
    ///
    /// Raises:
    ///     PolicyError: The set or one of its policies has errors; the exception holds all of them.
    #[staticmethod]
    #[pyo3(signature = (text, *, name = "policy", rules = None, files = None))]
    fn parse(
        py: Python<'_>,
        text: &str,
        name: &str,
        rules: Option<&Bound<'_, PyAny>>,
        files: Option<&Bound<'_, PyMapping>>,
    ) -> PyResult<PolicySet> {
        PolicySet::from_origin(py, Sources::new(rules, files)?, Origin::Text(name.to_owned(), text.to_owned()))
    }

    /// Name of the policy set.
    #[getter]
    fn name(&self) -> &str {
        self.set.name()
    }

    /// SHA-256 of the policy set and its policies, as hexadecimal digits.
    #[getter]
    fn digest(&self) -> String {
        hexadecimal(self.set.digest())
    }

    /// Condition of each population by the name of the population, in order. The last population has no condition.
    #[getter]
    fn populations<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let populations = PyDict::new(py);
        for population in self.set.populations() {
            populations.set_item(population.name(), population.condition())?;
        }
        Ok(populations)
    }

    /// Names of the attributes that the conditions read.
    #[getter]
    fn attributes(&self) -> Vec<&str> {
        self.set.attributes()
    }

    /// Return `True` if a file of this set has changed: its own, a policy, a layer or a word list.
    ///
    /// Always `False` for a set loaded with `files`. `PolicyFile` reloads a changed set.
    fn changed(&self, py: Python<'_>) -> bool {
        py.detach(|| self.looks.changed().is_some())
    }

    /// Return the policy of a user.
    ///
    /// Args:
    ///     user: Attributes of the user, as for `Policy.evaluate`. An attribute that the user does not have is None or empty.
    ///
    /// Returns:
    ///     The policy. Its `population` names the populations that it comes from.
    ///
    /// Raises:
    ///     CannotJudge: A condition needs an attribute that was not supplied. Never treat this as the absence of the attribute.
    #[pyo3(signature = (user = None))]
    fn select(&self, py: Python<'_>, user: Option<&Bound<'_, PyAny>>) -> PyResult<Policy> {
        let user = shared_user(user)?;
        let selected = self.set.select(&user).map_err(|error| cannot_judge(py, &error))?;
        Ok(self.policy(selected.policy(), selected.names().into_iter().map(str::to_owned).collect()))
    }

    /// Return the policy of a population.
    ///
    /// Args:
    ///     name: Name of the population.
    ///
    /// Raises:
    ///     KoulingError: Unknown population.
    fn population(&self, py: Python<'_>, name: &str) -> PyResult<Policy> {
        let all = self.set.populations();
        match all.iter().find(|population| population.name() == name) {
            Some(population) => Ok(self.policy(population.policy(), vec![name.to_owned()])),
            None => {
                let known: Vec<&str> = all.iter().map(Population::name).collect();
                let message = format!("unknown population {name:?}; available: {}", known.join(", "));
                Err(error(py, "KoulingError", message))
            }
        }
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a PolicySet cannot be pickled; send its path or text and load it there"))
    }

    fn __repr__(&self) -> String {
        let names: Vec<&str> = self.set.populations().iter().map(Population::name).collect();
        format!("<PolicySet {:?}: {}>", self.set.name(), names.join(", "))
    }
}

copies_are_self!(PolicySet);
