//! Effects: changes that the host makes, as data. All effects of one list in order and in one transaction, or none.

use std::mem::MaybeUninit;

use kouling::candidate::Previous;
use kouling::flow::{Address, Budget, Effect};

use crate::boundary::{free, lookup, required, run};
use crate::failure::Failure;
use crate::options::{self, Options};
use crate::reset::request::{kouling_channel, kouling_purpose};
use crate::status::kouling_status;
use crate::string_pool::StringPool;
use crate::text::kouling_text;

/// Kind of an effect. Apply the effects of one list in order and in one transaction, all or none. If a *condition* does
/// not hold, or the host does not know a kind, apply nothing of the list and report 0 to `kouling_redemption_applied`.
/// Later versions of the library may add kinds.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum kouling_effect_kind {
    /// No effect: there is none at this index.
    KOULING_EFFECT_NONE = 0,
    /// Mark the captcha `token` as used (`kouling_record_after`). *Condition*: it is solved and not used.
    KOULING_EFFECT_USE_CAPTCHA = 1,
    /// Mark the captcha `token` as solved for `address` (`kouling_record_after`). *Condition*: it is open.
    KOULING_EFFECT_SOLVE_CAPTCHA = 2,
    /// Mark the captcha `token` as used: the client failed its only attempt (`kouling_record_after`).
    KOULING_EFFECT_FAIL_CAPTCHA = 3,
    /// Record one event at `now` under `key`. *Condition*: fewer than `max` events are recorded under it within `seconds`
    /// (`kouling_retry_after` returns 0).
    KOULING_EFFECT_COUNT = 4,
    /// Revoke the challenges of `account` if it is not empty, and those of `address` and `channel` if it is not empty; if
    /// `requester` is not empty, only those of that requester. Pass each of these records to `kouling_record_after`.
    KOULING_EFFECT_REVOKE_CHALLENGES = 5,
    /// Store the challenge `record` under its identifier `challenge`. It is looked up by `purpose`, `channel`, `requester`
    /// and either `address` or `account`.
    KOULING_EFFECT_STORE_CHALLENGE = 6,
    /// Send `code` to `address` by `channel`; it expires at `expires`. Queue the message in the same transaction and send it
    /// afterwards, so that a failing mail server does not change the response.
    KOULING_EFFECT_SEND_CODE = 7,
    /// Use up one submission of `challenge` (`kouling_record_after`). *Condition*: it is valid and has a submission left.
    KOULING_EFFECT_RESERVE_SUBMISSION = 8,
    /// Delete one event at `now` under `key`: the submitted code was correct.
    KOULING_EFFECT_RELEASE_COUNT = 9,
    /// Mark `challenge` as used (`kouling_record_after`). *Condition*: it is valid.
    KOULING_EFFECT_CONSUME_CHALLENGE = 10,
    /// *Condition*: the current stored hash of `account` is `hash`, or the account has none and `hash` is empty.
    KOULING_EFFECT_REQUIRE_CURRENT = 11,
    /// Set the password of `account` to `hash` at `now`, and keep the previous hash as history. *Condition*: the account
    /// exists and is active.
    KOULING_EFFECT_SET_PASSWORD = 12,
    /// End every session of `account`.
    KOULING_EFFECT_REVOKE_SESSIONS = 13,
    /// Notify every address of `account` that its password was changed at `now`.
    KOULING_EFFECT_NOTIFY = 14,
    /// Write the audit event `event` at `now`, for `purpose`, for `channel` if `has_channel` is 1, and for `account` if it
    /// is not empty.
    KOULING_EFFECT_AUDIT = 15,
}
pub use kouling_effect_kind::*;

/// One effect. `kind` says which fields are set; the others are empty or 0. Texts are views owned by the effects.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_effect {
    /// Set to `sizeof(struct kouling_effect)` before the call.
    pub struct_size: usize,
    /// A `KOULING_EFFECT_…` value.
    pub kind: MaybeUninit<kouling_effect_kind>,
    /// A `KOULING_PURPOSE_…` value.
    pub purpose: MaybeUninit<kouling_purpose>,
    /// A `KOULING_CHANNEL_…` value.
    pub channel: MaybeUninit<kouling_channel>,
    /// 1 if an audit event belongs to a channel, else 0.
    pub has_channel: u32,
    /// Time of the effect, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// Time from which a code is invalid, in seconds since 1970-01-01T00:00:00Z.
    pub expires: i64,
    /// Maximum number of events within `seconds`.
    pub max: u64,
    /// Length of the window of `max`, in seconds.
    pub seconds: u64,
    /// Identifier of an account.
    pub account: kouling_text,
    /// An address.
    pub address: kouling_text,
    /// Key of the client and device that requested a code.
    pub requester: kouling_text,
    /// Identifier of a challenge.
    pub challenge: kouling_text,
    /// A challenge as bytes, to be stored and passed to `kouling_record_read`.
    pub record: kouling_text,
    /// Key under which events are counted.
    pub key: kouling_text,
    /// A code. Secret.
    pub code: kouling_text,
    /// A password hash.
    pub hash: kouling_text,
    /// Token of a captcha.
    pub token: kouling_text,
    /// Stable name of an audit event, such as `code.issued` or `password.set`.
    pub event: kouling_text,
}

// SAFETY: `repr(C)` with the size first; texts, numbers and enums in a `MaybeUninit` may be zero.
unsafe impl Options for kouling_effect {}

/// A list of effects, in the order in which the host applies them. Codes in it are overwritten when it is freed.
pub struct kouling_effects {
    pub(crate) effects: Vec<Effect>,
    texts: StringPool,
}

impl kouling_effects {
    pub(crate) fn new(effects: Vec<Effect>) -> kouling_effects {
        kouling_effects { effects, texts: StringPool::default() }
    }

    pub(crate) fn at(&self, index: usize) -> Result<&Effect, Failure> {
        self.effects.get(index).ok_or_else(|| Failure::argument("the index of the effect is out of range"))
    }

    /// The effect as C sees it.
    fn to_c(&self, effect: &Effect) -> Result<kouling_effect, Failure> {
        let text = |text: &str| kouling_text::view(text);
        let optional = |text: &Option<String>| text.as_deref().map(kouling_text::view).unwrap_or_default();
        let channel = |address: &Address| MaybeUninit::new(address.channel().into());
        // SAFETY: every byte may be zero, as `Options` says.
        let empty: kouling_effect = unsafe { std::mem::zeroed() };
        let of = |kind| kouling_effect { kind: MaybeUninit::new(kind), ..empty };
        Ok(match effect {
            Effect::UseCaptcha { token } => {
                kouling_effect { token: text(token), ..of(KOULING_EFFECT_USE_CAPTCHA) }
            }
            Effect::SolveCaptcha { token, sender, .. } => kouling_effect {
                token: text(token),
                address: text(sender.as_str()),
                channel: channel(sender),
                ..of(KOULING_EFFECT_SOLVE_CAPTCHA)
            },
            Effect::FailCaptcha { token } => {
                kouling_effect { token: text(token), ..of(KOULING_EFFECT_FAIL_CAPTCHA) }
            }
            Effect::Count { budget: Budget { key, rate }, now } => kouling_effect {
                key: text(key),
                max: rate.most,
                seconds: rate.per,
                now: now.unix(),
                ..of(KOULING_EFFECT_COUNT)
            },
            Effect::RevokeChallenges { account, address, requester } => kouling_effect {
                account: optional(account),
                address: address.as_ref().map(|address| text(address.as_str())).unwrap_or_default(),
                channel: address.as_ref().map_or(empty.channel, channel),
                requester: optional(requester),
                ..of(KOULING_EFFECT_REVOKE_CHALLENGES)
            },
            Effect::StoreChallenge(challenge) => kouling_effect {
                purpose: MaybeUninit::new(challenge.purpose().into()),
                channel: channel(challenge.address()),
                challenge: text(challenge.id()),
                account: challenge.account().map(text).unwrap_or_default(),
                address: text(challenge.address().as_str()),
                requester: self.texts.add(challenge.requester()),
                record: self.texts.add(String::from_utf8(challenge.to_bytes()).map_err(|_| Failure::internal())?),
                now: challenge.created().unix(),
                expires: challenge.expires().unix(),
                ..of(KOULING_EFFECT_STORE_CHALLENGE)
            },
            Effect::SendCode(recipient, code) => kouling_effect {
                purpose: MaybeUninit::new(recipient.purpose.into()),
                channel: MaybeUninit::new(recipient.channel.into()),
                address: text(&recipient.address),
                account: optional(&recipient.account),
                challenge: text(&recipient.challenge),
                code: text(code.expose()),
                expires: recipient.expires.unix(),
                ..of(KOULING_EFFECT_SEND_CODE)
            },
            Effect::ReserveSubmission { challenge, now } => kouling_effect {
                challenge: text(challenge),
                now: now.unix(),
                ..of(KOULING_EFFECT_RESERVE_SUBMISSION)
            },
            Effect::ReleaseCount { key, counted } => {
                kouling_effect { key: text(key), now: counted.unix(), ..of(KOULING_EFFECT_RELEASE_COUNT) }
            }
            Effect::ConsumeChallenge { challenge } => {
                kouling_effect { challenge: text(challenge), ..of(KOULING_EFFECT_CONSUME_CHALLENGE) }
            }
            Effect::RequireCurrent { account, current } => {
                let hash = current.as_ref().map(|current: &Previous| text(&current.hash)).unwrap_or_default();
                kouling_effect { account: text(account), hash, ..of(KOULING_EFFECT_REQUIRE_CURRENT) }
            }
            Effect::SetPassword(change) => kouling_effect {
                account: text(change.account()),
                hash: text(change.hash()),
                now: change.now().unix(),
                ..of(KOULING_EFFECT_SET_PASSWORD)
            },
            Effect::RevokeSessions { account } => {
                kouling_effect { account: text(account), ..of(KOULING_EFFECT_REVOKE_SESSIONS) }
            }
            Effect::Notify { account, now } => {
                kouling_effect { account: text(account), now: now.unix(), ..of(KOULING_EFFECT_NOTIFY) }
            }
            Effect::Audit(audit) => kouling_effect {
                event: text(audit.event),
                purpose: MaybeUninit::new(audit.purpose.into()),
                channel: audit.channel.map_or(empty.channel, |channel| MaybeUninit::new(channel.into())),
                has_channel: u32::from(audit.channel.is_some()),
                account: optional(&audit.account),
                now: audit.now.unix(),
                ..of(KOULING_EFFECT_AUDIT)
            },
            // Fail closed: skipping an effect that the C API cannot express would weaken the flow.
            _ => return Err(Failure::internal()),
        })
    }
}

/// Returns the number of effects; 0 if `effects` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_effects_count(effects: Option<&kouling_effects>) -> usize {
    lookup(|| Some(effects?.effects.len()))
}

/// Reads one effect. `effect` receives it; set its `struct_size` first. Its texts are views owned by `effects`.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `effects` or `effect` is NULL, `struct_size` is not
/// set or `index` is out of range. `effect` is cleared on failure. Do not apply the list if one of its effects cannot be
/// read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_effects_at(
    effects: Option<&kouling_effects>,
    index: usize,
    effect: *mut kouling_effect,
) -> kouling_status {
    run(None, || {
        // SAFETY: every byte may be zero; the rest is required of the caller by the conventions of the header.
        unsafe { options::write("effect", effect, std::mem::zeroed())? };
        let effects = required("effects", effects)?;
        let value = effects.to_c(effects.at(index)?)?;
        // SAFETY: as above.
        unsafe { options::write("effect", effect, value) }
    })
}

/// Returns the stable name of an effect for logs, such as `set_password`. The view is owned by `effects`. Empty if `index`
/// is out of range or `effects` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_effects_name(effects: Option<&kouling_effects>, index: usize) -> kouling_text {
    lookup(|| Some(kouling_text::view(effects?.effects.get(index)?.name())))
}

/// Frees effects that `kouling_approved_effects` returned. Do not pass effects of a step: they are freed with it. Passing
/// NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_effects_free(effects: Option<Box<kouling_effects>>) {
    free(effects);
}
