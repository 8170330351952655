//! Facts: who the user is, which passwords came before, how the host compares them, what time it is.

use kouling::candidate::{CannotJudge, CannotJudgeKind, PasswordVerifier, Previous};
use kouling::{Facts, Moment, User};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyFrozenSet, PyList, PyMapping, PySet, PyString, PyTuple, PyType};
use zeroize::Zeroizing;

use crate::errors::keep_raised;
use crate::input::{moment, moment_or_now, secret, text};

/// Everything that is known beside the password, owned.
pub(crate) struct OwnedFacts {
    pub(crate) user: User,
    pub(crate) previous: Vec<Previous>,
    current: Option<Zeroizing<Vec<u8>>>,
    verifier: Option<Verifier>,
    pub(crate) now: Moment,
}

/// What a caller may say beside the password.
#[derive(Default)]
pub(crate) struct FactArgs<'a, 'py> {
    pub(crate) user: Option<&'a Bound<'py, PyAny>>,
    pub(crate) previous: Option<&'a Bound<'py, PyAny>>,
    pub(crate) current: Option<&'a Bound<'py, PyAny>>,
    pub(crate) verifier: Option<&'a Bound<'py, PyAny>>,
    pub(crate) now: Option<&'a Bound<'py, PyAny>>,
}

impl OwnedFacts {
    pub(crate) fn read(given: &FactArgs<'_, '_>) -> PyResult<OwnedFacts> {
        Ok(OwnedFacts {
            user: given.user.map_or_else(|| Ok(User::new()), user)?,
            previous: given.previous.map_or_else(|| Ok(Vec::new()), previous)?,
            current: given.current.map(secret).transpose()?,
            verifier: given.verifier.map(Verifier::of).transpose()?,
            now: moment_or_now(given.now)?,
        })
    }

    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            user: &self.user,
            previous: &self.previous,
            current: self.current.as_ref().map(|current| current.as_slice()),
            verifier: self.verifier.as_ref().map(|verifier| verifier as &dyn PasswordVerifier),
            now: self.now,
        }
    }
}

/// A user: a mapping of attributes, a dataclass, or any object whose public attributes are text. A value is a text, or
/// several; `None` says nothing. What else stands in an object of the host's is no attribute.
pub(crate) fn user(given: &Bound<'_, PyAny>) -> PyResult<User> {
    if given.is_none() {
        return Ok(User::new());
    }
    if let Ok(mapping) = given.cast::<PyMapping>() {
        let mut user = User::new();
        for item in mapping.items()?.iter() {
            let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            let name: String =
                name.extract().map_err(|_| PyTypeError::new_err("the name of an attribute is a str"))?;
            user = with(user, &name, &value)?;
        }
        return Ok(user);
    }
    if given.is_instance_of::<PyString>() || given.is_instance_of::<PyBytes>() || given.is_instance_of::<PyType>()
    {
        return Err(PyTypeError::new_err("a user is a mapping, a dataclass or an object with attributes"));
    }
    // Fields of a dataclass, in their order; else what stands in the object itself.
    let names: Vec<String> = match given.getattr_opt("__dataclass_fields__")? {
        Some(fields) => fields.try_iter()?.map(|name| name?.extract()).collect::<PyResult<_>>()?,
        None => match given.getattr_opt("__dict__")? {
            Some(own) => own.try_iter()?.map(|name| name?.extract()).collect::<PyResult<_>>()?,
            None => {
                return Err(PyTypeError::new_err("a user is a mapping, a dataclass or an object with attributes"));
            }
        },
    };
    let names: Vec<&String> = names.iter().filter(|name| !name.starts_with('_')).collect();
    // Some mappers to a database empty an object until it is asked: that nothing is known must not be taken for granted.
    if names.is_empty() {
        return Err(PyTypeError::new_err(
            "a user has public attributes; of an object that has none pass a mapping",
        ));
    }
    let mut user = User::new();
    for name in names {
        let value = given.getattr(name.as_str())?;
        if value.is_instance_of::<PyString>() || holds_texts(&value)? {
            user = with(user, name, &value)?;
        }
    }
    Ok(user)
}

/// Whether it is a list, a tuple or a set of nothing but texts.
fn holds_texts(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let is_several = value.is_instance_of::<PyList>()
        || value.is_instance_of::<PyTuple>()
        || value.is_instance_of::<PySet>()
        || value.is_instance_of::<PyFrozenSet>();
    if !is_several {
        return Ok(false);
    }
    for each in value.try_iter()? {
        if !each?.is_instance_of::<PyString>() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn with(user: User, name: &str, value: &Bound<'_, PyAny>) -> PyResult<User> {
    if value.is_none() {
        return Ok(user);
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(user.with(name, self::text(text, "an attribute of a user")?));
    }
    let wrong = || PyTypeError::new_err(format!("the attribute {name:?} of a user is a str, several, or None"));
    if value.is_instance_of::<PyBytes>() {
        return Err(wrong());
    }
    let mut user = user;
    for each in value.try_iter().map_err(|_| wrong())? {
        let each = each?;
        let each = each.cast::<PyString>().map_err(|_| wrong())?;
        user = user.with(name, self::text(each, "an attribute of a user")?);
    }
    Ok(user)
}

/// Earlier passwords as they are stored, the current one first: hashes, or pairs of a hash and when it was set.
pub(crate) fn previous(given: &Bound<'_, PyAny>) -> PyResult<Vec<Previous>> {
    let wrong = || PyTypeError::new_err("`previous` holds stored hashes, or pairs of a hash and when it was set");
    if given.is_none() {
        return Ok(Vec::new());
    }
    if given.is_instance_of::<PyString>() {
        return Err(wrong());
    }
    let mut all = Vec::new();
    for each in given.try_iter()? {
        let each = each?;
        all.push(match each.cast::<PyString>() {
            Ok(hash) => Previous { hash: text(hash, "a stored hash")?.to_owned(), at: None },
            Err(_) => {
                let pair = each.cast::<PyTuple>().map_err(|_| wrong())?;
                let (hash, at): (Bound<'_, PyString>, Bound<'_, PyAny>) = pair.extract().map_err(|_| wrong())?;
                let at = if at.is_none() { None } else { Some(moment(&at)?) };
                Previous { hash: text(&hash, "a stored hash")?.to_owned(), at }
            }
        });
    }
    Ok(all)
}

/// A callable that compares a password with a stored hash: true, false, or `None` when the form is not its own.
pub(crate) struct Verifier(Py<PyAny>);

impl Verifier {
    pub(crate) fn of(given: &Bound<'_, PyAny>) -> PyResult<Verifier> {
        if !given.is_callable() {
            return Err(PyTypeError::new_err("a verifier is a callable of a password and a stored hash"));
        }
        Ok(Verifier(given.clone().unbind()))
    }
}

impl PasswordVerifier for Verifier {
    fn verify(&self, password: &[u8], stored: &str) -> Result<Option<bool>, CannotJudge> {
        let answer = Python::attach(|py| {
            let answer = self.0.bind(py).call1((PyBytes::new(py, password), stored))?;
            if answer.is_none() { Ok(None) } else { answer.extract::<bool>().map(Some) }
        });
        answer.map_err(|error: PyErr| {
            keep_raised(error);
            CannotJudge::new(CannotJudgeKind::Custom, "the verifier raised an exception")
        })
    }
}
