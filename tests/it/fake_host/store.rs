//! The records that the host stores, and how effects change them.

use std::collections::BTreeMap;

use kouling::candidate::Previous;
use kouling::flow::{
    Account, Address, Audit, Captcha, Challenge, Channel, Effect, Purpose, Recipient, retry_after,
};
use kouling::{Moment, User};

/// A stored account.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct StoredAccount {
    pub(crate) username: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) is_active: bool,
    /// The current hash is first.
    pub(crate) hashes: Vec<Previous>,
}

/// A stored challenge: its bytes, and the identifier for the look-up.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct StoredChallenge {
    pub(crate) id: String,
    pub(crate) bytes: Vec<u8>,
}

impl StoredChallenge {
    pub(crate) fn decode(&self) -> Challenge {
        Challenge::from_bytes(&self.bytes).expect("a stored challenge")
    }
}

/// A message that was sent.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Message {
    /// A code, with its recipient.
    Code { to: Recipient, code: String },
    /// A notification of a password change, to an address.
    PasswordChanged { to: String },
}

/// All stored records.
#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct Store {
    /// Accounts by identifier.
    pub(crate) accounts: BTreeMap<String, StoredAccount>,
    /// Challenges, oldest first.
    pub(crate) challenges: Vec<StoredChallenge>,
    pub(crate) captchas: Vec<Captcha>,
    pub(crate) events: BTreeMap<String, Vec<Moment>>,
    /// Session number and account identifier.
    pub(crate) sessions: Vec<(u64, String)>,
    pub(crate) outbox: Vec<Message>,
    pub(crate) audit: Vec<Audit>,
}

/// A condition of an effect is not met.
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
        let stored = StoredAccount {
            username: username.to_owned(),
            name: None,
            email: owned(email),
            phone: owned(phone),
            is_active: true,
            hashes,
        };
        self.accounts.insert(format!("id-{username}"), stored);
    }

    pub(crate) fn account_mut(&mut self, id: &str) -> &mut StoredAccount {
        self.accounts.get_mut(id).expect("an account of this identifier")
    }

    /// Returns the account that owns an address: its identifier, and the address on record.
    pub(crate) fn owner(&self, address: &Address) -> Option<(String, String)> {
        self.accounts.iter().find_map(|(id, stored)| {
            let on_record = stored.address(address.channel())?;
            (Address::parse(address.channel(), on_record)? == *address).then(|| (id.clone(), on_record.to_owned()))
        })
    }

    pub(crate) fn account(&self, id: &str) -> Option<Account> {
        let stored = self.accounts.get(id)?;
        let mut user = User::new().with("username", &stored.username);
        for (name, value) in [("name", &stored.name), ("phone", &stored.phone), ("email", &stored.email)] {
            if let Some(value) = value {
                user = user.with(name, value);
            }
        }
        Some(Account {
            id: id.to_owned(),
            is_active: stored.is_active,
            user,
            previous: stored.hashes.clone(),
            password_set: stored.hashes.first().and_then(|current| current.at),
        })
    }

    /// Returns the newest challenge of a purpose, channel and requester, for an address or for an account.
    pub(crate) fn newest_challenge(
        &self,
        purpose: Purpose,
        channel: Channel,
        address: Option<&Address>,
        account: Option<&str>,
        requester: &str,
    ) -> Option<Challenge> {
        self.challenges.iter().rev().map(StoredChallenge::decode).find(|challenge| {
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

    /// Returns the codes that were sent, oldest first.
    pub(crate) fn codes(&self) -> impl Iterator<Item = (&Recipient, &str)> {
        self.outbox.iter().filter_map(|message| match message {
            Message::Code { to, code } => Some((to, code.as_str())),
            Message::PasswordChanged { .. } => None,
        })
    }

    /// Applies all of the effects, or none if a condition is not met.
    pub(crate) fn apply(&mut self, effects: &[Effect]) -> bool {
        if let [Effect::Audit(audit)] = effects {
            self.audit.push(audit.clone()); // The most frequent list has no condition, so it needs no copy.
            return true;
        }
        let mut after = self.clone();
        let done = effects.iter().try_for_each(|effect| after.apply_one(effect));
        if done.is_ok() {
            *self = after;
        }
        done.is_ok()
    }

    fn apply_one(&mut self, effect: &Effect) -> Result<(), Unmet> {
        match effect {
            Effect::UseCaptcha { token } | Effect::SolveCaptcha { token, .. } | Effect::FailCaptcha { token } => {
                let captcha = self.captchas.iter_mut().find(|captcha| captcha.token == *token).ok_or(Unmet)?;
                *captcha = captcha.clone().after(effect).ok_or(Unmet)?;
                Ok(())
            }
            Effect::Count { budget, now } => self.count(&budget.key, budget.rate, *now),
            Effect::RevokeChallenges { .. } => {
                for stored in &mut self.challenges {
                    stored.bytes = stored.decode().after(effect).ok_or(Unmet)?.to_bytes();
                }
                Ok(())
            }
            Effect::StoreChallenge(challenge) => {
                self.challenges
                    .push(StoredChallenge { id: challenge.id().to_owned(), bytes: challenge.to_bytes() });
                Ok(())
            }
            Effect::SendCode(to, code) => {
                self.outbox.push(Message::Code { to: (**to).clone(), code: code.expose().to_owned() });
                Ok(())
            }
            Effect::ReserveSubmission { challenge, .. } => self.update_challenge(challenge, effect),
            Effect::ReleaseCount { key, counted } => {
                let events = self.events.get_mut(key).ok_or(Unmet)?;
                let index = events.iter().position(|event| event == counted).ok_or(Unmet)?;
                events.remove(index);
                Ok(())
            }
            Effect::ConsumeChallenge { challenge } => self.update_challenge(challenge, effect),
            Effect::RequireCurrent { account, current } => {
                let hash = |previous: &Previous| previous.hash.clone();
                let stored = self.accounts.get(account).ok_or(Unmet)?;
                let same = stored.hashes.first().map(hash) == current.as_ref().map(hash);
                if same { Ok(()) } else { Err(Unmet) }
            }
            Effect::SetPassword(change) => {
                let stored =
                    self.accounts.get_mut(change.account()).filter(|stored| stored.is_active).ok_or(Unmet)?;
                stored.hashes.insert(0, Previous { hash: change.hash().to_owned(), at: Some(change.now()) });
                Ok(())
            }
            Effect::RevokeSessions { account } => {
                self.sessions.retain(|(_, owner)| owner != account);
                Ok(())
            }
            Effect::Notify { account, .. } => {
                let stored = self.accounts.get(account).ok_or(Unmet)?;
                for to in [&stored.email, &stored.phone].into_iter().flatten() {
                    self.outbox.push(Message::PasswordChanged { to: to.clone() });
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

    fn update_challenge(&mut self, id: &str, effect: &Effect) -> Result<(), Unmet> {
        let stored = self.challenges.iter_mut().find(|stored| stored.id == id).ok_or(Unmet)?;
        stored.bytes = stored.decode().after(effect).ok_or(Unmet)?.to_bytes();
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
