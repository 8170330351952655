//! Policies: loading and evaluation.

use std::sync::Arc;

use kouling::Loader;
use kouling::PolicySet;
use kouling::evaluation::hexadecimal;
use kouling::policy::document::Start;
use kouling::policy::{Document, Looks, Memory, Watched};
use kouling::population::SetDocuments;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};

use crate::contract::Contract;
use crate::copies::copies_are_self;
use crate::custom_rule::{RaisedByRule, definition};
use crate::errors::{cannot_judge, error, exception, policy_error};
use crate::facts::OwnedFacts;
use crate::input::{language, moment_or_now, path, secret};
use crate::json::to_python;
use crate::outcome::Outcome;
use crate::standing::{self, Decision};

/// A compiled policy. Immutable and safe to use from several threads; evaluation releases the interpreter lock.
#[pyclass(module = "kouling", frozen)]
pub(crate) struct Policy {
    pub(crate) policy: Arc<kouling::Policy>,
    pub(crate) sources: Arc<Sources>,
    pub(crate) origin: Arc<Origin>,
    // The state of the policy's files when they were read.
    pub(crate) looks: Looks,
    /// The populations that a policy set selected it for.
    pub(crate) population: Vec<String>,
}

/// The file, text or preset that a policy was loaded from.
pub(crate) enum Origin {
    Preset(String),
    Path(String),
    Text(String, String),
}

impl Origin {
    fn start(&self) -> Start<'_> {
        match self {
            Origin::Preset(name) => Start::Preset(name),
            Origin::Path(path) => Start::Named(path),
            Origin::Text(name, text) => Start::Text(name, text),
        }
    }
}

/// What a policy is compiled with: the rule kinds and the files.
pub(crate) struct Sources {
    loader: Loader,
    watched: Watched,
    raised: RaisedByRule,
}

impl Sources {
    /// With `files`, nothing is read from disk.
    pub(crate) fn new(
        rules: Option<&Bound<'_, PyAny>>,
        files: Option<&Bound<'_, PyMapping>>,
    ) -> PyResult<Sources> {
        let (watched, raised) = (Watched::default(), RaisedByRule::default());
        let mut loader = Loader::new().with_source(watched.clone());
        if let Some(files) = files {
            let mut memory = Memory::default();
            for item in files.items()?.iter() {
                let (name, contents): (String, Bound<'_, PyAny>) = item.extract()?;
                memory = memory.with(name, secret(&contents)?.to_vec());
            }
            loader = loader.with_source(memory);
        }
        if let Some(rules) = rules {
            for rule in rules.try_iter()? {
                loader = loader.with_kind(definition(&rule?, &raised)?);
            }
        }
        Ok(Sources { loader, watched, raised })
    }

    /// Loads the policy and its document. The thread keeps the interpreter, because custom rules are built in Python.
    fn load(&self, py: Python<'_>, origin: &Origin) -> PyResult<(kouling::Policy, Document)> {
        let loaded = self.loader.load_with_document(origin.start());
        let raised = self.raised.take();
        loaded.map_err(|error| policy_error(py, &error, raised))
    }

    /// Loads the policy set and its documents.
    pub(crate) fn load_set(&self, py: Python<'_>, origin: &Origin) -> PyResult<(PolicySet, SetDocuments)> {
        let loaded = self.loader.load_set_with_documents(origin.start());
        let raised = self.raised.take();
        loaded.map_err(|error| policy_error(py, &error, raised))
    }

    /// Returns the state of the files that were read since the last call.
    pub(crate) fn take_looks(&self) -> Looks {
        self.watched.take()
    }
}

impl Policy {
    fn from_origin(py: Python<'_>, sources: Sources, origin: Origin) -> PyResult<Policy> {
        let (policy, _) = sources.load(py, &origin)?;
        let looks = sources.take_looks();
        let (sources, origin) = (Arc::new(sources), Arc::new(origin));
        Ok(Policy { policy: Arc::new(policy), sources, origin, looks, population: Vec::new() })
    }

    /// Reads the policy's files again, and returns the policy with its document.
    pub(crate) fn with_document(&self, py: Python<'_>) -> PyResult<(Arc<kouling::Policy>, Document)> {
        let loaded = match self.population.as_slice() {
            [] => {
                let (policy, document) = self.sources.load(py, &self.origin)?;
                Some((Arc::new(policy), document))
            }
            names => {
                let (set, documents) = self.sources.load_set(py, &self.origin)?;
                documents.take(&set, names)
            }
        };
        let unchanged = loaded.filter(|(policy, _)| policy.digest() == self.policy.digest());
        unchanged
            .ok_or_else(|| error(py, "KoulingError", "the files of the policy have changed since it was loaded"))
    }
}

#[pymethods]
impl Policy {
    /// Read and compile the policy in a file.
    ///
    /// Args:
    ///     path: Path of the policy file.
    ///     rules: Custom rule kinds, in addition to the built-in ones.
    ///     files: Contents of files by name. Replaces the file system: the policy, the layers that it extends and its word
    ///         lists are all looked up here.
    ///
    /// Raises:
    ///     PolicyError: The policy has errors; the exception holds all of them.
    #[staticmethod]
    #[pyo3(signature = (path, *, rules = None, files = None))]
    fn load(
        py: Python<'_>,
        path: &Bound<'_, PyAny>,
        rules: Option<&Bound<'_, PyAny>>,
        files: Option<&Bound<'_, PyMapping>>,
    ) -> PyResult<Policy> {
        let path = self::path(path)?;
        Policy::from_origin(py, Sources::new(rules, files)?, Origin::Path(path))
    }

    /// Compile a policy from TOML text.
    ///
    /// Args:
    ///     text: The policy. Paths in it are relative to the working directory of the process.
    ///     name: Name of the policy in error messages, and its default `name`.
    ///     rules: As for `load`.
    ///     files: As for `load`.
    ///
    /// Raises:
    ///     PolicyError: The policy has errors; the exception holds all of them.
    #[staticmethod]
    #[pyo3(signature = (text, *, name = "policy", rules = None, files = None))]
    fn parse(
        py: Python<'_>,
        text: &str,
        name: &str,
        rules: Option<&Bound<'_, PyAny>>,
        files: Option<&Bound<'_, PyMapping>>,
    ) -> PyResult<Policy> {
        Policy::from_origin(py, Sources::new(rules, files)?, Origin::Text(name.to_owned(), text.to_owned()))
    }

    /// Compile a policy of the package.
    ///
    /// Args:
    ///     name: One of `PRESETS`.
    ///
    /// Raises:
    ///     PolicyError: Unknown preset.
    #[staticmethod]
    fn preset(py: Python<'_>, name: &str) -> PyResult<Policy> {
        Policy::from_origin(py, Sources::new(None, None)?, Origin::Preset(name.to_owned()))
    }

    /// Name of the policy.
    #[getter]
    fn name(&self) -> &str {
        self.policy.name()
    }

    /// SHA-256 of the policy's layers and word lists, as hexadecimal digits.
    #[getter]
    fn digest(&self) -> String {
        hexadecimal(self.policy.digest())
    }

    /// Names of the populations that a policy set selected this policy for. Empty if it does not come from a set.
    #[getter]
    fn population(&self) -> Vec<&str> {
        self.population.iter().map(String::as_str).collect()
    }

    /// Return `True` if a file of this policy has changed: its own, a layer or a word list.
    ///
    /// Always `False` for a preset, and for a policy loaded with `files`. `PolicyFile` reloads a changed policy.
    fn changed(&self, py: Python<'_>) -> bool {
        py.detach(|| self.looks.changed().is_some())
    }

    /// Kind of each rule by the name of the rule, in evaluation order.
    #[getter]
    fn rules<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let rules = PyDict::new(py);
        for rule in self.policy.rules() {
            rules.set_item(rule.name(), rule.kind())?;
        }
        Ok(rules)
    }

    /// Evaluate a password.
    ///
    /// Args:
    ///     password: The password, as str or as UTF-8 bytes.
    ///     user: Account that will own the password. Needed by personal-data rules.
    ///     previous: Stored hashes of the account's passwords, the current one first. Needed by `history`.
    ///     current: The current password itself, if the user has just entered it. Needed by `similarity`.
    ///     verifier: Compares a password with a stored hash of a format that the engine does not support.
    ///     password_set: When the current password was set, for a change by the user. Then `reset.min_password_age` applies.
    ///     now: Time of the evaluation. Defaults to the system time.
    ///
    /// Returns:
    ///     All violations, warnings and notes.
    ///
    /// Raises:
    ///     CannotJudge: The password could not be evaluated. Never treat this as acceptance.
    ///     WordsError: A word list or breach filter of the policy cannot be read.
    #[pyo3(signature = (password, **facts))]
    fn evaluate(
        &self,
        py: Python<'_>,
        password: &Bound<'_, PyAny>,
        facts: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Outcome> {
        let (facts, password) = (OwnedFacts::from_keywords(facts)?, secret(password)?);
        let outcome = py.detach(|| self.policy.evaluate(&password, &facts.facts()));
        outcome.map(Outcome::new).map_err(|error| cannot_judge(py, &error))
    }

    /// Evaluate a password and raise an exception if the policy refuses it.
    ///
    /// Args:
    ///     password: The password, as str or as UTF-8 bytes.
    ///     facts: As for `evaluate`.
    ///
    /// Returns:
    ///     The outcome of the accepted password, including warnings.
    ///
    /// Raises:
    ///     PasswordRejected: The policy refuses the password.
    ///     CannotJudge: As for `evaluate`.
    ///     WordsError: As for `evaluate`.
    #[pyo3(signature = (password, **facts))]
    fn require(
        &self,
        py: Python<'_>,
        password: &Bound<'_, PyAny>,
        facts: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<Outcome>> {
        let outcome = Py::new(py, self.evaluate(py, password, facts)?)?;
        if outcome.get().outcome.accepted() {
            Ok(outcome)
        } else {
            Err(exception(py, "PasswordRejected", (outcome,)))
        }
    }

    /// Evaluate a password and explain the result.
    ///
    /// Args:
    ///     password: The password, as str or as UTF-8 bytes.
    ///     language: Language tag of the messages. An unsupported language yields English.
    ///     contract: Adds the contract's code to each violation.
    ///     facts: As for `evaluate`.
    ///
    /// Returns:
    ///     A dict with `outcome`, and with `rules`: what each rule requires, measured and found.
    ///
    /// Raises:
    ///     CannotJudge: As for `evaluate`.
    ///     WordsError: As for `evaluate`.
    #[pyo3(signature = (password, *, language = "en", contract = None, **facts))]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        password: &Bound<'py, PyAny>,
        language: &str,
        contract: Option<PyRef<'py, Contract>>,
        facts: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (facts, password) = (OwnedFacts::from_keywords(facts)?, secret(password)?);
        let explanation = py.detach(|| self.policy.explain(&password, &facts.facts()));
        let explanation = explanation.map_err(|error| cannot_judge(py, &error))?;
        let language = self::language(language);
        let value = match contract {
            Some(contract) => contract.contract.explanation_to_json(&explanation, language),
            None => explanation.to_json(language, |_| None),
        };
        to_python(py, &value)
    }

    /// Decide whether the password of an account can be used.
    ///
    /// Args:
    ///     account: Facts about the account by name. `None` is an unknown time or policy; a fact that is absent was not
    ///         supplied.
    ///     now: Current time. Defaults to the system time.
    ///
    /// Returns:
    ///     The standing, without effects.
    ///
    /// Raises:
    ///     CannotJudge: The policy needs a fact that is absent. Never treat this as a password that can be used.
    ///     ValueError: A fact is unknown or invalid.
    #[pyo3(signature = (account, *, now = None))]
    fn standing(
        &self,
        py: Python<'_>,
        account: &Bound<'_, PyAny>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Decision> {
        let (account, now) = (standing::account(account)?, moment_or_now(now)?);
        let standing = kouling::standing::standing(&self.policy, &account, now);
        let standing = standing.map_err(|missing| standing::missing(py, &missing))?;
        Ok(Decision::new(kouling::standing::Decision { standing, effects: Vec::new() }))
    }

    /// Count a failed sign-in, before the password is verified.
    ///
    /// Apply the effects; then parallel attempts cannot exceed the limit of the policy. If the decision refuses the sign-in,
    /// do not verify the password. If the password is correct, call `signed_in`.
    ///
    /// Args:
    ///     account: As for `standing`.
    ///     now: As for `standing`.
    ///
    /// Returns:
    ///     The standing before the failure, and the effects.
    ///
    /// Raises:
    ///     CannotJudge: As for `standing`. Refuse the sign-in.
    ///     ValueError: As for `standing`.
    #[pyo3(signature = (account, *, now = None))]
    fn sign_in_failed(
        &self,
        py: Python<'_>,
        account: &Bound<'_, PyAny>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Decision> {
        let (account, now) = (standing::account(account)?, moment_or_now(now)?);
        let decided = kouling::standing::sign_in_failed(&self.policy, &account, now);
        decided.map(Decision::new).map_err(|missing| standing::missing(py, &missing))
    }

    /// Decide whether a sign-in with the correct password opens a session.
    ///
    /// Args:
    ///     account: Account as it was passed to `sign_in_failed`.
    ///     accepts: Whether the policy accepts the password, if it was evaluated.
    ///     now: As for `standing`.
    ///
    /// Returns:
    ///     The standing and the effects. Open a session only if it permits one.
    ///
    /// Raises:
    ///     CannotJudge: As for `standing`. Refuse the sign-in.
    ///     ValueError: As for `standing`.
    #[pyo3(signature = (account, *, accepts = None, now = None))]
    fn signed_in(
        &self,
        py: Python<'_>,
        account: &Bound<'_, PyAny>,
        accepts: Option<bool>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Decision> {
        let (account, now) = (standing::account(account)?, moment_or_now(now)?);
        let decided = kouling::standing::signed_in(&self.policy, &account, accepts, now);
        decided.map(Decision::new).map_err(|missing| standing::missing(py, &missing))
    }

    /// Describe the requirements of the policy, for display before the user enters a password.
    ///
    /// Args:
    ///     language: Language tag of the texts. An unsupported language yields English.
    ///
    /// Returns:
    ///     A dict with a `checklist`, a `passwordrules` attribute for password managers, and a regular expression.
    #[pyo3(signature = (language = "en"))]
    fn describe<'py>(&self, py: Python<'py>, language: &str) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.policy.describe_as_json(self::language(language)))
    }

    /// Describe the requirements of the policy as an HTML checklist.
    ///
    /// Args:
    ///     language: Language tag of the texts. An unsupported language yields English.
    #[pyo3(signature = (language = "en"))]
    fn describe_html(&self, language: &str) -> String {
        let language = self::language(language);
        self.policy.describe(language).html(language)
    }

    fn __repr__(&self) -> String {
        format!(
            "<Policy {:?}, {} rules, {}>",
            self.policy.name(),
            self.policy.rules().count(),
            &self.digest()[..12]
        )
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Policy cannot be pickled; send its text or path and load it there"))
    }
}

copies_are_self!(Policy);
