//! The standing of an account: whether its password can be used now, must be changed, or cannot be used.
//!
//! [`standing`] decides it from the policy, from what the host stores about the account, and from the time. Nothing here
//! has a clock or stores anything: [`sign_in_failed`] and [`signed_in`] return [`Effect`]s, which the host applies, all
//! effects of one list in one transaction or none of them, as in the [reset flow](crate::flow).
//!
//! # A sign-in
//!
//! 1. Look up the [`AccountState`] for the client's network and call [`sign_in_failed`]. If the standing
//!    [refuses a sign-in](Standing::refuses_sign_in), apply the effects and stop: do not verify the password.
//! 2. Otherwise apply the effects, which count a failure *before* the password is verified. If a condition does not hold,
//!    a parallel attempt was faster: begin again with step 1. Parallel attempts therefore cannot exceed the limit.
//! 3. Verify the password. If it is wrong, stop: the failure is counted.
//! 4. Call [`signed_in`] with the state of step 1, and apply the effects; if a condition does not hold, refuse. Open a
//!    session if the standing [permits one](Standing::permits_session). For [`Standing::MustChange`], only offer a change.
//!
//! The response to an unknown name must have the form and the cost of the response to a wrong password. Report
//! [`Standing::Disabled`] and other details only after a correct password.
//!
//! # Limits of failures, and who can lock whom out
//!
//! Failures are counted for each pair of an account and a network (see [`peer_key`](crate::flow::peer_key)), and for each
//! account over all networks from which its owner has never signed in. With the defaults of `[sign_in]`:
//!
//! * One network has 10 attempts at an account and is then locked out of it for 15 minutes, then 30 minutes, up to a day,
//!   as long as it continues. If it pauses for `lock` and `window`, it has 10 attempts again: at most 480 a day.
//! * All unknown networks together have 100 attempts in a row and are then locked out for 15
//!   minutes, and after every further 100 twice as long: at most 800 attempts in the first 32 hours, then 100 a day.
//! * A stranger can therefore delay the owner only in a new network, never in a known one, unless the stranger uses the
//!   owner's network. No lock is longer than a day.
//! * With `disable_after`, the password is disabled where the failures came from: in one network, or in all unknown ones.
//!   This limits consecutive failures strictly, as NIST SP 800-63B-4 (3.2.2) requires with at most 100. The owner still
//!   signs in from another known network, which resets the failures, or resets the password. The trade-off: a stranger can
//!   force the owner to do so when the owner is in a new network.
//!
//! To limit guesses of one network at many accounts, count them with a [`Budget`](crate::flow::Budget).
//!
//! # Times that cannot be correct
//!
//! * If the current time is not [plausible](crate::time::Moment::is_plausible), sign-ins are refused and nothing is stored.
//! * A failure in the future, as after a backward clock step, counts as if it had just happened. The next attempt stores
//!   the corrected time, so the lock neither ends early nor lasts forever.
//! * A password set up to a day in the future has the age 0. One set later than that has an unknown age and counts as
//!   expired: it must be changed, which does not lock anyone out. A temporary password of unknown age cannot be used.
//! * A last use more than a day in the future is a use at an unknown time and does not disable the account.
//! * The standing is computed anew each time. While a clock is wrong, accounts can be expired or inactive; nothing of this
//!   is stored, and it ends with the mistake.
//!
//! # Facts that are missing
//!
//! A policy needs certain [`FACTS`]. If the host does not supply one of them, every function returns [`MissingFacts`],
//! never [`Standing::Fine`]. Refuse the sign-in.

mod account;
mod effect;
mod failures;
mod json;
mod sign_in;
mod state;

pub use account::{AccountState, FACTS, Fact, FactType, MissingFacts, UNKNOWN, UNKNOWN_POLICY};
pub use effect::Effect;
pub use failures::Failures;
pub use json::InvalidAccount;
pub use sign_in::{Decision, sign_in_failed, signed_in};
pub use state::{ChangeReason, DisabledReason, Standing, standing};

/// The number of networks that an account can have signed in from, as far as they are stored. The host deletes the oldest.
pub const MAX_KNOWN_NETWORKS: usize = 16;
