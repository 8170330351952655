//! May somebody who is signed in exchange the old password for a new one?

use std::mem::MaybeUninit;

use kouling::Moment;
use kouling::candidate::PasswordVerifier;
use kouling::flow::{ChangeFacts, change};

use crate::boundary::{Out, answer, given};
use crate::options::{self, Options};
use crate::policy::kouling_policy;
use crate::report::kouling_report;
use crate::reset::redemption::{account, kouling_account, secret};
use crate::reset::request::{caller, kouling_caller};
use crate::reset::step::kouling_step;
use crate::status::Failure;
use crate::text::kouling_text;
use crate::verifier::{HostVerifier, kouling_verifier};

/// No old password came with the request; right only for an account that has none.
pub const KOULING_OLD_MISSING: u32 = 0;
/// The old password that came is the account's. An account without a stored hash has none that could be right.
pub const KOULING_OLD_RIGHT: u32 = 1;
/// It is not.
pub const KOULING_OLD_WRONG: u32 = 2;

/// Somebody who is signed in wants another password.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_change_request {
    /// The size of this struct.
    pub struct_size: usize,
    /// Who calls.
    pub caller: *const kouling_caller,
    /// The account that is signed in.
    pub account: *const kouling_account,
    /// The host's own verifier for the history; NULL where it has none.
    pub verifier: *const kouling_verifier,
    /// What the host found out about the old password: `KOULING_OLD_RIGHT` and so on.
    pub old: u32,
    /// Whether only the first thing that is wrong with the password shall be said: 1 or 0.
    pub reports_first: u32,
    /// The old password as it was typed; a rule may compare the new one with it.
    pub old_password: kouling_text,
    /// The new password as it was typed.
    pub password: kouling_text,
}

// SAFETY: `repr(C)`, its size first; texts, numbers and pointers may be zero.
unsafe impl Options for kouling_change_request {}

/// Decides: `KOULING_APPROVED`, `KOULING_REFUSED` or `KOULING_NOT_JUDGED`. When the effects of the leave cannot be carried
/// out, the password was changed meanwhile, and the answer is `reset.old_password_refused`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_policy_change(
    policy: Option<&kouling_policy>,
    request: *const kouling_change_request,
    now: i64,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::owned("step", step);
    answer(report, || {
        out.place()?;
        let policy = &given("policy", policy)?.policy;
        // SAFETY: the conventions ask it of the caller.
        let options = unsafe { options::read("request", request)? };
        // SAFETY: as above.
        let (caller, account) = unsafe { (caller(options.caller)?, account(options.account)?) };
        let verifier = match options.verifier.is_null() {
            true => None,
            // SAFETY: as above.
            false => HostVerifier::of(&unsafe { options::read("verifier", options.verifier)? }),
        };
        let old = secret("old_password", &options.old_password)?;
        let facts = ChangeFacts {
            account: &account,
            old_is_right: match options.old {
                KOULING_OLD_MISSING => None,
                KOULING_OLD_RIGHT => Some(true),
                KOULING_OLD_WRONG => Some(false),
                _ => return Err(Failure::argument("`old` is none of `KOULING_OLD_…`")),
            },
            old: (options.old == KOULING_OLD_RIGHT).then_some(&old),
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
