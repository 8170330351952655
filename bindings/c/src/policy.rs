//! Compiled policies: immutable, reference-counted, shared between threads.

use std::mem::MaybeUninit;
use std::sync::Arc;

use kouling::evaluation::hexadecimal;
use kouling::policy::document::Start;
use kouling::{Language, Loader, Policy};

use crate::boundary::{Out, lookup, release, required, retain, run};
use crate::failure::kouling_report;
use crate::status::kouling_status;
use crate::string_pool::StringPool;
use crate::text::kouling_text;

/// A compiled policy. Immutable and reference-counted: every thread may use it at the same time. Its views are valid until
/// the last reference is released.
pub struct kouling_policy {
    pub(crate) policy: Arc<Policy>,
    digest: String,
    /// The names of the populations that a set selected it for.
    population: String,
    texts: StringPool,
}

impl kouling_policy {
    pub(crate) fn new(policy: Policy) -> kouling_policy {
        kouling_policy::of(Arc::new(policy), String::new())
    }

    /// A policy of these populations.
    pub(crate) fn of(policy: Arc<Policy>, population: String) -> kouling_policy {
        let digest = hexadecimal(policy.digest());
        kouling_policy { policy, digest, population, texts: StringPool::default() }
    }
}

const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<kouling_policy>();
};

/// Compiles a policy from TOML text. Files that it names are resolved against the working directory. `*policy` receives
/// the policy; the caller owns one reference and releases it by `kouling_policy_free`. `report` may be NULL; on failure
/// it lists all errors with their locations.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_POLICY` if the policy has errors; `KOULING_STATUS_UNAVAILABLE` if
/// a file cannot be read; `KOULING_STATUS_INVALID_TEXT` if `text` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
/// `policy` is NULL. `*policy` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_parse(
    text: kouling_text,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::shared("policy", policy);
    run(report, || out.share(|| Ok(Arc::new(kouling_policy::new(Policy::parse(text.text("text")?)?)))))
}

/// Reads and compiles a policy file. `path` is a path or the name of a preset. Files that the policy names are resolved
/// against its folder. `*policy` receives the policy; the caller owns one reference and releases it by
/// `kouling_policy_free`. `report` may be NULL; on failure it lists all errors with their locations.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_POLICY` if
/// the policy has errors; `KOULING_STATUS_INVALID_TEXT` if `path` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
/// `policy` is NULL. `*policy` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_load(
    path: kouling_text,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::shared("policy", policy);
    let load = || Ok(Loader::new().load(Start::Named(path.text("path")?))?);
    run(report, || out.share(|| load().map(kouling_policy::new).map(Arc::new)))
}

/// Compiles a preset: a policy that is part of the library, such as `standard` or `nist-800-63b-4`. `*policy` receives
/// the policy; the caller owns one reference and releases it by `kouling_policy_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if there is no such preset; `KOULING_STATUS_INVALID_TEXT` if
/// `name` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if `policy` is NULL. `*policy` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_preset(
    name: kouling_text,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::shared("policy", policy);
    run(report, || out.share(|| Ok(Arc::new(kouling_policy::new(Policy::preset(name.text("name")?)?)))))
}

/// Increments the reference count of a policy; balance it with `kouling_policy_free`. Passing NULL is a no-op.
/// Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_policy_retain(policy: *const kouling_policy) {
    // SAFETY: NULL or a policy of which the caller owns a reference, by the conventions of the header.
    unsafe { retain(policy) };
}

/// Releases one reference; frees the policy when none remain. Passing NULL is a no-op. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_policy_free(policy: *const kouling_policy) {
    // SAFETY: as for `kouling_policy_retain`; the caller gives up its reference.
    unsafe { release(policy) };
}

/// Returns the name of a policy. The view is owned by `policy`. Empty if `policy` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_name(policy: Option<&kouling_policy>) -> kouling_text {
    lookup(|| Some(kouling_text::view(policy?.policy.name())))
}

/// Returns the SHA-256 digest of a policy, its layers and its word lists, as 64 hexadecimal digits. Two policies with the
/// same digest accept the same passwords. The view is owned by `policy`. Empty if `policy` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_digest(policy: Option<&kouling_policy>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&policy?.digest)))
}

/// Returns the name of the population that a policy set selected this policy for. If the set combines policies, the names
/// are separated by a comma and a space. The view is owned by `policy`. Empty if the policy does not come from a set, or if
/// `policy` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_population(policy: Option<&kouling_policy>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&policy?.population)))
}

/// Describes the requirements of a policy as a JSON object, to be shown before the user types: `policy`, `digest`,
/// `language`, `checklist` (objects with `rule`, `codes`, `text`, `needs_account`), `regular_expression`,
/// `passwordrules`, `min_length` and `max_length`. `language` is a tag such as `zh-CN`; an unknown tag means English.
/// `*json` receives a view owned by `policy`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `language` is not UTF-8;
/// `KOULING_STATUS_INVALID_ARGUMENT` if `policy` or `json` is NULL. `*json` is empty on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_describe(
    policy: Option<&kouling_policy>,
    language: kouling_text,
    json: Option<&mut MaybeUninit<kouling_text>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::cleared("json", json, kouling_text::default());
    run(report, || {
        let handle = required("policy", policy)?;
        let description = handle.policy.describe_as_json(Language::from_tag(language.text("language")?));
        *out.place()? = handle.texts.add(description.to_string());
        Ok(())
    })
}
