//! A challenge is the record of a code that was sent: what it is bound to, and how much of it is left.

use serde::{Deserialize, Serialize};

use super::code::{self, CodeKeys};
use super::identifier::Address;
use super::request::{Caller, Purpose};
use super::{Effect, Secret};
use crate::policy::reset::CodePolicy;
use crate::time::Moment;

/// The version of the stored form.
const VERSION: u32 = 1;

/// The one-way state of a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChallengeState {
    /// The code may be redeemed.
    Live,
    /// The code has set a password.
    Consumed,
    /// Another code, or another password, took its place.
    Killed,
}

/// The record of a sent code. Holds no code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    version: u32,
    id: String,
    purpose: Purpose,
    address: Address,
    account: Option<String>,
    client: Option<String>,
    device: Option<String>,
    key_id: u32,
    code_hash: [u8; 32],
    made: Moment,
    dies: Moment,
    submissions_left: u64,
    state: ChallengeState,
}

/// A stored record that cannot be read; it is worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the stored record cannot be read")
    }
}

impl std::error::Error for Unreadable {}

/// What a new challenge is bound to.
pub(super) struct Binding<'a> {
    pub(super) purpose: Purpose,
    pub(super) address: &'a Address,
    pub(super) account: Option<&'a str>,
    pub(super) caller: &'a Caller,
}

impl Challenge {
    pub(super) fn new(
        binding: &Binding<'_>,
        policy: &CodePolicy,
        keys: &CodeKeys,
        id: String,
        code: &Secret,
        now: Moment,
    ) -> Challenge {
        let lifetime = match binding.address.channel() {
            super::Channel::Email => policy.lifetime,
            super::Channel::Mobile => policy.phone_lifetime,
        };
        let mut challenge = Challenge {
            version: VERSION,
            id,
            purpose: binding.purpose,
            address: binding.address.clone(),
            account: binding.account.map(str::to_owned),
            client: policy.bind_client.then(|| binding.caller.client.clone()),
            device: policy.bind_device.then(|| binding.caller.device.fingerprint.clone()),
            key_id: keys.current().id,
            code_hash: [0; 32],
            made: now,
            dies: now.plus(lifetime),
            submissions_left: policy.max_submissions + policy.max_refusals,
            state: ChallengeState::Live,
        };
        challenge.code_hash = code::hash(keys.current(), &challenge.context(), code.expose());
        challenge
    }

    /// What the hash is bound to beside the code, so that a record changed in the store verifies nothing.
    fn context(&self) -> Vec<u8> {
        let (account, client, device) = (&self.account, &self.client, &self.device);
        let lives = (self.made, self.dies);
        let parts = (self.version, &self.id, self.purpose, &self.address, account, client, device, lives);
        // Plain data without maps or floats: there is nothing in it that JSON could refuse.
        serde_json::to_vec(&parts).unwrap_or_default()
    }

    /// Its identifier: 32 hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the code is for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The address that the code was asked for.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The account that had this address when the code was made.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// When it was made.
    pub fn made(&self) -> Moment {
        self.made
    }

    /// When it dies.
    pub fn dies(&self) -> Moment {
        self.dies
    }

    /// Its state.
    pub fn state(&self) -> ChallengeState {
        self.state
    }

    /// How many submissions are left, right or wrong.
    pub fn submissions_left(&self) -> u64 {
        self.submissions_left
    }

    /// The same record with another state; states go one way.
    #[must_use]
    pub fn with_state(self, state: ChallengeState) -> Challenge {
        match self.state {
            ChallengeState::Live => Challenge { state, ..self },
            ChallengeState::Consumed | ChallengeState::Killed => self,
        }
    }

    /// The same record with one submission fewer, or `None` when there is none left.
    #[must_use]
    pub fn with_submission(self) -> Option<Challenge> {
        let submissions_left = self.submissions_left.checked_sub(1)?;
        Some(Challenge { submissions_left, ..self })
    }

    /// The record as it is after an effect: unchanged by one that is not about it, and `None` where the effect's
    /// condition does not hold of it, so that nothing of the list is done. A host that keeps records as bytes needs to
    /// know no more of them; budgets it counts itself.
    #[must_use]
    pub fn after(self, effect: &Effect) -> Option<Challenge> {
        let is_live = self.state == ChallengeState::Live;
        match effect {
            Effect::ReserveSubmission { challenge, .. } if *challenge == self.id => {
                if is_live {
                    self.with_submission()
                } else {
                    None
                }
            }
            Effect::ConsumeChallenge { challenge } if *challenge == self.id => {
                is_live.then(|| self.with_state(ChallengeState::Consumed))
            }
            Effect::KillChallenges { account, address } => {
                let of_account = account.is_some() && *account == self.account;
                let is_meant = of_account || address.as_ref() == Some(&self.address);
                Some(if is_meant { self.with_state(ChallengeState::Killed) } else { self })
            }
            _ => Some(self),
        }
    }

    /// The key under which wrong submissions are counted: the account's, whatever the code, client or channel; where
    /// there is no account, the address's.
    pub(super) fn subject(&self) -> String {
        subject(self.account.as_deref(), &self.address)
    }

    /// Whether a code for it may be compared at all.
    pub(super) fn is_open_to(
        &self,
        purpose: Purpose,
        address: Option<&Address>,
        caller: &Caller,
        now: Moment,
    ) -> bool {
        let in_time = self.made.is_plausible()
            && self.dies.is_plausible()
            && now.is_plausible()
            && self.made <= now
            && now < self.dies;
        self.version == VERSION
            && in_time
            && self.state == ChallengeState::Live
            && self.submissions_left > 0
            && self.purpose == purpose
            && address.is_none_or(|address| *address == self.address)
            && self.client.as_ref().is_none_or(|client| *client == caller.client)
            && self.device.as_ref().is_none_or(|device| *device == caller.device.fingerprint)
    }

    pub(super) fn code_is_right(&self, keys: &CodeKeys, code: &str) -> bool {
        keys.verify(self.key_id, &self.context(), code, &self.code_hash)
    }

    /// The stored form.
    pub fn to_bytes(&self) -> Vec<u8> {
        // As above: plain data.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// When it is damaged or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Challenge, Unreadable> {
        let challenge: Challenge = serde_json::from_slice(bytes).map_err(|_| Unreadable)?;
        if challenge.version == VERSION { Ok(challenge) } else { Err(Unreadable) }
    }
}

pub(super) fn subject(account: Option<&str>, address: &Address) -> String {
    match account {
        Some(account) => format!("account:{account}"),
        None => format!("address:{}", address.key()),
    }
}
