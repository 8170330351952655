//! What is live: the policy and the contract that requests are answered by, replaced as a whole when their files change.

use std::path::Path;

use kouling::policy::document::Start;
use kouling::policy::source::PRESETS;
use kouling::policy::{Looks, PolicyError, Watched};
use kouling::{Contract, Loader, Policy};

use crate::random;

/// A policy and a contract.
#[derive(Debug)]
pub struct Live {
    /// The policy.
    pub policy: Policy,
    /// The contract.
    pub contract: Contract,
    /// The policy's digest, in hexadecimal digits.
    pub digest: String,
    /// What was read, and how it looked then.
    seen: Looks,
}

impl Live {
    /// Loads a policy (a preset's name or a path) and a contract (the same).
    ///
    /// # Errors
    /// Everything that is wrong with either.
    pub fn load(policy: &str, contract: &str) -> Result<Live, PolicyError> {
        let watched = Watched::default();
        let start = match PRESETS.iter().any(|(name, _)| *name == policy) || !is_path(policy) {
            true => Start::Preset(policy),
            false => Start::Named(policy),
        };
        let policy = Loader::new().with_source(watched.clone()).load(start)?;
        let contract = match Contract::built_in(contract) {
            Some(built_in) => built_in?,
            None => Contract::load(Start::Named(contract), &watched)?,
        };
        for (rule, wire) in contract.unknown_wires(&policy) {
            tracing::warn!(rule, wire, "the contract does not have the code that the policy wants on the wire");
        }
        let digest = random::hex(policy.digest());
        Ok(Live { policy, contract, digest, seen: watched.take() })
    }

    /// How the files that it was made of look now, when one of them looks different.
    pub fn changed_looks(&self) -> Option<Looks> {
        self.seen.changed()
    }
}

/// Whether this names a file rather than a preset.
fn is_path(name: &str) -> bool {
    name.contains(['/', '.']) || Path::new(name).exists()
}
