//! Effects: what the host shall do.

use kouling::flow::{self, Address, Channel};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::Challenge;

/// Something that the host shall do. All of one list are carried out in their order and in one transaction, or none.
/// Which fields say something, its `kind` tells; the others are `None`.
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct Effect {
    pub(super) effect: flow::Effect,
}

#[pymethods]
impl Effect {
    #[classattr]
    fn __match_args__() -> (&'static str,) {
        ("kind",)
    }

    /// What to do: `count`, `store_challenge`, `send_code`, `set_password` …
    #[getter]
    fn kind(&self) -> &'static str {
        self.effect.name()
    }

    /// The identifier of an account.
    #[getter]
    fn account(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::RevokeChallenges { account, .. } => account.as_deref(),
            flow::Effect::StoreChallenge(challenge) => challenge.account(),
            flow::Effect::SendCode(recipient, _) => recipient.account.as_deref(),
            flow::Effect::RequireCurrent { account, .. }
            | flow::Effect::RevokeSessions { account }
            | flow::Effect::Notify { account, .. } => Some(account),
            flow::Effect::SetPassword(change) => Some(change.account()),
            flow::Effect::Audit(audit) => audit.account.as_deref(),
            _ => None,
        }
    }

    /// An address.
    #[getter]
    fn address(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::RevokeChallenges { address, .. } => address.as_ref().map(Address::as_str),
            flow::Effect::StoreChallenge(challenge) => Some(challenge.address().as_str()),
            flow::Effect::SendCode(recipient, _) => Some(&recipient.address),
            flow::Effect::SolveCaptcha { sender, .. } => Some(sender.as_str()),
            _ => None,
        }
    }

    /// `email` or `mobile`.
    #[getter]
    fn channel(&self) -> Option<&'static str> {
        match &self.effect {
            flow::Effect::RevokeChallenges { address, .. } => {
                address.as_ref().map(|address| address.channel().name())
            }
            flow::Effect::StoreChallenge(challenge) => Some(challenge.address().channel().name()),
            flow::Effect::SendCode(recipient, _) => Some(recipient.channel.name()),
            flow::Effect::SolveCaptcha { sender, .. } => Some(sender.channel().name()),
            flow::Effect::Audit(audit) => audit.channel.map(Channel::name),
            _ => None,
        }
    }

    /// `forgot_password` or `update_password`.
    #[getter]
    fn purpose(&self) -> Option<&'static str> {
        match &self.effect {
            flow::Effect::StoreChallenge(challenge) => Some(challenge.purpose().name()),
            flow::Effect::SendCode(recipient, _) => Some(recipient.purpose.name()),
            flow::Effect::Audit(audit) => Some(audit.purpose.name()),
            _ => None,
        }
    }

    /// The identifier of a challenge.
    #[getter]
    fn challenge_id(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::StoreChallenge(challenge) => Some(challenge.id()),
            flow::Effect::SendCode(recipient, _) => Some(&recipient.challenge),
            flow::Effect::ReserveSubmission { challenge, .. } | flow::Effect::ConsumeChallenge { challenge } => {
                Some(challenge)
            }
            _ => None,
        }
    }

    /// The challenge that is kept.
    #[getter]
    fn challenge(&self) -> Option<Challenge> {
        match &self.effect {
            flow::Effect::StoreChallenge(challenge) => Some(Challenge { challenge: (**challenge).clone() }),
            _ => None,
        }
    }

    /// The key under which is counted.
    #[getter]
    fn key(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::Count { budget, .. } => Some(&budget.key),
            flow::Effect::ReleaseCount { key, .. } => Some(key),
            _ => None,
        }
    }

    /// How many events may be on record.
    #[getter]
    fn most(&self) -> Option<u64> {
        match &self.effect {
            flow::Effect::Count { budget, .. } => Some(budget.rate.most),
            _ => None,
        }
    }

    /// Within how many seconds.
    #[getter]
    fn seconds(&self) -> Option<u64> {
        match &self.effect {
            flow::Effect::Count { budget, .. } => Some(budget.rate.per),
            _ => None,
        }
    }

    /// When, in seconds since 1970.
    #[getter]
    fn now(&self) -> Option<i64> {
        match &self.effect {
            flow::Effect::Count { now, .. }
            | flow::Effect::ReserveSubmission { now, .. }
            | flow::Effect::ReleaseCount { counted: now, .. }
            | flow::Effect::Notify { now, .. } => Some(now.unix()),
            flow::Effect::SetPassword(change) => Some(change.now().unix()),
            flow::Effect::Audit(audit) => Some(audit.now.unix()),
            _ => None,
        }
    }

    /// The client and device that a code belongs to, as [`Challenge.requester`].
    #[getter]
    fn requester(&self) -> Option<String> {
        match &self.effect {
            flow::Effect::RevokeChallenges { requester, .. } => requester.clone(),
            flow::Effect::StoreChallenge(challenge) => Some(challenge.requester()),
            _ => None,
        }
    }

    /// When a code expires, in seconds since 1970.
    #[getter]
    fn expires(&self) -> Option<i64> {
        match &self.effect {
            flow::Effect::StoreChallenge(challenge) => Some(challenge.expires().unix()),
            flow::Effect::SendCode(recipient, _) => Some(recipient.expires.unix()),
            _ => None,
        }
    }

    /// The code that is sent, a secret.
    #[getter]
    fn code(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::SendCode(_, code) => Some(code.expose()),
            _ => None,
        }
    }

    /// A password hash: the one that is set, or the one that must be current.
    #[getter]
    fn hash(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::SetPassword(change) => Some(change.hash()),
            flow::Effect::RequireCurrent { current, .. } => current.as_ref().map(|current| current.hash.as_str()),
            _ => None,
        }
    }

    /// The token of a captcha.
    #[getter]
    fn token(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::UseCaptcha { token }
            | flow::Effect::SolveCaptcha { token, .. }
            | flow::Effect::FailCaptcha { token } => Some(token),
            _ => None,
        }
    }

    /// An audit event as a stable word.
    #[getter]
    fn event(&self) -> Option<&'static str> {
        match &self.effect {
            flow::Effect::Audit(audit) => Some(audit.event),
            _ => None,
        }
    }

    fn __repr__(&self) -> String {
        format!("<Effect {}>", self.effect.name())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("an Effect cannot be pickled: it may hold a code"))
    }
}

pub(super) fn effects<'py>(py: Python<'py>, effects: &[flow::Effect]) -> PyResult<Bound<'py, PyTuple>> {
    let each = effects.iter().map(|effect| Bound::new(py, Effect { effect: effect.clone() }));
    PyTuple::new(py, each.collect::<PyResult<Vec<_>>>()?)
}
