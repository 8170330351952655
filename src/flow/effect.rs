//! An effect is something that the host shall do, as data.
//!
//! The effects of one list are carried out in their order and in one transaction: all or none. Some are
//! conditions (they say so); when one does not hold at the moment of writing, nothing of the list is done and the
//! host answers "not applied". A host that was stopped half-way without transactions can carry out the rest
//! from where it stopped: every effect but the conditions may be done twice, except `ReleaseSubmission`, which is
//! left out when in doubt.

use super::Secret;
use super::challenge::Challenge;
use super::identifier::{Address, Channel};
use super::limits::Budget;
use super::request::Purpose;
use crate::candidate::Previous;
use crate::time::Moment;

/// What the host shall do.
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
        /// The address it is bound to from now on.
        sender: Address,
        /// The solution as the client wrote it; part of the token that the client sends back.
        point: String,
    },
    /// Mark a captcha as used without having been solved: one try is all there is.
    SpendCaptcha {
        /// The captcha's token.
        token: String,
    },
    /// Count one event at `now`. *Condition*: fewer than the rate allows are on record within its window.
    Count {
        /// The key and its rate.
        budget: Budget,
        /// When.
        now: Moment,
    },
    /// Kill every live challenge of the account, when there is one, and every one for the address, when there is one.
    KillChallenges {
        /// The account.
        account: Option<String>,
        /// The address.
        address: Option<Address>,
    },
    /// Keep a new challenge.
    StoreChallenge(Box<Challenge>),
    /// Send a code. The host queues it in the same transaction and sends it afterwards, so that a dead mail server
    /// changes no answer.
    SendCode(Box<Recipient>, Secret),
    /// Count a submission before its code is compared. *Condition*: the challenge is live with a submission left,
    /// and fewer wrong submissions than the budget allows are on record for its subject.
    ReserveSubmission {
        /// The challenge.
        challenge: String,
        /// The subject's budget of wrong submissions.
        budget: Budget,
        /// When.
        now: Moment,
    },
    /// Give one counted wrong submission back: the code was right.
    ReleaseSubmission {
        /// The subject's key.
        key: String,
        /// When it was counted.
        counted: Moment,
    },
    /// Spend the code. *Condition*: the challenge is live.
    ConsumeChallenge {
        /// The challenge.
        challenge: String,
    },
    /// Write only over the password that was looked up. *Condition*: the account's current hash is this one, or it has
    /// none. Without it, an old password that was right when it was looked at would still set a new one after a
    /// reset.
    RequireCurrent {
        /// The account.
        account: String,
        /// The current password as it was looked up.
        current: Option<Previous>,
    },
    /// Set the password and keep the old hash as history. *Condition*: the account exists and may be used.
    SetPassword(PasswordChange),
    /// End every session of the account.
    RevokeSessions {
        /// The account.
        account: String,
    },
    /// Tell every address of the account that its password was changed.
    Notify {
        /// The account.
        account: String,
        /// When it was changed.
        now: Moment,
    },
    /// Write down what happened. Holds no address, code or password.
    Audit(Audit),
}

/// Where a code goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The address: of an account, the one on record and never the one typed.
    pub address: String,
    /// How it travels.
    pub channel: Channel,
    /// What the code is for.
    pub purpose: Purpose,
    /// The account, when there is one.
    pub account: Option<String>,
    /// The challenge the code belongs to.
    pub challenge: String,
    /// When the code dies.
    pub dies: Moment,
}

/// An audit event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// What happened, as a stable word: `code.sent`, `code.refused`, `password.set`.
    pub event: &'static str,
    /// For what purpose.
    pub purpose: Purpose,
    /// Over which channel.
    pub channel: Option<Channel>,
    /// The account, when there is one.
    pub account: Option<String>,
    /// When.
    pub now: Moment,
}

/// A new password for an account, which only the flow can make.
#[derive(Clone)]
pub struct PasswordChange {
    account: String,
    hash: String,
    now: Moment,
}

impl PasswordChange {
    /// The account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The hash to store.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// When it was set.
    pub fn now(&self) -> Moment {
        self.now
    }
}

impl std::fmt::Debug for PasswordChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordChange").field("account", &self.account).finish_non_exhaustive()
    }
}

/// Leave to set a password: it was judged, and whoever asks has proved who they are. Only the flow can make one.
///
/// The host hashes [`Approved::password`] outside any transaction, and then carries out [`Approved::effects`].
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

    /// The account whose password is set.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The password exactly as it was judged: normalised, whole. This is what must be hashed.
    pub fn password(&self) -> &Secret {
        &self.password
    }

    /// What to do, given the hash.
    pub fn effects(self, hash: String) -> Vec<Effect> {
        let set = Effect::SetPassword(PasswordChange { account: self.account, hash, now: self.now });
        self.before.into_iter().chain([set]).chain(self.after).collect()
    }
}

impl Effect {
    /// The effect as a stable word, for logs and tests.
    pub fn name(&self) -> &'static str {
        match self {
            Effect::UseCaptcha { .. } => "use_captcha",
            Effect::SolveCaptcha { .. } => "solve_captcha",
            Effect::SpendCaptcha { .. } => "spend_captcha",
            Effect::Count { .. } => "count",
            Effect::KillChallenges { .. } => "kill_challenges",
            Effect::StoreChallenge(_) => "store_challenge",
            Effect::SendCode(..) => "send_code",
            Effect::ReserveSubmission { .. } => "reserve_submission",
            Effect::ReleaseSubmission { .. } => "release_submission",
            Effect::ConsumeChallenge { .. } => "consume_challenge",
            Effect::RequireCurrent { .. } => "require_current",
            Effect::SetPassword(_) => "set_password",
            Effect::RevokeSessions { .. } => "revoke_sessions",
            Effect::Notify { .. } => "notify",
            Effect::Audit(_) => "audit",
        }
    }
}
