//! The keys of the code hashes.

use std::sync::Arc;

use kouling::flow::{self, CodeKey};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyMapping;
use zeroize::Zeroizing;

use crate::copies::copies_are_self;
use crate::input::secret;

/// The operator's keys for the hashes of codes. Each has 32 random bytes.
///
/// All processes of a service need the same keys, and a key must outlive the codes that were hashed with it.
///
/// Args:
///     key: Key for new codes.
///     id: Identifier of `key`, stored with each code.
///     older: Previous keys by identifier. They verify codes that were sent before a key rotation.
///
/// Raises:
///     ValueError: A key does not have 32 bytes.
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct CodeKeys {
    pub(super) keys: Arc<flow::CodeKeys>,
}

fn code_key(id: u32, value: &Bound<'_, PyAny>) -> PyResult<CodeKey> {
    let bytes = secret(value)?;
    let mut key = Zeroizing::new([0; 32]);
    if bytes.len() != key.len() {
        return Err(PyValueError::new_err("invalid key; expected 32 bytes"));
    }
    key.copy_from_slice(&bytes);
    Ok(CodeKey { id, key })
}

#[pymethods]
impl CodeKeys {
    #[new]
    #[pyo3(signature = (key, *, id = 1, older = None))]
    fn new(key: &Bound<'_, PyAny>, id: u32, older: Option<&Bound<'_, PyMapping>>) -> PyResult<CodeKeys> {
        let mut keys = flow::CodeKeys::new(code_key(id, key)?);
        if let Some(older) = older {
            for item in older.items()?.iter() {
                let (id, key): (u32, Bound<'_, PyAny>) = item.extract()?;
                keys = keys.with_older(code_key(id, &key)?);
            }
        }
        Ok(CodeKeys { keys: Arc::new(keys) })
    }

    fn __repr__(&self) -> &'static str {
        "<CodeKeys>"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("CodeKeys cannot be pickled: they are secret"))
    }
}

copies_are_self!(CodeKeys);
