//! The Python extension `kouling._kouling`: what the package `kouling` is made of.
//!
//! Nothing here decides anything: every function asks the engine, without holding the interpreter's lock, and hands on
//! the answer. What is Pythonic and needs no engine (exceptions, rules as classes) is Python, in `python/kouling`.

mod analysis;
mod copied;
mod errors;
mod facts;
mod input;
mod kinds;
mod many;
mod outcome;
mod policy;
mod reset;
mod words;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;

#[pymodule(gil_used = false)]
mod _kouling {
    use super::*;

    #[pymodule_export]
    use super::analysis::{conflicts, standards};
    #[pymodule_export]
    use super::outcome::{Outcome, Violation};
    #[pymodule_export]
    use super::policy::{Contract, Policy};
    #[pymodule_export]
    use super::reset::{
        Approved, Captcha, Challenge, CodeKeys, Effect, Redemption, Sending, Step, check_caller, peer_key,
        retry_after,
    };
    #[pymodule_export]
    use super::words::{Filter, Words};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        if !is_main_interpreter() {
            return Err(PyImportError::new_err(
                "kouling cannot be used in a sub-interpreter: import it in the main one",
            ));
        }
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("PRESETS", kouling::policy::source::PRESETS.iter().map(|(name, _)| *name).collect::<Vec<_>>())
    }

    /// Whether this is the interpreter that the process began with. In another one the interpreter's own functions for
    /// threads would run callbacks in the wrong place, and classes would be shared that must not be. From 3.12 on
    /// interpreters that do not share a lock refuse by themselves; those of `mod_wsgi` and of 3.11 do not.
    #[expect(unsafe_code, reason = "pyo3 has no safe function that says which interpreter this is")]
    fn is_main_interpreter() -> bool {
        // SAFETY: the thread holds the interpreter, as it runs the initialiser; both functions of the stable interface ask
        // nothing more.
        unsafe { pyo3::ffi::PyInterpreterState_GetID(pyo3::ffi::PyInterpreterState_Get()) == 0 }
    }

    /// Runs the command line; the first argument is the name of the program. Gives the exit code.
    #[pyfunction]
    fn command_line(py: Python<'_>, arguments: Vec<std::ffi::OsString>) -> u8 {
        py.detach(|| kouling_cli::run_to_code(arguments))
    }
}
