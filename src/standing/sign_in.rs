//! Sign-ins: the effects of a failure and of a success.

use super::failures::Limit;
use super::state::{decide, standing};
use super::{AccountState, Effect, Standing};
use crate::evaluation::Policy;
use crate::time::Moment;

/// A standing, and what the host stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The standing of the account.
    pub standing: Standing,
    /// The effects to apply. Empty if there is nothing to store.
    pub effects: Vec<Effect>,
}

/// Counts a failed sign-in. Apply the effects before the password is verified, so that parallel attempts cannot exceed the
/// limit; [`signed_in`] clears the failure if the password is correct.
///
/// The standing is that before the failure. If it [refuses a sign-in](Standing::refuses_sign_in), do not verify the
/// password; the attempt does not count as a failure, and the effects only correct times in the future.
pub fn sign_in_failed(policy: &Policy, account: &AccountState, now: Moment) -> Decision {
    let standing = standing(policy, account, now);
    let Some(sign_in) = policy.standing().sign_in.filter(|_| now.is_plausible()) else {
        return Decision { standing, effects: Vec::new() };
    };
    let next = |failures: super::Failures, limit: Limit| {
        if standing.refuses_sign_in() {
            failures.corrected(limit, now)
        } else {
            Some(failures.with_one_more(limit, now))
        }
    };
    let network = account.network_failures;
    let by_network =
        next(network, Limit::of_network(&sign_in)).map(|to| Effect::StoreNetworkFailures { from: network, to });
    let all = account.account_failures;
    let by_account = next(all, Limit::of_account(&sign_in))
        .filter(|_| !account.is_known_network)
        .map(|to| Effect::StoreAccountFailures { from: all, to });
    Decision { standing, effects: by_network.into_iter().chain(by_account).collect() }
}

/// Decides whether a sign-in with the correct password opens a session, and returns what to store.
///
/// `account` is the state as it was passed to [`sign_in_failed`] before the password was verified.
///
/// `accepts` is whether `policy` accepts the password, if the host evaluated it. Evaluate it if the policy has
/// `must_change_when = ["policy_stricter"]` and [`AccountState::accepted_under`] is not the digest of the policy, with facts
/// that contain neither previous passwords nor the current one, because it is the current one. With `None`, a different
/// digest counts as a stricter policy, even if only a comment was changed.
///
/// If the standing [refuses a sign-in](Standing::refuses_sign_in), there are no effects.
pub fn signed_in(policy: &Policy, account: &AccountState, accepts: Option<bool>, now: Moment) -> Decision {
    let standing = decide(policy, account, accepts, now);
    if standing.refuses_sign_in() {
        return Decision { standing, effects: Vec::new() };
    }
    let counts = policy.standing().sign_in.is_some();
    let digest = *policy.digest();
    let is_new = accepts == Some(true) && account.accepted_under != Some(digest);
    let is_unused = account.temporary.is_some_and(|temporary| !temporary.is_used);
    let used = account.grace_used;
    let effects = [
        counts.then_some(Effect::ClearFailures),
        (counts && standing.permits_session() && !account.is_known_network).then_some(Effect::AddKnownNetwork),
        Some(Effect::StoreLastUse(now)),
        is_unused.then_some(Effect::UseTemporary),
        matches!(standing, Standing::Grace { .. })
            .then_some(Effect::StoreGraceUsed { from: used, to: used.saturating_add(1) }),
        is_new.then_some(Effect::StoreAcceptedUnder(digest)),
    ];
    Decision { standing, effects: effects.into_iter().flatten().collect() }
}
