//! Contracts: the error codes and messages that existing clients expect.

use kouling::contract::WireRefusal;
use kouling::policy::Files;
use kouling::policy::document::Start;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::copies::copies_are_self;
use crate::errors::policy_error;
use crate::input::{language, path};

/// The status, error code and message that existing clients expect for each violation and refusal. Immutable.
#[pyclass(module = "kouling", frozen)]
pub(crate) struct Contract {
    pub(crate) contract: kouling::Contract,
}

#[pymethods]
impl Contract {
    /// Return a contract of the package.
    ///
    /// Args:
    ///     name: `idaas-ciam`.
    ///
    /// Raises:
    ///     ValueError: Unknown contract.
    #[staticmethod]
    fn built_in(py: Python<'_>, name: &str) -> PyResult<Contract> {
        match kouling::Contract::built_in(name) {
            Some(contract) => Ok(Contract { contract: contract.map_err(|error| policy_error(py, &error, None))? }),
            None => Err(PyValueError::new_err(format!("unknown contract {name:?}"))),
        }
    }

    /// Read a contract from a file.
    ///
    /// Raises:
    ///     PolicyError: The file cannot be read or has errors.
    #[staticmethod]
    fn load(py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<Contract> {
        let path = self::path(path)?;
        let contract = kouling::Contract::load(Start::Named(&path), &Files);
        Ok(Contract { contract: contract.map_err(|error| policy_error(py, &error, None))? })
    }

    /// Name of the contract.
    #[getter]
    fn name(&self) -> &str {
        self.contract.name()
    }

    /// Look up the response for an error that the host detects itself.
    ///
    /// Args:
    ///     name: Name of the error in the contract, such as `host.malformed`.
    ///     language: Language tag of the message. An unsupported language yields English.
    #[pyo3(signature = (name, language = "en"))]
    fn response<'py>(&self, py: Python<'py>, name: &str, language: &str) -> PyResult<Bound<'py, PyDict>> {
        response(py, self.contract.host(name, self::language(language)))
    }

    fn __repr__(&self) -> String {
        format!("<Contract {:?}>", self.contract.name())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Contract cannot be pickled; send its name or path and load it there"))
    }
}

/// Converts a refusal of a contract to a `kouling._types.Response`.
pub(crate) fn response(py: Python<'_>, refusal: WireRefusal) -> PyResult<Bound<'_, PyDict>> {
    let response = PyDict::new(py);
    response.set_item("status", refusal.status)?;
    response.set_item("code", refusal.code)?;
    response.set_item("message", refusal.message)?;
    response.set_item("retry_after", refusal.retry_after)?;
    Ok(response)
}

copies_are_self!(Contract);
