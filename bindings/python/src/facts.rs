//! The keyword arguments of `kouling.Facts`: everything that a policy may use in addition to the password.

use std::sync::Arc;

use kouling::candidate::{CannotJudge, CannotJudgeKind, PasswordVerifier, Previous};
use kouling::{Facts, Moment, User};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyFrozenSet, PyList, PyMapping, PySet, PyString, PyTuple, PyType};
use zeroize::Zeroizing;

use crate::copies::copies_are_self;
use crate::input::{moment, moment_or_now, secret, text};

/// The keywords of `kouling.Facts`.
const KEYWORDS: [&str; 6] = ["user", "previous", "current", "verifier", "password_set", "now"];

/// The values of `kouling.Facts`, copied from Python so that an evaluation needs no interpreter lock.
pub(crate) struct OwnedFacts {
    user: Arc<User>,
    previous: Vec<Previous>,
    current: Option<Zeroizing<Vec<u8>>>,
    verifier: Option<Verifier>,
    password_set: Option<Moment>,
    now: Moment,
}

impl OwnedFacts {
    /// Reads the keyword arguments of a function. A value of `None` is the same as a missing keyword.
    ///
    /// # Errors
    /// `TypeError` if a keyword is unknown or a value has another type, `ValueError` if a value is invalid.
    pub(crate) fn from_keywords(keywords: Option<&Bound<'_, PyDict>>) -> PyResult<OwnedFacts> {
        if let Some(keywords) = keywords {
            for keyword in keywords.keys() {
                let keyword: String = keyword.extract()?;
                if !KEYWORDS.contains(&keyword.as_str()) {
                    let expected = KEYWORDS.join(", ");
                    let message = format!("unexpected keyword argument {keyword:?}; expected one of: {expected}");
                    return Err(PyTypeError::new_err(message));
                }
            }
        }
        let value = |keyword: &str| match keywords {
            Some(keywords) => Ok::<_, PyErr>(keywords.get_item(keyword)?.filter(|value| !value.is_none())),
            None => Ok(None),
        };
        Ok(OwnedFacts {
            user: shared_user(value("user")?.as_ref())?,
            previous: value("previous")?.map_or_else(|| Ok(Vec::new()), |value| previous(&value))?,
            current: value("current")?.map(|value| secret(&value)).transpose()?,
            verifier: value("verifier")?.map(|value| Verifier::new(&value)).transpose()?,
            password_set: value("password_set")?.map(|value| moment(&value)).transpose()?,
            now: moment_or_now(value("now")?.as_ref())?,
        })
    }

    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            user: &self.user,
            previous: &self.previous,
            current: self.current.as_ref().map(|current| current.as_slice()),
            verifier: self.verifier.as_ref().map(|verifier| verifier as &dyn PasswordVerifier),
            password_set: self.password_set,
            now: self.now,
        }
    }
}

/// A user for many evaluations. Immutable and safe to share between threads.
///
/// Rules derive data from a user, such as the spellings of a name. A prepared user stores what they derive, so that it is
/// computed once, and not for each password. Pass it as `user`.
///
/// Args:
///     user: Attributes of the user, as for `Policy.evaluate`. They are copied.
#[pyclass(module = "kouling", frozen)]
pub(crate) struct PreparedUser {
    user: Arc<User>,
}

#[pymethods]
impl PreparedUser {
    #[new]
    fn new(user: &Bound<'_, PyAny>) -> PyResult<PreparedUser> {
        Ok(PreparedUser { user: shared_user(Some(user))? })
    }

    fn __repr__(&self) -> String {
        let names: Vec<&str> = self.user.attributes().map(|(name, _)| name).collect();
        format!("<PreparedUser {}>", names.join(", "))
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a PreparedUser cannot be pickled; send its attributes and prepare them there"))
    }
}

copies_are_self!(PreparedUser);

/// Converts a user, and shares a [`PreparedUser`].
pub(crate) fn shared_user(value: Option<&Bound<'_, PyAny>>) -> PyResult<Arc<User>> {
    match value.map(|value| (value, value.cast::<PreparedUser>())) {
        None => Ok(Arc::default()),
        Some((_, Ok(prepared))) => Ok(prepared.get().user.clone()),
        Some((value, Err(_))) => user(value).map(Arc::new),
    }
}

/// Converts a user: a mapping of attributes, a dataclass, or another object with public attributes. A mapping may only
/// contain text, several texts or `None`; other values of an object are ignored.
pub(crate) fn user(value: &Bound<'_, PyAny>) -> PyResult<User> {
    if value.is_none() {
        return Ok(User::new());
    }
    if let Ok(prepared) = value.cast::<PreparedUser>() {
        return Ok(User::clone(&prepared.get().user));
    }
    if let Ok(mapping) = value.cast::<PyMapping>() {
        let mut user = User::new();
        for item in mapping.items()?.iter() {
            let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            let name: String =
                name.extract().map_err(|_| PyTypeError::new_err("the names of user attributes must be str"))?;
            user = with_attribute(user, &name, &value)?;
        }
        return Ok(user);
    }
    let mut user = User::new();
    for name in public_attributes(value)? {
        let value = value.getattr(name.as_str())?;
        if value.is_none() || value.is_instance_of::<PyString>() || is_list_of_text(&value)? {
            user = with_attribute(user, &name, &value)?;
        }
    }
    Ok(user)
}

/// Returns the names of the fields of a dataclass, or of the attributes that are set on the object.
fn public_attributes(object: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let wrong_type = || PyTypeError::new_err("`user` must be a mapping, a dataclass or an object with attributes");
    if object.is_instance_of::<PyString>()
        || object.is_instance_of::<PyBytes>()
        || object.is_instance_of::<PyType>()
    {
        return Err(wrong_type());
    }
    let names = match object.getattr_opt("__dataclass_fields__")? {
        Some(fields) => fields,
        None => object.getattr_opt("__dict__")?.ok_or_else(wrong_type)?,
    };
    let names = names.try_iter()?.map(|name| name?.extract()).collect::<PyResult<Vec<String>>>()?;
    let names: Vec<String> = names.into_iter().filter(|name| !name.starts_with('_')).collect();
    // Some object-relational mappers load attributes on first use: an object that looks empty must not skip all checks.
    if names.is_empty() {
        return Err(PyTypeError::new_err("`user` object has no public attributes; pass a mapping instead"));
    }
    Ok(names)
}

/// Returns whether this is a list, a tuple or a set that contains only str.
fn is_list_of_text(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let is_collection = value.is_instance_of::<PyList>()
        || value.is_instance_of::<PyTuple>()
        || value.is_instance_of::<PySet>()
        || value.is_instance_of::<PyFrozenSet>();
    if !is_collection {
        return Ok(false);
    }
    for item in value.try_iter()? {
        if !item?.is_instance_of::<PyString>() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn with_attribute(user: User, name: &str, value: &Bound<'_, PyAny>) -> PyResult<User> {
    // The user does not have the attribute, which a host states by an empty value.
    if value.is_none() {
        return Ok(user.with(name, ""));
    }
    if let Ok(value) = value.cast::<PyString>() {
        return Ok(user.with(name, text(value, "user attribute")?));
    }
    let wrong_type =
        || PyTypeError::new_err(format!("user attribute {name:?} must be a str, several str, or None"));
    if value.is_instance_of::<PyBytes>() {
        return Err(wrong_type());
    }
    let (mut user, mut is_absent) = (user, true);
    for item in value.try_iter().map_err(|_| wrong_type())? {
        let item = item?;
        let item = item.cast::<PyString>().map_err(|_| wrong_type())?;
        user = user.with(name, text(item, "user attribute")?);
        is_absent = false;
    }
    Ok(if is_absent { user.with(name, "") } else { user })
}

/// Converts stored password hashes, the current one first: hashes, or pairs of a hash and the moment it was set.
pub(crate) fn previous(value: &Bound<'_, PyAny>) -> PyResult<Vec<Previous>> {
    let wrong_type =
        || PyTypeError::new_err("`previous` must be an iterable of hashes, or of pairs (hash, moment it was set)");
    if value.is_none() {
        return Ok(Vec::new());
    }
    if value.is_instance_of::<PyString>() {
        return Err(wrong_type());
    }
    let mut all = Vec::new();
    for item in value.try_iter()? {
        let item = item?;
        all.push(match item.cast::<PyString>() {
            Ok(hash) => Previous { hash: text(hash, "stored hash")?.to_owned(), at: None },
            Err(_) => {
                let pair = item.cast::<PyTuple>().map_err(|_| wrong_type())?;
                let (hash, at): (Bound<'_, PyString>, Bound<'_, PyAny>) =
                    pair.extract().map_err(|_| wrong_type())?;
                let at = if at.is_none() { None } else { Some(moment(&at)?) };
                Previous { hash: text(&hash, "stored hash")?.to_owned(), at }
            }
        });
    }
    Ok(all)
}

/// A Python callable that compares a password with a stored hash.
pub(crate) struct Verifier(Py<PyAny>);

impl Verifier {
    pub(crate) fn new(callable: &Bound<'_, PyAny>) -> PyResult<Verifier> {
        if !callable.is_callable() {
            return Err(PyTypeError::new_err(
                "`verifier` must be a callable (password, stored_hash) -> bool | None",
            ));
        }
        Ok(Verifier(callable.clone().unbind()))
    }
}

impl PasswordVerifier for Verifier {
    fn verify(&self, password: &[u8], stored: &str) -> Result<Option<bool>, CannotJudge> {
        let matches = Python::attach(|py| {
            let result = self.0.bind(py).call1((PyBytes::new(py, password), stored))?;
            if result.is_none() { Ok(None) } else { result.extract::<bool>().map(Some) }
        });
        matches.map_err(|exception: PyErr| {
            CannotJudge::new(CannotJudgeKind::Custom, "the verifier raised an exception").with_source(exception)
        })
    }
}
