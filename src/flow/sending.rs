//! Decides whether a code may be sent.
//!
//! The headers, empty fields, the captcha and the budgets are checked in this order. Then the same work is done for an
//! address with and without an account, so that the response does not reveal which it was.
//!
//! Budgets have two levels. One requester (the client and device that codes are bound to) and one client IP address may
//! request a few codes for an address; the address and the account as a whole may receive more. A stranger who requests
//! codes for somebody else's address therefore does not use up the owner's budget.

use super::captcha::Captcha;
use super::challenge::{self, Binding, Challenge};
use super::code::{self, CodeKeys};
use super::effect::{Audit, Recipient};
use super::identifier::{Address, Channel};
use super::limits::{Budget, retry_after};
use super::request::{Caller, Purpose};
use super::{Effect, Refusal};
use crate::evaluation::Policy;
use crate::policy::units::Rate;
use crate::time::Moment;

/// A request for a code.
#[derive(Clone, Debug)]
pub struct SendRequest {
    /// Who calls.
    pub caller: Caller,
    /// What the code is for.
    pub purpose: Purpose,
    /// How the code is to be sent.
    pub channel: Channel,
    /// The address as typed.
    pub address: String,
    /// The token of a solved captcha, if the client sent one.
    pub captcha_token: Option<String>,
    /// The client IP address, as [`super::peer_key`] formats it.
    pub peer: String,
}

/// What the host looked up for the request.
#[derive(Clone, Debug, Default)]
pub struct SendFacts {
    /// The account that has this address: its identifier and the address on record.
    pub account: Option<(String, String)>,
    /// The captcha that the token names.
    pub captcha: Option<Captcha>,
    /// For each of [`budgets`], in the same order, the times of the events on record under its key within its window.
    pub events: Vec<Vec<Moment>>,
}

impl SendRequest {
    /// Returns the normalized address, or `None` if the text is not exactly one address.
    pub fn address(&self) -> Option<Address> {
        Address::parse(self.channel, &self.address)
    }
}

/// Returns the budgets that a code for this address is counted under. Their number does not depend on whether the
/// address has an account. The first one is the account's.
pub fn budgets(policy: &Policy, request: &SendRequest, address: &Address, account: Option<&str>) -> Vec<Budget> {
    let reset = policy.reset();
    let (limits, peer, to) = (&reset.limits, &request.peer, address.key());
    let (subject, by) = (challenge::subject(account, address), request.caller.requester(&reset.code));
    let budget = |key, rate| Budget { key, rate };
    // Twice as much, so that a stranger behind the same IP address as the owner leaves the owner a share.
    let from_one_peer = Rate { most: limits.per_requester.most.saturating_mul(2), ..limits.per_requester };
    let mut budgets = vec![
        budget(format!("send:{subject}"), limits.per_account),
        budget(format!("send:to:{to}"), limits.per_address),
        budget(format!("send:to:{to}:by:{by}"), limits.per_requester),
        budget(format!("send:to:{to}:from:{peer}"), from_one_peer),
        budget(format!("send:peer:{peer}"), limits.per_peer),
    ];
    if reset.code.cooldown > 0 {
        let rate = Rate { most: 1, per: reset.code.cooldown };
        budgets.push(budget(format!("send:cooldown:{to}:by:{by}"), rate));
    }
    budgets
}

/// Decides whether a code may be sent.
///
/// `randomness` must be fresh, cryptographically secure random bytes in every call. Returns the decision and the effects
/// to apply in either case. If the effects cannot be applied because a condition does not hold, look the facts up again
/// and repeat the call.
pub fn send(
    policy: &Policy,
    keys: &CodeKeys,
    request: &SendRequest,
    facts: &SendFacts,
    now: Moment,
    randomness: &[u8; 80],
) -> (Result<(), Refusal>, Vec<Effect>) {
    match decide(policy, keys, request, facts, now, randomness) {
        Ok(effects) => (Ok(()), effects),
        Err(refusal) => (Err(refusal), Vec::new()),
    }
}

fn decide(
    policy: &Policy,
    keys: &CodeKeys,
    request: &SendRequest,
    facts: &SendFacts,
    now: Moment,
    randomness: &[u8; 80],
) -> Result<Vec<Effect>, Refusal> {
    request.caller.check()?;
    if request.address.trim().is_empty() {
        return Err(Refusal::AddressMissing(request.channel));
    }
    let address = request.address().ok_or(Refusal::NotSent)?;
    let mut effects = Vec::new();
    if policy.reset().captcha.required {
        let token = request.captcha_token.as_deref().unwrap_or_default();
        let good = |captcha: &&Captcha| captcha.is_good(&policy.reset().captcha, token, &address, now);
        let captcha = facts.captcha.as_ref().filter(good).ok_or(Refusal::NotSent)?;
        effects.push(Effect::UseCaptcha { token: captcha.token.clone() });
    }
    let account = facts.account.as_ref().map(|(id, _)| id.as_str());
    let budgets = budgets(policy, request, &address, account);
    if facts.events.len() != budgets.len() {
        return Err(Refusal::NotSent); // fail closed if the host skipped a lookup
    }
    let waits = budgets.iter().zip(&facts.events).map(|(budget, events)| retry_after(budget.rate, events, now));
    let waits: Vec<u64> = waits.collect();
    // Only an address with an account can have used up its account's budget through another address, so reporting
    // that would reveal the account. The response is a success, and nothing is sent.
    let account_is_exhausted = waits[0] > 0;
    let wait = waits[1..].iter().copied().max().unwrap_or(0);
    if wait > 0 {
        return Err(Refusal::LimitReached { retry_after: wait });
    }
    let counted = if account_is_exhausted { &budgets[1..] } else { &budgets[..] };
    effects.extend(counted.iter().map(|budget| Effect::Count { budget: budget.clone(), now }));
    let audit = |event| {
        let account = account.map(str::to_owned);
        Effect::Audit(Audit { event, purpose: request.purpose, channel: Some(request.channel), account, now })
    };
    if account_is_exhausted {
        effects.push(audit("code.withheld"));
        return Ok(effects);
    }
    let (id, code) = randomness.split_at(16);
    let id = crate::evaluation::hexadecimal(id);
    let code = code::draw(&policy.reset().code, code).ok_or(Refusal::NotSent)?;
    let binding = Binding { purpose: request.purpose, address: &address, account, caller: &request.caller };
    let challenge = Challenge::new(&binding, &policy.reset().code, keys, id.clone(), &code, now);
    let recipient = Recipient {
        address: facts
            .account
            .as_ref()
            .map_or_else(|| address.as_str().to_owned(), |(_, on_record)| on_record.clone()),
        channel: request.channel,
        purpose: request.purpose,
        account: account.map(str::to_owned),
        challenge: id,
        expires: challenge.expires(),
    };
    // Only the requester's own older codes: a stranger's request does not revoke the owner's code.
    effects.push(Effect::RevokeChallenges {
        account: account.map(str::to_owned),
        address: Some(address.clone()),
        requester: Some(challenge.requester()),
    });
    effects.push(Effect::StoreChallenge(Box::new(challenge)));
    if account.is_some() || policy.reset().mail_unknown_recipient {
        effects.push(Effect::SendCode(Box::new(recipient), code));
    }
    effects.push(audit("code.issued"));
    Ok(effects)
}
