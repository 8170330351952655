//! A policy, compiled: immutable, shared between threads, counted.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use kouling::evaluation::hexadecimal;
use kouling::policy::document::Start;
use kouling::{Language, Loader, Policy};

use crate::boundary::{Out, answer, free, given, lookup};
use crate::kept::StringPool;
use crate::report::kouling_report;
use crate::status::Failure;
use crate::text::kouling_text;

/// A policy. Every thread may use it at once. It lives until `kouling_policy_free` was called once for its making and
/// once for each `kouling_policy_retain`.
pub struct kouling_policy {
    pub(crate) policy: Arc<Policy>,
    digest: String,
    kept: StringPool,
}

impl kouling_policy {
    pub(crate) fn new(policy: Policy) -> kouling_policy {
        let digest = hexadecimal(policy.digest());
        kouling_policy { policy: Arc::new(policy), digest, kept: StringPool::default() }
    }
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<kouling_policy>();
};

fn load(
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
    start: impl FnOnce() -> Result<Policy, Failure>,
) -> u32 {
    let mut out = Out::cleared("policy", policy, ptr::null());
    answer(report, || {
        let place = out.place()?;
        *place = Arc::into_raw(Arc::new(kouling_policy::new(start()?)));
        Ok(())
    })
}

/// Compiles a policy from a text in TOML. Files that it names are found from the working directory.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_parse(
    text: kouling_text,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    load(policy, report, || Ok(Policy::parse(text.text("text")?)?))
}

/// Reads and compiles the policy in a file. Files that it names are found from its folder.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_load(
    path: kouling_text,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    load(policy, report, || Ok(Loader::new().load(Start::Named(path.text("path")?))?))
}

/// Compiles a policy that comes with the library: `standard`, `nist-800-63b-4`.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_preset(
    name: kouling_text,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    load(policy, report, || Ok(Policy::preset(name.text("name")?)?))
}

/// Makes one owner more, who frees it too. NULL is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_policy_retain(policy: *const kouling_policy) {
    if !policy.is_null() {
        // SAFETY: the pointer came from `Arc::into_raw`, and its count is not nought while the caller owns it.
        unsafe { Arc::increment_strong_count(policy) };
    }
}

/// Frees a policy, when it is its last owner who does. NULL is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_policy_free(policy: *const kouling_policy) {
    if !policy.is_null() {
        // SAFETY: the pointer came from `Arc::into_raw`, and the caller gives up one count of his own.
        free(Some(unsafe { Arc::from_raw(policy) }));
    }
}

/// Its name.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_name(policy: Option<&kouling_policy>) -> kouling_text {
    lookup(|| Some(kouling_text::view(policy?.policy.name())))
}

/// SHA-256 over its layers and its word lists, in 64 hexadecimal digits.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_digest(policy: Option<&kouling_policy>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&policy?.digest)))
}

/// What it demands, for a reader who has not typed anything yet, as JSON: `policy`, `digest`, `language`; `checklist`,
/// of objects with `rule`, `codes`, `text`, `needs_account`; `regular_expression`, `passwordrules`, `min_length` and
/// `max_length`. The language is a tag such as `zh-CN`; one that is not known is English. The view lives as long as
/// the policy.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_describe(
    policy: Option<&kouling_policy>,
    language: kouling_text,
    json: Option<&mut MaybeUninit<kouling_text>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::cleared("json", json, kouling_text::default());
    answer(report, || {
        let handle = given("policy", policy)?;
        let description = handle.policy.describe_as_json(Language::from_tag(language.text("language")?));
        *out.place()? = handle.kept.keep(description.to_string());
        Ok(())
    })
}
