//! What is asked of a policy itself: passwords that it accepts, and how it stands beside the standards.

use kouling::Facts;
use kouling::analysis::Generator;
use kouling::analysis::comply::{STANDARDS, Standard};
use kouling::analysis::generate::{CannotGenerate, Generated, NoRandomness, Options, PhraseOptions, WordLanguage};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::errors::{cannot_judge, error, forget_raised, policy_error};
use crate::facts::{FactArgs, OwnedFacts};
use crate::input::moment_or_now;
use crate::policy::{Policy, to_python};

fn standard(py: Python<'_>, name: &str) -> PyResult<Standard> {
    match Standard::built_in(name) {
        Some(standard) => standard.map_err(|error| policy_error(py, &error)),
        None => {
            Err(PyValueError::new_err(format!("there is no standard {name:?}; known: {}", standards().join(", "))))
        }
    }
}

/// The names of the standards that a policy can be compared with.
#[pyfunction]
pub(crate) fn standards() -> Vec<&'static str> {
    STANDARDS.iter().map(|(name, _)| *name).collect()
}

/// What some standards require and others forbid, as dicts.
#[pyfunction]
#[pyo3(signature = (*names, language = "en"))]
pub(crate) fn conflicts<'py>(py: Python<'py>, names: Vec<String>, language: &str) -> PyResult<Bound<'py, PyList>> {
    let standards = names.iter().map(|name| standard(py, name)).collect::<PyResult<Vec<_>>>()?;
    let found = kouling::analysis::comply::conflicts(&standards);
    let each = found.iter().map(|conflict| to_python(py, &conflict.to_json(language)));
    PyList::new(py, each.collect::<PyResult<Vec<_>>>()?)
}

#[pymethods]
impl Policy {
    /// Compares the policy with a standard, requirement by requirement, as a dict.
    #[pyo3(signature = (name, *, language = "en", now = None))]
    fn comply<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        language: &str,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (standard, now) = (standard(py, name)?, moment_or_now(now)?);
        let (policy, document) = self.with_document(py)?;
        to_python(py, &standard.compare(&policy, &document, now).to_json(&document, language))
    }

    /// Draws passwords that the policy accepts, with the randomness of the operating system: every password of the space
    /// that they are drawn from is as likely. Raises `CannotGenerate` where none is found.
    #[pyo3(signature = (count = 1, *, length = None, bits = None, readable = false, words = None, separator = None,
        phrase = false, word_language = "en", user = None, previous = None, verifier = None, now = None))]
    #[expect(clippy::too_many_arguments, reason = "they are Python's keywords")]
    fn generate(
        &self,
        py: Python<'_>,
        count: usize,
        length: Option<usize>,
        bits: Option<f64>,
        readable: bool,
        words: Option<usize>,
        separator: Option<String>,
        phrase: bool,
        word_language: &str,
        user: Option<&Bound<'_, PyAny>>,
        previous: Option<&Bound<'_, PyAny>>,
        verifier: Option<&Bound<'_, PyAny>>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<String>> {
        if count > MAX_AT_ONCE {
            return Err(PyValueError::new_err(format!("at most {MAX_AT_ONCE} passwords are drawn at once")));
        }
        let language = match word_language {
            "en" => WordLanguage::English,
            "zh" => WordLanguage::Pinyin,
            _ => return Err(PyValueError::new_err("`word_language` is \"en\" or \"zh\"")),
        };
        let is_phrase = phrase || words.is_some() || separator.is_some();
        let phrase = is_phrase.then_some(PhraseOptions { words, separator, language });
        let options = Options { length, bits, readable, phrase };
        let known = OwnedFacts::read(&FactArgs { user, previous, verifier, now, current: None })?;
        let made = py.detach(|| draw(&self.policy, known.facts(), &options, count));
        let made = made.map_err(|raised| match raised {
            CannotGenerate::CannotJudge(raised) => cannot_judge(py, &raised),
            raised => error(py, "CannotGenerate", raised),
        });
        forget_raised();
        Ok(made?.into_iter().map(|made| made.password.expose().to_owned()).collect())
    }
}

/// As many as the command line draws at once.
const MAX_AT_ONCE: usize = 10_000;

fn draw(
    policy: &kouling::Policy,
    facts: Facts<'_>,
    options: &Options,
    count: usize,
) -> Result<Vec<Generated>, CannotGenerate> {
    let random = &mut |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|_| NoRandomness);
    let mut generator = Generator::new(policy, facts, options, random)?;
    (0..count).map(|_| generator.generate(random)).collect()
}
