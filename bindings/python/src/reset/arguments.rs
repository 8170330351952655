//! Conversion of the arguments that several classes of the flow share.

use kouling::flow::{Account, Caller, Channel, Device, Purpose, Secret};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::facts::{previous, user};
use crate::input::{moment, secret_text};

pub(super) fn purpose(name: &str) -> PyResult<Purpose> {
    [Purpose::ForgotPassword, Purpose::UpdatePassword]
        .into_iter()
        .find(|purpose| purpose.name() == name)
        .ok_or_else(|| {
            PyValueError::new_err("invalid purpose; expected \"forgot_password\" or \"update_password\"")
        })
}

pub(super) fn channel(name: &str) -> PyResult<Channel> {
    [Channel::Email, Channel::Mobile]
        .into_iter()
        .find(|channel| channel.name() == name)
        .ok_or_else(|| PyValueError::new_err("invalid channel; expected \"email\" or \"mobile\""))
}

/// Converts a `kouling.reset.Caller`.
pub(super) fn caller(value: &Bound<'_, PyAny>) -> PyResult<Caller> {
    let text = |name: &str| value.getattr(name)?.extract::<String>();
    Ok(Caller {
        device: Device { system: text("system")?, fingerprint: text("fingerprint")?, agent: text("agent")? },
        client: text("client")?,
        client_is_registered: value.getattr("registered")?.extract()?,
    })
}

/// Converts a `kouling.reset.Account`.
pub(super) fn account(value: &Bound<'_, PyAny>) -> PyResult<Account> {
    let id: String = value.getattr("id")?.extract()?;
    if id.is_empty() {
        return Err(PyValueError::new_err("invalid account: its `id` is empty"));
    }
    let password_set = value.getattr("password_set")?;
    Ok(Account {
        id,
        is_active: value.getattr("active")?.extract()?,
        user: user(&value.getattr("user")?)?,
        previous: previous(&value.getattr("previous")?)?,
        password_set: if password_set.is_none() { None } else { Some(moment(&password_set)?) },
    })
}

/// Converts a code or a password.
pub(super) fn secret(value: &Bound<'_, PyAny>) -> PyResult<Secret> {
    Ok(Secret::new(secret_text(value)?.as_str()))
}
