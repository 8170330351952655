//! May this password be set?
//!
//! A [`Redemption`] is one submission of a code and a password. It says what it needs next, the host answers with an
//! [`Event`], and so on until it refuses or approves:
//!
//! ```text
//! begin ─→ LookUpChallenge ─→ Apply(reserve) ─→ LookUpAccount ─→ Approved ─→ Done
//!   │            │                  │                 │              │
//!   └────────────┴──────────────────┴─────────────────┴──────────────┴──→ Refused
//! ```
//!
//! The submission is counted before the code is compared, and the code is compared before the account is looked at
//! or any rule is asked. An event that does not fit the state refuses, for good.

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

/// Somebody submits a code and a password.
#[derive(Clone, Debug)]
pub struct RedemptionRequest {
    /// Who calls.
    pub caller: Caller,
    /// Over which channel the code came.
    pub channel: Channel,
    /// The address as typed; not asked for when somebody is signed in.
    pub address: String,
    /// The code as typed.
    pub code: Secret,
    /// The new password as typed.
    pub password: Secret,
    /// The account that is signed in: it updates its password, and the code must be of that purpose.
    pub signed_in: Option<String>,
    /// Whether everything that is wrong with the password shall be said, or only the first.
    pub reports_all: bool,
}

/// An account as the host knows it.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its identifier.
    pub id: String,
    /// Whether it may be used; a locked account's password is not reset.
    pub is_active: bool,
    /// What the password rules may know of the user.
    pub user: User,
    /// The stored hashes, the current one first.
    pub previous: Vec<Previous>,
    /// When the current password was set.
    pub password_set: Option<Moment>,
}

/// What the host answers.
#[derive(Clone, Debug)]
pub enum Event {
    /// The newest challenge asked for, or none.
    Challenge(Option<Box<Challenge>>),
    /// The account asked for, or none.
    Account(Option<Box<Account>>),
    /// Whether the last effects were carried out: all of them, or none.
    Applied(bool),
}

/// What the redemption needs next.
#[derive(Debug)]
pub enum Next {
    /// Look up the newest challenge of this purpose and channel, for the address or, when somebody is signed in, for
    /// the account; answer [`Event::Challenge`].
    LookUpChallenge {
        /// The purpose.
        purpose: Purpose,
        /// The channel.
        channel: Channel,
        /// The address, unless somebody is signed in.
        address: Option<Address>,
        /// The account that is signed in.
        account: Option<String>,
    },
    /// Carry these out and answer [`Event::Applied`].
    Apply(Vec<Effect>),
    /// Look up the account with this identifier *and* this address as they are now, and answer [`Event::Account`]:
    /// one that has given the address up, or was made anew under the same identifier, is not who the code was for.
    LookUpAccount {
        /// The account's identifier; `None` for a code that was made without an account, which is answered with none.
        account: Option<String>,
        /// The address that the code was for.
        address: Address,
    },
    /// Hash the password, carry out the effects of the approval, and answer [`Event::Applied`].
    Approved(Box<Approved>),
    /// Not done; carry these out all the same.
    Refused(Refusal, Vec<Effect>),
    /// No judgement is possible; not done. Carry these out all the same.
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

/// One submission on its way. The policy and the keys are borrowed or shared, as the host has them.
pub struct Redemption<'v, P, K> {
    policy: P,
    keys: K,
    verifier: Option<Box<dyn PasswordVerifier + Send + 'v>>,
    request: RedemptionRequest,
    now: Moment,
    stage: Stage,
}

impl<'v, P: Deref<Target = Policy>, K: Deref<Target = CodeKeys>> Redemption<'v, P, K> {
    /// Begins. Headers and emptiness are looked at here: an incomplete form must not cost a submission.
    pub fn begin(policy: P, keys: K, request: RedemptionRequest, now: Moment) -> (Redemption<'v, P, K>, Next) {
        let mut redemption = Redemption { policy, keys, verifier: None, request, now, stage: Stage::Over };
        let next = match redemption.check_form() {
            Err(refusal) => Next::Refused(refusal, Vec::new()),
            Ok(address) => {
                redemption.stage = Stage::AwaitsChallenge { address: address.clone() };
                let account = redemption.request.signed_in.clone();
                Next::LookUpChallenge {
                    purpose: redemption.purpose(),
                    channel: redemption.request.channel,
                    address,
                    account,
                }
            }
        };
        (redemption, next)
    }

    /// Also verifies stored hashes of the host's own forms.
    #[must_use]
    pub fn with_verifier(self, verifier: impl PasswordVerifier + Send + 'v) -> Redemption<'v, P, K> {
        Redemption { verifier: Some(Box::new(verifier)), ..self }
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
        // What is no address was sent no code.
        Address::parse(request.channel, &request.address).map(Some).ok_or(Refusal::CodeRefused)
    }

    /// Takes the host's answer and says what is needed next.
    pub fn on(&mut self, event: Event) -> Next {
        match (std::mem::replace(&mut self.stage, Stage::Over), event) {
            (Stage::AwaitsChallenge { address }, Event::Challenge(challenge)) => {
                self.on_challenge(address, challenge)
            }
            (Stage::AwaitsReservation { challenge }, Event::Applied(true)) => self.compare(challenge),
            (Stage::AwaitsAccount { challenge }, Event::Account(account)) => self.on_account(&challenge, account),
            (Stage::AwaitsCommit, Event::Applied(true)) => Next::Done,
            // Not reserved (the budget is spent), not committed (somebody else was first), or out of order.
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
                && challenge.is_open_to(self.purpose(), address.as_ref(), caller, self.now)
        });
        let Some(challenge) = open else {
            return Next::Refused(Refusal::CodeRefused, vec![self.audit("code.refused", None)]);
        };
        let reserve = Effect::ReserveSubmission {
            challenge: challenge.id().to_owned(),
            budget: wrong_submissions(&self.policy, &challenge),
            now: self.now,
        };
        self.stage = Stage::AwaitsReservation { challenge };
        Next::Apply(vec![reserve])
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
                Next::Refused(Refusal::UserUnknown, vec![self.release(challenge), audit])
            };
        };
        if let Err(refusal) = check_age(&self.policy, &account, self.now) {
            return Next::Refused(refusal, vec![self.release(challenge)]);
        }
        let facts = Facts {
            user: &account.user,
            previous: &account.previous,
            current: None,
            verifier: self.verifier.as_deref().map(|verifier| verifier as &dyn PasswordVerifier),
            now: self.now,
        };
        let password = match judge(&self.policy, &self.request.password, &facts, self.request.reports_all) {
            Ok(Ok(password)) => password,
            Ok(Err(refusal)) => {
                let audit = self.audit("password.refused", Some(&account.id));
                return Next::Refused(refusal, vec![self.release(challenge), audit]);
            }
            Err(error) => return Next::CannotJudge(error, vec![self.release(challenge)]),
        };
        let kill = Effect::KillChallenges {
            account: Some(account.id.clone()),
            address: Some(challenge.address().clone()),
        };
        let before =
            vec![Effect::ConsumeChallenge { challenge: challenge.id().to_owned() }, kill, self.release(challenge)];
        let after =
            after_change(&self.policy, &account.id, self.audit("password.set", Some(&account.id)), self.now);
        self.stage = Stage::AwaitsCommit;
        Next::Approved(Box::new(Approved::new(account.id, password, before, after, self.now)))
    }

    fn release(&self, challenge: &Challenge) -> Effect {
        Effect::ReleaseSubmission { key: wrong_submissions(&self.policy, challenge).key, counted: self.now }
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

/// The budget of wrong submissions: the account's, over every code, session, device, channel and client.
fn wrong_submissions(policy: &Policy, challenge: &Challenge) -> Budget {
    let code = &policy.reset().code;
    let key = format!("wrong:{}", challenge.subject());
    Budget { key, rate: Rate { most: code.max_submissions, per: code.window } }
}

/// Whether the password in use is old enough to be replaced: who could change it at once as often as the history is
/// long would get the old one back. A clock that went backwards makes no password older.
pub(super) fn check_age(policy: &Policy, account: &Account, now: Moment) -> Result<(), Refusal> {
    let youngest = policy.reset().min_password_age;
    let age = account.password_set.map_or(youngest, |set| now.since(set).unwrap_or(0));
    if age < youngest { Err(Refusal::LimitReached { retry_after: youngest - age }) } else { Ok(()) }
}

/// The password as judged when it is accepted.
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

/// What follows every new password.
pub(super) fn after_change(policy: &Policy, account: &str, audit: Effect, now: Moment) -> Vec<Effect> {
    let account = || account.to_owned();
    let revoke = policy.reset().revoke_sessions.then(|| Effect::RevokeSessions { account: account() });
    let notify = policy.reset().notify.then(|| Effect::Notify { account: account(), now });
    revoke.into_iter().chain(notify).chain([audit]).collect()
}
