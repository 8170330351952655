//! May a code be sent?
//!
//! Headers, emptiness, the captcha and the budgets are looked at in this order; then the same things are done for
//! an address with an account and for one without, so that the answer tells nobody which it was.

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

/// Somebody asks for a code.
#[derive(Clone, Debug)]
pub struct SendRequest {
    /// Who calls.
    pub caller: Caller,
    /// For what.
    pub purpose: Purpose,
    /// How the code shall travel.
    pub channel: Channel,
    /// The address as typed.
    pub address: String,
    /// The token of a solved captcha, when the client sent one.
    pub captcha_token: Option<String>,
    /// The peer, as [`super::peer_key`] names it.
    pub peer: String,
}

/// What the host looked up for it.
#[derive(Clone, Debug, Default)]
pub struct SendFacts {
    /// The account that has this address: its identifier, and the address on record.
    pub account: Option<(String, String)>,
    /// The captcha that the token names.
    pub captcha: Option<Captcha>,
    /// The moments on record under the key of each of [`budgets`], in its order, within its window.
    pub events: Vec<Vec<Moment>>,
}

impl SendRequest {
    /// The address normalised; `None` when it is not exactly one.
    pub fn address(&self) -> Option<Address> {
        Address::parse(self.channel, &self.address)
    }
}

/// The budgets that a code for this address is counted under: the account's, the address's, the peer's, and the
/// cool-down. There are as many for an address without an account.
pub fn budgets(policy: &Policy, peer: &str, address: &Address, account: Option<&str>) -> Vec<Budget> {
    let reset = policy.reset();
    let subject = challenge::subject(account, address);
    let mut budgets = vec![
        Budget { key: format!("send:{subject}"), rate: reset.limits.per_account },
        Budget { key: format!("send:to:{}", address.key()), rate: reset.limits.per_address },
        Budget { key: format!("send:peer:{peer}"), rate: reset.limits.per_peer },
    ];
    if reset.code.cooldown > 0 {
        let rate = Rate { most: 1, per: reset.code.cooldown };
        budgets.push(Budget { key: format!("send:cooldown:{}", address.key()), rate });
    }
    budgets
}

/// Decides. `randomness` is fresh for every call.
///
/// # Errors
/// The refusal, with what to do all the same.
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
    let budgets = budgets(policy, &request.peer, &address, account);
    if facts.events.len() != budgets.len() {
        return Err(Refusal::NotSent); // a host that did not look must not be told yes
    }
    let waits = budgets.iter().zip(&facts.events).map(|(budget, events)| retry_after(budget.rate, events, now));
    let waits: Vec<u64> = waits.collect();
    // The account's own budget is told to nobody: only an address with an account can have used it up from
    // elsewhere. The answer is then a yes, and nothing is sent.
    let account_is_spent = waits[0] > 0;
    let wait = waits[1..].iter().copied().max().unwrap_or(0);
    if wait > 0 {
        return Err(Refusal::LimitReached { retry_after: wait });
    }
    let counted = if account_is_spent { &budgets[1..] } else { &budgets[..] };
    effects.extend(counted.iter().map(|budget| Effect::Count { budget: budget.clone(), now }));
    let audit = |event| {
        let account = account.map(str::to_owned);
        Effect::Audit(Audit { event, purpose: request.purpose, channel: Some(request.channel), account, now })
    };
    if account_is_spent {
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
        dies: challenge.dies(),
    };
    effects.push(Effect::KillChallenges { account: account.map(str::to_owned), address: Some(address.clone()) });
    effects.push(Effect::StoreChallenge(Box::new(challenge)));
    if account.is_some() || policy.reset().mail_unknown_recipient {
        effects.push(Effect::SendCode(Box::new(recipient), code));
    }
    effects.push(audit("code.made"));
    Ok(effects)
}
