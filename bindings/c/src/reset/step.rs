//! Steps: what the flow returns, and what the host does next.

use std::mem::MaybeUninit;
use std::sync::Arc;

use kouling::candidate::CannotJudge;
use kouling::flow::{Approved, Effect, Next, Refusal};
use kouling::{Language, Policy};

use crate::boundary::{Out, free, lookup, required, run};
use crate::contract::{kouling_contract, kouling_response};
use crate::failure::{Failure, kouling_report};
use crate::options;
use crate::outcome::kouling_outcome;
use crate::reset::approved::kouling_approved;
use crate::reset::effects::kouling_effects;
use crate::reset::request::{kouling_channel, kouling_purpose};
use crate::status::kouling_status;
use crate::string_pool::StringPool;
use crate::text::kouling_text;

/// What the host does next. Treat an unknown value as `KOULING_STEP_REFUSED`.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum kouling_step_type {
    /// Refused. Apply the effects nevertheless. `kouling_step_code` and `kouling_step_response` say why.
    KOULING_STEP_REFUSED = 0,
    /// The password could not be evaluated, so it is not set. Apply the effects nevertheless.
    KOULING_STEP_NOT_JUDGED = 1,
    /// Look up the newest challenge with the purpose, channel and requester of the step, and with its address or, if that
    /// is empty, its account. Then call `kouling_redemption_challenge`.
    KOULING_STEP_LOOK_UP_CHALLENGE = 2,
    /// Apply the effects. Then call `kouling_redemption_applied`.
    KOULING_STEP_APPLY = 3,
    /// Look up the account that has both the identifier *and* the address of the step now. Then call
    /// `kouling_redemption_account`, with NULL if there is none or the identifier is empty.
    KOULING_STEP_LOOK_UP_ACCOUNT = 4,
    /// Approved: call `kouling_step_take_approved`, hash the password, and apply the effects of the approval. In a
    /// redemption, then call `kouling_redemption_applied`.
    KOULING_STEP_APPROVED = 5,
    /// Granted if the effects can be applied. If a condition does not hold, something changed since it was looked up:
    /// look it up and ask again.
    KOULING_STEP_GRANTED = 6,
    /// The password is set.
    KOULING_STEP_DONE = 7,
}
pub use kouling_step_type::*;

/// What the host does next. One owner; several threads may read it at the same time. Its views are valid until it is
/// freed.
pub struct kouling_step {
    kind: kouling_step_type,
    purpose: kouling_purpose,
    channel: kouling_channel,
    address: String,
    account: String,
    requester: String,
    token: String,
    effects: kouling_effects,
    refusal: Option<Refusal>,
    error: Option<CannotJudge>,
    outcome: Option<kouling_outcome>,
    approved: Option<Box<Approved>>,
    policy: Arc<Policy>,
    texts: StringPool,
}

impl kouling_step {
    fn new(policy: Arc<Policy>, kind: kouling_step_type, effects: Vec<Effect>) -> kouling_step {
        kouling_step {
            kind,
            purpose: kouling_purpose::default(),
            channel: kouling_channel::default(),
            address: String::new(),
            account: String::new(),
            requester: String::new(),
            token: String::new(),
            effects: kouling_effects::new(effects),
            refusal: None,
            error: None,
            outcome: None,
            approved: None,
            policy,
            texts: StringPool::default(),
        }
    }

    pub(crate) fn refused(policy: Arc<Policy>, refusal: Refusal, effects: Vec<Effect>) -> kouling_step {
        let outcome = match &refusal {
            Refusal::Password(outcome) => {
                Some(kouling_outcome { outcome: outcome.clone(), texts: StringPool::default() })
            }
            _ => None,
        };
        kouling_step {
            refusal: Some(refusal),
            outcome,
            ..kouling_step::new(policy, KOULING_STEP_REFUSED, effects)
        }
    }

    pub(crate) fn not_judged(policy: Arc<Policy>, error: CannotJudge, effects: Vec<Effect>) -> kouling_step {
        kouling_step { error: Some(error), ..kouling_step::new(policy, KOULING_STEP_NOT_JUDGED, effects) }
    }

    pub(crate) fn granted(policy: Arc<Policy>, token: String, effects: Vec<Effect>) -> kouling_step {
        kouling_step { token, ..kouling_step::new(policy, KOULING_STEP_GRANTED, effects) }
    }

    pub(crate) fn approved(policy: Arc<Policy>, approved: Box<Approved>) -> kouling_step {
        let account = approved.account().to_owned();
        kouling_step {
            approved: Some(approved),
            account,
            ..kouling_step::new(policy, KOULING_STEP_APPROVED, Vec::new())
        }
    }

    /// The step for what a redemption needs next.
    pub(crate) fn next(policy: Arc<Policy>, next: Next) -> kouling_step {
        match next {
            Next::LookUpChallenge { purpose, channel, address, account, requester } => kouling_step {
                purpose: purpose.into(),
                channel: channel.into(),
                address: address.map(|address| address.as_str().to_owned()).unwrap_or_default(),
                account: account.unwrap_or_default(),
                requester,
                ..kouling_step::new(policy, KOULING_STEP_LOOK_UP_CHALLENGE, Vec::new())
            },
            Next::Apply(effects) => kouling_step::new(policy, KOULING_STEP_APPLY, effects),
            Next::LookUpAccount { account, address } => kouling_step {
                channel: address.channel().into(),
                address: address.as_str().to_owned(),
                account: account.unwrap_or_default(),
                ..kouling_step::new(policy, KOULING_STEP_LOOK_UP_ACCOUNT, Vec::new())
            },
            Next::Approved(approved) => kouling_step::approved(policy, approved),
            Next::Refused(refusal, effects) => kouling_step::refused(policy, refusal, effects),
            Next::CannotJudge(error, effects) => kouling_step::not_judged(policy, error, effects),
            Next::Done => kouling_step::new(policy, KOULING_STEP_DONE, Vec::new()),
        }
    }
}

/// Returns what the host does next, a `KOULING_STEP_…` value. Returns `KOULING_STEP_REFUSED` if `step` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_kind(step: Option<&kouling_step>) -> kouling_step_type {
    step.map_or(KOULING_STEP_REFUSED, |step| step.kind)
}

/// Returns the purpose of the challenge to look up. Returns the value 0 for other steps or if `step` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_purpose(step: Option<&kouling_step>) -> kouling_purpose {
    step.map(|step| step.purpose).unwrap_or_default()
}

/// Returns the channel of the challenge or of the address to look up. Returns the value 0 for other steps or if `step` is
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_channel(step: Option<&kouling_step>) -> kouling_channel {
    step.map(|step| step.channel).unwrap_or_default()
}

/// Returns the normalized address to look up. The view is owned by `step`. Empty for other steps, if a user is signed in,
/// or if `step` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_address(step: Option<&kouling_step>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&step?.address)))
}

/// Returns the identifier of the account to look up or whose password is set. The view is owned by `step`. Empty if there
/// is none or `step` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_account(step: Option<&kouling_step>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&step?.account)))
}

/// Returns the requester of the challenge to look up: the key of the client and device that sent the request. The host must
/// not return challenges of another requester. The view is owned by `step`. Empty for other steps or if `step` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_requester(step: Option<&kouling_step>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&step?.requester)))
}

/// Returns the token of a solved captcha, which the client sends with its request for a code. The view is owned by `step`.
/// Empty for other steps or if `step` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_token(step: Option<&kouling_step>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&step?.token)))
}

/// Returns the effects of a step; they may be empty. They are owned by `step`, and freed with it. NULL if `step` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_effects(step: Option<&kouling_step>) -> *const kouling_effects {
    step.map_or(std::ptr::null(), |step| &raw const step.effects)
}

/// Returns why a step is refused or could not be evaluated, as a stable code such as `reset.code_refused`,
/// `length.too_short` or `stored_hash`. The view is owned by `step`. Empty for other steps or if `step` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_code(step: Option<&kouling_step>) -> kouling_text {
    lookup(|| {
        let step = step?;
        Some(match (&step.refusal, &step.error) {
            (Some(refusal), _) => kouling_text::view(refusal.code()),
            (None, Some(error)) => kouling_text::view(error.kind().name()),
            (None, None) => kouling_text::default(),
        })
    })
}

/// Returns the seconds until the client may try again; 0 if the refusal is not a rate limit or `step` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_retry_after(step: Option<&kouling_step>) -> u64 {
    lookup(|| match &step?.refusal {
        Some(Refusal::LimitReached { retry_after }) => Some(*retry_after),
        _ => None,
    })
}

/// Returns the outcome that refused the password. It is owned by `step`, and freed with it. NULL if the password is not the
/// reason for the refusal or `step` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_outcome(step: Option<&kouling_step>) -> *const kouling_outcome {
    step.and_then(|step| step.outcome.as_ref()).map_or(std::ptr::null(), |outcome| &raw const *outcome)
}

/// Maps a refused step to the error response of a contract. `language` is a tag such as `zh-CN`; an unknown tag means
/// English. `response` receives the result; set its `struct_size` first. Its texts are views owned by `step`. `report` may
/// be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `language` is not UTF-8;
/// `KOULING_STATUS_INVALID_ARGUMENT` if `step`, `contract` or `response` is NULL, `struct_size` is not set, or the step is
/// neither `KOULING_STEP_REFUSED` nor `KOULING_STEP_NOT_JUDGED`. `response` is cleared on failure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_step_response(
    step: Option<&kouling_step>,
    contract: Option<&kouling_contract>,
    language: kouling_text,
    response: *mut kouling_response,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    run(report, || {
        // SAFETY: every byte may be zero; the rest is required of the caller by the conventions of the header.
        unsafe { options::write("response", response, std::mem::zeroed())? };
        let (step, contract) = (required("step", step)?, &required("contract", contract)?.contract);
        let language = Language::from_tag(language.text("language")?);
        let wire = match (&step.refusal, &step.error) {
            (Some(refusal), _) => contract.refusal(refusal, &step.policy, language),
            (None, Some(error)) => contract.cannot_judge(error, language),
            (None, None) => return Err(Failure::argument("the step is not a refusal")),
        };
        // SAFETY: as above.
        unsafe { options::write("response", response, kouling_response::of(wire, &step.texts)) }
    })
}

/// Takes the approval out of a `KOULING_STEP_APPROVED` step, once. `*approved` receives it; the caller owns it and frees it
/// by `kouling_approved_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `step` or `approved` is NULL, the step has no
/// approval or it was already taken. `*approved` is NULL on failure.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_take_approved(
    step: Option<&mut kouling_step>,
    approved: Option<&mut MaybeUninit<*mut kouling_approved>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("approved", approved);
    run(report, || {
        out.place()?;
        let taken = required("step", step)?.approved.take();
        let missing = || Failure::argument("the step has no approval, or it was already taken");
        out.give(kouling_approved::new(taken.ok_or_else(missing)?))
    })
}

/// Frees a step, its effects, its outcome, an approval that was not taken, and the views of it. Passing NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_free(step: Option<Box<kouling_step>>) {
    free(step);
}
