//! What the host stores about an account.

use super::{Effect, Failures};
use crate::evaluation::Policy;
use crate::policy::StandingPolicy;
use crate::time::Moment;

/// A time that the host does not know, such as the last use of an account that was never used.
pub const UNKNOWN: Moment = Moment::from_unix(0);

/// The digest of a policy that the host does not know.
pub const UNKNOWN_POLICY: [u8; 32] = [0; 32];

/// What the host stores about an account and its password, as seen from the network of the client.
///
/// A fact that is `None` was not supplied. If the policy needs it, the account has no standing: see [`MissingFacts`].
/// A host that has no value for an account supplies [`UNKNOWN`] or [`UNKNOWN_POLICY`].
///
/// To list accounts without a client, supply no failures of a network and an unknown network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountState {
    /// When the password was set. If it is [`UNKNOWN`], a policy with `[expiry]` treats the password as expired.
    pub password_set: Option<Moment>,
    /// The last successful sign-in; [`UNKNOWN`] if there was none.
    pub last_use: Option<Moment>,
    /// Consecutive failed sign-ins from the network of the client.
    pub network_failures: Option<Failures>,
    /// Consecutive failed sign-ins from all unknown networks together.
    pub account_failures: Option<Failures>,
    /// Whether the owner has signed in from the network of the client before. The host stores up to
    /// [`MAX_KNOWN_NETWORKS`](super::MAX_KNOWN_NETWORKS) networks for each account.
    pub known_network: Option<bool>,
    /// The end of a lock that the host or an administrator imposed.
    pub locked_until: Option<Moment>,
    /// Whether an administrator disabled the account.
    pub disabled: bool,
    /// Whether an administrator requires a change of the password.
    pub must_change: bool,
    /// Whether an administrator set the password, so that the user must change it.
    pub temporary: Option<bool>,
    /// When a temporary password expires, if the host limits it besides `[temporary]`.
    pub temporary_until: Option<Moment>,
    /// Whether a temporary password was used for a sign-in.
    pub temporary_used: Option<bool>,
    /// Whether the password was found in a breach since it was set.
    pub breached: Option<bool>,
    /// The digest of the policy that accepted the password.
    pub accepted_under: Option<[u8; 32]>,
    /// The number of sign-ins since the password expired.
    pub grace_used: Option<u64>,
}

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactType {
    /// A time: seconds since 1970 or a date, or null if it is unknown.
    Time,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Count,
    /// Failures: an object with `count`, a whole number, and `newest`, a time.
    Failures,
    /// A SHA-256 digest in hexadecimal digits, or null if it is unknown.
    Digest,
}

impl FactType {
    /// Returns the description, for error messages and the documentation.
    pub fn describe(self) -> &'static str {
        match self {
            FactType::Time => "seconds since 1970, a date such as \"2027-01-01\", or null if unknown",
            FactType::Flag => "true or false",
            FactType::Count => "a whole number",
            FactType::Failures => "an object with `count`, a whole number, and `newest`, a time",
            FactType::Digest => "64 hexadecimal digits, or null if unknown",
        }
    }
}

/// A fact about an account, by the name that it has on every surface.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    /// The name.
    pub name: &'static str,
    /// The type.
    pub value: FactType,
    /// The setting that needs it. Empty if no policy needs it.
    pub needed_by: &'static str,
    /// The meaning.
    pub doc: &'static str,
    is_missing: fn(&AccountState) -> bool,
    is_needed: fn(&StandingPolicy, &AccountState) -> bool,
}

/// Every fact about an account.
pub const FACTS: &[Fact] = &[
    Fact {
        name: "password_set",
        value: FactType::Time,
        needed_by: "expiry, inactivity, temporary",
        doc: "When the password was set.",
        is_missing: |account| account.password_set.is_none(),
        is_needed: |policy, account| {
            policy.expiry.is_some()
                || policy.inactive_after.is_some()
                || (policy.temporary.is_some() && account.temporary == Some(true))
        },
    },
    Fact {
        name: "last_use",
        value: FactType::Time,
        needed_by: "inactivity",
        doc: "The last successful sign-in; null if there was none.",
        is_missing: |account| account.last_use.is_none(),
        is_needed: |policy, _| policy.inactive_after.is_some(),
    },
    Fact {
        name: "network_failures",
        value: FactType::Failures,
        needed_by: "sign_in",
        doc: "The consecutive failed sign-ins from the network of the client.",
        is_missing: |account| account.network_failures.is_none(),
        is_needed: |policy, _| policy.sign_in.is_some(),
    },
    Fact {
        name: "account_failures",
        value: FactType::Failures,
        needed_by: "sign_in",
        doc: "The consecutive failed sign-ins from all unknown networks together.",
        is_missing: |account| account.account_failures.is_none(),
        is_needed: |policy, _| policy.sign_in.is_some(),
    },
    Fact {
        name: "known_network",
        value: FactType::Flag,
        needed_by: "sign_in",
        doc: "Whether the owner has signed in from the network of the client before.",
        is_missing: |account| account.known_network.is_none(),
        is_needed: |policy, _| policy.sign_in.is_some(),
    },
    Fact {
        name: "locked_until",
        value: FactType::Time,
        needed_by: "",
        doc: "The end of a lock that the host or an administrator imposed.",
        is_missing: |account| account.locked_until.is_none(),
        is_needed: |_, _| false,
    },
    Fact {
        name: "disabled",
        value: FactType::Flag,
        needed_by: "",
        doc: "Whether an administrator disabled the account.",
        is_missing: |_| false,
        is_needed: |_, _| false,
    },
    Fact {
        name: "must_change",
        value: FactType::Flag,
        needed_by: "",
        doc: "Whether an administrator requires a change of the password.",
        is_missing: |_| false,
        is_needed: |_, _| false,
    },
    Fact {
        name: "temporary",
        value: FactType::Flag,
        needed_by: "temporary",
        doc: "Whether an administrator set the password, so that the user must change it.",
        is_missing: |account| account.temporary.is_none(),
        is_needed: |policy, _| policy.temporary.is_some(),
    },
    Fact {
        name: "temporary_until",
        value: FactType::Time,
        needed_by: "",
        doc: "When a temporary password expires, if the host limits it besides `[temporary]`.",
        is_missing: |account| account.temporary_until.is_none(),
        is_needed: |_, _| false,
    },
    Fact {
        name: "temporary_used",
        value: FactType::Flag,
        needed_by: "temporary.single_use",
        doc: "Whether a temporary password was used for a sign-in.",
        is_missing: |account| account.temporary_used.is_none(),
        is_needed: |policy, account| {
            account.temporary == Some(true) && policy.temporary.is_some_and(|temporary| temporary.single_use)
        },
    },
    Fact {
        name: "breached",
        value: FactType::Flag,
        needed_by: "must_change_when = \"breached\"",
        doc: "Whether the password was found in a breach since it was set.",
        is_missing: |account| account.breached.is_none(),
        is_needed: |policy, _| policy.change_breached,
    },
    Fact {
        name: "accepted_under",
        value: FactType::Digest,
        needed_by: "must_change_when = \"policy_stricter\"",
        doc: "The digest of the policy that accepted the password.",
        is_missing: |account| account.accepted_under.is_none(),
        is_needed: |policy, _| policy.change_if_stricter,
    },
    Fact {
        name: "grace_used",
        value: FactType::Count,
        needed_by: "expiry.grace",
        doc: "The number of sign-ins since the password expired.",
        is_missing: |account| account.grace_used.is_none(),
        is_needed: |policy, _| policy.expiry.is_some_and(|expiry| expiry.grace > 0),
    },
];

/// The policy needs facts that the host did not supply. An account without them has no standing: never treat this as
/// [`Fine`](super::Standing::Fine).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingFacts {
    names: Vec<&'static str>,
}

impl MissingFacts {
    /// Returns the names of the missing facts.
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }
}

impl std::fmt::Display for MissingFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("missing facts about the account, which the policy needs: ")?;
        for (place, name) in self.names.iter().enumerate() {
            let needed_by = FACTS.iter().find(|fact| fact.name == *name).map_or("", |fact| fact.needed_by);
            let separator = if place == 0 { "" } else { "; " };
            write!(f, "{separator}`{name}` ({needed_by})")?;
        }
        Ok(())
    }
}

impl std::error::Error for MissingFacts {}

impl AccountState {
    /// Checks that the host supplied every fact that the policy needs. With `accepts`, the host evaluated the password, so
    /// that the policy that accepted it is not needed.
    pub(super) fn require(&self, policy: &Policy, accepts: Option<bool>) -> Result<(), MissingFacts> {
        let is_replaced = |fact: &Fact| fact.name == "accepted_under" && accepts.is_some();
        let names: Vec<&'static str> = FACTS
            .iter()
            .filter(|fact| (fact.is_missing)(self) && (fact.is_needed)(policy.standing(), self))
            .filter(|fact| !is_replaced(fact))
            .map(|fact| fact.name)
            .collect();
        if names.is_empty() { Ok(()) } else { Err(MissingFacts { names }) }
    }

    /// Returns the state after `effect`. Returns `None` if the effect's condition does not hold; then nothing of the list
    /// may be applied. A host that stores the state as one record can use this to apply effects.
    #[must_use]
    pub fn after(mut self, effect: &Effect) -> Option<AccountState> {
        match effect {
            Effect::StoreNetworkFailures { from, to } => replace(&mut self.network_failures, *from, *to)?,
            Effect::StoreAccountFailures { from, to } => replace(&mut self.account_failures, *from, *to)?,
            Effect::ClearFailures => {
                self.network_failures = Some(Failures::default());
                self.account_failures = Some(Failures::default());
            }
            Effect::AddKnownNetwork => self.known_network = Some(true),
            Effect::StoreLastUse(at) => self.last_use = Some(*at),
            Effect::UseTemporary => {
                (self.temporary == Some(true) && self.temporary_used != Some(true)).then_some(())?;
                self.temporary_used = Some(true);
            }
            Effect::StoreGraceUsed { from, to } => replace(&mut self.grace_used, *from, *to)?,
            Effect::StoreAcceptedUnder(digest) => self.accepted_under = Some(*digest),
        }
        Some(self)
    }

    /// Returns the state after all `effects`; `None` if a condition does not hold, so that nothing may be applied.
    #[must_use]
    pub fn after_all(self, effects: &[Effect]) -> Option<AccountState> {
        effects.iter().try_fold(self, AccountState::after)
    }

    /// Returns the state after the user set a password that `policy` accepted. It is no longer temporary, breached or
    /// expired, and the failures are cleared: the host also deletes the failures of other networks. What an administrator
    /// disabled or locked remains so.
    #[must_use]
    pub fn with_new_password(self, policy: &Policy, now: Moment) -> AccountState {
        AccountState {
            password_set: Some(now),
            last_use: self.last_use,
            network_failures: Some(Failures::default()),
            account_failures: Some(Failures::default()),
            known_network: self.known_network,
            locked_until: self.locked_until,
            disabled: self.disabled,
            must_change: false,
            temporary: Some(false),
            temporary_until: None,
            temporary_used: Some(false),
            breached: Some(false),
            accepted_under: Some(*policy.digest()),
            grace_used: Some(0),
        }
    }
}

/// Replaces `from` with `to`. Returns `None` if the stored value is not `from`. A value that was never stored is zero.
fn replace<T: PartialEq + Default>(stored: &mut Option<T>, from: T, to: T) -> Option<()> {
    (stored.take().unwrap_or_default() == from).then(|| *stored = Some(to))
}
