//! The effects that a host applies.

use kouling::flow::{self, Address, Channel};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::challenge::Challenge;

/// A change that the host must make. Immutable.
///
/// Apply all effects of a list in order and in one transaction, or none of them. If the condition of an effect does not
/// hold, apply none. The `kind` determines which other properties have a value; the rest are `None`.
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

    /// What to do.
    ///
    /// - `use_captcha`, `solve_captcha`, `fail_captcha`: replace the captcha of `token` by the result of `Captcha.after`.
    /// - `count`: record one event at `now` under `key`. Condition: fewer than `max_events` events are on record within
    ///   `seconds`.
    /// - `revoke_challenges`: replace all challenges of `account`, and all of `address`, by the result of
    ///   `Challenge.after`. If there is a `requester`, only those with this `Challenge.requester`.
    /// - `store_challenge`: store `challenge`.
    /// - `send_code`: send `code` to `address`. Queue the message in the same transaction and send it afterwards.
    /// - `reserve_submission`, `consume_challenge`: replace the challenge of `challenge_id` by the result of
    ///   `Challenge.after`.
    /// - `release_count`: delete one event at `now` under `key`.
    /// - `require_current`: change nothing. Condition: the current hash of `account` is `hash`, or is missing if `hash`
    ///   is `None`.
    /// - `set_password`: make `hash` the current password hash of `account`, and keep the previous one as history.
    ///   Condition: the account exists and is active.
    /// - `revoke_sessions`: end all sessions of `account`.
    /// - `notify`: notify every address of `account` that its password was changed.
    /// - `audit`: log `event`.
    #[getter]
    fn kind(&self) -> &'static str {
        self.effect.name()
    }

    /// Identifier of an account.
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

    /// An address: normalized, except for `send_code`, which has the address on record.
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

    /// Channel of `address`, or of an audit event.
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

    /// What a code authorizes.
    #[getter]
    fn purpose(&self) -> Option<&'static str> {
        match &self.effect {
            flow::Effect::StoreChallenge(challenge) => Some(challenge.purpose().name()),
            flow::Effect::SendCode(recipient, _) => Some(recipient.purpose.name()),
            flow::Effect::Audit(audit) => Some(audit.purpose.name()),
            _ => None,
        }
    }

    /// Identifier of a challenge.
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

    /// Challenge to store.
    #[getter]
    fn challenge(&self) -> Option<Challenge> {
        match &self.effect {
            flow::Effect::StoreChallenge(challenge) => Some(Challenge { challenge: (**challenge).clone() }),
            _ => None,
        }
    }

    /// Requester of the challenges to revoke or to store. See `Challenge.requester`.
    #[getter]
    fn requester(&self) -> Option<String> {
        match &self.effect {
            flow::Effect::RevokeChallenges { requester, .. } => requester.clone(),
            flow::Effect::StoreChallenge(challenge) => Some(challenge.requester()),
            _ => None,
        }
    }

    /// Key under which an event is counted.
    #[getter]
    fn key(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::Count { budget, .. } => Some(&budget.key),
            flow::Effect::ReleaseCount { key, .. } => Some(key),
            _ => None,
        }
    }

    /// Maximum number of events within `seconds`.
    #[getter]
    fn max_events(&self) -> Option<u64> {
        match &self.effect {
            flow::Effect::Count { budget, .. } => Some(budget.rate.most),
            _ => None,
        }
    }

    /// Length of the window of `max_events`.
    #[getter]
    fn seconds(&self) -> Option<u64> {
        match &self.effect {
            flow::Effect::Count { budget, .. } => Some(budget.rate.per),
            _ => None,
        }
    }

    /// Time of an event or of the change, in seconds since 1970.
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

    /// Time from which a code is invalid, in seconds since 1970.
    #[getter]
    fn expires(&self) -> Option<i64> {
        match &self.effect {
            flow::Effect::StoreChallenge(challenge) => Some(challenge.expires().unix()),
            flow::Effect::SendCode(recipient, _) => Some(recipient.expires.unix()),
            _ => None,
        }
    }

    /// Code to send. Secret.
    #[getter]
    fn code(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::SendCode(_, code) => Some(code.expose()),
            _ => None,
        }
    }

    /// Password hash: the one to set, or the one that must be current. Secret.
    #[getter]
    fn hash(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::SetPassword(change) => Some(change.hash()),
            flow::Effect::RequireCurrent { current, .. } => current.as_ref().map(|current| current.hash.as_str()),
            _ => None,
        }
    }

    /// Token of a captcha.
    #[getter]
    fn token(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::UseCaptcha { token }
            | flow::Effect::SolveCaptcha { token, .. }
            | flow::Effect::FailCaptcha { token } => Some(token),
            _ => None,
        }
    }

    /// Stable name of an audit event, such as `password.set`.
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

// Here and not in `challenge`, because `Effect` has a property of type `Challenge`.
#[pymethods]
impl Challenge {
    /// Return the record as it is after an effect.
    ///
    /// Returns:
    ///     The record, unchanged by an effect on something else. `None` if the effect's condition does not hold; then apply
    ///     no effect of its list.
    fn after(&self, effect: PyRef<'_, Effect>) -> Option<Challenge> {
        self.challenge.clone().after(&effect.effect).map(|challenge| Challenge { challenge })
    }
}

pub(super) fn effects<'py>(py: Python<'py>, effects: &[flow::Effect]) -> PyResult<Bound<'py, PyTuple>> {
    let each = effects.iter().map(|effect| Bound::new(py, Effect { effect: effect.clone() }));
    PyTuple::new(py, each.collect::<PyResult<Vec<_>>>()?)
}
