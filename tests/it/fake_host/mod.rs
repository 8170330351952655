//! An in-memory host of the reset flow: a store, a clock that advances only when it is set, and seeded randomness. Like a
//! real host, it looks up records, passes events to the flow and applies each list of effects atomically.
#![allow(dead_code)] // each crate that includes this module uses a part of it

mod drive;
mod store;

#[allow(unused_imports)]
pub(crate) use drive::{PendingSubmission, ResetOutcome, SubmissionInput, step_name};
#[allow(unused_imports)]
pub(crate) use store::{Message, Store, StoredChallenge};

use kouling::candidate::{CannotJudge, CannotJudgeKind, PasswordVerifier};
use kouling::flow::{Caller, Channel, CodeKey, CodeKeys, Device};
use kouling::{Moment, Policy};
use sha2::{Digest, Sha256};

/// The start time of every test: 2026-11-23T00:00:00Z.
pub(crate) const START: Moment = Moment::from_unix(1_795_392_000);

/// The parts that outlive a request: the policy and the keys.
pub(crate) struct Engine {
    pub(crate) policy: Policy,
    pub(crate) keys: CodeKeys,
}

impl Engine {
    pub(crate) fn new(policy: &str) -> Engine {
        let policy = match policy.contains('\n') {
            true => Policy::parse(policy),
            false => Policy::preset(policy),
        };
        Engine { policy: policy.expect("a policy"), keys: CodeKeys::new(key(1)) }
    }
}

/// Returns the operator's key with this number.
pub(crate) fn key(id: u32) -> CodeKey {
    let seed = u8::try_from(id).expect("a small number");
    CodeKey { id, key: [seed.wrapping_mul(31).wrapping_add(7); 32].into() }
}

/// The host with its store, clock and random generator.
pub(crate) struct Host<'e> {
    pub(crate) engine: &'e Engine,
    pub(crate) store: Store,
    pub(crate) now: Moment,
    /// The challenges against which a code was compared, and the times.
    pub(crate) compared: Vec<(String, Moment)>,
    random: u64,
}

impl<'e> Host<'e> {
    pub(crate) fn new(engine: &'e Engine) -> Host<'e> {
        Host { engine, store: Store::default(), now: START, compared: Vec::new(), random: 0x6b6f_756c_696e_6700 }
    }

    pub(crate) fn with_seed(mut self, seed: u64) -> Host<'e> {
        self.random ^= seed;
        self
    }

    pub(crate) fn wait(&mut self, seconds: u64) {
        self.now = self.now.plus(seconds);
    }

    /// Returns the next 64 bits of SplitMix64. It is not cryptographically secure and must not be used outside tests.
    pub(crate) fn next_random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn random_bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            let word = self.next_random().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        bytes
    }

    pub(crate) fn add_account(
        &mut self,
        username: &str,
        email: Option<&str>,
        phone: Option<&str>,
        passwords: &[&str],
    ) {
        let hashes: Vec<String> = passwords.iter().map(|password| self.hash(password)).collect();
        self.store.add_account(username, email, phone, hashes, self.now);
    }

    /// Hashes a password in the custom format of the host. The hash is cheap and for tests only.
    pub(crate) fn hash(&mut self, password: &str) -> String {
        let salt = hex(&self.random_bytes::<8>());
        let hash = plain_sha(&salt, password);
        format!("plain-sha:{salt}:{hash}")
    }

    /// Returns whether this is the current password of the account.
    pub(crate) fn has_password(&self, account: &str, password: &str) -> bool {
        let current = self.store.accounts.get(account).and_then(|account| account.hashes.first());
        current.is_some_and(|current| is_hash_of(&current.hash, password))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn plain_sha(salt: &str, password: &str) -> String {
    hex(&Sha256::new().chain_update(salt).chain_update(":").chain_update(password).finalize())
}

pub(crate) fn is_hash_of(stored: &str, password: &str) -> bool {
    let parts = stored.strip_prefix("plain-sha:").and_then(|rest| rest.split_once(':'));
    parts.is_some_and(|(salt, hash)| plain_sha(salt, password) == hash)
}

/// Verifies hashes in the custom format of the host. The engine verifies all other formats.
pub(crate) struct PlainSha;

impl PasswordVerifier for PlainSha {
    fn verify(&self, password: &[u8], stored: &str) -> Result<Option<bool>, CannotJudge> {
        if !stored.starts_with("plain-sha:") {
            return Ok(None);
        }
        let password = std::str::from_utf8(password)
            .map_err(|_| CannotJudge::new(CannotJudgeKind::Custom, "the host hashes text only"))?;
        Ok(Some(is_hash_of(stored, password)))
    }
}

/// Returns a caller with a client number and a device number.
pub(crate) fn caller(client: u8, device: u8) -> Caller {
    let device = Device {
        system: "windows10.1.1".to_owned(),
        fingerprint: format!("156aysdna213sc5{device}"),
        agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)".to_owned(),
    };
    Caller { device, client: format!("nTo1eRIub60vPb54WeE6aojPwYwImtl{client}"), client_is_registered: true }
}

/// Returns the channel that the form of an address suggests.
pub(crate) fn channel_of(address: &str) -> Channel {
    if address.contains('@') { Channel::Email } else { Channel::Mobile }
}
