//! Sign-ins: the effects of a failure and of a success.

use super::failures::Limit;
use super::state::{decide, standing};
use super::{AccountState, Effect, Failures, MissingFacts, Standing};
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
///
/// # Errors
/// Returns the facts that the policy needs and that the account does not have. Refuse the sign-in.
pub fn sign_in_failed(policy: &Policy, account: &AccountState, now: Moment) -> Result<Decision, MissingFacts> {
    let standing = standing(policy, account, now)?;
    let Some(sign_in) = policy.standing().sign_in.filter(|_| now.is_plausible()) else {
        return Ok(Decision { standing, effects: Vec::new() });
    };
    let next = |failures: Failures, limit: Limit| {
        if standing.refuses_sign_in() {
            failures.corrected(limit, now)
        } else {
            Some(failures.with_one_more(limit, now))
        }
    };
    let network = account.network_failures.unwrap_or_default();
    let by_network =
        next(network, Limit::of_network(&sign_in)).map(|to| Effect::StoreNetworkFailures { from: network, to });
    let all = account.account_failures.unwrap_or_default();
    let by_account = next(all, Limit::of_account(&sign_in))
        .filter(|_| account.known_network != Some(true))
        .map(|to| Effect::StoreAccountFailures { from: all, to });
    Ok(Decision { standing, effects: by_network.into_iter().chain(by_account).collect() })
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
///
/// # Errors
/// Returns the facts that the policy needs and that the account does not have. Refuse the sign-in.
pub fn signed_in(
    policy: &Policy,
    account: &AccountState,
    accepts: Option<bool>,
    now: Moment,
) -> Result<Decision, MissingFacts> {
    let standing = decide(policy, account, accepts, now)?;
    if standing.refuses_sign_in() {
        return Ok(Decision { standing, effects: Vec::new() });
    }
    let counts = policy.standing().sign_in.is_some();
    let is_new_network = counts && standing.permits_session() && account.known_network != Some(true);
    let digest = *policy.digest();
    let is_new = accepts == Some(true) && account.accepted_under != Some(digest);
    let is_unused = account.temporary == Some(true) && account.temporary_used != Some(true);
    let used = account.grace_used.unwrap_or_default();
    let effects = [
        counts.then_some(Effect::ClearFailures),
        is_new_network.then_some(Effect::AddKnownNetwork),
        Some(Effect::StoreLastUse(now)),
        is_unused.then_some(Effect::UseTemporary),
        matches!(standing, Standing::Grace { .. })
            .then_some(Effect::StoreGraceUsed { from: used, to: used.saturating_add(1) }),
        is_new.then_some(Effect::StoreAcceptedUnder(digest)),
    ];
    Ok(Decision { standing, effects: effects.into_iter().flatten().collect() })
}
