//! May a code be sent? A request for a code, and what the host looked up for it.

use std::mem::MaybeUninit;
use std::sync::Arc;

use kouling::flow::{Address, Budget, SendFacts, SendRequest, budgets, send};
use kouling::{Moment, Policy};

use crate::boundary::{Out, free, lookup, required, run};
use crate::failure::{Failure, kouling_report};
use crate::options::{self, Options};
use crate::policy::kouling_policy;
use crate::reset::keys::kouling_code_keys;
use crate::reset::record::kouling_record;
use crate::reset::request::{
    caller, channel, client_ip_key, kouling_caller, kouling_channel, kouling_purpose, moments, purpose,
};
use crate::reset::step::kouling_step;
use crate::status::kouling_status;
use crate::string_pool::StringPool;
use crate::text::kouling_text;

/// A request for a code.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_send_request {
    /// Set to `sizeof(struct kouling_send_request)`.
    pub struct_size: usize,
    /// Device and client application. Required.
    pub caller: *const kouling_caller,
    /// Purpose of the code, a `KOULING_PURPOSE_…` value.
    pub purpose: MaybeUninit<kouling_purpose>,
    /// Channel to send the code by, a `KOULING_CHANNEL_…` value.
    pub channel: MaybeUninit<kouling_channel>,
    /// Address as the user typed it.
    pub address: kouling_text,
    /// Token of a solved captcha; empty if the client sent none.
    pub captcha_token: kouling_text,
    /// IPv4 or IPv6 address of the client, as text. Required.
    pub client_ip: kouling_text,
}

// SAFETY: `repr(C)` with the size first; texts, numbers, pointers and enums in a `MaybeUninit` may be zero.
unsafe impl Options for kouling_send_request {}

/// A request for a code in progress, with what the host looked up for it. One owner.
pub struct kouling_sending {
    policy: Arc<Policy>,
    request: SendRequest,
    address: Option<Address>,
    facts: SendFacts,
    budgets: Vec<Budget>,
    /// The events of each budget. `None` if the host did not look them up; the request is then refused.
    events: Vec<Option<Vec<Moment>>>,
    texts: StringPool,
}

impl kouling_sending {
    /// Sets the budgets that count for the account that is known now.
    fn reset_budgets(&mut self) {
        let account = self.facts.account.as_ref().map(|(id, _)| id.as_str());
        let of = |address: &Address| budgets(&self.policy, &self.request, address, account);
        self.budgets = self.address.as_ref().map(of).unwrap_or_default();
        self.events = vec![None; self.budgets.len()];
    }
}

/// Begins a request for a code. The host then looks up, in this order: the account that has the address of
/// `kouling_sending_address` (`kouling_sending_set_account`); the captcha that the token names, which is the part before
/// `---` (`kouling_sending_set_captcha`); and for each budget the events recorded under its key within its window
/// (`kouling_sending_set_events`). Then it calls `kouling_sending_decide`. `request` and its texts are copied. `*sending`
/// receives the object; the caller owns it and frees it by `kouling_sending_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
/// a pointer is NULL, `struct_size` is not set, `purpose` or `channel` is unknown, or `client_ip` is not an IP address.
/// `*sending` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_sending_new(
    policy: Option<&kouling_policy>,
    request: *const kouling_send_request,
    sending: Option<&mut MaybeUninit<*mut kouling_sending>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("sending", sending);
    run(report, || {
        // SAFETY: required of the caller by the conventions of the header.
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
            peer: client_ip_key(options.client_ip)?,
        };
        let mut sending = kouling_sending {
            policy: required("policy", policy)?.policy.clone(),
            address: request.address(),
            request,
            facts: SendFacts::default(),
            budgets: Vec::new(),
            events: Vec::new(),
            texts: StringPool::default(),
        };
        sending.reset_budgets();
        out.give(sending)
    })
}

/// Returns the normalized address, by which the host looks up the account. The view is owned by `sending`. Empty if the
/// address in the request is not exactly one address, or `sending` is NULL; then there is nothing to look up, and the
/// request will be refused.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_address(sending: Option<&kouling_sending>) -> kouling_text {
    lookup(|| Some(kouling_text::view(sending?.address.as_ref()?.as_str())))
}

/// Returns the channel of the request. Returns the value 0 if `sending` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_channel(sending: Option<&kouling_sending>) -> kouling_channel {
    sending.map(|sending| sending.request.channel.into()).unwrap_or_default()
}

/// Sets the account that has the address, and the address as it is stored for the account: messages are sent to it, never
/// to the address in the request. Both texts are copied. Resets the budgets and their events. Do not call it if no account
/// has the address. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
/// `sending` is NULL or a text is empty.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_set_account(
    sending: Option<&mut kouling_sending>,
    account: kouling_text,
    address_on_record: kouling_text,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    run(report, || {
        let sending = required("sending", sending)?;
        let (account, address) = (account.text("account")?, address_on_record.text("address_on_record")?);
        if account.is_empty() || address.is_empty() {
            return Err(Failure::argument("`account` or `address_on_record` is empty"));
        }
        sending.facts.account = Some((account.to_owned(), address.to_owned()));
        sending.reset_budgets();
        Ok(())
    })
}

/// Sets the record of the captcha that the token names. It is copied. Do not call it if there is none. `report` may be
/// NULL.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `sending` or `captcha` is NULL or the record is not
/// a captcha.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_set_captcha(
    sending: Option<&mut kouling_sending>,
    captcha: Option<&kouling_record>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    run(report, || {
        required("sending", sending)?.facts.captcha = Some(required("captcha", captcha)?.captcha()?.clone());
        Ok(())
    })
}

/// Returns the number of budgets (rate limits) that count the request; 0 if `sending` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_budget_count(sending: Option<&kouling_sending>) -> usize {
    lookup(|| Some(sending?.budgets.len()))
}

/// Returns the key under which the events of a budget are recorded. The view is owned by `sending`. Empty if `index` is out
/// of range or `sending` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_budget_key(sending: Option<&kouling_sending>, index: usize) -> kouling_text {
    lookup(|| {
        let sending = sending?;
        Some(sending.texts.add(sending.budgets.get(index)?.key.clone()))
    })
}

/// Returns the window of a budget in seconds; older events need not be looked up. Returns 0 if `index` is out of range or
/// `sending` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_budget_seconds(sending: Option<&kouling_sending>, index: usize) -> u64 {
    lookup(|| Some(sending?.budgets.get(index)?.rate.per))
}

/// Sets the events recorded under the key of a budget: an array of `event_count` times in seconds since
/// 1970-01-01T00:00:00Z. Call it for every budget, also if there are no events: the request is refused otherwise. The
/// array is copied, and may be NULL if the count is 0. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `sending` is NULL, `index` is out of range,
/// `events` is NULL with a count, or there are more than 1048576 events.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_sending_set_events(
    sending: Option<&mut kouling_sending>,
    index: usize,
    events: *const i64,
    event_count: usize,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    run(report, || {
        let sending = required("sending", sending)?;
        let place = sending.events.get_mut(index);
        let place = place.ok_or_else(|| Failure::argument("the index of the budget is out of range"))?;
        // SAFETY: required of the caller by the conventions of the header.
        *place = Some(unsafe { moments(events, event_count)? });
        Ok(())
    })
}

/// Decides whether a code may be sent. `now` is in seconds since 1970-01-01T00:00:00Z. `randomness` is 80 bytes from the
/// operating system's random number generator, new for every call. `*step` receives the result, `KOULING_STEP_GRANTED` or
/// `KOULING_STEP_REFUSED`; the caller owns it and frees it by `kouling_step_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if a pointer is NULL or `randomness` has another
/// length. `*step` is NULL on failure. Safe to call from several threads on one object.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_decide(
    sending: Option<&kouling_sending>,
    keys: Option<&kouling_code_keys>,
    now: i64,
    randomness: kouling_text,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("step", step);
    run(report, || {
        out.place()?;
        let (sending, keys) = (required("sending", sending)?, required("keys", keys)?);
        let randomness: &[u8; 80] = randomness
            .bytes("randomness")?
            .try_into()
            .map_err(|_| Failure::argument("invalid `randomness`; expected 80 bytes"))?;
        // If a budget was not looked up there are fewer lists than budgets, and the engine refuses.
        let events = sending.events.iter().flatten().cloned().collect();
        let facts = SendFacts { events, ..sending.facts.clone() };
        let now = Moment::from_unix(now);
        let policy = &sending.policy;
        let (decision, effects) = send(policy, &keys.keys, &sending.request, &facts, now, randomness);
        out.give(match decision {
            Ok(()) => kouling_step::granted(policy.clone(), String::new(), effects),
            Err(refusal) => kouling_step::refused(policy.clone(), refusal, effects),
        })
    })
}

/// Frees a request for a code. Steps that it returned stay valid. Passing NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sending_free(sending: Option<Box<kouling_sending>>) {
    free(sending);
}
