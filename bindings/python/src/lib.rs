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
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("PRESETS", kouling::policy::source::PRESETS.iter().map(|(name, _)| *name).collect::<Vec<_>>())
    }

    /// Runs the command line; the first argument is the name of the program. Gives the exit code.
    #[pyfunction]
    fn command_line(py: Python<'_>, arguments: Vec<std::ffi::OsString>) -> u8 {
        py.detach(|| kouling_cli::run_to_code(arguments))
    }
}
