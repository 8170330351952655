//! The policies in use: the server's, and those that apps have of their own. Each of them follows its files. If one gets an
//! error, its last version without errors stays in use.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use kouling::policy::{Looks, PolicyError, Watched};

use crate::loaded_policy::LoadedPolicy;
use crate::start_error::StartError;
use crate::store::Client;

/// A policy by its name, and how its files were when they were read last.
#[derive(Clone)]
struct Followed {
    /// The last version without errors. `None` if there never was one.
    loaded: Option<Arc<LoadedPolicy>>,
    files: Looks,
    has_errors: bool,
}

/// Every policy in use.
pub struct Policies {
    main: String,
    contract: String,
    /// By name: the name of a preset, or a path.
    all: ArcSwap<BTreeMap<String, Followed>>,
    /// The server's, which always has a version without errors.
    main_loaded: ArcSwap<LoadedPolicy>,
    /// Held while policies are loaded, so that no result is lost.
    loading: Mutex<()>,
}

/// What happened to a policy that was loaded again.
#[derive(Debug)]
pub struct Reloaded {
    /// The name of the policy: a preset, or a path.
    pub name: String,
    /// The digest before. Empty if there was no version without errors.
    pub before: String,
    /// The new version, or every error. With errors, the version before stays in use.
    pub result: Result<Arc<LoadedPolicy>, PolicyError>,
}

impl Policies {
    /// Loads the policy of the server, `main`, and those of the apps.
    ///
    /// # Errors
    /// Every error of every policy.
    pub fn open(main: &str, contract: &str, apps: &[Client]) -> Result<Policies, StartError> {
        let mut errors = Vec::new();
        let (main_followed, error) = follow(main, contract, None);
        errors.extend(error.as_ref().map(ToString::to_string));
        let mut all = BTreeMap::new();
        for app in apps {
            let Some(policy) = app.policy.as_ref().filter(|policy| !all.contains_key(*policy)) else { continue };
            let (followed, error) = follow(policy, contract, None);
            errors.extend(error.map(|error| format!("the policy of the app `{}` has errors\n{error}", app.id)));
            all.insert(policy.clone(), followed);
        }
        match main_followed.loaded.clone() {
            Some(main_loaded) if errors.is_empty() => {
                all.insert(main.to_owned(), main_followed);
                Ok(Policies {
                    main: main.to_owned(),
                    contract: contract.to_owned(),
                    all: ArcSwap::from_pointee(all),
                    main_loaded: ArcSwap::new(main_loaded),
                    loading: Mutex::new(()),
                })
            }
            _ => Err(StartError::new(errors.join("\n"))),
        }
    }

    /// Returns the policy of the server.
    pub fn main(&self) -> Arc<LoadedPolicy> {
        self.main_loaded.load_full()
    }

    /// Returns the policy of an app: its own, which is loaded if it was not yet, or the server's. `None` if the app's policy
    /// never loaded: then no other policy takes its place.
    pub fn of(&self, app: Option<&Client>) -> Option<Arc<LoadedPolicy>> {
        let Some(name) = app.and_then(|app| app.policy.as_ref()) else { return Some(self.main()) };
        if let Some(followed) = self.all.load().get(name) {
            return followed.loaded.clone();
        }
        let loading = || self.load(&BTreeSet::from([name.clone()]), |known| known.is_none());
        for reloaded in tokio::task::block_in_place(loading) {
            reloaded.log("first use");
        }
        self.all.load().get(name).and_then(|followed| followed.loaded.clone())
    }

    /// Loads every policy again: the server's and those of `apps`. Policies that no app has any more are dropped.
    pub fn reload(&self, apps: &[Client]) -> Vec<Reloaded> {
        self.drop_unused(apps);
        self.load(&self.names(apps), |_| true)
    }

    /// Loads the policies again whose files have changed. A policy with errors is not loaded again before a file changes.
    pub fn reload_changed(&self, apps: &[Client]) -> Vec<Reloaded> {
        self.drop_unused(apps);
        self.load(&self.names(apps), |followed| followed.is_none_or(|known| known.files.changed().is_some()))
    }

    /// Returns the names of the policies whose files have errors now.
    pub fn with_errors(&self) -> Vec<String> {
        let all = self.all.load();
        all.iter().filter(|(_, followed)| followed.has_errors).map(|(name, _)| name.clone()).collect()
    }

    /// Returns the attributes that conditions of any policy read and that only an import can supply.
    pub fn stored_attributes(&self) -> BTreeSet<String> {
        let all = self.all.load();
        let loaded = all.values().filter_map(|followed| followed.loaded.as_ref());
        loaded.flat_map(|loaded| loaded.stored_attributes().map(str::to_owned)).collect()
    }

    fn names(&self, apps: &[Client]) -> BTreeSet<String> {
        apps.iter().filter_map(|app| app.policy.clone()).chain([self.main.clone()]).collect()
    }

    fn drop_unused(&self, apps: &[Client]) {
        let names = self.names(apps);
        if self.all.load().keys().any(|known| !names.contains(known)) {
            let _loading = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
            let mut all = BTreeMap::clone(&self.all.load());
            all.retain(|known, _| names.contains(known));
            self.all.store(Arc::new(all));
        }
    }

    /// Loads the policies with these names for which `is_due` holds.
    fn load(&self, names: &BTreeSet<String>, is_due: impl Fn(Option<&Followed>) -> bool) -> Vec<Reloaded> {
        let _loading = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = BTreeMap::clone(&self.all.load());
        let mut reloaded = Vec::new();
        for name in names {
            let known = all.get(name);
            if !is_due(known) {
                continue;
            }
            let before = known.and_then(|known| known.loaded.clone());
            let digest = before.as_ref().map(|loaded| loaded.digest.clone()).unwrap_or_default();
            let (followed, error) = follow(name, &self.contract, before);
            let result = match (error, &followed.loaded) {
                (None, Some(loaded)) => Ok(loaded.clone()),
                (Some(error), _) => Err(error),
                (None, None) => continue,
            };
            if let (true, Ok(loaded)) = (*name == self.main, &result) {
                self.main_loaded.store(loaded.clone());
            }
            all.insert(name.clone(), followed);
            reloaded.push(Reloaded { name: name.clone(), before: digest, result });
        }
        if !reloaded.is_empty() {
            self.all.store(Arc::new(all));
        }
        reloaded
    }
}

impl Reloaded {
    /// Logs and counts the result. Returns whether the policy was replaced.
    pub fn log(&self, reason: &'static str) -> bool {
        let Reloaded { name, before, result } = self;
        let counted = if result.is_ok() { "ok" } else { "failed" };
        metrics::counter!("kouling_policy_reloads_total", "result" => counted).increment(1);
        match result {
            Ok(loaded) => {
                let (digest, policy) = (&loaded.digest, loaded.name());
                tracing::info!(reason, file = name, before, digest, policy, "policy reloaded");
                true
            }
            Err(error) => {
                for diagnostic in error.diagnostics() {
                    tracing::error!(reason, file = name, "{diagnostic}");
                }
                let message = "the policy has errors; the previous one stays in use";
                tracing::error!(reason, file = name, digest = before, "{message}");
                false
            }
        }
    }
}

/// Loads a policy. With errors, the version `before` stays.
fn follow(name: &str, contract: &str, before: Option<Arc<LoadedPolicy>>) -> (Followed, Option<PolicyError>) {
    let watched = Watched::default();
    let (loaded, error) = match LoadedPolicy::load(name, contract, &watched) {
        Ok(loaded) => (Some(Arc::new(loaded)), None),
        Err(error) => (before, Some(error)),
    };
    (Followed { loaded, files: watched.take(), has_errors: error.is_some() }, error)
}
