//! Decides whether a password may be set.
//!
//! A [`Redemption`] handles one submission of a code and a password. It returns what it needs [`Next`], the host responds
//! with an [`Event`], and so on until the submission is refused or approved:
//!
//! ```text
//! begin ─→ LookUpChallenge ─→ Apply(reserve) ─→ LookUpAccount ─→ Approved ─→ Done
//!   │            │                  │                 │              │
//!   └────────────┴──────────────────┴─────────────────┴──────────────┴──→ Refused
//! ```
//!
//! The submission is counted before the code is compared: parallel guesses cannot exceed the limit. The code is compared
//! before the account is looked up or any rule is evaluated. An event that does not fit the state ends in a refusal.
//!
//! Wrong codes are limited at two levels. Each requester (the client and device that a code is bound to) has
//! `max_submissions` within `window`; the account as a whole has the higher `wrong_codes_per_account`, whatever the code,
//! session, device, channel or client. A stranger who guesses at codes of their own therefore does not use up the owner's
//! submissions, and the ceiling bounds the probability of a correct guess.

use std::ops::Deref;

use super::challenge::Challenge;
use super::code::CodeKeys;
use super::effect::{Approved, Audit};
use super::identifier::{Address, Channel};
use super::limits::Budget;
use super::request::{Caller, Purpose};
use super::{Effect, Refusal, Secret};
use crate::candidate::{CannotJudge, Facts, PasswordVerifier, Previous, User};
use crate::evaluation::Policy;
use crate::policy::units::Rate;
use crate::time::Moment;

/// A submission of a code and a password.
#[derive(Clone, Debug)]
pub struct RedemptionRequest {
    /// Who calls.
    pub caller: Caller,
    /// The channel over which the code was sent.
    pub channel: Channel,
    /// The address as typed. Ignored if a user is signed in.
    pub address: String,
    /// The code as typed.
    pub code: Secret,
    /// The new password as typed.
    pub password: Secret,
    /// The signed-in account, if any. The code must then have the purpose `UpdatePassword`.
    pub signed_in: Option<String>,
    /// Whether to report every violation of the policy, or only the first.
    pub reports_all: bool,
}

/// An account as the host stores it.
#[derive(Clone, Debug)]
pub struct Account {
    /// The identifier.
    pub id: String,
    /// Whether the account is active. The password of an inactive account is not reset.
    pub is_active: bool,
    /// The attributes that password rules may use.
    pub user: User,
    /// The stored hashes, current one first.
    pub previous: Vec<Previous>,
    /// When the current password was set, if known. `None` if the user must change it, so that the minimum age does not
    /// prevent that.
    pub password_set: Option<Moment>,
}

/// The host's response to [`Next`].
#[derive(Clone, Debug)]
pub enum Event {
    /// The newest challenge that matches the lookup, if any.
    Challenge(Option<Box<Challenge>>),
    /// The account that matches the lookup, if any.
    Account(Option<Box<Account>>),
    /// Whether the effects were applied: all of them (`true`) or none (`false`).
    Applied(bool),
    /// The account matches the lookup, but its policy cannot be determined. The password is not set.
    CannotJudge(CannotJudge),
}

/// What the host must do next.
#[derive(Debug)]
pub enum Next {
    /// Look up the newest challenge of this purpose, channel and requester, for the address or, if a user is signed in,
    /// for the account. Respond with [`Event::Challenge`].
    LookUpChallenge {
        /// The purpose.
        purpose: Purpose,
        /// The channel.
        channel: Channel,
        /// The address, unless a user is signed in.
        address: Option<Address>,
        /// The signed-in account.
        account: Option<String>,
        /// The requester, as [`Challenge::requester`] returns it. Challenges of others must not be found: a code
        /// belongs to the client and device that requested it.
        requester: String,
    },
    /// Apply these effects and respond with [`Event::Applied`].
    Apply(Vec<Effect>),
    /// Look up the account that has both this identifier *and* this address now, and respond with [`Event::Account`].
    /// An account that no longer has the address must not be found.
    LookUpAccount {
        /// The account's identifier; `None` for a code that was created without an account. Then no account matches.
        account: Option<String>,
        /// The address that the code was sent to.
        address: Address,
    },
    /// Hash the password, apply the effects of the authorization, and respond with [`Event::Applied`].
    Approved(Box<Approved>),
    /// Refused. Apply these effects nevertheless.
    Refused(Refusal, Vec<Effect>),
    /// The password could not be evaluated, so it is not set. Apply these effects nevertheless.
    CannotJudge(CannotJudge, Vec<Effect>),
    /// The password is set.
    Done,
}

enum Stage {
    AwaitsChallenge { address: Option<Address> },
    AwaitsReservation { challenge: Box<Challenge> },
    AwaitsAccount { challenge: Box<Challenge> },
    AwaitsCommit,
    Over,
}

/// One submission in progress. The policy and the keys may be borrowed or shared.
pub struct Redemption<'v, P, K> {
    policy: P,
    /// The policy of the account, if it is another one.
    own: Option<P>,
    keys: K,
    verifier: Option<Box<dyn PasswordVerifier + Send + 'v>>,
    request: RedemptionRequest,
    now: Moment,
    stage: Stage,
}

impl<'v, P: Deref<Target = Policy>, K: Deref<Target = CodeKeys>> Redemption<'v, P, K> {
    /// Starts a submission. Headers and empty fields are checked here, so that an incomplete form does not use up an
    /// attempt.
    pub fn begin(policy: P, keys: K, request: RedemptionRequest, now: Moment) -> (Redemption<'v, P, K>, Next) {
        let mut redemption =
            Redemption { policy, own: None, keys, verifier: None, request, now, stage: Stage::Over };
        let next = match redemption.check_form() {
            Err(refusal) => Next::Refused(refusal, Vec::new()),
            Ok(address) => {
                redemption.stage = Stage::AwaitsChallenge { address: address.clone() };
                let account = redemption.request.signed_in.clone();
                Next::LookUpChallenge {
                    requester: redemption.requester(),
                    purpose: redemption.purpose(),
                    channel: redemption.request.channel,
                    address,
                    account,
                }
            }
        };
        (redemption, next)
    }

    /// Adds a verifier for stored hashes of the host's own formats.
    #[must_use]
    pub fn with_verifier(self, verifier: impl PasswordVerifier + Send + 'v) -> Redemption<'v, P, K> {
        Redemption { verifier: Some(Box::new(verifier)), ..self }
    }

    /// Sets the policy of the account, if the policy depends on the account. Call it before [`Event::Account`]: this policy
    /// then evaluates the password, and its `min_password_age`, `revoke_sessions` and `notify` apply.
    ///
    /// Everything before that is decided by the policy that the submission began with, so that the response to an invalid
    /// code is the same for every account.
    pub fn judge_by(&mut self, policy: P) {
        self.own = Some(policy);
    }

    /// The policy that evaluates the password.
    fn own(&self) -> &Policy {
        self.own.as_ref().map_or(&*self.policy, |own| &**own)
    }

    fn requester(&self) -> String {
        self.request.caller.requester(&self.policy.reset().code)
    }

    fn purpose(&self) -> Purpose {
        if self.request.signed_in.is_some() { Purpose::UpdatePassword } else { Purpose::ForgotPassword }
    }

    fn check_form(&self) -> Result<Option<Address>, Refusal> {
        let request = &self.request;
        request.caller.check()?;
        let needs_address = request.signed_in.is_none();
        if needs_address && request.address.trim().is_empty() {
            return Err(Refusal::AddressMissing(request.channel));
        }
        if request.code.expose().trim().is_empty() {
            return Err(Refusal::CodeMissing);
        }
        if request.password.expose().is_empty() {
            return Err(Refusal::PasswordMissing);
        }
        if !needs_address {
            return Ok(None);
        }
        // No code was ever sent to an invalid address.
        Address::parse(request.channel, &request.address).map(Some).ok_or(Refusal::CodeRefused)
    }

    /// Handles the host's response and returns what to do next.
    pub fn on(&mut self, event: Event) -> Next {
        match (std::mem::replace(&mut self.stage, Stage::Over), event) {
            (Stage::AwaitsChallenge { address }, Event::Challenge(challenge)) => {
                self.on_challenge(address, challenge)
            }
            (Stage::AwaitsReservation { challenge }, Event::Applied(true)) => self.compare(challenge),
            (Stage::AwaitsAccount { challenge }, Event::Account(account)) => self.on_account(&challenge, account),
            (Stage::AwaitsAccount { challenge }, Event::CannotJudge(error)) => {
                Next::CannotJudge(error, self.release(&challenge, []))
            }
            (Stage::AwaitsCommit, Event::Applied(true)) => Next::Done,
            // Not reserved (a budget is exhausted), not committed (a concurrent request was faster), or out of order.
            _ => Next::Refused(Refusal::CodeRefused, Vec::new()),
        }
    }

    fn on_challenge(&mut self, address: Option<Address>, challenge: Option<Box<Challenge>>) -> Next {
        let open = challenge.filter(|challenge| {
            let caller = &self.request.caller;
            let of_account = match &self.request.signed_in {
                Some(account) => challenge.account() == Some(account),
                None => true,
            };
            of_account
                && challenge.address().channel() == self.request.channel
                && challenge.requester() == self.requester()
                && challenge.is_open_to(self.purpose(), address.as_ref(), caller, self.now)
        });
        let Some(challenge) = open else {
            return Next::Refused(Refusal::CodeRefused, vec![self.audit("code.refused", None)]);
        };
        let now = self.now;
        let mut reserve = vec![Effect::ReserveSubmission { challenge: challenge.id().to_owned(), now }];
        reserve.extend(wrong_codes(&self.policy, &challenge).map(|budget| Effect::Count { budget, now }));
        self.stage = Stage::AwaitsReservation { challenge };
        Next::Apply(reserve)
    }

    fn compare(&mut self, challenge: Box<Challenge>) -> Next {
        if !challenge.code_is_right(&self.keys, self.request.code.expose().trim()) {
            return Next::Refused(Refusal::CodeRefused, vec![self.audit("code.refused", challenge.account())]);
        }
        let (account, address) = (challenge.account().map(str::to_owned), challenge.address().clone());
        self.stage = Stage::AwaitsAccount { challenge };
        Next::LookUpAccount { account, address }
    }

    fn on_account(&mut self, challenge: &Challenge, account: Option<Box<Account>>) -> Next {
        let account = account.filter(|account| account.is_active && challenge.account() == Some(&account.id));
        let Some(account) = account else {
            return if self.policy.reset().conceal_unknown_user {
                Next::Refused(Refusal::CodeRefused, vec![self.audit("code.refused", None)])
            } else {
                let audit = self.audit("user.unknown", None);
                Next::Refused(Refusal::UserUnknown, self.release(challenge, [audit]))
            };
        };
        if let Err(refusal) = check_age(self.own(), &account, self.now) {
            return Next::Refused(refusal, self.release(challenge, []));
        }
        let facts = Facts {
            user: &account.user,
            previous: &account.previous,
            current: None,
            verifier: self.verifier.as_deref().map(|verifier| verifier as &dyn PasswordVerifier),
            password_set: account.password_set,
            now: self.now,
        };
        let password = match judge(self.own(), &self.request.password, &facts, self.request.reports_all) {
            Ok(Ok(password)) => password,
            Ok(Err(refusal)) => {
                let audit = self.audit("password.refused", Some(&account.id));
                return Next::Refused(refusal, self.release(challenge, [audit]));
            }
            Err(error) => return Next::CannotJudge(error, self.release(challenge, [])),
        };
        let revoke = Effect::RevokeChallenges {
            account: Some(account.id.clone()),
            address: Some(challenge.address().clone()),
            requester: None,
        };
        let mut before = vec![Effect::ConsumeChallenge { challenge: challenge.id().to_owned() }, revoke];
        before.extend(self.release(challenge, []));
        let after = after_change(self.own(), &account.id, self.audit("password.set", Some(&account.id)), self.now);
        self.stage = Stage::AwaitsCommit;
        Next::Approved(Box::new(Approved::new(account.id, password, before, after, self.now)))
    }

    /// Deletes the events that were counted for a submission whose code was correct; then the other effects.
    fn release<const N: usize>(&self, challenge: &Challenge, then: [Effect; N]) -> Vec<Effect> {
        let counted = wrong_codes(&self.policy, challenge);
        let release = counted.map(|budget| Effect::ReleaseCount { key: budget.key, counted: self.now });
        release.into_iter().chain(then).collect()
    }

    fn audit(&self, event: &'static str, account: Option<&str>) -> Effect {
        Effect::Audit(Audit {
            event,
            purpose: self.purpose(),
            channel: Some(self.request.channel),
            account: account.map(str::to_owned),
            now: self.now,
        })
    }
}

impl<P, K> std::fmt::Debug for Redemption<'_, P, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redemption")
            .field("request", &self.request)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// The budgets of wrong codes: the requester's, and the ceiling of the account.
fn wrong_codes(policy: &Policy, challenge: &Challenge) -> [Budget; 2] {
    let reset = policy.reset();
    let subject = challenge.subject();
    let of_requester = Rate { most: reset.code.max_submissions, per: reset.code.window };
    [
        Budget { key: format!("wrong:{subject}:by:{}", challenge.requester()), rate: of_requester },
        Budget { key: format!("wrong:{subject}"), rate: reset.limits.wrong_codes_per_account },
    ]
}

/// Checks the minimum age of the current password: otherwise a user could cycle through the history and return to the old
/// password.
pub(super) fn check_age(policy: &Policy, account: &Account, now: Moment) -> Result<(), Refusal> {
    match policy.reset().changeable_in(account.password_set, now) {
        0 => Ok(()),
        retry_after => Err(Refusal::LimitReached { retry_after }),
    }
}

/// Evaluates the password. Returns the text that was evaluated if the policy accepts it.
pub(super) fn judge(
    policy: &Policy,
    password: &Secret,
    facts: &Facts<'_>,
    reports_all: bool,
) -> Result<Result<Secret, Refusal>, CannotJudge> {
    let bytes = password.expose().as_bytes();
    let outcome =
        if reports_all { policy.evaluate(bytes, facts)? } else { policy.evaluate_until_refused(bytes, facts)? };
    if !outcome.accepted() {
        return Ok(Err(Refusal::Password(outcome)));
    }
    let prepared = policy.prepare(password.expose().as_bytes())?;
    Ok(Ok(Secret::new(prepared.text())))
}

/// The effects that follow every new password.
pub(super) fn after_change(policy: &Policy, account: &str, audit: Effect, now: Moment) -> Vec<Effect> {
    let account = || account.to_owned();
    let revoke = policy.reset().revoke_sessions.then(|| Effect::RevokeSessions { account: account() });
    let notify = policy.reset().notify.then(|| Effect::Notify { account: account(), now });
    revoke.into_iter().chain(notify).chain([audit]).collect()
}
