//! `kouling.estimate`: the number of guesses for a password, without a policy.

use kouling::candidate::Attacker;
use pyo3::prelude::*;

use crate::facts::shared_user;
use crate::input::{moment_or_now, secret_text};
use crate::json::to_python;

/// Estimate how many guesses a password takes, without a policy.
///
/// Args:
///     password: The password, as str or as UTF-8 bytes.
///     user: Account that will own the password. An attacker tries its attributes first.
///     words: Further words that an attacker tries first, such as the name of the company.
///     now: Time of the estimate. Years close to it are tried first. Defaults to the system time.
///
/// Returns:
///     A dict with `guesses_log10` (the decimal logarithm of the guesses), `score` (0 to 4), `complete` (whether the whole
///     password was evaluated) and `parts`: the kind of each part, and its first and last character, counted from 1 in code
///     points of the password in NFC. It contains no part of the password, but do not log it: it is derived from it.
///
/// Raises:
///     ValueError: The password is not valid text.
#[pyfunction]
#[pyo3(signature = (password, *, user = None, words = None, now = None))]
pub(crate) fn estimate<'py>(
    py: Python<'py>,
    password: &Bound<'py, PyAny>,
    user: Option<&Bound<'py, PyAny>>,
    words: Option<Vec<String>>,
    now: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (password, user, now) = (secret_text(password)?, shared_user(user)?, moment_or_now(now)?);
    let words = words.unwrap_or_default();
    let guessing = py.detach(|| Attacker::new(&user, &words, |_| true).guess(&password, now));
    to_python(py, &guessing.to_json())
}
