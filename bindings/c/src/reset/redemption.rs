//! May this password be set? One submission of a code and a password, step by step.

use std::mem::MaybeUninit;
use std::sync::Arc;

use kouling::flow::{CodeKeys, Event, Next, Redemption, RedemptionRequest};
use kouling::{Moment, Policy};

use crate::boundary::{Out, free, required, run};
use crate::failure::{Failure, kouling_report};
use crate::options::{self, Options};
use crate::policy::kouling_policy;
use crate::reset::account::{account, kouling_account, secret, verifier};
use crate::reset::keys::kouling_code_keys;
use crate::reset::record::kouling_record;
use crate::reset::request::{caller, channel, kouling_caller, kouling_channel};
use crate::reset::step::kouling_step;
use crate::status::kouling_status;
use crate::text::kouling_text;
use crate::verifier::kouling_verifier;

/// A submission of a code and a new password.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_redemption_request {
    /// Set to `sizeof(struct kouling_redemption_request)`.
    pub struct_size: usize,
    /// Device and client application. Required.
    pub caller: *const kouling_caller,
    /// The host's verifier for earlier passwords; NULL if it has none. Its context must be valid as long as the redemption.
    pub verifier: *const kouling_verifier,
    /// Channel by which the code was sent, a `KOULING_CHANNEL_…` value.
    pub channel: MaybeUninit<kouling_channel>,
    /// 1 to report only the first violation of the policy, 0 to report all.
    pub reports_first: u32,
    /// Address as the user typed it. Ignored if `signed_in` is set.
    pub address: kouling_text,
    /// Code as the user typed it. Secret.
    pub code: kouling_text,
    /// New password as the user typed it. Secret.
    pub password: kouling_text,
    /// Identifier of the signed-in account; empty if the user is not signed in and forgot the password.
    pub signed_in: kouling_text,
}

// SAFETY: `repr(C)` with the size first; texts, numbers, pointers and enums in a `MaybeUninit` may be zero.
unsafe impl Options for kouling_redemption_request {}

/// One submission of a code and a password in progress. One owner. The secrets in it are overwritten when it is freed.
pub struct kouling_redemption {
    policy: Arc<Policy>,
    redemption: Redemption<'static, Arc<Policy>, Arc<CodeKeys>>,
}

/// Begins a redemption at the time `now`, in seconds since 1970-01-01T00:00:00Z. Every call on the redemption returns a
/// step, which says what to do and which function to call next. A call that does not fit the step ends the redemption in a
/// refusal. `request` and its texts are copied. `*redemption` and `*step` receive the objects; the caller owns both and
/// frees them by `kouling_redemption_free` and `kouling_step_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
/// a required pointer is NULL, `struct_size` is not set or `channel` is unknown. Both outputs are NULL on failure.
/// Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_redemption_begin(
    policy: Option<&kouling_policy>,
    keys: Option<&kouling_code_keys>,
    request: *const kouling_redemption_request,
    now: i64,
    redemption: Option<&mut MaybeUninit<*mut kouling_redemption>>,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("redemption", redemption);
    let mut out_step = Out::owned("step", step);
    run(report, || {
        out_step.place()?;
        out.place()?;
        let (policy, keys) = (required("policy", policy)?.policy.clone(), required("keys", keys)?.keys.clone());
        // SAFETY: required of the caller by the conventions of the header.
        let (options, caller, verifier) = unsafe {
            let options = options::read("request", request)?;
            (options, caller(options.caller)?, verifier(options.verifier)?)
        };
        let signed_in = options.signed_in.text("signed_in")?;
        let request = RedemptionRequest {
            caller,
            channel: channel(options.channel)?,
            address: options.address.text("address")?.to_owned(),
            code: secret("code", &options.code)?,
            password: secret("password", &options.password)?,
            signed_in: (!signed_in.is_empty()).then(|| signed_in.to_owned()),
            reports_all: options.reports_first == 0,
        };
        let (redemption, next) = Redemption::begin(policy.clone(), keys, request, Moment::from_unix(now));
        let redemption = match verifier {
            Some(verifier) => redemption.with_verifier(verifier),
            None => redemption,
        };
        out_step.give(kouling_step::next(policy.clone(), next))?;
        out.give(kouling_redemption { policy, redemption })
    })
}

fn on(
    redemption: Option<&mut kouling_redemption>,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
    event: impl FnOnce() -> Result<Event, Failure>,
) -> kouling_status {
    let mut out = Out::owned("step", step);
    run(report, || {
        out.place()?;
        let handle = required("redemption", redemption)?;
        let next: Next = handle.redemption.on(event()?);
        out.give(kouling_step::next(handle.policy.clone(), next))
    })
}

/// Continues after `KOULING_STEP_LOOK_UP_CHALLENGE`. `challenge` is the record that was found, which is copied; NULL if
/// there is none. `*step` receives the next step; the caller owns it and frees it by `kouling_step_free`. `report` may be
/// NULL.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `redemption` or `step` is NULL or the record is not
/// a challenge. `*step` is NULL on failure.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_redemption_challenge(
    redemption: Option<&mut kouling_redemption>,
    challenge: Option<&kouling_record>,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    on(redemption, step, report, || {
        let challenge = challenge.map(|record| record.challenge().cloned()).transpose()?;
        Ok(Event::Challenge(challenge.map(Box::new)))
    })
}

/// Continues after `KOULING_STEP_LOOK_UP_ACCOUNT`. `found` is the account, which is copied; NULL if there is none. `*step`
/// receives the next step; the caller owns it and frees it by `kouling_step_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
/// `redemption`, `step` or the `facts` of the account is NULL, `struct_size` is not set or the identifier is empty. `*step`
/// is NULL on failure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_redemption_account(
    redemption: Option<&mut kouling_redemption>,
    found: *const kouling_account,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    on(redemption, step, report, || {
        let found = match found.is_null() {
            true => None,
            // SAFETY: required of the caller by the conventions of the header.
            false => Some(Box::new(unsafe { account(found)? })),
        };
        Ok(Event::Account(found))
    })
}

/// Continues after `KOULING_STEP_APPLY` and `KOULING_STEP_APPROVED`. `applied` is 1 if all effects were applied, 0 if none
/// was. `*step` receives the next step; the caller owns it and frees it by `kouling_step_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `redemption` or `step` is NULL. `*step` is NULL on
/// failure.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_redemption_applied(
    redemption: Option<&mut kouling_redemption>,
    applied: u32,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    on(redemption, step, report, || Ok(Event::Applied(applied == 1)))
}

/// Frees a redemption, complete or not, and overwrites the secrets in it. Steps that it returned stay valid. Passing NULL
/// is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_redemption_free(redemption: Option<Box<kouling_redemption>>) {
    free(redemption);
}
