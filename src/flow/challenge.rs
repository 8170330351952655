//! A challenge is the stored record of a sent code: what the code is bound to, and how many submissions are left.

use serde::{Deserialize, Serialize};

use super::code::{self, CodeKeys};
use super::identifier::Address;
use super::request::{self, Caller, Purpose};
use super::{Effect, Secret};
use crate::policy::reset::CodePolicy;
use crate::time::Moment;

/// The version of the stored form.
const VERSION: u32 = 2;

/// The state of a challenge. It only moves from `Valid` to one of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChallengeState {
    /// The code can be redeemed.
    Valid,
    /// The code has set a password.
    Used,
    /// A newer code of the same requester, or a new password, has replaced the code.
    Revoked,
}

/// The record of a sent code. It holds a keyed hash of the code, never the code itself.
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
    created: Moment,
    expires: Moment,
    submissions_left: u64,
    state: ChallengeState,
}

/// The stored bytes are not a record of this version. Treat the record as if it did not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidRecord;

impl std::fmt::Display for InvalidRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("invalid stored record")
    }
}

impl std::error::Error for InvalidRecord {}

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
        let (client, device) = binding.caller.bound_to(policy);
        let mut challenge = Challenge {
            version: VERSION,
            id,
            purpose: binding.purpose,
            address: binding.address.clone(),
            account: binding.account.map(str::to_owned),
            client: client.map(str::to_owned),
            device: device.map(str::to_owned),
            key_id: keys.current().id,
            code_hash: [0; 32],
            created: now,
            expires: now.plus(lifetime),
            submissions_left: policy.max_submissions + policy.max_refusals,
            state: ChallengeState::Valid,
        };
        challenge.code_hash = code::hash(keys.current(), &challenge.context(), code.expose());
        challenge
    }

    /// The data that the hash covers besides the code, so that a record that was edited in the store verifies no code.
    fn context(&self) -> Vec<u8> {
        let (account, client, device) = (&self.account, &self.client, &self.device);
        let lifetime = (self.created, self.expires);
        let parts = (self.version, &self.id, self.purpose, &self.address, account, client, device, lifetime);
        // Serializing strings and integers cannot fail.
        serde_json::to_vec(&parts).unwrap_or_default()
    }

    /// Returns the identifier: 32 hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns what the code is for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Returns the address that the code was requested for.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Returns the account that had this address when the code was created.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// Returns the key of the client and device that requested the code, as far as the policy binds codes to them: 32
    /// hexadecimal digits. Only the same requester can look the challenge up; see [`super::Next::LookUpChallenge`].
    pub fn requester(&self) -> String {
        request::requester(self.client.as_deref(), self.device.as_deref())
    }

    /// Returns when the code was created.
    pub fn created(&self) -> Moment {
        self.created
    }

    /// Returns when the code expires. It is invalid from this second on.
    pub fn expires(&self) -> Moment {
        self.expires
    }

    /// Returns the state.
    pub fn state(&self) -> ChallengeState {
        self.state
    }

    /// Returns how many submissions are left, correct ones included.
    pub fn submissions_left(&self) -> u64 {
        self.submissions_left
    }

    /// Returns the record in another state. A challenge that is no longer valid keeps its state.
    #[must_use]
    pub fn with_state(self, state: ChallengeState) -> Challenge {
        match self.state {
            ChallengeState::Valid => Challenge { state, ..self },
            ChallengeState::Used | ChallengeState::Revoked => self,
        }
    }

    /// Returns the record with one submission fewer, or `None` if none is left.
    #[must_use]
    pub fn with_submission(self) -> Option<Challenge> {
        let submissions_left = self.submissions_left.checked_sub(1)?;
        Some(Challenge { submissions_left, ..self })
    }

    /// Returns the record as it is after an effect. An effect on something else leaves it unchanged.
    ///
    /// Returns `None` if the effect's condition does not hold; then nothing of the list may be applied. A host that
    /// stores records as bytes needs no other knowledge of their content. Budgets are counted by the host.
    #[must_use]
    pub fn after(self, effect: &Effect) -> Option<Challenge> {
        let is_valid = self.state == ChallengeState::Valid;
        match effect {
            Effect::ReserveSubmission { challenge, .. } if *challenge == self.id => {
                if is_valid {
                    self.with_submission()
                } else {
                    None
                }
            }
            Effect::ConsumeChallenge { challenge } if *challenge == self.id => {
                is_valid.then(|| self.with_state(ChallengeState::Used))
            }
            Effect::RevokeChallenges { account, address, requester } => {
                let of_account = account.is_some() && *account == self.account;
                let of_address = address.as_ref() == Some(&self.address);
                let of_requester = requester.as_ref().is_none_or(|requester| *requester == self.requester());
                let is_meant = (of_account || of_address) && of_requester;
                Some(if is_meant { self.with_state(ChallengeState::Revoked) } else { self })
            }
            _ => Some(self),
        }
    }

    /// The subject that wrong codes are counted for: the account, whatever the code, client or channel, or the address
    /// if it has no account.
    pub(super) fn subject(&self) -> String {
        subject(self.account.as_deref(), &self.address)
    }

    /// Whether a submitted code may be compared with this one.
    pub(super) fn is_open_to(
        &self,
        purpose: Purpose,
        address: Option<&Address>,
        caller: &Caller,
        now: Moment,
    ) -> bool {
        let in_time = self.created.is_plausible()
            && self.expires.is_plausible()
            && now.is_plausible()
            && self.created <= now
            && now < self.expires;
        self.version == VERSION
            && in_time
            && self.state == ChallengeState::Valid
            && self.submissions_left > 0
            && self.purpose == purpose
            && address.is_none_or(|address| *address == self.address)
            && self.client.as_ref().is_none_or(|client| *client == caller.client)
            && self.device.as_ref().is_none_or(|device| *device == caller.device.fingerprint)
    }

    pub(super) fn code_is_right(&self, keys: &CodeKeys, code: &str) -> bool {
        keys.verify(self.key_id, &self.context(), code, &self.code_hash)
    }

    /// Returns the stored form.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Serializing strings and integers cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`InvalidRecord`] if it is damaged or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Challenge, InvalidRecord> {
        let challenge: Challenge = serde_json::from_slice(bytes).map_err(|_| InvalidRecord)?;
        if challenge.version == VERSION { Ok(challenge) } else { Err(InvalidRecord) }
    }
}

pub(super) fn subject(account: Option<&str>, address: &Address) -> String {
    match account {
        Some(account) => format!("account:{account}"),
        None => format!("address:{}", address.key()),
    }
}
