//! Policy sets: which policy applies to which user.

use std::mem::MaybeUninit;
use std::sync::Arc;

use kouling::PolicySet;
use kouling::evaluation::hexadecimal;

use crate::boundary::{Out, lookup, release, required, retain, run};
use crate::facts::kouling_facts;
use crate::failure::{Failure, kouling_report};
use crate::policy::kouling_policy;
use crate::status::kouling_status;
use crate::text::kouling_text;

/// A policy set: populations in order, each with a condition on the attributes of the user and a policy. A policy is a set
/// with one population. Immutable and reference-counted: every thread may use it at the same time. Its views are valid
/// until the last reference is released.
pub struct kouling_policy_set {
    set: PolicySet,
    digest: String,
    attributes: Vec<String>,
}

impl kouling_policy_set {
    pub(crate) fn new(set: PolicySet) -> kouling_policy_set {
        let digest = hexadecimal(set.digest());
        let attributes = set.attributes().into_iter().map(str::to_owned).collect();
        kouling_policy_set { set, digest, attributes }
    }

    /// The policy of the user in `facts`.
    pub(crate) fn select(&self, facts: &kouling_facts) -> Result<Arc<kouling_policy>, Failure> {
        let selected = self.set.select(facts.as_facts().user)?;
        Ok(Arc::new(kouling_policy::of(selected.policy().clone(), selected.names().join(", "))))
    }

    /// The policy, unless it depends on the user.
    pub(crate) fn only_policy(&self) -> Option<Arc<kouling_policy>> {
        let policy = self.set.only_policy()?;
        Some(Arc::new(kouling_policy::of(policy.clone(), String::new())))
    }
}

const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<kouling_policy_set>();
};

/// Compiles a policy set, or a policy, from TOML text. Files that it names are resolved against the working directory.
/// `*set` receives the set; the caller owns one reference and releases it by `kouling_policy_set_free`. `report` may be
/// NULL; on failure it lists all errors with their locations.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_POLICY` if the set or one of its policies has errors;
/// `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_TEXT` if `text` is not UTF-8;
/// `KOULING_STATUS_INVALID_ARGUMENT` if `set` is NULL. `*set` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_set_parse(
    text: kouling_text,
    set: Option<&mut MaybeUninit<*const kouling_policy_set>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::shared("set", set);
    run(report, || out.share(|| Ok(Arc::new(kouling_policy_set::new(PolicySet::parse(text.text("text")?)?)))))
}

/// Reads and compiles the file of a policy set, or of a policy. Files that it names are resolved against its folder. `*set`
/// receives the set; the caller owns one reference and releases it by `kouling_policy_set_free`. `report` may be NULL; on
/// failure it lists all errors with their locations.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_POLICY` if
/// the set or one of its policies has errors; `KOULING_STATUS_INVALID_TEXT` if `path` is not UTF-8;
/// `KOULING_STATUS_INVALID_ARGUMENT` if `set` is NULL. `*set` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_set_load(
    path: kouling_text,
    set: Option<&mut MaybeUninit<*const kouling_policy_set>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::shared("set", set);
    run(report, || out.share(|| Ok(Arc::new(kouling_policy_set::new(PolicySet::load(path.text("path")?)?)))))
}

/// Increments the reference count of a policy set; balance it with `kouling_policy_set_free`. Passing NULL is a no-op.
/// Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_policy_set_retain(set: *const kouling_policy_set) {
    // SAFETY: NULL or a set of which the caller owns a reference, by the conventions of the header.
    unsafe { retain(set) };
}

/// Releases one reference; frees the policy set when none remain. Policies that it returned stay valid. Passing NULL is a
/// no-op. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_policy_set_free(set: *const kouling_policy_set) {
    // SAFETY: as for `kouling_policy_set_retain`; the caller gives up its reference.
    unsafe { release(set) };
}

/// Returns the name of a policy set. The view is owned by `set`. Empty if `set` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_set_name(set: Option<&kouling_policy_set>) -> kouling_text {
    lookup(|| Some(kouling_text::view(set?.set.name())))
}

/// Returns the SHA-256 digest of a policy set and its policies, as 64 hexadecimal digits. The view is owned by `set`. Empty
/// if `set` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_set_digest(set: Option<&kouling_policy_set>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&set?.digest)))
}

/// Returns the number of attributes that the conditions of a policy set read; 0 if there are none or `set` is NULL. A host
/// adds these attributes to the facts, with an empty value if it knows that the user does not have one. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_set_attribute_count(set: Option<&kouling_policy_set>) -> usize {
    lookup(|| Some(set?.attributes.len()))
}

/// Returns the name of an attribute that the conditions of a policy set read; each has one index. The view is owned by
/// `set`. Empty if `index` is out of range or `set` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_set_attribute(set: Option<&kouling_policy_set>, index: usize) -> kouling_text {
    lookup(|| Some(kouling_text::view(set?.attributes.get(index)?)))
}

/// Gets the policy of the user whose attributes are in `facts`. `*policy` receives it; the caller owns one reference and
/// releases it by `kouling_policy_free`. `kouling_policy_population` returns the population. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_CANNOT_JUDGE` if a condition needs an attribute that is not in `facts`, with
/// the code `missing_fact` (add an attribute that the user does not have with an empty value);
/// `KOULING_STATUS_INVALID_ARGUMENT` if `set`, `facts` or `policy` is NULL. `*policy` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_set_select(
    set: Option<&kouling_policy_set>,
    facts: Option<&kouling_facts>,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::shared("policy", policy);
    run(report, || out.share(|| required("set", set)?.select(required("facts", facts)?)))
}
