//! What must never happen, looked for in what the host did and was asked to do; the model is not asked.

use std::collections::BTreeMap;

use kouling::flow::{Challenge, ChallengeState, Channel, Next, Recipient};

use super::host::{Flight, Host, Mail, Store, Stored, hex, key};
use super::ops::PEOPLE;
use super::plain::{
    ACCOUNT_WINDOW, Asks, MAIL_LIFE, MAX_WRONG, MAX_WRONG_OF_ACCOUNT, PHONE_LIFE, Trip, WRONG_WINDOW,
};

/// A code that was sent: to whom it was sent, and who had asked for it.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) text: String,
    pub(crate) asks: Asks,
    pub(crate) at: i64,
    pub(crate) to: Recipient,
}

/// What was seen so far.
#[derive(Default)]
pub(crate) struct Log {
    sent: Vec<Sent>,
    /// Of each account, how many passwords were set with good cause.
    causes: BTreeMap<String, usize>,
    /// The codes that have set a password.
    spent: Vec<String>,
    /// By account or address: when a wrong code was compared.
    wrong: BTreeMap<String, Vec<i64>>,
    /// The same by requester.
    wrong_of_requester: BTreeMap<(String, String), Vec<i64>>,
}

fn consumed(store: &Store) -> usize {
    store.challenges.iter().map(Stored::read).filter(|c| c.state() == ChallengeState::Used).count()
}

impl Log {
    pub(crate) fn sent(&mut self, sent: Sent) {
        let mail = PEOPLE.iter().find(|(_, mail, _)| mail.to_lowercase() == sent.asks.address);
        let on_record = match (&sent.to.account, mail) {
            (Some(_), Some((_, mail, _))) => *mail,
            _ => sent.asks.address.as_str(),
        };
        assert_eq!(sent.to.address, on_record, "2: a code goes to the address on record");
        assert!(!self.sent.iter().any(|known| known.text == sent.text), "13: every code is drawn anew");
        self.sent.push(sent);
    }

    fn sent_as(&self, text: &str) -> &Sent {
        let found = self.sent.iter().find(|sent| sent.text == text);
        found.unwrap_or_else(|| panic!("1: the code was never sent"))
    }

    pub(crate) fn changed(&mut self, who: usize) {
        *self.causes.entry(format!("id-{}", PEOPLE[who].0)).or_default() += 1;
    }

    /// A submission was counted against this challenge and let through to the comparison.
    pub(crate) fn compared(&mut self, challenge: &Challenge, trip: &Trip, right: bool) {
        let subject = challenge.account().map_or_else(|| challenge.address().key(), str::to_owned);
        if !right {
            let by = (subject.clone(), challenge.requester());
            self.wrong_of_requester.entry(by).or_default().push(trip.began);
            self.wrong.entry(subject).or_default().push(trip.began);
        }
    }

    /// A submission has set a password.
    pub(crate) fn done(&mut self, trip: &Trip, before: &Store, host: &Host<'_>) {
        let sent = self.sent_as(&trip.code).clone();
        let account = sent.to.account.clone().expect("1: a code without an account sets nothing");
        let (asked, asks) = (&sent.asks, &trip.asks);
        let life = if sent.to.channel == Channel::Email { MAIL_LIFE } else { PHONE_LIFE };
        assert!((0..life).contains(&(trip.began - sent.at)), "6: in its time");
        assert_eq!((asked.client, asked.device), (asks.client, asks.device), "8: by the same client and device");
        assert_eq!(asked.is_update, asks.is_update, "8: for the same purpose");
        match asks.session {
            Some(who) => assert_eq!(account, format!("id-{}", PEOPLE[who].0), "8: by the same user"),
            None => assert_eq!(asked.address, asks.address, "8: for the same address"),
        }
        assert!(!self.spent.contains(&trip.code), "3: no code sets two passwords");
        self.spent.push(trip.code.clone());
        assert_eq!(consumed(&host.store), consumed(before) + 1, "1: a live code was consumed");
        for challenge in host.store.challenges.iter().map(Stored::read) {
            let sibling = challenge.account() == Some(&account);
            assert!(
                !sibling || challenge.state() != ChallengeState::Valid,
                "7: every code of the account is dead"
            );
        }
        assert!(host.store.sessions.iter().all(|(_, owner)| *owner != account), "7: every session is dead");
        for (id, kept) in &host.store.accounts {
            let untouched = before.accounts[id].hashes == kept.hashes;
            assert_eq!(untouched, *id != account, "1: this user's password is set, and no other");
        }
        let composed = trip.password.replace("e\u{301}", "\u{e9}");
        assert!(host.opens(&account, &composed), "15: what is hashed is what was judged");
        *self.causes.entry(account).or_default() += 1;
    }

    /// A submission shows itself and what it wants next.
    pub(crate) fn watch(&self, flight: &Flight<'_>, trip: &Trip) {
        let shown = format!("{:?} {:?}", flight.redemption, flight.next);
        for secret in [&trip.code, &trip.password] {
            let bare = secret.trim_matches('\0');
            let known = [bare.to_owned(), bare.escape_debug().to_string(), hex(bare.as_bytes())];
            assert!(bare.len() < 8 || known.iter().all(|form| !shown.contains(form)), "14: no secret is shown");
        }
        if let Next::Approved(approved) = &flight.next {
            assert_eq!(Some(approved.account()), self.sent_as(&trip.code).to.account.as_deref(), "1");
        }
    }

    fn within(&self, subject: &str, times: &[i64], max: usize, window: i64) {
        for from in times {
            let count = times.iter().filter(|at| (*from..from + window).contains(at)).count();
            assert!(count <= max, "4, 5: {count} wrong codes for {subject} were compared in one window");
        }
    }

    /// What holds at any time.
    pub(crate) fn check(&self, host: &Host<'_>) {
        let store = &host.store;
        for (id, kept) in &store.accounts {
            let causes = self.causes.get(id).copied().unwrap_or(0);
            assert_eq!(kept.hashes.len(), 1 + causes, "1: every password of {id} was set for a cause");
        }
        assert_eq!(consumed(store), self.spent.len(), "3: as many codes consumed as passwords set by code");
        let valid: Vec<_> =
            store.challenges.iter().map(Stored::read).filter(|c| c.state() == ChallengeState::Valid).collect();
        for (n, one) in valid.iter().enumerate() {
            for other in valid[n + 1..].iter().filter(|other| other.requester() == one.requester()) {
                assert!(one.address() != other.address(), "7: a requester has one valid code for an address");
                assert!(one.account().is_none() || one.account() != other.account(), "7: and one for an account");
            }
        }
        for ((subject, _), times) in &self.wrong_of_requester {
            self.within(subject, times, MAX_WRONG, WRONG_WINDOW);
        }
        for (subject, times) in &self.wrong {
            self.within(subject, times, MAX_WRONG_OF_ACCOUNT, ACCOUNT_WINDOW);
        }
        let operator = hex(key(1).key.as_ref());
        for stored in &store.challenges {
            let text = String::from_utf8_lossy(&stored.bytes);
            assert!(!text.contains(&operator), "13: no key is stored");
            assert!(self.sent.iter().all(|sent| !text.contains(&sent.text)), "13, 14: no code is stored");
        }
        let audit = format!("{:?}", store.audit);
        assert!(self.sent.iter().all(|sent| !audit.contains(&sent.text)), "14: no code is written down");
        let addresses: Vec<&str> = PEOPLE.iter().flat_map(|(_, mail, phone)| [*mail, *phone]).collect();
        for mail in &store.outbox {
            if let Mail::Changed { to } = mail {
                assert!(addresses.contains(&to.as_str()), "2: news goes to an address on record");
            }
        }
    }
}
