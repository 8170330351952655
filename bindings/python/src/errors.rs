//! Raises the exceptions of `kouling._errors`.

use std::error::Error;

use kouling::candidate::CannotJudgeKind;
use kouling::{CannotJudge, PolicyError};
use pyo3::call::PyCallArgs;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

/// Returns a class of `kouling._errors`.
fn class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyType>> {
    static MODULE: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let module = MODULE.get_or_try_init(py, || py.import("kouling._errors").map(Bound::unbind))?;
    Ok(module.bind(py).getattr(name)?.cast_into::<PyType>()?)
}

/// Creates an exception of `kouling._errors`. If that fails, returns the exception that prevented it.
pub(crate) fn exception<'py>(py: Python<'py>, name: &str, arguments: impl PyCallArgs<'py>) -> PyErr {
    match class(py, name).and_then(|class| class.call1(arguments)) {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}

/// Creates an exception of `kouling._errors` with a message as its only argument.
pub(crate) fn error(py: Python<'_>, name: &str, message: impl std::fmt::Display) -> PyErr {
    exception(py, name, (message.to_string(),))
}

/// Creates a `PolicyError` with all diagnostics. `cause` is the exception of a rule class.
pub(crate) fn policy_error(py: Python<'_>, error: &PolicyError, cause: Option<PyErr>) -> PyErr {
    let diagnostics = || {
        let class = class(py, "Diagnostic")?;
        let each = error.diagnostics().iter().map(|diagnostic| {
            let fields = PyDict::new(py);
            fields.set_item("id", diagnostic.id)?;
            fields.set_item("file", &*diagnostic.file)?;
            fields.set_item("line", diagnostic.line)?;
            fields.set_item("column", diagnostic.column)?;
            fields.set_item("message", &diagnostic.message)?;
            fields.set_item("help", diagnostic.help.as_deref())?;
            class.call((), Some(&fields))
        });
        each.collect::<PyResult<Vec<_>>>()
    };
    match diagnostics() {
        Ok(diagnostics) => with_cause(py, cause, || exception(py, "PolicyError", (diagnostics,))),
        Err(error) => error,
    }
}

/// Creates a `WordsError` if a list cannot be read, otherwise a `CannotJudge`. Its cause is the exception that a rule or
/// a verifier raised.
pub(crate) fn cannot_judge(py: Python<'_>, error: &CannotJudge) -> PyErr {
    with_cause(py, callback_exception(py, error), || match error.kind() {
        CannotJudgeKind::Unavailable => self::error(py, "WordsError", error),
        kind => exception(py, "CannotJudge", (kind.name(), error.to_string())),
    })
}

/// Returns the exception of a rule or verifier if it must end the program: `KeyboardInterrupt`, `SystemExit`.
pub(crate) fn exit_request(py: Python<'_>, error: &CannotJudge) -> Option<PyErr> {
    callback_exception(py, error).filter(|exception| is_exit_request(py, exception))
}

fn callback_exception(py: Python<'_>, error: &CannotJudge) -> Option<PyErr> {
    error.source()?.downcast_ref::<PyErr>().map(|exception| exception.clone_ref(py))
}

fn is_exit_request(py: Python<'_>, exception: &PyErr) -> bool {
    !exception.is_instance_of::<PyException>(py)
}

/// Sets the cause of a new exception. Returns the cause itself if it is a request to exit, so that no handler of
/// `KoulingError` swallows it.
fn with_cause(py: Python<'_>, cause: Option<PyErr>, exception: impl FnOnce() -> PyErr) -> PyErr {
    match cause {
        Some(cause) if is_exit_request(py, &cause) => cause,
        cause => {
            let exception = exception();
            if cause.is_some() {
                exception.set_cause(py, cause);
            }
            exception
        }
    }
}
