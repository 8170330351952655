//! A step is what the flow answers: what the host does next.

use std::mem::MaybeUninit;
use std::sync::Arc;

use kouling::candidate::CannotJudge;
use kouling::flow::{Approved, Effect, Next, Refusal};
use kouling::{Language, Policy};

use crate::boundary::{Out, answer, free, given, lookup};
use crate::contract::{kouling_answer, kouling_contract};
use crate::kept::StringPool;
use crate::options;
use crate::outcome::kouling_outcome;
use crate::report::kouling_report;
use crate::reset::approved::kouling_approved;
use crate::reset::effects::kouling_effects;
use crate::reset::request::{channel_number, purpose_number};
use crate::status::Failure;
use crate::text::kouling_text;

/// No. Carry out the effects all the same; the host tells `kouling_step_code` or `kouling_step_answer`.
pub const KOULING_REFUSED: u32 = 0;
/// No judgement is possible, and so no. Carry out the effects all the same.
pub const KOULING_NOT_JUDGED: u32 = 1;
/// Look up the newest challenge of this purpose, channel and requester, for the address or, if that is empty, for the
/// account. Respond with `kouling_redemption_challenge`.
pub const KOULING_LOOK_UP_CHALLENGE: u32 = 2;
/// Carry out the effects, and answer by `kouling_redemption_applied`.
pub const KOULING_APPLY: u32 = 3;
/// Look up the account with this identifier *and* this address, as they are now, and answer by
/// `kouling_redemption_account`. Where the account is empty, answer with none.
pub const KOULING_LOOK_UP_ACCOUNT: u32 = 4;
/// Yes: take the leave by `kouling_step_take_approved`, hash the password, carry out the effects of the leave, and answer
/// by `kouling_redemption_applied`.
pub const KOULING_APPROVED: u32 = 5;
/// Yes, when the effects can be carried out. When they cannot, something has changed since it was looked up: look it up
/// and ask again.
pub const KOULING_GRANTED: u32 = 6;
/// The password is set.
pub const KOULING_DONE: u32 = 7;

/// What the host does next. One owner. Its views live as long as it does.
pub struct kouling_step {
    kind: u32,
    purpose: u32,
    channel: u32,
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
    kept: StringPool,
}

impl kouling_step {
    fn new(policy: Arc<Policy>, kind: u32, effects: Vec<Effect>) -> kouling_step {
        kouling_step {
            kind,
            purpose: 0,
            channel: 0,
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
            kept: StringPool::default(),
        }
    }

    pub(crate) fn refused(policy: Arc<Policy>, refusal: Refusal, effects: Vec<Effect>) -> kouling_step {
        let outcome = match &refusal {
            Refusal::Password(outcome) => {
                Some(kouling_outcome { outcome: outcome.clone(), kept: StringPool::default() })
            }
            _ => None,
        };
        kouling_step { refusal: Some(refusal), outcome, ..kouling_step::new(policy, KOULING_REFUSED, effects) }
    }

    pub(crate) fn not_judged(policy: Arc<Policy>, error: CannotJudge, effects: Vec<Effect>) -> kouling_step {
        kouling_step { error: Some(error), ..kouling_step::new(policy, KOULING_NOT_JUDGED, effects) }
    }

    pub(crate) fn granted(policy: Arc<Policy>, token: String, effects: Vec<Effect>) -> kouling_step {
        kouling_step { token, ..kouling_step::new(policy, KOULING_GRANTED, effects) }
    }

    pub(crate) fn approved(policy: Arc<Policy>, approved: Box<Approved>) -> kouling_step {
        let account = approved.account().to_owned();
        kouling_step {
            approved: Some(approved),
            account,
            ..kouling_step::new(policy, KOULING_APPROVED, Vec::new())
        }
    }

    /// What a redemption needs next.
    pub(crate) fn next(policy: Arc<Policy>, next: Next) -> kouling_step {
        match next {
            Next::LookUpChallenge { purpose, channel, address, account, requester } => kouling_step {
                requester,
                purpose: purpose_number(purpose),
                channel: channel_number(channel),
                address: address.map(|address| address.as_str().to_owned()).unwrap_or_default(),
                account: account.unwrap_or_default(),
                ..kouling_step::new(policy, KOULING_LOOK_UP_CHALLENGE, Vec::new())
            },
            Next::Apply(effects) => kouling_step::new(policy, KOULING_APPLY, effects),
            Next::LookUpAccount { account, address } => kouling_step {
                channel: channel_number(address.channel()),
                address: address.as_str().to_owned(),
                account: account.unwrap_or_default(),
                ..kouling_step::new(policy, KOULING_LOOK_UP_ACCOUNT, Vec::new())
            },
            Next::Approved(approved) => kouling_step::approved(policy, approved),
            Next::Refused(refusal, effects) => kouling_step::refused(policy, refusal, effects),
            Next::CannotJudge(error, effects) => kouling_step::not_judged(policy, error, effects),
            Next::Done => kouling_step::new(policy, KOULING_DONE, Vec::new()),
        }
    }
}

/// What to do: `KOULING_REFUSED` and so on. NULL is refused.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_kind(step: Option<&kouling_step>) -> u32 {
    lookup(|| Some(step.map_or(KOULING_REFUSED, |step| step.kind)))
}

/// The purpose of the challenge that is looked up.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_purpose(step: Option<&kouling_step>) -> u32 {
    lookup(|| Some(step?.purpose))
}

/// The channel of the challenge or of the address that is looked up.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_channel(step: Option<&kouling_step>) -> u32 {
    lookup(|| Some(step?.channel))
}

/// The address that is looked up, normalised.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_address(step: Option<&kouling_step>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&step?.address)))
}

/// The account that is looked up, or whose password is set.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_account(step: Option<&kouling_step>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&step?.account)))
}

/// Returns the requester of the challenge to look up: compare with `kouling_record_requester`. Empty if `step` is NULL or
/// another step. The view lives as long as the step.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_requester(step: Option<&kouling_step>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&step?.requester)))
}

/// The token of a captcha that was solved, which the client sends with its request for a code.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_token(step: Option<&kouling_step>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&step?.token)))
}

/// The effects, freed with the step. NULL of NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_effects(step: Option<&kouling_step>) -> *const kouling_effects {
    step.map_or(std::ptr::null(), |step| &raw const step.effects)
}

/// Why it is refused or not judged: `reset.code_refused`, `length.too_short`, `stored_hash`. Empty when it is not.
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

/// Seconds after which another try makes sense; 0 where that says nothing.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_retry_after(step: Option<&kouling_step>) -> u64 {
    lookup(|| match &step?.refusal {
        Some(Refusal::LimitReached { retry_after }) => Some(*retry_after),
        _ => None,
    })
}

/// Everything that is wrong with the password, where that is why. Freed with the step; NULL where it is not.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_outcome(step: Option<&kouling_step>) -> *const kouling_outcome {
    step.and_then(|step| step.outcome.as_ref()).map_or(std::ptr::null(), |outcome| &raw const *outcome)
}

/// The refusal as a contract has it. `answer` has its `struct_size` set; its texts live as long as the step. A step that
/// neither refuses nor fails to judge has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_step_answer(
    step: Option<&kouling_step>,
    contract: Option<&kouling_contract>,
    language: kouling_text,
    answer_out: *mut kouling_answer,
    report: Option<&mut kouling_report>,
) -> u32 {
    answer(report, || {
        // SAFETY: all of it may be zero; the conventions ask the rest of the caller.
        unsafe { options::write("answer", answer_out, std::mem::zeroed())? };
        let (step, contract) = (given("step", step)?, &given("contract", contract)?.contract);
        let language = Language::from_tag(language.text("language")?);
        let wire = match (&step.refusal, &step.error) {
            (Some(refusal), _) => contract.refusal(refusal, &step.policy, language),
            (None, Some(error)) => contract.cannot_judge(error, language),
            (None, None) => return Err(Failure::argument("the step refuses nothing")),
        };
        // SAFETY: as above.
        unsafe { options::write("answer", answer_out, kouling_answer::of(wire, &step.kept)) }
    })
}

/// Takes the leave to set a password out of the step, once. The caller owns it and frees it.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_take_approved(
    step: Option<&mut kouling_step>,
    approved: Option<&mut MaybeUninit<*mut kouling_approved>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::owned("approved", approved);
    answer(report, || {
        out.place()?;
        let taken = given("step", step)?.approved.take();
        let approved = taken.ok_or_else(|| Failure::argument("the step has no leave, or it was taken"))?;
        out.give(kouling_approved::new(approved))
    })
}

/// Frees a step, and what was not taken out of it.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_step_free(step: Option<Box<kouling_step>>) {
    free(step);
}
