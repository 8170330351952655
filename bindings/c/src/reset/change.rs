//! May a signed-in user replace the old password by a new one?

use std::mem::MaybeUninit;

use kouling::Moment;
use kouling::candidate::PasswordVerifier;
use kouling::flow::{ChangeFacts, change};

use crate::boundary::{Out, enum_value, required, run};
use crate::failure::kouling_report;
use crate::options::{self, Options};
use crate::policy::kouling_policy;
use crate::reset::account::{account, kouling_account, secret, verifier};
use crate::reset::request::{caller, kouling_caller};
use crate::reset::step::kouling_step;
use crate::status::kouling_status;
use crate::text::kouling_text;
use crate::verifier::kouling_verifier;

/// Result of the host's check of the old password in a request.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum kouling_old_password {
    /// The request has no old password. Only valid for an account that has no password.
    KOULING_OLD_PASSWORD_MISSING = 0,
    /// The old password is the current password of the account.
    KOULING_OLD_PASSWORD_CORRECT = 1,
    /// The old password is not the current password of the account, or the account has no password.
    KOULING_OLD_PASSWORD_INCORRECT = 2,
}
pub use kouling_old_password::*;

/// A request of a signed-in user to change the password.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_change_request {
    /// Set to `sizeof(struct kouling_change_request)`.
    pub struct_size: usize,
    /// Device and client application. Required.
    pub caller: *const kouling_caller,
    /// The signed-in account. Required.
    pub account: *const kouling_account,
    /// The host's verifier for earlier passwords; NULL if it has none.
    pub verifier: *const kouling_verifier,
    /// Result of the host's check of `old_password`, a `KOULING_OLD_PASSWORD_…` value.
    pub old_check: MaybeUninit<kouling_old_password>,
    /// 1 to report only the first violation of the policy, 0 to report all.
    pub reports_first: u32,
    /// Old password as the user typed it. Rules such as `similarity` compare the new password with it. Secret.
    pub old_password: kouling_text,
    /// New password as the user typed it. Secret.
    pub password: kouling_text,
}

// SAFETY: `repr(C)` with the size first; texts, numbers, pointers and enums in a `MaybeUninit` may be zero.
unsafe impl Options for kouling_change_request {}

/// Decides whether a signed-in user may set a new password at the time `now`, in seconds since 1970-01-01T00:00:00Z.
/// `*step` receives the result: `KOULING_STEP_APPROVED`, `KOULING_STEP_REFUSED` or `KOULING_STEP_NOT_JUDGED`; the caller
/// owns it and frees it by `kouling_step_free`. If the effects of the approval cannot be applied, the password was changed
/// meanwhile: respond with `reset.old_password_refused`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
/// a required pointer is NULL, `struct_size` is not set or `old_check` is unknown. `*step` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_policy_change(
    policy: Option<&kouling_policy>,
    request: *const kouling_change_request,
    now: i64,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("step", step);
    run(report, || {
        out.place()?;
        let policy = &required("policy", policy)?.policy;
        // SAFETY: required of the caller by the conventions of the header.
        let (options, caller, account, verifier) = unsafe {
            let options = options::read("request", request)?;
            (options, caller(options.caller)?, account(options.account)?, verifier(options.verifier)?)
        };
        let old = secret("old_password", &options.old_password)?;
        let known = [KOULING_OLD_PASSWORD_MISSING, KOULING_OLD_PASSWORD_CORRECT, KOULING_OLD_PASSWORD_INCORRECT];
        let old_check = enum_value("old_check", options.old_check, "KOULING_OLD_PASSWORD_", &known)?;
        let facts = ChangeFacts {
            account: &account,
            old_is_right: match old_check {
                KOULING_OLD_PASSWORD_MISSING => None,
                KOULING_OLD_PASSWORD_CORRECT => Some(true),
                KOULING_OLD_PASSWORD_INCORRECT => Some(false),
            },
            old: (old_check == KOULING_OLD_PASSWORD_CORRECT).then_some(&old),
            reports_all: options.reports_first == 0,
            verifier: verifier.as_ref().map(|verifier| verifier as &dyn PasswordVerifier),
        };
        let new = secret("password", &options.password)?;
        out.give(match change(policy, &caller, &new, &facts, Moment::from_unix(now)) {
            Ok(Ok(approved)) => kouling_step::approved(policy.clone(), Box::new(approved)),
            Ok(Err(refusal)) => kouling_step::refused(policy.clone(), refusal, Vec::new()),
            Err(error) => kouling_step::not_judged(policy.clone(), error, Vec::new()),
        })
    })
}
