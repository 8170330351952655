//! The exceptions of `kouling._errors`, raised from here.

use std::cell::RefCell;

use kouling::candidate::CannotJudgeKind;
use kouling::{CannotJudge, PolicyError};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

/// A class of `kouling._errors`.
fn class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyType>> {
    static MODULE: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let module = MODULE.get_or_try_init(py, || py.import("kouling._errors").map(Bound::unbind))?;
    Ok(module.bind(py).getattr(name)?.cast_into::<PyType>()?)
}

fn made(py: Python<'_>, name: &str, arguments: impl FnOnce(&Bound<'_, PyType>) -> PyResult<Py<PyAny>>) -> PyErr {
    match class(py, name).and_then(|class| arguments(&class)) {
        Ok(error) => PyErr::from_value(error.into_bound(py)),
        Err(error) => error,
    }
}

/// A `PolicyError` with every finding.
pub(crate) fn policy_error(py: Python<'_>, error: &PolicyError) -> PyErr {
    made(py, "PolicyError", |raised| {
        let diagnostic = class(py, "Diagnostic")?;
        let each = error.diagnostics().iter().map(|found| {
            let fields = PyDict::new(py);
            fields.set_item("id", found.id)?;
            fields.set_item("file", &*found.file)?;
            fields.set_item("line", found.line)?;
            fields.set_item("column", found.column)?;
            fields.set_item("message", &found.message)?;
            fields.set_item("help", found.help.as_deref())?;
            diagnostic.call((), Some(&fields))
        });
        let diagnostics = each.collect::<PyResult<Vec<_>>>()?;
        Ok(raised.call1((diagnostics,))?.unbind())
    })
}

/// A class of errors with a message.
pub(crate) fn error(py: Python<'_>, name: &str, message: impl std::fmt::Display) -> PyErr {
    made(py, name, |raised| Ok(raised.call1((message.to_string(),))?.unbind()))
}

thread_local! {
    /// What a callback raised on this thread, until the judgement that it was called for is over.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// Keeps what a callback raised, to be the cause of the judgement's error.
pub(crate) fn keep_raised(error: PyErr) {
    RAISED.with_borrow_mut(|raised| {
        raised.get_or_insert(error);
    });
}

/// What is no error of the callback's but a wish to end: `KeyboardInterrupt`, `SystemExit`. Nobody who catches errors
/// may catch it, so it is raised as it is.
pub(crate) fn wants_to_end(py: Python<'_>, raised: &PyErr) -> bool {
    !raised.is_instance_of::<PyException>(py)
}

/// A `CannotJudge`, or a `WordsError` where a list cannot be read; its cause is what a callback raised on this thread.
pub(crate) fn cannot_judge(py: Python<'_>, error: &CannotJudge) -> PyErr {
    cannot_judge_for(py, error, RAISED.take())
}

/// The same, where it is known what a callback raised: on another thread perhaps.
pub(crate) fn cannot_judge_for(py: Python<'_>, error: &CannotJudge, cause: Option<PyErr>) -> PyErr {
    let cause = match cause {
        Some(cause) if wants_to_end(py, &cause) => return cause,
        cause => cause,
    };
    let raised = match error.kind() {
        CannotJudgeKind::Unavailable => self::error(py, "WordsError", error),
        kind => made(py, "CannotJudge", |raised| Ok(raised.call1((kind.name(), error.to_string()))?.unbind())),
    };
    if cause.is_some() {
        raised.set_cause(py, cause);
    }
    raised
}

/// Forgets what a callback raised, where the judgement went well all the same.
pub(crate) fn forget_raised() {
    RAISED.take();
}

/// A `PasswordRejected` with its outcome.
pub(crate) fn rejected(py: Python<'_>, outcome: Py<crate::outcome::Outcome>) -> PyErr {
    made(py, "PasswordRejected", |raised| Ok(raised.call1((outcome,))?.unbind()))
}

/// What a callback raised.
pub(crate) fn take_raised() -> Option<PyErr> {
    RAISED.take()
}
