//! The policy and the contract in use. They are replaced together when one of their files changes.

use std::path::Path;

use kouling::policy::document::Start;
use kouling::policy::source::PRESETS;
use kouling::policy::{Looks, PolicyError, Watched};
use kouling::{Contract, Loader, Policy};

use crate::random;

/// A policy and a contract.
#[derive(Debug)]
pub struct LoadedPolicy {
    /// The policy.
    pub policy: Policy,
    /// The contract.
    pub contract: Contract,
    /// The policy's digest, in hexadecimal digits.
    pub digest: String,
    /// The stamps of the files that were read.
    files: Looks,
}

impl LoadedPolicy {
    /// Loads a policy (the name of a preset, or a path) and a contract (likewise).
    ///
    /// # Errors
    /// Every error of either.
    pub fn load(policy: &str, contract: &str) -> Result<LoadedPolicy, PolicyError> {
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
            tracing::warn!(rule, code = wire, "the contract does not contain the code that the policy names");
        }
        if policy.standing().change_breached && !policy.rules().any(|rule| rule.kind() == "breached") {
            tracing::warn!("`must_change_when` has \"breached\", but no rule `breached`: every sign-in will fail");
        }
        let digest = random::hex(policy.digest());
        Ok(LoadedPolicy { policy, contract, digest, files: watched.take() })
    }

    /// Returns the current stamps of the files, if one of them has changed.
    pub fn changed(&self) -> Option<Looks> {
        self.files.changed()
    }
}

/// Returns whether a name denotes a file rather than a preset.
fn is_path(name: &str) -> bool {
    name.contains(['/', '.']) || Path::new(name).exists()
}
