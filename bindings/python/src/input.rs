//! Conversion of Python arguments: secrets, moments, languages and paths.

use std::time::{SystemTime, UNIX_EPOCH};

use kouling::Language;
use kouling::Moment;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyString};
use zeroize::Zeroizing;

/// Copies the bytes of a password or another secret. The copy is overwritten when it is dropped; the caller's object is
/// not changed.
///
/// No error shows the value.
pub(crate) fn secret(value: &Bound<'_, PyAny>) -> PyResult<Zeroizing<Vec<u8>>> {
    if let Ok(text) = value.cast::<PyString>() {
        // The interpreter's own exception for lone surrogates would contain the password.
        let Ok(text) = text.to_str() else {
            return Err(PyValueError::new_err("invalid password: it contains lone surrogates"));
        };
        return Ok(Zeroizing::new(text.as_bytes().to_vec()));
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(Zeroizing::new(bytes.as_bytes().to_vec()));
    }
    match PyBuffer::<u8>::get(value) {
        Ok(buffer) => buffer.to_vec(value.py()).map(Zeroizing::new),
        Err(_) => {
            Err(PyTypeError::new_err(format!("a password must be str or bytes-like, not {}", type_name(value))))
        }
    }
}

/// Copies a secret that must be text, as str or UTF-8 bytes.
pub(crate) fn secret_text(value: &Bound<'_, PyAny>) -> PyResult<Zeroizing<String>> {
    let bytes = secret(value)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(PyValueError::new_err("invalid secret: it is not UTF-8")),
    }
}

/// Borrows text that is personal but not secret. The error for lone surrogates does not show the value; `what` names it.
pub(crate) fn text<'a>(value: &'a Bound<'_, PyString>, what: &str) -> PyResult<&'a str> {
    value.to_str().map_err(|_| PyValueError::new_err(format!("invalid {what}: it contains lone surrogates")))
}

/// Converts seconds since 1970 or a datetime with a time zone. Fractions of a second are rounded down.
pub(crate) fn moment(value: &Bound<'_, PyAny>) -> PyResult<Moment> {
    let wrong_type = || {
        let message = format!("a moment must be a number of seconds or a datetime, not {}", type_name(value));
        PyTypeError::new_err(message)
    };
    if value.is_instance_of::<PyBool>() {
        return Err(wrong_type());
    }
    if let Ok(seconds) = value.extract::<i64>() {
        return Ok(Moment::from_unix(seconds));
    }
    if let Ok(seconds) = value.extract::<f64>() {
        return match seconds.is_finite() && seconds.abs() < 1e15 {
            true => Ok(Moment::from_unix(seconds.floor() as i64)),
            false => Err(PyValueError::new_err("invalid moment: the number of seconds is out of range")),
        };
    }
    if value.hasattr("timestamp")? && value.hasattr("tzinfo")? {
        if value.getattr("tzinfo")?.is_none() {
            return Err(PyValueError::new_err("invalid moment: the datetime has no time zone"));
        }
        let seconds: f64 = value.call_method0("timestamp")?.extract()?;
        return Ok(Moment::from_unix(seconds.floor() as i64));
    }
    Err(wrong_type())
}

/// Converts a moment. Returns the time of the system clock for `None`.
pub(crate) fn moment_or_now(value: Option<&Bound<'_, PyAny>>) -> PyResult<Moment> {
    value.map_or_else(|| Ok(system_time()), moment)
}

fn system_time() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    // A clock before 1970 becomes 0, which the engine refuses.
    Moment::from_unix(since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX)))
}

/// Returns the language of a tag, or English if the language is not supported.
pub(crate) fn language(tag: &str) -> Language {
    Language::from_tag(tag)
}

/// Converts a str or `os.PathLike` to a path. The engine requires Unicode paths.
pub(crate) fn path(value: &Bound<'_, PyAny>) -> PyResult<String> {
    let path: std::path::PathBuf = value.extract()?;
    path.into_os_string().into_string().map_err(|_| PyValueError::new_err("invalid path: it is not Unicode"))
}

fn type_name(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map(|name| name.to_string()).unwrap_or_default()
}
