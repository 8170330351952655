//! May a code be sent? A sending is the question, and what the host looks up for it.

use std::mem::MaybeUninit;
use std::sync::Arc;

use kouling::flow::{Address, Budget, SendFacts, SendRequest, budgets, send};
use kouling::{Moment, Policy};

use crate::boundary::{Out, answer, free, given, lookup};
use crate::kept::StringPool;
use crate::options::{self, Options};
use crate::policy::kouling_policy;
use crate::report::kouling_report;
use crate::reset::keys::kouling_code_keys;
use crate::reset::record::kouling_record;
use crate::reset::request::{caller, channel, channel_number, kouling_caller, moments, peer, purpose};
use crate::reset::step::kouling_step;
use crate::status::Failure;
use crate::text::kouling_text;

/// Somebody asks for a code.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_send_request {
    /// The size of this struct.
    pub struct_size: usize,
    /// Who calls.
    pub caller: *const kouling_caller,
    /// For what: `KOULING_FORGOT_PASSWORD` or `KOULING_UPDATE_PASSWORD`.
    pub purpose: u32,
    /// How the code shall travel: `KOULING_EMAIL` or `KOULING_MOBILE`.
    pub channel: u32,
    /// The address as it was typed.
    pub address: kouling_text,
    /// The token of a solved captcha, where the client sent one.
    pub captcha_token: kouling_text,
    /// The peer's IPv4 or IPv6 address.
    pub peer: kouling_text,
}

// SAFETY: `repr(C)`, its size first; texts, numbers and pointers may be zero.
unsafe impl Options for kouling_send_request {}

/// A request for a code, and what was looked up for it. One owner.
pub struct kouling_sending {
    policy: Arc<Policy>,
    request: SendRequest,
    address: Option<Address>,
    facts: SendFacts,
    budgets: Vec<Budget>,
    /// What was looked up of the events, budget by budget; a host that did not look is not told yes.
    looked_up: Vec<Option<Vec<Moment>>>,
    kept: StringPool,
}

impl kouling_sending {
    /// The budgets that count for the account as it is known now.
    fn count_anew(&mut self) {
        let account = self.facts.account.as_ref().map(|(id, _)| id.as_str());
        let of = |address: &Address| budgets(&self.policy, &self.request, address, account);
        self.budgets = self.address.as_ref().map(of).unwrap_or_default();
        self.looked_up = vec![None; self.budgets.len()];
    }
}

/// Begins. Then the host looks up, in this order: whether an account has the address of `kouling_sending_address`
/// (`kouling_sending_set_account`); the captcha that the token names, the part before `---`
/// (`kouling_sending_set_captcha`); and for each budget the moments on record under its key within its window
/// (`kouling_sending_set_events`). Then `kouling_sending_decide`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_sending_new(
    policy: Option<&kouling_policy>,
    request: *const kouling_send_request,
    sending: Option<&mut MaybeUninit<*mut kouling_sending>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::owned("sending", sending);
    answer(report, || {
        // SAFETY: the conventions ask it of the caller.
        let (options, caller) = unsafe {
            let options = options::read("request", request)?;
            (options, caller(options.caller)?)
        };
        let token = options.captcha_token.text("captcha_token")?;
        let request = SendRequest {
            caller,
            purpose: purpose(options.purpose)?,
            channel: channel(options.channel)?,
            address: options.address.text("address")?.to_owned(),
            captcha_token: (!token.is_empty()).then(|| token.to_owned()),
            peer: peer(options.peer)?,
        };
        let mut sending = kouling_sending {
            policy: given("policy", policy)?.policy.clone(),
            address: request.address(),
            request,
            facts: SendFacts::default(),
            budgets: Vec::new(),
            looked_up: Vec::new(),
            kept: StringPool::default(),
        };
        sending.count_anew();
        out.give(sending)
    })
}

/// The address, normalised: what accounts are looked up by. Empty when it is not exactly one; then there is nothing to
/// look up, and the answer is no.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_address(sending: Option<&kouling_sending>) -> kouling_text {
    lookup(|| Some(kouling_text::view(sending?.address.as_ref()?.as_str())))
}

/// Its channel.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_channel(sending: Option<&kouling_sending>) -> u32 {
    lookup(|| Some(channel_number(sending?.request.channel)))
}

/// Says which account has the address, and the address as it stands on record: mail goes there, and never to what was
/// typed. Events that were looked up are forgotten, since there are other budgets now. Not called: there is no account.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_set_account(
    sending: Option<&mut kouling_sending>,
    account: kouling_text,
    address_on_record: kouling_text,
    report: Option<&mut kouling_report>,
) -> u32 {
    answer(report, || {
        let sending = given("sending", sending)?;
        let (account, address) = (account.text("account")?, address_on_record.text("address_on_record")?);
        if account.is_empty() || address.is_empty() {
            return Err(Failure::argument("an account has an identifier and an address"));
        }
        sending.facts.account = Some((account.to_owned(), address.to_owned()));
        sending.count_anew();
        Ok(())
    })
}

/// Gives the record of the captcha that the token names. It is copied. Not called: there is none.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_set_captcha(
    sending: Option<&mut kouling_sending>,
    captcha: Option<&kouling_record>,
    report: Option<&mut kouling_report>,
) -> u32 {
    answer(report, || {
        given("sending", sending)?.facts.captcha = Some(given("captcha", captcha)?.captcha()?.clone());
        Ok(())
    })
}

/// How many budgets the code is counted under.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_budget_count(sending: Option<&kouling_sending>) -> usize {
    lookup(|| Some(sending?.budgets.len()))
}

/// The key of a budget: what events are written down under.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_budget_key(sending: Option<&kouling_sending>, index: usize) -> kouling_text {
    lookup(|| {
        let sending = sending?;
        Some(sending.kept.keep(sending.budgets.get(index)?.key.clone()))
    })
}

/// The window of a budget in seconds: older events need not be looked up.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_budget_seconds(sending: Option<&kouling_sending>, index: usize) -> u64 {
    lookup(|| Some(sending?.budgets.get(index)?.rate.per))
}

/// Gives the moments on record under the key of a budget, in seconds since 1970-01-01T00:00:00Z; none is an answer too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_sending_set_events(
    sending: Option<&mut kouling_sending>,
    index: usize,
    events: *const i64,
    event_count: usize,
    report: Option<&mut kouling_report>,
) -> u32 {
    answer(report, || {
        let sending = given("sending", sending)?;
        let place = sending.looked_up.get_mut(index);
        let place = place.ok_or_else(|| Failure::argument("there is no such budget"))?;
        // SAFETY: the conventions ask it of the caller.
        *place = Some(unsafe { moments(events, event_count)? });
        Ok(())
    })
}

/// Decides: `KOULING_GRANTED` or `KOULING_REFUSED`. `now` is in seconds since 1970-01-01T00:00:00Z; `randomness` is 80
/// bytes of the operating system's, fresh for every call.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_decide(
    sending: Option<&kouling_sending>,
    keys: Option<&kouling_code_keys>,
    now: i64,
    randomness: kouling_text,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::owned("step", step);
    answer(report, || {
        out.place()?;
        let (sending, keys) = (given("sending", sending)?, given("keys", keys)?);
        let randomness: &[u8; 80] = randomness
            .bytes("randomness")?
            .try_into()
            .map_err(|_| Failure::argument("`randomness` is not 80 bytes"))?;
        // Without all of them there are not as many as budgets, and the engine says no.
        let events = sending.looked_up.iter().flatten().cloned().collect();
        let facts = SendFacts { events, ..sending.facts.clone() };
        let now = Moment::from_unix(now);
        let policy = &sending.policy;
        let (answer, effects) = send(policy, &keys.keys, &sending.request, &facts, now, randomness);
        out.give(match answer {
            Ok(()) => kouling_step::granted(policy.clone(), String::new(), effects),
            Err(refusal) => kouling_step::refused(policy.clone(), refusal, effects),
        })
    })
}

/// Frees a request for a code.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_free(sending: Option<Box<kouling_sending>>) {
    free(sending);
}
