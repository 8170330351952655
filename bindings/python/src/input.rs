//! What Python passes: secrets as str or bytes-like, moments as numbers or datetimes, paths.

use std::time::{SystemTime, UNIX_EPOCH};

use kouling::Moment;
use kouling::evaluation::Language;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyString};
use zeroize::Zeroizing;

/// The bytes of a password; our copy is overwritten when it is dropped. The caller's is the caller's.
pub(crate) fn secret(given: &Bound<'_, PyAny>) -> PyResult<Zeroizing<Vec<u8>>> {
    if let Ok(text) = given.cast::<PyString>() {
        // What has lone surrogates is no text. The exception of the interpreter would hold the password.
        let Ok(text) = text.to_str() else {
            return Err(PyValueError::new_err("the password is not Unicode: it has lone surrogates"));
        };
        return Ok(Zeroizing::new(text.as_bytes().to_vec()));
    }
    if let Ok(bytes) = given.cast::<PyBytes>() {
        return Ok(Zeroizing::new(bytes.as_bytes().to_vec()));
    }
    match PyBuffer::<u8>::get(given) {
        Ok(buffer) => buffer.to_vec(given.py()).map(Zeroizing::new),
        // The value itself is not said, as `repr` would.
        Err(_) => {
            let kind = given.get_type().name().map(|name| name.to_string()).unwrap_or_default();
            Err(PyTypeError::new_err(format!("a password is str or bytes-like, not {kind}")))
        }
    }
}

/// Text that must be UTF-8, of a secret.
pub(crate) fn secret_text(given: &Bound<'_, PyAny>) -> PyResult<Zeroizing<String>> {
    let bytes = secret(given)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(PyValueError::new_err("the secret is not UTF-8")),
    }
}

/// Text that is no secret, but nobody's business either: what has lone surrogates is refused without being shown.
pub(crate) fn text<'a>(given: &'a Bound<'_, PyString>, what: &str) -> PyResult<&'a str> {
    given.to_str().map_err(|_| PyValueError::new_err(format!("{what} is not Unicode: it has lone surrogates")))
}

/// A moment: seconds since 1970, or a datetime that knows its time zone.
pub(crate) fn moment(given: &Bound<'_, PyAny>) -> PyResult<Moment> {
    if given.is_instance_of::<PyBool>() {
        return Err(PyTypeError::new_err("a moment is a number of seconds or a datetime, not bool"));
    }
    if let Ok(seconds) = given.extract::<i64>() {
        return Ok(Moment::from_unix(seconds));
    }
    if let Ok(seconds) = given.extract::<f64>() {
        return match seconds.is_finite() && seconds.abs() < 1e15 {
            // Rounded down, as the seconds of a clock are.
            true => Ok(Moment::from_unix(seconds.floor() as i64)),
            false => Err(PyValueError::new_err("no moment is so far away")),
        };
    }
    if given.hasattr("timestamp")? && given.hasattr("tzinfo")? {
        if given.getattr("tzinfo")?.is_none() {
            return Err(PyValueError::new_err("a datetime without a time zone is no moment"));
        }
        let seconds: f64 = given.call_method0("timestamp")?.extract()?;
        return Ok(Moment::from_unix(seconds.floor() as i64));
    }
    let kind = given.get_type().name()?;
    Err(PyTypeError::new_err(format!("a moment is a number of seconds or a datetime, not {kind}")))
}

/// The moment that was given, or the clock's.
pub(crate) fn moment_or_now(given: Option<&Bound<'_, PyAny>>) -> PyResult<Moment> {
    match given {
        Some(given) => moment(given),
        None => {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            let seconds = since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
            Ok(Moment::from_unix(seconds))
        }
    }
}

/// A language by its tag; one that is not known is English.
pub(crate) fn language(tag: &str) -> Language {
    Language::from_tag(tag)
}

/// A path as the engine has them: text.
pub(crate) fn path(given: &Bound<'_, PyAny>) -> PyResult<String> {
    let path: std::path::PathBuf = given.extract()?;
    path.into_os_string().into_string().map_err(|_| PyValueError::new_err("the path is not Unicode"))
}
