//! Effects are the changes of an account that the host must store, as data.

use super::Failures;
use crate::time::Moment;

/// One change of an account. Apply the effects of one list in one transaction: all of them or none. If a *condition* does
/// not hold when it is written, apply nothing of the list: the account was changed in the meantime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Store the failures of the account and the client's network. *Condition*: the stored ones are `from`.
    StoreNetworkFailures {
        /// The failures as they were looked up.
        from: Failures,
        /// The failures to store.
        to: Failures,
    },
    /// Store the failures of the account over all unknown networks. *Condition*: the stored ones are `from`.
    StoreAccountFailures {
        /// The failures as they were looked up.
        from: Failures,
        /// The failures to store.
        to: Failures,
    },
    /// Clear the failures of the account over all unknown networks, and those of the client's network.
    ClearFailures,
    /// Store the client's network as one from which the owner has signed in.
    AddKnownNetwork,
    /// Store the time of the last successful sign-in.
    StoreLastUse(Moment),
    /// Mark the temporary password as used. *Condition*: it is not used.
    UseTemporary,
    /// Store the number of sign-ins since the password expired. *Condition*: the stored one is `from`.
    StoreGraceUsed {
        /// The number as it was looked up.
        from: u64,
        /// The number to store.
        to: u64,
    },
    /// Store the digest of the policy that accepted the password.
    StoreAcceptedUnder([u8; 32]),
}

impl Effect {
    /// Returns the stable name of the effect, for logs and tests.
    pub fn name(&self) -> &'static str {
        match self {
            Effect::StoreNetworkFailures { .. } => "store_network_failures",
            Effect::StoreAccountFailures { .. } => "store_account_failures",
            Effect::ClearFailures => "clear_failures",
            Effect::AddKnownNetwork => "add_known_network",
            Effect::StoreLastUse(_) => "store_last_use",
            Effect::UseTemporary => "use_temporary",
            Effect::StoreGraceUsed { .. } => "store_grace_used",
            Effect::StoreAcceptedUnder(_) => "store_accepted_under",
        }
    }
}
