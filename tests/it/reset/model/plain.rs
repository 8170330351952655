//! The reference model of the reset flow, written from its description: users, codes, and the conditions for each action.
//! The model has no hashes, effects or bytes; a code is its text.

use std::collections::BTreeMap;

pub(crate) const MAIL_LIFETIME: i64 = 1_200;
pub(crate) const PHONE_LIFETIME: i64 = 600;
pub(crate) const MAX_WRONG: usize = 3;
pub(crate) const WRONG_WINDOW: i64 = 3_600;
pub(crate) const MAX_WRONG_OF_ACCOUNT: usize = 5;
pub(crate) const ACCOUNT_WINDOW: i64 = 7_200;
pub(crate) const SUBMISSIONS: u64 = 3 + 2;
const COOLDOWN: i64 = 60;
const HOUR: i64 = 3_600;
const PER_ACCOUNT: usize = 4;
const PER_ADDRESS: usize = 3;
const PER_REQUESTER: usize = 2;
const PER_PEER: usize = 6;

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) mail: Option<String>,
    pub(crate) phone: String,
    pub(crate) is_active: bool,
    /// The current password is last.
    pub(crate) passwords: Vec<String>,
    pub(crate) sessions: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) text: String,
    pub(crate) is_update: bool,
    pub(crate) address: String,
    pub(crate) owner: Option<usize>,
    pub(crate) client: u8,
    pub(crate) device: u8,
    pub(crate) created: i64,
    pub(crate) is_valid: bool,
    pub(crate) left: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum SendOutcome {
    Sent,
    /// The response is the same as for `Sent`, but no code is sent.
    Withheld,
    Limited,
    NotSent,
}

/// The context of a request for a code, or of a submission.
#[derive(Clone, Debug)]
pub(crate) struct RequestContext {
    pub(crate) address: String,
    pub(crate) is_update: bool,
    pub(crate) client: u8,
    pub(crate) device: u8,
    /// The user who is signed in.
    pub(crate) session: Option<usize>,
}

/// A submission in progress, and its stage.
#[derive(Clone, Debug)]
pub(crate) struct TrackedSubmission {
    pub(crate) context: RequestContext,
    pub(crate) code: String,
    pub(crate) password: String,
    pub(crate) started_at: i64,
    pub(crate) stage: Stage,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stage {
    Started,
    Found(usize),
    Compared(usize),
    Evaluated(usize),
    Ended(&'static str),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) now: i64,
    pub(crate) users: Vec<User>,
    pub(crate) codes: Vec<Code>,
    /// The times of wrong codes by account, or by address if there is no account; also by requester.
    pub(crate) wrong_codes: BTreeMap<String, Vec<i64>>,
    /// The times of sent codes, by the key of the limit.
    pub(crate) sent: BTreeMap<String, Vec<i64>>,
}

/// Whether one more event is within the limit. Events in the future count as just happened.
fn is_within_limit(events: Option<&Vec<i64>>, max: usize, window: i64, now: i64) -> bool {
    events.is_none_or(|events| events.iter().filter(|event| now - **event < window).count() < max)
}

/// Whether a correct clock can show this time: after 1970 and before the year 10000.
fn is_plausible(moment: i64) -> bool {
    (1..253_402_300_800).contains(&moment)
}

fn is_mail(address: &str) -> bool {
    address.contains('@')
}

fn subject(owner: Option<usize>, address: &str) -> String {
    owner.map_or_else(|| address.to_owned(), |owner| format!("user {owner}"))
}

/// Returns the keys that a wrong code is counted under: the budgets of the requester and of the account.
fn budgets(code: &Code) -> [String; 2] {
    let subject = subject(code.owner, &code.address);
    [format!("{subject} by client {} on device {}", code.client, code.device), subject]
}

impl Model {
    pub(crate) fn owner(&self, address: &str) -> Option<usize> {
        let owns_address = |user: &User| user.mail.as_deref() == Some(address) || user.phone == address;
        self.users.iter().position(owns_address)
    }

    /// Decides whether a code is sent. [`Model::record_sent_code`] then records its text.
    pub(crate) fn send(&mut self, context: &RequestContext, peer: u8, captcha_is_valid: bool) -> SendOutcome {
        if !captcha_is_valid || !is_plausible(self.now) {
            return SendOutcome::NotSent;
        }
        let owner = self.owner(&context.address);
        let account = format!("account {}", subject(owner, &context.address));
        let requester = format!("{} of client {} on device {}", context.address, context.client, context.device);
        let limits = [
            (format!("address {}", context.address), PER_ADDRESS, HOUR),
            (format!("requester {requester}"), PER_REQUESTER, HOUR),
            (format!("address {} from {peer}", context.address), 2 * PER_REQUESTER, HOUR),
            (format!("peer {peer}"), PER_PEER, HOUR),
            (format!("cooldown {requester}"), 1, COOLDOWN),
        ];
        if limits.iter().any(|(key, max, window)| !is_within_limit(self.sent.get(key), *max, *window, self.now)) {
            return SendOutcome::Limited;
        }
        for (key, ..) in limits {
            self.sent.entry(key).or_default().push(self.now);
        }
        if !is_within_limit(self.sent.get(&account), PER_ACCOUNT, HOUR, self.now) {
            return SendOutcome::Withheld;
        }
        self.sent.entry(account).or_default().push(self.now);
        self.revoke(owner, &context.address, Some((context.client, context.device)));
        SendOutcome::Sent
    }

    /// Records a code that was sent.
    pub(crate) fn record_sent_code(&mut self, context: &RequestContext, text: String) {
        self.codes.push(Code {
            text,
            is_update: context.is_update,
            address: context.address.clone(),
            owner: self.owner(&context.address),
            client: context.client,
            device: context.device,
            created: self.now,
            is_valid: true,
            left: SUBMISSIONS,
        });
    }

    /// Revokes the codes of an owner or an address: those of one client and device, or all of them.
    fn revoke(&mut self, owner: Option<usize>, address: &str, requester: Option<(u8, u8)>) {
        for code in &mut self.codes {
            let is_affected = code.address == address || (owner.is_some() && code.owner == owner);
            if is_affected && requester.is_none_or(|requester| requester == (code.client, code.device)) {
                code.is_valid = false;
            }
        }
    }

    /// Performs one step of a submission.
    pub(crate) fn step(&mut self, tracked: &mut TrackedSubmission) {
        tracked.stage = match tracked.stage {
            Stage::Started => self.find(tracked),
            Stage::Found(code) => self.count_and_compare(code, tracked),
            Stage::Compared(code) => self.evaluate(code, tracked),
            Stage::Evaluated(code) => self.write(code, tracked),
            Stage::Ended(_) => panic!("the submission has ended"),
        }
    }

    fn find(&self, tracked: &TrackedSubmission) -> Stage {
        let context = &tracked.context;
        let newest = self.codes.iter().rposition(|code| {
            code.is_update == context.is_update
                && (code.client, code.device) == (context.client, context.device)
                && is_mail(&code.address) == is_mail(&context.address)
                && match context.session {
                    Some(user) => code.owner == Some(user),
                    None => code.address == context.address,
                }
        });
        let Some(newest) = newest else { return Stage::Ended("reset.code_refused") };
        let code = &self.codes[newest];
        let lifetime = if is_mail(&code.address) { MAIL_LIFETIME } else { PHONE_LIFETIME };
        let is_usable = code.is_valid
            && code.left > 0
            && code.created <= tracked.started_at
            && tracked.started_at < code.created + lifetime
            && [code.created, code.created + lifetime, tracked.started_at].into_iter().all(is_plausible);
        if is_usable { Stage::Found(newest) } else { Stage::Ended("reset.code_refused") }
    }

    fn count_and_compare(&mut self, code: usize, tracked: &TrackedSubmission) -> Stage {
        let stored = &mut self.codes[code];
        let [of_requester, of_account] = budgets(stored);
        let has_budget =
            is_within_limit(self.wrong_codes.get(&of_requester), MAX_WRONG, WRONG_WINDOW, tracked.started_at)
                && is_within_limit(
                    self.wrong_codes.get(&of_account),
                    MAX_WRONG_OF_ACCOUNT,
                    ACCOUNT_WINDOW,
                    tracked.started_at,
                );
        if !stored.is_valid || stored.left == 0 || !has_budget {
            return Stage::Ended("reset.code_refused");
        }
        stored.left -= 1;
        for key in [of_requester, of_account] {
            self.wrong_codes.entry(key).or_default().push(tracked.started_at);
        }
        if stored.text == tracked.code { Stage::Compared(code) } else { Stage::Ended("reset.code_refused") }
    }

    fn evaluate(&mut self, code: usize, tracked: &TrackedSubmission) -> Stage {
        let Code { owner, address, .. } = self.codes[code].clone();
        let user = owner.filter(|owner| self.users[*owner].is_active && self.owner(&address) == Some(*owner));
        let outcome = if user.is_none() {
            "reset.user_unknown"
        } else if tracked.password.contains('\0') {
            "cannot_judge.nul"
        } else if tracked.password.chars().count() < 8 {
            "length.too_short"
        } else {
            return Stage::Evaluated(code);
        };
        self.release_counts(code, tracked);
        Stage::Ended(outcome)
    }

    fn write(&mut self, code: usize, tracked: &TrackedSubmission) -> Stage {
        let Code { owner, address, is_valid, .. } = self.codes[code].clone();
        let owner = owner.filter(|owner| is_valid && self.users[*owner].is_active);
        let Some(owner) = owner else { return Stage::Ended("reset.code_refused") };
        self.revoke(Some(owner), &address, None);
        self.release_counts(code, tracked);
        self.set(owner, &tracked.password);
        Stage::Ended("done")
    }

    fn release_counts(&mut self, code: usize, tracked: &TrackedSubmission) {
        for key in budgets(&self.codes[code]) {
            let wrong_codes = self.wrong_codes.entry(key).or_default();
            let index =
                wrong_codes.iter().position(|event| *event == tracked.started_at).expect("a counted submission");
            wrong_codes.remove(index);
        }
    }

    fn set(&mut self, owner: usize, password: &str) {
        // Normalization composes this sequence. It is the only decomposed one on a walk.
        self.users[owner].passwords.push(password.replace("e\u{301}", "\u{e9}"));
        self.users[owner].sessions = 0;
    }

    /// Applies a change with a correct old password. It was evaluated when the user had `password_count` passwords.
    pub(crate) fn change(&mut self, owner: usize, password_count: usize, password: &str) -> bool {
        if self.users[owner].passwords.len() != password_count || !self.users[owner].is_active {
            return false;
        }
        for code in self.codes.iter_mut().filter(|code| code.owner == Some(owner)) {
            code.is_valid = false;
        }
        self.set(owner, password);
        true
    }
}
