//! What the host keeps, and how effects change it.

use std::collections::BTreeMap;

use kouling::candidate::Previous;
use kouling::flow::{
    Account, Address, Audit, Captcha, Challenge, Channel, Effect, Purpose, Recipient, retry_after,
};
use kouling::{Moment, User};

/// An account as it is kept.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct StoredAccount {
    pub(crate) username: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) is_active: bool,
    /// The current one first.
    pub(crate) hashes: Vec<Previous>,
}

/// A challenge as it is kept: its bytes, and what it is looked up by.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) bytes: Vec<u8>,
}

impl Stored {
    pub(crate) fn read(&self) -> Challenge {
        Challenge::from_bytes(&self.bytes).expect("a stored challenge")
    }
}

/// A message that left the house.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Mail {
    /// A code: to whom, and which.
    Code { to: Recipient, code: String },
    /// News of a changed password, to an address.
    Changed { to: String },
}

/// Everything that is kept.
#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct Store {
    /// By identifier.
    pub(crate) accounts: BTreeMap<String, StoredAccount>,
    /// In the order of making.
    pub(crate) challenges: Vec<Stored>,
    pub(crate) captchas: Vec<Captcha>,
    pub(crate) events: BTreeMap<String, Vec<Moment>>,
    /// Session and account.
    pub(crate) sessions: Vec<(u64, String)>,
    pub(crate) outbox: Vec<Mail>,
    pub(crate) audit: Vec<Audit>,
}

/// A condition that did not hold.
struct Unmet;

impl Store {
    pub(super) fn add_account(
        &mut self,
        username: &str,
        email: Option<&str>,
        phone: Option<&str>,
        hashes: Vec<String>,
        now: Moment,
    ) {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let hashes = hashes.into_iter().rev().map(|hash| Previous { hash, at: Some(now) }).collect();
        let kept = StoredAccount {
            username: username.to_owned(),
            name: None,
            email: owned(email),
            phone: owned(phone),
            is_active: true,
            hashes,
        };
        self.accounts.insert(format!("id-{username}"), kept);
    }

    pub(crate) fn account_mut(&mut self, id: &str) -> &mut StoredAccount {
        self.accounts.get_mut(id).expect("an account of this identifier")
    }

    /// The account that has an address: its identifier, and the address as it is on record.
    pub(crate) fn owner(&self, address: &Address) -> Option<(String, String)> {
        self.accounts.iter().find_map(|(id, kept)| {
            let on_record = kept.address(address.channel())?;
            (Address::parse(address.channel(), on_record)? == *address).then(|| (id.clone(), on_record.to_owned()))
        })
    }

    pub(crate) fn account(&self, id: &str) -> Option<Account> {
        let kept = self.accounts.get(id)?;
        let mut user = User::new().with("username", &kept.username);
        for (name, value) in [("name", &kept.name), ("phone", &kept.phone), ("email", &kept.email)] {
            if let Some(value) = value {
                user = user.with(name, value);
            }
        }
        Some(Account {
            id: id.to_owned(),
            is_active: kept.is_active,
            user,
            previous: kept.hashes.clone(),
            password_set: kept.hashes.first().and_then(|current| current.at),
        })
    }

    /// The newest challenge of a purpose, channel and requester, for an address or for an account.
    pub(crate) fn newest(
        &self,
        purpose: Purpose,
        channel: Channel,
        address: Option<&Address>,
        account: Option<&str>,
        requester: &str,
    ) -> Option<Challenge> {
        self.challenges.iter().rev().map(Stored::read).find(|challenge| {
            challenge.purpose() == purpose
                && challenge.address().channel() == channel
                && challenge.requester() == requester
                && address.is_none_or(|address| challenge.address() == address)
                && account.is_none_or(|account| challenge.account() == Some(account))
        })
    }

    pub(crate) fn events_of(&self, key: &str) -> Vec<Moment> {
        self.events.get(key).cloned().unwrap_or_default()
    }

    /// The codes that were sent, oldest first.
    pub(crate) fn codes(&self) -> impl Iterator<Item = (&Recipient, &str)> {
        self.outbox.iter().filter_map(|mail| match mail {
            Mail::Code { to, code } => Some((to, code.as_str())),
            Mail::Changed { .. } => None,
        })
    }

    /// Carries out all of the effects, or none when a condition does not hold.
    pub(crate) fn apply(&mut self, effects: &[Effect]) -> bool {
        if let [Effect::Audit(audit)] = effects {
            self.audit.push(audit.clone()); // the most frequent list has no condition and needs no copy
            return true;
        }
        let mut after = self.clone();
        let done = effects.iter().try_for_each(|effect| after.carry_out(effect));
        if done.is_ok() {
            *self = after;
        }
        done.is_ok()
    }

    fn carry_out(&mut self, effect: &Effect) -> Result<(), Unmet> {
        match effect {
            Effect::UseCaptcha { token } | Effect::SolveCaptcha { token, .. } | Effect::FailCaptcha { token } => {
                let captcha = self.captchas.iter_mut().find(|captcha| captcha.token == *token).ok_or(Unmet)?;
                *captcha = captcha.clone().after(effect).ok_or(Unmet)?;
                Ok(())
            }
            Effect::Count { budget, now } => self.count(&budget.key, budget.rate, *now),
            Effect::RevokeChallenges { .. } => {
                for stored in &mut self.challenges {
                    stored.bytes = stored.read().after(effect).ok_or(Unmet)?.to_bytes();
                }
                Ok(())
            }
            Effect::StoreChallenge(challenge) => {
                self.challenges.push(Stored { id: challenge.id().to_owned(), bytes: challenge.to_bytes() });
                Ok(())
            }
            Effect::SendCode(to, code) => {
                self.outbox.push(Mail::Code { to: (**to).clone(), code: code.expose().to_owned() });
                Ok(())
            }
            Effect::ReserveSubmission { challenge, .. } => self.turn_challenge(challenge, effect),
            Effect::ReleaseCount { key, counted } => {
                let events = self.events.get_mut(key).ok_or(Unmet)?;
                let place = events.iter().position(|event| event == counted).ok_or(Unmet)?;
                events.remove(place);
                Ok(())
            }
            Effect::ConsumeChallenge { challenge } => self.turn_challenge(challenge, effect),
            Effect::RequireCurrent { account, current } => {
                let hash = |previous: &Previous| previous.hash.clone();
                let kept = self.accounts.get(account).ok_or(Unmet)?;
                let same = kept.hashes.first().map(hash) == current.as_ref().map(hash);
                if same { Ok(()) } else { Err(Unmet) }
            }
            Effect::SetPassword(change) => {
                let kept = self.accounts.get_mut(change.account()).filter(|kept| kept.is_active).ok_or(Unmet)?;
                kept.hashes.insert(0, Previous { hash: change.hash().to_owned(), at: Some(change.now()) });
                Ok(())
            }
            Effect::RevokeSessions { account } => {
                self.sessions.retain(|(_, owner)| owner != account);
                Ok(())
            }
            Effect::Notify { account, .. } => {
                let kept = self.accounts.get(account).ok_or(Unmet)?;
                for to in [&kept.email, &kept.phone].into_iter().flatten() {
                    self.outbox.push(Mail::Changed { to: to.clone() });
                }
                Ok(())
            }
            Effect::Audit(audit) => {
                self.audit.push(audit.clone());
                Ok(())
            }
            other => panic!("the host does not know the effect {}", other.name()),
        }
    }

    fn turn_challenge(&mut self, id: &str, effect: &Effect) -> Result<(), Unmet> {
        let stored = self.challenges.iter_mut().find(|stored| stored.id == id).ok_or(Unmet)?;
        stored.bytes = stored.read().after(effect).ok_or(Unmet)?.to_bytes();
        Ok(())
    }

    fn count(&mut self, key: &str, rate: kouling::policy::units::Rate, now: Moment) -> Result<(), Unmet> {
        let events = self.events.entry(key.to_owned()).or_default();
        if retry_after(rate, events, now) > 0 {
            return Err(Unmet);
        }
        events.push(now);
        Ok(())
    }
}

impl StoredAccount {
    pub(crate) fn address(&self, channel: Channel) -> Option<&str> {
        match channel {
            Channel::Email => self.email.as_deref(),
            Channel::Mobile => self.phone.as_deref(),
        }
    }
}
