//! May this password be set? A redemption is one submission of a code and a password, step by step.

use std::mem::MaybeUninit;
use std::sync::Arc;

use kouling::flow::{Account, CodeKeys, Event, Next, Redemption, RedemptionRequest, Secret};
use kouling::{Moment, Policy};

use crate::boundary::{Out, answer, free, given};
use crate::facts::kouling_facts;
use crate::options::{self, Options};
use crate::policy::kouling_policy;
use crate::report::kouling_report;
use crate::reset::keys::kouling_code_keys;
use crate::reset::record::kouling_record;
use crate::reset::request::{caller, channel, kouling_caller};
use crate::reset::step::kouling_step;
use crate::status::Failure;
use crate::text::kouling_text;
use crate::verifier::{HostVerifier, kouling_verifier};

/// Somebody submits a code and a password.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_redemption_request {
    /// The size of this struct.
    pub struct_size: usize,
    /// Who calls.
    pub caller: *const kouling_caller,
    /// The host's own verifier for the history; NULL where it has none. Its context must live as long as the redemption.
    pub verifier: *const kouling_verifier,
    /// Over which channel the code came: `KOULING_EMAIL` or `KOULING_MOBILE`.
    pub channel: u32,
    /// Whether only the first thing that is wrong with the password shall be said: 1 or 0.
    pub reports_first: u32,
    /// The address as it was typed; not asked for when somebody is signed in.
    pub address: kouling_text,
    /// The code as it was typed.
    pub code: kouling_text,
    /// The new password as it was typed.
    pub password: kouling_text,
    /// The account that is signed in and updates its password; empty when it was forgotten.
    pub signed_in: kouling_text,
}

// SAFETY: `repr(C)`, its size first; texts, numbers and pointers may be zero.
unsafe impl Options for kouling_redemption_request {}

/// An account as the host knows it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_account {
    /// The size of this struct.
    pub struct_size: usize,
    /// Its identifier.
    pub id: kouling_text,
    /// Whether it may be used: 1 or 0. A locked account's password is not reset.
    pub is_active: u32,
    /// Whether `password_set` is known: 1 or 0.
    pub has_password_set: u32,
    /// When the current password was set, in seconds since 1970-01-01T00:00:00Z.
    pub password_set: i64,
    /// The attributes of its user, and its stored hashes, the current one first. The other facts in it are not
    /// looked at, nor is a verifier: that comes with the request.
    pub facts: *const kouling_facts,
}

// SAFETY: `repr(C)`, its size first; texts, numbers and pointers may be zero.
unsafe impl Options for kouling_account {}

/// Reads an account.
///
/// # Safety
/// As for [`options::read`], and `facts` is NULL or alive.
pub(crate) unsafe fn account(account: *const kouling_account) -> Result<Account, Failure> {
    // SAFETY: the caller answers for it.
    let options = unsafe { options::read("account", account)? };
    // SAFETY: as above.
    let facts = given("facts", unsafe { options.facts.as_ref() })?.as_facts();
    let id = options.id.text("id")?;
    if id.is_empty() {
        return Err(Failure::argument("an account has an identifier"));
    }
    Ok(Account {
        id: id.to_owned(),
        is_active: options.is_active != 0,
        user: facts.user.clone(),
        previous: facts.previous.to_vec(),
        password_set: (options.has_password_set != 0).then(|| Moment::from_unix(options.password_set)),
    })
}

/// A password or a code that was typed.
pub(crate) fn secret(name: &str, text: &kouling_text) -> Result<Secret, Failure> {
    text.text(name).map(Secret::new)
}

/// One submission on its way. One owner. The secrets in it are overwritten when it is freed.
pub struct kouling_redemption {
    policy: Arc<Policy>,
    redemption: Redemption<'static, Arc<Policy>, Arc<CodeKeys>>,
}

/// Begins, at `now`, in seconds since 1970-01-01T00:00:00Z. Every call gives a step, which says what to do and which call
/// comes next; a call that does not fit is refused for good.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_redemption_begin(
    policy: Option<&kouling_policy>,
    keys: Option<&kouling_code_keys>,
    request: *const kouling_redemption_request,
    now: i64,
    redemption: Option<&mut MaybeUninit<*mut kouling_redemption>>,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::owned("redemption", redemption);
    let mut out_step = Out::owned("step", step);
    answer(report, || {
        out_step.place()?;
        out.place()?;
        let (policy, keys) = (given("policy", policy)?.policy.clone(), given("keys", keys)?.keys.clone());
        // SAFETY: the conventions ask it of the caller.
        let options = unsafe { options::read("request", request)? };
        // SAFETY: as above.
        let caller = unsafe { caller(options.caller)? };
        let verifier = match options.verifier.is_null() {
            true => None,
            // SAFETY: as above.
            false => HostVerifier::of(&unsafe { options::read("verifier", options.verifier)? }),
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
        let (begun, next) = Redemption::begin(policy.clone(), keys, request, Moment::from_unix(now));
        let begun = match verifier {
            Some(verifier) => begun.with_verifier(verifier),
            None => begun,
        };
        out_step.give(kouling_step::next(policy.clone(), next))?;
        out.give(kouling_redemption { policy, redemption: begun })
    })
}

fn on(
    redemption: Option<&mut kouling_redemption>,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
    event: impl FnOnce() -> Result<Event, Failure>,
) -> u32 {
    let mut out = Out::owned("step", step);
    answer(report, || {
        out.place()?;
        let handle = given("redemption", redemption)?;
        let next: Next = handle.redemption.on(event()?);
        out.give(kouling_step::next(handle.policy.clone(), next))
    })
}

/// Answers `KOULING_LOOK_UP_CHALLENGE`: the record, which is copied, or NULL where there is none.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_redemption_challenge(
    redemption: Option<&mut kouling_redemption>,
    challenge: Option<&kouling_record>,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    on(redemption, step, report, || {
        let challenge = challenge.map(|record| record.challenge().cloned()).transpose()?;
        Ok(Event::Challenge(challenge.map(Box::new)))
    })
}

/// Answers `KOULING_LOOK_UP_ACCOUNT`: the account, which is copied, or NULL where there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_redemption_account(
    redemption: Option<&mut kouling_redemption>,
    known: *const kouling_account,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    on(redemption, step, report, || {
        let known = match known.is_null() {
            true => None,
            // SAFETY: the conventions ask it of the caller.
            false => Some(Box::new(unsafe { account(known)? })),
        };
        Ok(Event::Account(known))
    })
}

/// Answers `KOULING_APPLY` and `KOULING_APPROVED`: 1 when all effects were carried out, 0 when none was.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_redemption_applied(
    redemption: Option<&mut kouling_redemption>,
    applied: u32,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    on(redemption, step, report, || Ok(Event::Applied(applied == 1)))
}

/// Frees a redemption, ended or not.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_redemption_free(redemption: Option<Box<kouling_redemption>>) {
    free(redemption);
}
