//! Analyses of a policy: password generation and compliance with standards.

use kouling::analysis::Generator;
use kouling::analysis::comply::{STANDARDS, Standard};
use kouling::analysis::generate::{CannotGenerate, Generated, NoRandomness, Options, PhraseOptions, WordLanguage};
use kouling::{Facts, Language};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::errors::{cannot_judge, error, policy_error};
use crate::facts::OwnedFacts;
use crate::input::moment_or_now;
use crate::json::to_python;
use crate::policy::Policy;

/// Limit of `Policy.generate`, the same as that of the command line.
const MAX_GENERATED: usize = 10_000;

fn standard(py: Python<'_>, name: &str) -> PyResult<Standard> {
    match Standard::built_in(name) {
        Some(standard) => standard.map_err(|error| policy_error(py, &error, None)),
        None => {
            let available = standards().join(", ");
            Err(PyValueError::new_err(format!("unknown standard {name:?}; available: {available}")))
        }
    }
}

/// Return the names of the standards that `Policy.comply` compares a policy with.
#[pyfunction]
pub(crate) fn standards() -> Vec<&'static str> {
    STANDARDS.iter().map(|(name, _)| *name).collect()
}

/// Find requirements of standards that contradict each other.
///
/// Args:
///     names: Names of standards, as `standards` returns them.
///     language: Language tag of the texts. An unsupported language yields English.
///
/// Returns:
///     One dict per contradiction.
///
/// Raises:
///     ValueError: Unknown standard.
#[pyfunction]
#[pyo3(signature = (*names, language = "en"))]
pub(crate) fn conflicts<'py>(py: Python<'py>, names: Vec<String>, language: &str) -> PyResult<Bound<'py, PyList>> {
    let standards = names.iter().map(|name| standard(py, name)).collect::<PyResult<Vec<_>>>()?;
    let conflicts = kouling::analysis::comply::conflicts(&standards);
    let each = conflicts.iter().map(|conflict| to_python(py, &conflict.to_json(Language::from_tag(language))));
    PyList::new(py, each.collect::<PyResult<Vec<_>>>()?)
}

#[pymethods]
impl Policy {
    /// Compare the policy with each requirement of a standard.
    ///
    /// Reads the files of the policy again.
    ///
    /// Args:
    ///     name: Name of the standard, as `standards` returns it.
    ///     language: Language tag of the texts. An unsupported language yields English.
    ///     now: Time of the comparison. Defaults to the system time.
    ///
    /// Returns:
    ///     A dict with `requirements`, each with its `id` and `verdict`.
    ///
    /// Raises:
    ///     ValueError: Unknown standard.
    ///     KoulingError: A file of the policy has changed since it was loaded.
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
        to_python(py, &standard.compare(&policy, &document, now).to_json(&document, Language::from_tag(language)))
    }

    /// Generate passwords that the policy accepts, with the randomness of the operating system.
    ///
    /// Every password of the space that is drawn from is equally likely. `words` or `separator` imply `phrase`.
    ///
    /// Args:
    ///     count: Number of passwords, at most 10,000.
    ///     length: Length in code points.
    ///     bits: Minimum entropy in bits.
    ///     readable: Leave out characters that are easily confused, such as `0` and `O`.
    ///     words: Number of words of a passphrase.
    ///     separator: Text between the words of a passphrase.
    ///     phrase: Generate passphrases instead of passwords.
    ///     word_language: Language of the words: English, or Chinese in pinyin.
    ///     facts: As for `evaluate`.
    ///
    /// Raises:
    ///     CannotGenerate: No password was found that the policy accepts.
    ///     CannotJudge: As for `evaluate`.
    ///     WordsError: As for `evaluate`.
    #[pyo3(signature = (count = 1, *, length = None, bits = None, readable = false, words = None, separator = None,
        phrase = false, word_language = "en", **facts))]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments in Python")]
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
        facts: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Vec<String>> {
        if count > MAX_GENERATED {
            return Err(PyValueError::new_err(format!(
                "invalid `count`: at most {MAX_GENERATED} passwords per call"
            )));
        }
        let language = match word_language {
            "en" => WordLanguage::English,
            "zh" => WordLanguage::Pinyin,
            _ => return Err(PyValueError::new_err("invalid `word_language`; expected \"en\" or \"zh\"")),
        };
        let is_phrase = phrase || words.is_some() || separator.is_some();
        let phrase = is_phrase.then_some(PhraseOptions { words, separator, language });
        let options = Options { length, bits, readable, phrase };
        let facts = OwnedFacts::from_keywords(facts)?;
        let generated = py.detach(|| generate(&self.policy, facts.facts(), &options, count));
        let generated = generated.map_err(|failure| match failure {
            CannotGenerate::CannotJudge(failure) => cannot_judge(py, &failure),
            failure => error(py, "CannotGenerate", failure),
        })?;
        Ok(generated.into_iter().map(|generated| generated.password.expose().to_owned()).collect())
    }
}

fn generate(
    policy: &kouling::Policy,
    facts: Facts<'_>,
    options: &Options,
    count: usize,
) -> Result<Vec<Generated>, CannotGenerate> {
    let random = &mut |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|_| NoRandomness);
    let mut generator = Generator::new(policy, facts, options, random)?;
    (0..count).map(|_| generator.generate(random)).collect()
}
