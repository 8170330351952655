//! The reset as its description has it, in plain words: people, codes, and who may do what when. No hashes, no
//! effects, no bytes; a code is its text.

use std::collections::BTreeMap;

pub(crate) const MAIL_LIFE: i64 = 1_200;
pub(crate) const PHONE_LIFE: i64 = 600;
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
pub(crate) struct Person {
    pub(crate) mail: Option<String>,
    pub(crate) phone: String,
    pub(crate) is_active: bool,
    /// The current one last.
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
    pub(crate) made: i64,
    pub(crate) is_valid: bool,
    pub(crate) left: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sending {
    Sent,
    /// Answered like sent, and nothing was sent.
    Withheld,
    Limited,
    NotSent,
}

/// Who asks for a code, or submits one.
#[derive(Clone, Debug)]
pub(crate) struct Asks {
    pub(crate) address: String,
    pub(crate) is_update: bool,
    pub(crate) client: u8,
    pub(crate) device: u8,
    /// Who is signed in.
    pub(crate) session: Option<usize>,
}

/// A submission on its way, and how far it is.
#[derive(Clone, Debug)]
pub(crate) struct Trip {
    pub(crate) asks: Asks,
    pub(crate) code: String,
    pub(crate) password: String,
    pub(crate) began: i64,
    pub(crate) place: Place,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Place {
    Arrived,
    Found(usize),
    Compared(usize),
    Judged(usize),
    Over(&'static str),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) now: i64,
    pub(crate) people: Vec<Person>,
    pub(crate) codes: Vec<Code>,
    /// By account or, without one, by address; and the same by requester: when a wrong code was submitted.
    pub(crate) wrong: BTreeMap<String, Vec<i64>>,
    /// By what it is counted under: when a code was sent.
    pub(crate) sent: BTreeMap<String, Vec<i64>>,
}

/// Whether one more fits. What seems to come from the future has just happened.
fn fits(events: Option<&Vec<i64>>, most: usize, within: i64, now: i64) -> bool {
    events.is_none_or(|events| events.iter().filter(|event| now - **event < within).count() < most)
}

/// Whether a clock that is right can show this: after 1970 and before the year 10000.
fn can_be(moment: i64) -> bool {
    (1..253_402_300_800).contains(&moment)
}

fn is_mail(address: &str) -> bool {
    address.contains('@')
}

fn subject(owner: Option<usize>, address: &str) -> String {
    owner.map_or_else(|| address.to_owned(), |owner| format!("person {owner}"))
}

/// What a wrong code is counted under: the requester's budget and the account's.
fn budgets(code: &Code) -> [String; 2] {
    let subject = subject(code.owner, &code.address);
    [format!("{subject} by client {} on device {}", code.client, code.device), subject]
}

impl Model {
    pub(crate) fn owner(&self, address: &str) -> Option<usize> {
        let has = |person: &Person| person.mail.as_deref() == Some(address) || person.phone == address;
        self.people.iter().position(has)
    }

    /// May a code be sent? Its text is told by [`Model::sent`].
    pub(crate) fn send(&mut self, asks: &Asks, peer: u8, captcha_is_good: bool) -> Sending {
        if !captcha_is_good || !can_be(self.now) {
            return Sending::NotSent;
        }
        let owner = self.owner(&asks.address);
        let account = format!("account {}", subject(owner, &asks.address));
        let requester = format!("{} of client {} on device {}", asks.address, asks.client, asks.device);
        let others = [
            (format!("address {}", asks.address), PER_ADDRESS, HOUR),
            (format!("requester {requester}"), PER_REQUESTER, HOUR),
            (format!("address {} from {peer}", asks.address), 2 * PER_REQUESTER, HOUR),
            (format!("peer {peer}"), PER_PEER, HOUR),
            (format!("cooldown {requester}"), 1, COOLDOWN),
        ];
        if others.iter().any(|(key, most, within)| !fits(self.sent.get(key), *most, *within, self.now)) {
            return Sending::Limited;
        }
        for (key, ..) in others {
            self.sent.entry(key).or_default().push(self.now);
        }
        if !fits(self.sent.get(&account), PER_ACCOUNT, HOUR, self.now) {
            return Sending::Withheld;
        }
        self.sent.entry(account).or_default().push(self.now);
        self.revoke(owner, &asks.address, Some((asks.client, asks.device)));
        Sending::Sent
    }

    /// The code that was sent.
    pub(crate) fn sent(&mut self, asks: &Asks, text: String) {
        self.codes.push(Code {
            text,
            is_update: asks.is_update,
            address: asks.address.clone(),
            owner: self.owner(&asks.address),
            client: asks.client,
            device: asks.device,
            made: self.now,
            is_valid: true,
            left: SUBMISSIONS,
        });
    }

    /// Revokes codes of an owner or an address: those of one client and device, or all.
    fn revoke(&mut self, owner: Option<usize>, address: &str, requester: Option<(u8, u8)>) {
        for code in &mut self.codes {
            let is_meant = code.address == address || (owner.is_some() && code.owner == owner);
            if is_meant && requester.is_none_or(|requester| requester == (code.client, code.device)) {
                code.is_valid = false;
            }
        }
    }

    /// One step of a submission.
    pub(crate) fn step(&mut self, trip: &mut Trip) {
        trip.place = match trip.place {
            Place::Arrived => self.find(trip),
            Place::Found(code) => self.count_and_compare(code, trip),
            Place::Compared(code) => self.judge(code, trip),
            Place::Judged(code) => self.write(code, trip),
            Place::Over(_) => panic!("the trip is over"),
        }
    }

    fn find(&self, trip: &Trip) -> Place {
        let asks = &trip.asks;
        let newest = self.codes.iter().rposition(|code| {
            code.is_update == asks.is_update
                && (code.client, code.device) == (asks.client, asks.device)
                && is_mail(&code.address) == is_mail(&asks.address)
                && match asks.session {
                    Some(person) => code.owner == Some(person),
                    None => code.address == asks.address,
                }
        });
        let Some(newest) = newest else { return Place::Over("reset.code_refused") };
        let code = &self.codes[newest];
        let life = if is_mail(&code.address) { MAIL_LIFE } else { PHONE_LIFE };
        let open = code.is_valid
            && code.left > 0
            && code.made <= trip.began
            && trip.began < code.made + life
            && [code.made, code.made + life, trip.began].into_iter().all(can_be);
        if open { Place::Found(newest) } else { Place::Over("reset.code_refused") }
    }

    fn count_and_compare(&mut self, code: usize, trip: &Trip) -> Place {
        let code_ = &mut self.codes[code];
        let [of_requester, of_account] = budgets(code_);
        let has_room = fits(self.wrong.get(&of_requester), MAX_WRONG, WRONG_WINDOW, trip.began)
            && fits(self.wrong.get(&of_account), MAX_WRONG_OF_ACCOUNT, ACCOUNT_WINDOW, trip.began);
        if !code_.is_valid || code_.left == 0 || !has_room {
            return Place::Over("reset.code_refused");
        }
        code_.left -= 1;
        for key in [of_requester, of_account] {
            self.wrong.entry(key).or_default().push(trip.began);
        }
        if code_.text == trip.code { Place::Compared(code) } else { Place::Over("reset.code_refused") }
    }

    fn judge(&mut self, code: usize, trip: &Trip) -> Place {
        let Code { owner, address, .. } = self.codes[code].clone();
        let person = owner.filter(|owner| self.people[*owner].is_active && self.owner(&address) == Some(*owner));
        let answer = if person.is_none() {
            "reset.user_unknown"
        } else if trip.password.contains('\0') {
            "cannot_judge.nul"
        } else if trip.password.chars().count() < 8 {
            "length.too_short"
        } else {
            return Place::Judged(code);
        };
        self.give_back(code, trip);
        Place::Over(answer)
    }

    fn write(&mut self, code: usize, trip: &Trip) -> Place {
        let Code { owner, address, is_valid, .. } = self.codes[code].clone();
        let owner = owner.filter(|owner| is_valid && self.people[*owner].is_active);
        let Some(owner) = owner else { return Place::Over("reset.code_refused") };
        self.revoke(Some(owner), &address, None);
        self.give_back(code, trip);
        self.set(owner, &trip.password);
        Place::Over("done")
    }

    fn give_back(&mut self, code: usize, trip: &Trip) {
        for key in budgets(&self.codes[code]) {
            let wrong = self.wrong.entry(key).or_default();
            let place = wrong.iter().position(|event| *event == trip.began).expect("it was counted");
            wrong.remove(place);
        }
    }

    fn set(&mut self, owner: usize, password: &str) {
        // What the walk types is composed already, or composes to this.
        self.people[owner].passwords.push(password.replace("e\u{301}", "\u{e9}"));
        self.people[owner].sessions = 0;
    }

    /// A change by somebody who knew the old password, judged when there were so many passwords.
    pub(crate) fn change(&mut self, owner: usize, known: usize, password: &str) -> bool {
        if self.people[owner].passwords.len() != known || !self.people[owner].is_active {
            return false;
        }
        for code in self.codes.iter_mut().filter(|code| code.owner == Some(owner)) {
            code.is_valid = false;
        }
        self.set(owner, password);
        true
    }
}
