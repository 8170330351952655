//! The Python extension module `kouling._kouling`.
//!
//! It contains no policy logic. Functions convert their arguments, call the engine without the interpreter lock, and
//! convert the result. Everything that needs no engine, such as exceptions and rule classes, is written in Python, in
//! `python/kouling`. `tests/python/test_architecture.py` keeps the modules free of import cycles.
//!
//! The doc comments of exported classes and functions are their Python docstrings, in Google style. The docstrings of
//! `_kouling.pyi` are generated from them: see `tests/python/test_stub_docs.py`.

mod analysis;
mod contract;
mod copies;
mod custom_rule;
mod dictionaries;
mod errors;
mod estimate;
mod facts;
mod input;
mod json;
mod many;
mod outcome;
mod parallel;
mod policy;
mod policy_set;
mod reset;
mod standing;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;

#[pymodule(gil_used = false)]
mod _kouling {
    use super::*;

    #[pymodule_export]
    use super::analysis::{conflicts, standards};
    #[pymodule_export]
    use super::contract::Contract;
    #[pymodule_export]
    use super::dictionaries::{Filter, Words};
    #[pymodule_export]
    use super::estimate::estimate;
    #[pymodule_export]
    use super::facts::PreparedUser;
    #[pymodule_export]
    use super::outcome::{Outcome, Violation};
    #[pymodule_export]
    use super::policy::Policy;
    #[pymodule_export]
    use super::policy_set::PolicySet;
    #[pymodule_export]
    use super::reset::{
        Approved, Captcha, Challenge, CodeKeys, Effect, Redemption, Sending, Step, check_caller, peer_key,
        retry_after,
    };
    #[pymodule_export]
    use super::standing::Decision;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        if !is_main_interpreter() {
            return Err(PyImportError::new_err(
                "kouling does not support sub-interpreters; import it in the main interpreter",
            ));
        }
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("PRESETS", kouling::policy::source::PRESETS.iter().map(|(name, _)| *name).collect::<Vec<_>>())
    }

    /// Returns whether this is the first interpreter of the process. In any other one, callbacks could run in the wrong
    /// interpreter, and classes would be shared that must not be. Python 3.12 and later refuse such an import only if
    /// the interpreter has its own lock, which those of `mod_wsgi` do not have.
    #[expect(unsafe_code, reason = "pyo3 has no safe function for the interpreter's identifier")]
    fn is_main_interpreter() -> bool {
        // SAFETY: both functions only require an attached thread state, which the thread that imports a module has.
        unsafe { pyo3::ffi::PyInterpreterState_GetID(pyo3::ffi::PyInterpreterState_Get()) == 0 }
    }

    /// Return a text of Kouling, such as `term.clause_separator`, in a language.
    ///
    /// Args:
    ///     key: Key of the text in `rules/languages`.
    ///     language: Language tag. An unsupported language yields English.
    ///
    /// Returns:
    ///     The text, or the key if there is no such text.
    #[pyfunction]
    fn message(key: &str, language: &str) -> String {
        kouling::Language::from_tag(language).message(key, &[])
    }

    /// Run the command line interface.
    ///
    /// Args:
    ///     arguments: Arguments, the first of which is the program name.
    ///
    /// Returns:
    ///     The exit status.
    #[pyfunction]
    fn command_line(py: Python<'_>, arguments: Vec<std::ffi::OsString>) -> u8 {
        py.detach(|| kouling_cli::run_to_code(arguments))
    }
}
