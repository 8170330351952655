//! What is live: the policy and the contract that requests are answered by, replaced as a whole when their files change.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use kouling::blob::Blob;
use kouling::policy::document::Start;
use kouling::policy::source::PRESETS;
use kouling::policy::{Files, PolicyError, Source, SourceError};
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
    seen: BTreeMap<PathBuf, Option<Look>>,
}

/// How several files look from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looks(BTreeMap<PathBuf, Option<Look>>);

/// How a file looks from outside: length, time of change, number on its disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look(u64, Option<SystemTime>, u64);

fn look(path: &Path) -> Option<Look> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path).ok()?;
    Some(Look(metadata.len(), metadata.modified().ok(), metadata.ino()))
}

/// The file system, and a list of what was asked of it.
#[derive(Clone, Default)]
struct Watched(Arc<Mutex<BTreeMap<PathBuf, Option<Look>>>>);

impl Watched {
    /// Looked at before it is read: a change in between is seen next time.
    fn look_at(&self, name: &str) {
        let path = PathBuf::from(name);
        let looks = look(&path);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(path, looks);
    }
}

impl Source for Watched {
    fn resolve(&self, reference: &str, from: Option<&str>) -> String {
        Files.resolve(reference, from)
    }

    fn read(&self, name: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        self.look_at(name);
        Files.read(name, limit)
    }

    fn open(&self, name: &str) -> Result<Arc<dyn Blob>, SourceError> {
        self.look_at(name);
        Files.open(name)
    }
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
        let seen = std::mem::take(&mut *watched.0.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Live { policy, contract, digest, seen })
    }

    /// How the files that it was made of look now, when one of them looks different.
    pub fn changed_looks(&self) -> Option<Looks> {
        let looks = Looks(self.seen.keys().map(|path| (path.clone(), look(path))).collect());
        (looks.0 != self.seen).then_some(looks)
    }
}

/// Whether this names a file rather than a preset.
fn is_path(name: &str) -> bool {
    name.contains(['/', '.']) || Path::new(name).exists()
}
