//! Wire contracts: the error codes and texts that existing clients expect.

use std::mem::MaybeUninit;
use std::sync::Arc;

use kouling::contract::WireRefusal;
use kouling::policy::Files;
use kouling::policy::document::Start;
use kouling::{Contract, Language};

use crate::boundary::{Out, release, required, retain, run};
use crate::failure::{Failure, kouling_report};
use crate::options::{self, Options};
use crate::status::kouling_status;
use crate::string_pool::StringPool;
use crate::text::kouling_text;

/// A wire contract: maps violations and refusals to the error codes and texts that existing clients expect. Immutable and
/// reference-counted: every thread may use it at the same time.
pub struct kouling_contract {
    pub(crate) contract: Contract,
    texts: StringPool,
}

/// An error response as a contract defines it. Output of `kouling_contract_response` and `kouling_step_response`, which
/// also say who owns the texts.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_response {
    /// Set to `sizeof(struct kouling_response)` before the call.
    pub struct_size: usize,
    /// HTTP status code, such as 400.
    pub status: u32,
    /// 1 if `retry_after` is set, else 0.
    pub has_retry_after: u32,
    /// Seconds until the client may try again.
    pub retry_after: u64,
    /// Error code of the contract.
    pub code: kouling_text,
    /// Message for the user.
    pub message: kouling_text,
}

// SAFETY: `repr(C)` with the size first; texts and numbers may be zero.
unsafe impl Options for kouling_response {}

impl kouling_response {
    /// A response with texts that `texts` owns.
    pub(crate) fn of(wire: WireRefusal, texts: &StringPool) -> kouling_response {
        kouling_response {
            struct_size: 0,
            status: wire.status.into(),
            has_retry_after: wire.retry_after.is_some().into(),
            retry_after: wire.retry_after.unwrap_or(0),
            code: texts.add(wire.code),
            message: texts.add(wire.message),
        }
    }
}

fn load(
    contract: Option<&mut MaybeUninit<*const kouling_contract>>,
    report: Option<&mut kouling_report>,
    load: impl FnOnce() -> Result<Contract, Failure>,
) -> kouling_status {
    let mut out = Out::shared("contract", contract);
    run(report, || {
        out.share(|| Ok(Arc::new(kouling_contract { contract: load()?, texts: StringPool::default() })))
    })
}

/// Loads a contract that is part of the library, such as `idaas-ciam`. `*contract` receives it; the caller owns one
/// reference and releases it by `kouling_contract_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_ARGUMENT` if there is no such contract or `contract` is NULL;
/// `KOULING_STATUS_INVALID_TEXT` if `name` is not UTF-8. `*contract` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_contract_built_in(
    name: kouling_text,
    contract: Option<&mut MaybeUninit<*const kouling_contract>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    load(contract, report, || {
        let name = name.text("name")?;
        let unknown = || Failure::argument(format!("unknown contract `{name}`"));
        Ok(Contract::built_in(name).ok_or_else(unknown)??)
    })
}

/// Reads a contract file. `*contract` receives the contract; the caller owns one reference and releases it by
/// `kouling_contract_free`. `report` may be NULL; on failure it lists all errors with their locations.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if the file cannot be read; `KOULING_STATUS_INVALID_POLICY`
/// if the contract has errors; `KOULING_STATUS_INVALID_TEXT` if `path` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
/// `contract` is NULL. `*contract` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_contract_load(
    path: kouling_text,
    contract: Option<&mut MaybeUninit<*const kouling_contract>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    load(contract, report, || Ok(Contract::load(Start::Named(path.text("path")?), &Files)?))
}

/// Looks up an error that the host detects itself, such as `host.malformed` or `reset.old_password_refused`. An unknown
/// `name` gives the response of an internal error. `language` is a tag such as `zh-CN`; an unknown tag means English.
/// `response` receives the result; set its `struct_size` first. Its texts are views owned by `contract`. `report` may be
/// NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
/// if `contract` or `response` is NULL or `struct_size` is not set. `response` is cleared on failure. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_contract_response(
    contract: Option<&kouling_contract>,
    name: kouling_text,
    language: kouling_text,
    response: *mut kouling_response,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    run(report, || {
        // SAFETY: every byte may be zero; the rest is required of the caller by the conventions of the header.
        unsafe { options::write("response", response, std::mem::zeroed())? };
        let handle = required("contract", contract)?;
        let wire = handle.contract.host(name.text("name")?, Language::from_tag(language.text("language")?));
        // SAFETY: as above.
        unsafe { options::write("response", response, kouling_response::of(wire, &handle.texts)) }
    })
}

/// Increments the reference count of a contract; balance it with `kouling_contract_free`. Passing NULL is a no-op.
/// Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_contract_retain(contract: *const kouling_contract) {
    // SAFETY: NULL or a contract of which the caller owns a reference, by the conventions of the header.
    unsafe { retain(contract) };
}

/// Releases one reference; frees the contract when none remain. Passing NULL is a no-op. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_contract_free(contract: *const kouling_contract) {
    // SAFETY: as for `kouling_contract_retain`; the caller gives up its reference.
    unsafe { release(contract) };
}
