//! The decision: the standing of an account.

use super::failures::Limit;
use super::{AccountState, Failures, MissingFacts};
use crate::evaluation::Policy;
use crate::language::{Language, MessageValue};
use crate::policy::standing::{SignInPolicy, TemporaryPolicy};
use crate::time::{DAY, MINUTE, Moment};

/// Whether the password of an account can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can be used.
    Fine,
    /// It can be used, and expires soon.
    Warn {
        /// Days until it expires, rounded up.
        days: u64,
    },
    /// It must be changed before anything else.
    MustChange {
        /// Why.
        reason: ChangeReason,
    },
    /// It has expired and can still be used for some sign-ins.
    Grace {
        /// The number of sign-ins left, including this one.
        left: u64,
    },
    /// Sign-ins are refused for a time.
    Locked {
        /// When the lock ends.
        until: Moment,
    },
    /// Sign-ins are refused until an administrator acts, or the password is reset.
    Disabled {
        /// Why.
        reason: DisabledReason,
    },
}

/// Why a password must be changed. The first that applies is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeReason {
    /// It is temporary.
    Temporary,
    /// An administrator requires it.
    Forced,
    /// It was found in a breach.
    Breached,
    /// The policy has not accepted it.
    PolicyStricter,
    /// It has expired.
    Expired,
}

/// Why an account is disabled. The first that applies is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisabledReason {
    /// An administrator disabled it.
    Administrator,
    /// It was not used for too long.
    Inactive,
    /// The temporary password has expired or was used.
    TemporaryExpired,
    /// There were too many consecutive failed sign-ins from the network, or from unknown networks together. A reset of the
    /// password or a sign-in from a known network enables it.
    TooManyFailures,
}

/// Every code of a standing, which is also the key of its message.
pub(super) const CODES: [&str; 13] = [
    "standing.fine",
    "standing.expires_soon",
    "standing.grace",
    "standing.temporary",
    "standing.forced",
    "standing.breached",
    "standing.policy_stricter",
    "standing.expired",
    "standing.locked",
    "standing.disabled",
    "standing.inactive",
    "standing.temporary_expired",
    "standing.too_many_failures",
];

impl Standing {
    /// Returns the stable name: `fine`, `warn`, `must_change`, `grace`, `locked` or `disabled`.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Fine => "fine",
            Standing::Warn { .. } => "warn",
            Standing::MustChange { .. } => "must_change",
            Standing::Grace { .. } => "grace",
            Standing::Locked { .. } => "locked",
            Standing::Disabled { .. } => "disabled",
        }
    }

    /// Returns the stable code, such as `standing.expired`.
    pub fn code(self) -> &'static str {
        CODES[match self {
            Standing::Fine => 0,
            Standing::Warn { .. } => 1,
            Standing::Grace { .. } => 2,
            Standing::MustChange { reason: ChangeReason::Temporary } => 3,
            Standing::MustChange { reason: ChangeReason::Forced } => 4,
            Standing::MustChange { reason: ChangeReason::Breached } => 5,
            Standing::MustChange { reason: ChangeReason::PolicyStricter } => 6,
            Standing::MustChange { reason: ChangeReason::Expired } => 7,
            Standing::Locked { .. } => 8,
            Standing::Disabled { reason: DisabledReason::Administrator } => 9,
            Standing::Disabled { reason: DisabledReason::Inactive } => 10,
            Standing::Disabled { reason: DisabledReason::TemporaryExpired } => 11,
            Standing::Disabled { reason: DisabledReason::TooManyFailures } => 12,
        }]
    }

    /// Returns the part of the code after the dot if the password must be changed or the account is disabled, such as
    /// `expired`.
    pub fn reason(self) -> Option<&'static str> {
        let has_reason = matches!(self, Standing::MustChange { .. } | Standing::Disabled { .. });
        self.code().strip_prefix("standing.").filter(|_| has_reason)
    }

    /// Returns the number of the standing by name, if it has one: `days`, `left`, or `until` as Unix time.
    pub fn number(self) -> Option<(&'static str, i64)> {
        match self {
            Standing::Warn { days } => Some(("days", days.cast_signed())),
            Standing::Grace { left } => Some(("left", left.cast_signed())),
            Standing::Locked { until } => Some(("until", until.unix())),
            Standing::Fine | Standing::MustChange { .. } | Standing::Disabled { .. } => None,
        }
    }

    /// Returns the message for the user.
    pub fn message(self, language: Language) -> String {
        let number = self.number().and_then(|(name, number)| Some((name, u64::try_from(number).ok()?)));
        let values = number.map(|(name, number)| (name, MessageValue::Number(number)));
        language.message(self.code(), values.as_slice())
    }

    /// Returns the standing as a JSON object: `standing` (the name), `code`, `reason` if it has one, the number by its name,
    /// `message`, and the booleans `permits_session` and `refuses_sign_in`.
    pub fn to_json(self, language: Language) -> serde_json::Value {
        let mut json = serde_json::json!({
            "standing": self.name(),
            "code": self.code(),
            "message": self.message(language),
            "permits_session": self.permits_session(),
            "refuses_sign_in": self.refuses_sign_in(),
        });
        if let Some(reason) = self.reason() {
            json["reason"] = reason.into();
        }
        if let Some((name, number)) = self.number() {
            json[name] = number.into();
        }
        json
    }

    /// Returns whether a sign-in with the correct password opens a session.
    pub fn permits_session(self) -> bool {
        matches!(self, Standing::Fine | Standing::Warn { .. } | Standing::Grace { .. })
    }

    /// Returns whether a sign-in is refused without verifying the password.
    pub fn refuses_sign_in(self) -> bool {
        matches!(self, Standing::Locked { .. } | Standing::Disabled { .. })
    }
}

/// Returns the standing of an account at the time `now`.
///
/// # Errors
/// Returns the facts that the policy needs and that the account does not have. Never treat this as [`Standing::Fine`].
pub fn standing(policy: &Policy, account: &AccountState, now: Moment) -> Result<Standing, MissingFacts> {
    decide(policy, account, None, now)
}

/// Returns the standing. `accepts` is whether the policy accepts the password, if it was evaluated.
pub(super) fn decide(
    policy: &Policy,
    account: &AccountState,
    accepts: Option<bool>,
    now: Moment,
) -> Result<Standing, MissingFacts> {
    account.require(policy, accepts)?;
    if !now.is_plausible() {
        return Ok(Standing::Locked { until: now.plus(MINUTE) });
    }
    if let Some(reason) = disabled(policy, account, now) {
        return Ok(Standing::Disabled { reason });
    }
    if let Some(until) = locked_until(policy.standing().sign_in.as_ref(), account, now) {
        return Ok(Standing::Locked { until });
    }
    if let Some(reason) = must_change(policy, account, accepts) {
        return Ok(Standing::MustChange { reason });
    }
    let Some(expiry) = policy.standing().expiry else { return Ok(Standing::Fine) };
    let used = account.grace_used.unwrap_or_default();
    let age = account.password_set.and_then(|set| set.age(now));
    Ok(match age.and_then(|age| expiry.max_age.checked_sub(age)).filter(|left| *left > 0) {
        Some(left) if left > expiry.warn_before => Standing::Fine,
        Some(left) => Standing::Warn { days: left.div_ceil(DAY) },
        None if used < expiry.grace => Standing::Grace { left: expiry.grace - used },
        None => Standing::MustChange { reason: ChangeReason::Expired },
    })
}

fn disabled(policy: &Policy, account: &AccountState, now: Moment) -> Option<DisabledReason> {
    let settings = policy.standing();
    if account.disabled {
        return Some(DisabledReason::Administrator);
    }
    let unused = unused(account, now);
    if settings.inactive_after.zip(unused).is_some_and(|(limit, unused)| unused >= limit) {
        return Some(DisabledReason::Inactive);
    }
    if temporary_has_expired(settings.temporary.as_ref(), account, now) {
        return Some(DisabledReason::TemporaryExpired);
    }
    let limit = settings.sign_in.and_then(|sign_in| sign_in.disable_after)?;
    let exceeds = |failures: Option<Failures>| failures.unwrap_or_default().count >= limit;
    let is_exceeded =
        exceeds(account.network_failures) || (!is_known(account) && exceeds(account.account_failures));
    is_exceeded.then_some(DisabledReason::TooManyFailures)
}

/// Returns how long the account was not used, in seconds; `None` if that is unknown. Setting a password is a use. A last use
/// in the far future, which a clock stored that was wrong, was a use at an unknown time: it does not disable the account.
fn unused(account: &AccountState, now: Moment) -> Option<u64> {
    let last_use = account.last_use.filter(|at| at.is_plausible());
    let since_use = last_use.map(|at| at.age(now));
    let since_set = account.password_set.and_then(|set| set.age(now));
    match since_use {
        Some(since_use) => since_use.map(|use_age| since_set.map_or(use_age, |set_age| set_age.min(use_age))),
        None => since_set,
    }
}

fn is_known(account: &AccountState) -> bool {
    account.known_network == Some(true)
}

fn temporary_has_expired(policy: Option<&TemporaryPolicy>, account: &AccountState, now: Moment) -> bool {
    if account.temporary != Some(true) {
        return false;
    }
    let is_old = |policy: &TemporaryPolicy| {
        let age = account.password_set.and_then(|set| set.age(now));
        age.is_none_or(|age| age >= policy.lifetime) || (policy.single_use && account.temporary_used == Some(true))
    };
    account.temporary_until.is_some_and(|until| until <= now) || policy.is_some_and(is_old)
}

fn locked_until(sign_in: Option<&SignInPolicy>, account: &AccountState, now: Moment) -> Option<Moment> {
    let by_host = account.locked_until.filter(|until| *until > now);
    let locked = |failures: Option<Failures>, limit| failures.unwrap_or_default().locked_until(limit, now);
    let by_network = sign_in.and_then(|policy| locked(account.network_failures, Limit::of_network(policy)));
    let by_account = sign_in
        .filter(|_| !is_known(account))
        .and_then(|policy| locked(account.account_failures, Limit::of_account(policy)));
    by_host.max(by_network).max(by_account)
}

fn must_change(policy: &Policy, account: &AccountState, accepts: Option<bool>) -> Option<ChangeReason> {
    let settings = policy.standing();
    let accepted = accepts.unwrap_or(account.accepted_under == Some(*policy.digest()));
    [
        (account.temporary == Some(true), ChangeReason::Temporary),
        (account.must_change, ChangeReason::Forced),
        (settings.change_breached && account.breached == Some(true), ChangeReason::Breached),
        (settings.change_if_stricter && !accepted, ChangeReason::PolicyStricter),
    ]
    .into_iter()
    .find_map(|(applies, reason)| applies.then_some(reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::LANGUAGES;

    #[test]
    fn every_code_has_a_message_in_every_language() {
        for language in LANGUAGES {
            for code in CODES {
                assert!(language.text(code).is_some(), "{}: {code}", language.tag());
            }
        }
    }
}
