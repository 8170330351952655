//! Decides whether a signed-in user may replace the old password with a new one.

use super::effect::{Approved, Audit};
use super::redemption::{Account, after_change, check_age, judge};
use super::request::Purpose;
use super::{Caller, Effect, Refusal, Secret};
use crate::candidate::{CannotJudge, Facts, PasswordVerifier};
use crate::evaluation::Policy;
use crate::time::Moment;

/// What the host looked up and checked.
pub struct ChangeFacts<'a> {
    /// The signed-in account.
    pub account: &'a Account,
    /// Whether the old password in the request is the account's current one; `None` if the request has none.
    pub old_is_right: Option<bool>,
    /// The old password in the request. Rules such as `similarity` compare the new one with it.
    pub old: Option<&'a Secret>,
    /// Whether to report every violation, or only the first.
    pub reports_all: bool,
    /// The host's verifier for stored hashes of its own formats.
    pub verifier: Option<&'a dyn PasswordVerifier>,
}

/// Decides whether a signed-in user may set a new password.
///
/// The old password may be missing only if the account has none. If the effects of the authorization cannot be applied,
/// the password has been changed in the meantime; respond with [`Refusal::OldPasswordRefused`].
///
/// # Errors
/// [`CannotJudge`] if the password cannot be evaluated. Never treat this as acceptance.
pub fn change(
    policy: &Policy,
    caller: &Caller,
    new: &Secret,
    facts: &ChangeFacts<'_>,
    now: Moment,
) -> Result<Result<Approved, Refusal>, CannotJudge> {
    if let Err(refusal) = caller.check() {
        return Ok(Err(refusal));
    }
    if new.expose().is_empty() {
        return Ok(Err(Refusal::PasswordMissing));
    }
    let account = facts.account;
    let has_password = !account.previous.is_empty();
    let proved = match facts.old_is_right {
        Some(right) => right && has_password,
        None => !has_password,
    };
    if !proved || !account.is_active {
        return Ok(Err(Refusal::OldPasswordRefused));
    }
    if let Err(refusal) = check_age(policy, account, now) {
        return Ok(Err(refusal));
    }
    let current = facts.old.filter(|_| has_password).map(|old| old.expose().as_bytes());
    let judged = Facts {
        user: &account.user,
        previous: &account.previous,
        current,
        verifier: facts.verifier,
        password_set: account.password_set,
        now,
    };
    let password = match judge(policy, new, &judged, facts.reports_all)? {
        Ok(password) => password,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let audit = Audit {
        event: "password.changed",
        purpose: Purpose::UpdatePassword,
        channel: None,
        account: Some(account.id.clone()),
        now,
    };
    let after = after_change(policy, &account.id, Effect::Audit(audit), now);
    let current = account.previous.first().cloned();
    let before = vec![
        Effect::RequireCurrent { account: account.id.clone(), current },
        Effect::RevokeChallenges { account: Some(account.id.clone()), address: None, requester: None },
    ];
    Ok(Ok(Approved::new(account.id.clone(), password, before, after, now)))
}
