//! What the host stores about an account.

use super::{Effect, Failures};
use crate::evaluation::Policy;
use crate::time::Moment;

/// What the host stores about an account and its password, as seen from the network of the client.
///
/// The default has no times and no failures, and its network is unknown. To list accounts without a client, leave the
/// network unknown and its failures empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountState {
    /// When the password was set, if known. If it is unknown, a policy with `[expiry]` treats it as expired.
    pub password_set: Option<Moment>,
    /// The last successful sign-in, if known.
    pub last_use: Option<Moment>,
    /// Consecutive failed sign-ins from the network of the client.
    pub network_failures: Failures,
    /// Consecutive failed sign-ins from all unknown networks together.
    pub account_failures: Failures,
    /// Whether the owner has signed in from the network of the client before. The host stores up to
    /// [`MAX_KNOWN_NETWORKS`](super::MAX_KNOWN_NETWORKS) networks for each account.
    pub is_known_network: bool,
    /// The end of a lock that the host or an administrator imposed.
    pub locked_until: Option<Moment>,
    /// Whether an administrator disabled the account.
    pub is_disabled: bool,
    /// Whether an administrator requires a change of the password.
    pub must_change: bool,
    /// The data of a temporary password; `None` if the user chose the password.
    pub temporary: Option<Temporary>,
    /// Whether the password was found in a breach since it was set.
    pub is_breached: bool,
    /// The digest of the policy that accepted the password, if known.
    pub accepted_under: Option<[u8; 32]>,
    /// The number of sign-ins since the password expired.
    pub grace_used: u64,
}

/// A password that an administrator set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Temporary {
    /// When it expires, if the host limits it besides `[temporary]`.
    pub until: Option<Moment>,
    /// Whether it was used for a sign-in.
    pub is_used: bool,
}

impl AccountState {
    /// Returns the state after `effect`. Returns `None` if the effect's condition does not hold; then nothing of the list
    /// may be applied. A host that stores the state as one record can use this to apply effects.
    #[must_use]
    pub fn after(mut self, effect: &Effect) -> Option<AccountState> {
        match effect {
            Effect::StoreNetworkFailures { from, to } => self.network_failures.replace(*from, *to)?,
            Effect::StoreAccountFailures { from, to } => self.account_failures.replace(*from, *to)?,
            Effect::ClearFailures => {
                self.network_failures = Failures::default();
                self.account_failures = Failures::default();
            }
            Effect::AddKnownNetwork => self.is_known_network = true,
            Effect::StoreLastUse(at) => self.last_use = Some(*at),
            Effect::UseTemporary => {
                let temporary = self.temporary.as_mut().filter(|temporary| !temporary.is_used)?;
                temporary.is_used = true;
            }
            Effect::StoreGraceUsed { from, to } => {
                (self.grace_used == *from).then_some(())?;
                self.grace_used = *to;
            }
            Effect::StoreAcceptedUnder(digest) => self.accepted_under = Some(*digest),
        }
        Some(self)
    }

    /// Returns the state after the user set a password that `policy` accepted. It is no longer temporary, breached or
    /// expired, and the failures are cleared. What an administrator disabled or locked remains so.
    #[must_use]
    pub fn with_new_password(self, policy: &Policy, now: Moment) -> AccountState {
        AccountState {
            password_set: Some(now),
            accepted_under: Some(*policy.digest()),
            last_use: self.last_use,
            is_known_network: self.is_known_network,
            locked_until: self.locked_until,
            is_disabled: self.is_disabled,
            ..AccountState::default()
        }
    }
}
