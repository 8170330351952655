//! Policy files: policies and policy sets that are reloaded when their files change.

use std::mem::MaybeUninit;
use std::sync::{Arc, Mutex, PoisonError};

use kouling::Loader;
use kouling::policy::document::Start;
use kouling::policy::{Looks, Watched};

use crate::boundary::{Out, free, required, run};
use crate::facts::kouling_facts;
use crate::failure::{Failure, kouling_report};
use crate::policy::kouling_policy;
use crate::policy_set::kouling_policy_set;
use crate::status::kouling_status;
use crate::text::kouling_text;

/// A file of a policy or a policy set that is reloaded when it, a layer or a word list changes on disk. One owner; every thread may call
/// `kouling_policy_file_policy` and `kouling_policy_file_select` on it at the same time.
pub struct kouling_policy_file {
    path: String,
    // Held while files are read: a child forked meanwhile from another thread would block permanently. The header warns about it.
    current: Mutex<Option<(Arc<Current>, Looks)>>,
}

/// What the file contains.
struct Current {
    set: Arc<kouling_policy_set>,
    /// The policy, if it does not depend on the user.
    policy: Option<Arc<kouling_policy>>,
}

impl kouling_policy_file {
    /// The policy or set as its files are now.
    fn current(&self) -> Result<Arc<Current>, Failure> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, looks)) = current.as_ref()
            && looks.changed().is_none()
        {
            return Ok(known.clone());
        }
        // Fail closed: the previous version must not hide errors in the new one.
        *current = None;
        let watched = Watched::default();
        let set = Loader::new().with_source(watched.clone()).load_set(Start::Named(&self.path))?;
        let set = Arc::new(kouling_policy_set::new(set));
        let loaded = Arc::new(Current { policy: set.only_policy(), set });
        *current = Some((loaded.clone(), watched.take()));
        Ok(loaded)
    }
}

/// Creates a policy file for a path. Nothing is read yet, so that a host can start while the policy has errors. `*file`
/// receives the object; the caller owns it and frees it by `kouling_policy_file_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `path` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
/// if `file` is NULL. `*file` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_file_new(
    path: kouling_text,
    file: Option<&mut MaybeUninit<*mut kouling_policy_file>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("file", file);
    run(report, || {
        out.give(kouling_policy_file { path: path.text("path")?.to_owned(), current: Mutex::default() })
    })
}

/// Gets the current policy. Reloads it first if the file, a layer or a word list changed since the last call. `*policy`
/// receives the policy; the caller owns one reference and releases it by `kouling_policy_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_POLICY` if
/// the policy has errors, or is a policy set, whose policies depend on the user; `KOULING_STATUS_INVALID_ARGUMENT` if `file` or `policy` is NULL. `*policy` is NULL on failure,
/// even if an earlier version loaded: the host then refuses every password and logs the report. Safe to call from several
/// threads on one object.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_file_policy(
    file: Option<&kouling_policy_file>,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::shared("policy", policy);
    run(report, || {
        out.share(|| {
            let file = required("file", file)?;
            file.current()?.policy.clone().ok_or_else(|| Failure::policy_set(&file.path))
        })
    })
}

/// Gets the current policy set; a policy is a set with one population. Reloads the file first, as
/// `kouling_policy_file_policy` does. `*set` receives the set; the caller owns one reference and releases it by
/// `kouling_policy_set_free`. A host that first asks which attributes the conditions read, and then selects, does both with
/// this set, since the file could change in between. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_POLICY` if
/// the set or one of its policies has errors; `KOULING_STATUS_INVALID_ARGUMENT` if `file` or `set` is NULL. `*set` is NULL
/// on failure. Safe to call from several threads on one object.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_file_set(
    file: Option<&kouling_policy_file>,
    set: Option<&mut MaybeUninit<*const kouling_policy_set>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::shared("set", set);
    run(report, || out.share(|| Ok(required("file", file)?.current()?.set.clone())))
}

/// Gets the policy of the user whose attributes are in `facts`, from the file of a policy set or of a policy. Reloads the
/// file first, as `kouling_policy_file_policy` does. `*policy` receives the policy; the caller owns one reference and
/// releases it by `kouling_policy_free`. `kouling_policy_population` returns the population. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_POLICY` if
/// the set or one of its policies has errors; `KOULING_STATUS_CANNOT_JUDGE` if a condition needs an attribute that is not
/// in `facts`; `KOULING_STATUS_INVALID_ARGUMENT` if `file`, `facts` or `policy` is NULL. `*policy` is NULL on failure.
/// Safe to call from several threads on one object.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_file_select(
    file: Option<&kouling_policy_file>,
    facts: Option<&kouling_facts>,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::shared("policy", policy);
    run(report, || {
        out.share(|| {
            let (file, facts) = (required("file", file)?, required("facts", facts)?);
            let current = file.current()?;
            match &current.policy {
                Some(policy) => Ok(policy.clone()),
                None => current.set.select(facts),
            }
        })
    })
}

/// Frees a policy file. Policies that it returned stay valid. Passing NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_file_free(file: Option<Box<kouling_policy_file>>) {
    free(file);
}
