//! Effects are what the host shall do, as data: all of one list in one transaction, in their order, or none.

use kouling::candidate::Previous;
use kouling::flow::{Channel, Effect, Purpose};

use crate::boundary::{answer, free, given, lookup};
use crate::kept::StringPool;
use crate::options::{self, Options};
use crate::reset::request::{channel_number, purpose_number};
use crate::status::Failure;
use crate::text::kouling_text;

/// No effect.
pub const KOULING_NO_EFFECT: u32 = 0;
/// Mark the captcha of `token` as used. *Condition*: it is solved and not used (`kouling_record_after`).
pub const KOULING_USE_CAPTCHA: u32 = 1;
/// Mark the captcha of `token` as solved. *Condition*: it is open (`kouling_record_after`).
pub const KOULING_SOLVE_CAPTCHA: u32 = 2;
/// Mark the captcha of `token` as used because the attempt failed (`kouling_record_after`).
pub const KOULING_FAIL_CAPTCHA: u32 = 3;
/// Write `now` down under `key`. *Condition*: fewer than `most` are on record within `seconds` (`kouling_retry_after`).
pub const KOULING_COUNT: u32 = 4;
/// Revoke every challenge of `account` and for `address`, as far as these are not empty; if `requester` is not empty, only
/// those with this `kouling_record_requester`. Pass every such record through `kouling_record_after`.
pub const KOULING_REVOKE_CHALLENGES: u32 = 5;
/// Store the challenge `record`. `challenge` is its identifier; it is looked up by `purpose`, `channel`, `requester`, and
/// `address` or `account`.
pub const KOULING_STORE_CHALLENGE: u32 = 6;
/// Send `code` to `address` over `channel`; it expires at `expires`. Queue it in the same transaction and send it afterwards.
pub const KOULING_SEND_CODE: u32 = 7;
/// Use up one submission of `challenge`. *Condition*: it is valid and has a submission left (`kouling_record_after`).
pub const KOULING_RESERVE_SUBMISSION: u32 = 8;
/// Delete one event `now` under `key` again: the code was correct.
pub const KOULING_RELEASE_COUNT: u32 = 9;
/// Mark `challenge` as used. *Condition*: it is valid (`kouling_record_after`).
pub const KOULING_CONSUME_CHALLENGE: u32 = 10;
/// *Condition*: the current stored hash of `account` is `hash`, or it has none and `hash` is empty.
pub const KOULING_REQUIRE_CURRENT: u32 = 11;
/// Make `hash` the password of `account`, set at `now`, and keep the old one as history. *Condition*: the account exists
/// and may be used.
pub const KOULING_SET_PASSWORD: u32 = 12;
/// End every session of `account`.
pub const KOULING_REVOKE_SESSIONS: u32 = 13;
/// Tell every address of `account` that its password was changed at `now`.
pub const KOULING_NOTIFY: u32 = 14;
/// Write down that `event` happened, for `purpose`, over `channel` where `has_channel` is not 0, to `account` where there
/// is one, at `now`.
pub const KOULING_AUDIT: u32 = 15;

/// An effect. Which fields say something, its kind tells; the others are empty or 0. The texts are views that live as
/// long as the effects.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_effect {
    /// The size of this struct, to be set before it is filled in.
    pub struct_size: usize,
    /// What to do: `KOULING_COUNT` and so on.
    pub kind: u32,
    /// For what: `KOULING_FORGOT_PASSWORD` or `KOULING_UPDATE_PASSWORD`.
    pub purpose: u32,
    /// How: `KOULING_EMAIL` or `KOULING_MOBILE`.
    pub channel: u32,
    /// Whether an audit event is of a channel.
    pub has_channel: u32,
    /// When, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// When a code expires.
    pub expires: i64,
    /// How many events may be on record.
    pub most: u64,
    /// Within how many seconds.
    pub seconds: u64,
    /// The identifier of an account.
    pub account: kouling_text,
    /// An address.
    pub address: kouling_text,
    /// The client and device that a code belongs to, as `kouling_record_requester` returns it.
    pub requester: kouling_text,
    /// The identifier of a challenge.
    pub challenge: kouling_text,
    /// A challenge as bytes.
    pub record: kouling_text,
    /// The key under which is counted.
    pub key: kouling_text,
    /// A code, a secret.
    pub code: kouling_text,
    /// A password hash.
    pub hash: kouling_text,
    /// The token of a captcha.
    pub token: kouling_text,
    /// An audit event as a stable word: `code.issued`, `password.set`.
    pub event: kouling_text,
}

// SAFETY: `repr(C)`, its size first; texts and numbers may be zero.
unsafe impl Options for kouling_effect {}

/// Effects, in the order in which they are carried out. Codes in them are overwritten when they are freed.
pub struct kouling_effects {
    pub(crate) effects: Vec<Effect>,
    kept: StringPool,
}

impl kouling_effects {
    pub(crate) fn new(effects: Vec<Effect>) -> kouling_effects {
        kouling_effects { effects, kept: StringPool::default() }
    }

    pub(crate) fn at(&self, index: usize) -> Result<&Effect, Failure> {
        self.effects.get(index).ok_or_else(|| Failure::argument("there is no such effect"))
    }

    fn shown(&self, effect: &Effect) -> Result<kouling_effect, Failure> {
        let text = |text: &str| kouling_text::view(text);
        let maybe = |text: &Option<String>| text.as_deref().map(kouling_text::view).unwrap_or_default();
        // SAFETY: all of it may be zero, as `Options` says.
        let nothing: kouling_effect = unsafe { std::mem::zeroed() };
        let of = |kind| kouling_effect { kind, ..nothing };
        let about = |kind, purpose: Purpose, channel: Channel| kouling_effect {
            purpose: purpose_number(purpose),
            channel: channel_number(channel),
            ..of(kind)
        };
        Ok(match effect {
            Effect::UseCaptcha { token } => kouling_effect { token: text(token), ..of(KOULING_USE_CAPTCHA) },
            Effect::SolveCaptcha { token, sender, .. } => {
                let channel = channel_number(sender.channel());
                kouling_effect {
                    token: text(token),
                    address: text(sender.as_str()),
                    channel,
                    ..of(KOULING_SOLVE_CAPTCHA)
                }
            }
            Effect::FailCaptcha { token } => kouling_effect { token: text(token), ..of(KOULING_FAIL_CAPTCHA) },
            Effect::Count { budget, now } => kouling_effect {
                key: text(&budget.key),
                most: budget.rate.most,
                seconds: budget.rate.per,
                now: now.unix(),
                ..of(KOULING_COUNT)
            },
            Effect::RevokeChallenges { account, address, requester } => kouling_effect {
                account: maybe(account),
                requester: maybe(requester),
                address: address.as_ref().map(|address| text(address.as_str())).unwrap_or_default(),
                channel: address.as_ref().map_or(0, |address| channel_number(address.channel())),
                ..of(KOULING_REVOKE_CHALLENGES)
            },
            Effect::StoreChallenge(challenge) => kouling_effect {
                challenge: text(challenge.id()),
                account: challenge.account().map(text).unwrap_or_default(),
                address: text(challenge.address().as_str()),
                record: self.kept.keep(String::from_utf8(challenge.to_bytes()).map_err(|_| Failure::internal())?),
                requester: self.kept.keep(challenge.requester()),
                now: challenge.created().unix(),
                expires: challenge.expires().unix(),
                ..about(KOULING_STORE_CHALLENGE, challenge.purpose(), challenge.address().channel())
            },
            Effect::SendCode(recipient, code) => kouling_effect {
                address: text(&recipient.address),
                account: maybe(&recipient.account),
                challenge: text(&recipient.challenge),
                code: text(code.expose()),
                expires: recipient.expires.unix(),
                ..about(KOULING_SEND_CODE, recipient.purpose, recipient.channel)
            },
            Effect::ReserveSubmission { challenge, now } => {
                kouling_effect { challenge: text(challenge), now: now.unix(), ..of(KOULING_RESERVE_SUBMISSION) }
            }
            Effect::ReleaseCount { key, counted } => {
                kouling_effect { key: text(key), now: counted.unix(), ..of(KOULING_RELEASE_COUNT) }
            }
            Effect::ConsumeChallenge { challenge } => {
                kouling_effect { challenge: text(challenge), ..of(KOULING_CONSUME_CHALLENGE) }
            }
            Effect::RequireCurrent { account, current } => {
                let hash = |current: &Previous| text(&current.hash);
                let hash = current.as_ref().map(hash).unwrap_or_default();
                kouling_effect { account: text(account), hash, ..of(KOULING_REQUIRE_CURRENT) }
            }
            Effect::SetPassword(change) => kouling_effect {
                account: text(change.account()),
                hash: text(change.hash()),
                now: change.now().unix(),
                ..of(KOULING_SET_PASSWORD)
            },
            Effect::RevokeSessions { account } => {
                kouling_effect { account: text(account), ..of(KOULING_REVOKE_SESSIONS) }
            }
            Effect::Notify { account, now } => {
                kouling_effect { account: text(account), now: now.unix(), ..of(KOULING_NOTIFY) }
            }
            Effect::Audit(audit) => kouling_effect {
                event: text(audit.event),
                purpose: purpose_number(audit.purpose),
                channel: audit.channel.map_or(0, channel_number),
                has_channel: u32::from(audit.channel.is_some()),
                account: maybe(&audit.account),
                now: audit.now.unix(),
                ..of(KOULING_AUDIT)
            },
            // An effect that this border cannot say must not be left out in silence.
            _ => return Err(Failure::internal()),
        })
    }
}

/// How many effects there are.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_effects_count(effects: Option<&kouling_effects>) -> usize {
    lookup(|| Some(effects?.effects.len()))
}

/// Fills in an effect, of which `struct_size` is set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_effects_at(
    effects: Option<&kouling_effects>,
    index: usize,
    effect: *mut kouling_effect,
) -> u32 {
    answer(None, || {
        // SAFETY: all of it may be zero; the conventions ask the rest of the caller.
        unsafe { options::write("effect", effect, std::mem::zeroed())? };
        let effects = given("effects", effects)?;
        let shown = effects.shown(effects.at(index)?)?;
        // SAFETY: as above.
        unsafe { options::write("effect", effect, shown) }
    })
}

/// The effect as a stable word for logs: `set_password`.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_effects_name(effects: Option<&kouling_effects>, index: usize) -> kouling_text {
    lookup(|| Some(kouling_text::view(effects?.effects.get(index)?.name())))
}

/// Frees effects that `kouling_approved_effects` gave. Those of a step are freed with it.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_effects_free(effects: Option<Box<kouling_effects>>) {
    free(effects);
}
