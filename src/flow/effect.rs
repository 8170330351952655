//! Effects are the changes that the host must make, as data.
//!
//! Apply the effects of one list in order and in one transaction: all of them or none. Some effects are conditions, and
//! their documentation says so. If a condition does not hold when it is written, apply nothing of the list and report
//! "not applied" to the flow. A host without transactions that stopped half-way can apply the rest from there: every
//! effect that is not a condition may be applied twice, except `ReleaseCount`, which is to be skipped in case of doubt.

use super::Secret;
use super::challenge::Challenge;
use super::identifier::{Address, Channel};
use super::limits::Budget;
use super::request::Purpose;
use crate::candidate::Previous;
use crate::time::Moment;

/// One change that the host must make.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Effect {
    /// Mark a solved captcha as used. *Condition*: it is solved and not used.
    UseCaptcha {
        /// The captcha's token.
        token: String,
    },
    /// Mark a captcha as solved. *Condition*: it is open.
    SolveCaptcha {
        /// The captcha's token.
        token: String,
        /// The address that the solved captcha is bound to.
        sender: Address,
        /// The solution as the client sent it. It is part of the token that the client sends next.
        point: String,
    },
    /// Mark a captcha as used because the client failed its only attempt.
    FailCaptcha {
        /// The captcha's token.
        token: String,
    },
    /// Record one event under the budget's key at `now`. *Condition*: fewer events than the rate allows are on record
    /// within its window.
    Count {
        /// The key and the rate.
        budget: Budget,
        /// When the event happened.
        now: Moment,
    },
    /// Revoke the valid challenges of the account and of the address, as far as these are given; with a requester, only
    /// those of the same [`Challenge::requester`].
    RevokeChallenges {
        /// The account, if there is one.
        account: Option<String>,
        /// The address, if there is one.
        address: Option<Address>,
        /// The requester, or `None` for the challenges of every requester.
        requester: Option<String>,
    },
    /// Store a new challenge.
    StoreChallenge(Box<Challenge>),
    /// Send a code. Queue the message in the same transaction and send it afterwards, so that a failing mail server
    /// does not change the response.
    SendCode(Box<Recipient>, Secret),
    /// Use up one submission of a challenge before its code is compared. *Condition*: the challenge is valid and has a
    /// submission left.
    ReserveSubmission {
        /// The challenge's identifier.
        challenge: String,
        /// When the code was submitted.
        now: Moment,
    },
    /// Delete one event that `Count` recorded: the submitted code was correct.
    ReleaseCount {
        /// The budget's key.
        key: String,
        /// When the event was recorded.
        counted: Moment,
    },
    /// Mark a challenge as used. *Condition*: it is valid.
    ConsumeChallenge {
        /// The challenge's identifier.
        challenge: String,
    },
    /// *Condition*: the account's current password hash is the one that was looked up, or it still has none. Otherwise
    /// an old password that was verified before a reset could still set a new one after it.
    RequireCurrent {
        /// The account.
        account: String,
        /// The current password as it was looked up.
        current: Option<Previous>,
    },
    /// Set the password and keep the previous hash as history. *Condition*: the account exists and is active.
    SetPassword(PasswordChange),
    /// End every session of the account.
    RevokeSessions {
        /// The account.
        account: String,
    },
    /// Notify every address of the account that its password was changed.
    Notify {
        /// The account.
        account: String,
        /// When the password was changed.
        now: Moment,
    },
    /// Write an audit event. It holds no address, code or password.
    Audit(Audit),
}

/// Where a code is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The address: the account's address on record, never the one in the request.
    pub address: String,
    /// How the code is sent.
    pub channel: Channel,
    /// What the code is for.
    pub purpose: Purpose,
    /// The account, if there is one.
    pub account: Option<String>,
    /// The identifier of the code's challenge.
    pub challenge: String,
    /// When the code expires.
    pub expires: Moment,
}

/// An audit event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// What happened, as a stable name: `code.issued`, `code.withheld`, `code.refused`, `user.unknown`,
    /// `password.refused`, `password.set` or `password.changed`.
    pub event: &'static str,
    /// For which purpose.
    pub purpose: Purpose,
    /// Over which channel; `None` for a change without a code.
    pub channel: Option<Channel>,
    /// The account, if it is known.
    pub account: Option<String>,
    /// When it happened.
    pub now: Moment,
}

/// A new password of an account. Only the flow can create one.
#[derive(Clone)]
pub struct PasswordChange {
    account: String,
    hash: String,
    now: Moment,
}

impl PasswordChange {
    /// Returns the account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Returns the hash to store.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Returns when the password was set.
    pub fn now(&self) -> Moment {
        self.now
    }
}

impl std::fmt::Debug for PasswordChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordChange").field("account", &self.account).finish_non_exhaustive()
    }
}

/// Authorization to set a password: it passed the policy, and the caller proved their identity. Only the flow can create
/// one.
///
/// Hash [`Approved::password`] outside of any transaction, then apply [`Approved::effects`].
#[derive(Debug)]
pub struct Approved {
    account: String,
    password: Secret,
    before: Vec<Effect>,
    after: Vec<Effect>,
    now: Moment,
}

impl Approved {
    pub(super) fn new(
        account: String,
        password: Secret,
        before: Vec<Effect>,
        after: Vec<Effect>,
        now: Moment,
    ) -> Approved {
        Approved { account, password, before, after, now }
    }

    /// Returns the account whose password is set.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Returns the password exactly as it was evaluated: normalized and complete. Hash this text.
    pub fn password(&self) -> &Secret {
        &self.password
    }

    /// Returns the effects that set the password to `hash`, the hash of [`Approved::password`].
    pub fn effects(self, hash: String) -> Vec<Effect> {
        let set = Effect::SetPassword(PasswordChange { account: self.account, hash, now: self.now });
        self.before.into_iter().chain([set]).chain(self.after).collect()
    }
}

impl Effect {
    /// Returns the stable name of the effect, for logs and tests.
    pub fn name(&self) -> &'static str {
        match self {
            Effect::UseCaptcha { .. } => "use_captcha",
            Effect::SolveCaptcha { .. } => "solve_captcha",
            Effect::FailCaptcha { .. } => "fail_captcha",
            Effect::Count { .. } => "count",
            Effect::RevokeChallenges { .. } => "revoke_challenges",
            Effect::StoreChallenge(_) => "store_challenge",
            Effect::SendCode(..) => "send_code",
            Effect::ReserveSubmission { .. } => "reserve_submission",
            Effect::ReleaseCount { .. } => "release_count",
            Effect::ConsumeChallenge { .. } => "consume_challenge",
            Effect::RequireCurrent { .. } => "require_current",
            Effect::SetPassword(_) => "set_password",
            Effect::RevokeSessions { .. } => "revoke_sessions",
            Effect::Notify { .. } => "notify",
            Effect::Audit(_) => "audit",
        }
    }
}
