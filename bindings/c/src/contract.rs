//! A contract is what existing clients expect to read: their code for each violation.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use kouling::contract::WireRefusal;
use kouling::policy::Files;
use kouling::policy::document::Start;
use kouling::{Contract, Language};

use crate::boundary::{Out, answer, free, given};
use crate::kept::StringPool;
use crate::options::{self, Options};
use crate::report::kouling_report;
use crate::status::Failure;
use crate::text::kouling_text;

/// A contract. Every thread may use it at once; it is freed as a policy is.
pub struct kouling_contract {
    pub(crate) contract: Contract,
    kept: StringPool,
}

/// What goes over the wire.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_answer {
    /// The size of this struct, to be set before it is filled in.
    pub struct_size: usize,
    /// The HTTP status.
    pub status: u32,
    /// Whether `retry_after` says something: 1 or 0.
    pub has_retry_after: u32,
    /// Seconds after which another try makes sense.
    pub retry_after: u64,
    /// The contract's code.
    pub code: kouling_text,
    /// The text, in the reader's language.
    pub message: kouling_text,
}

// SAFETY: `repr(C)`, its size first; texts and numbers may be zero.
unsafe impl Options for kouling_answer {}

impl kouling_answer {
    /// An answer whose texts are kept.
    pub(crate) fn of(wire: WireRefusal, kept: &StringPool) -> kouling_answer {
        kouling_answer {
            struct_size: 0,
            status: wire.status.into(),
            has_retry_after: wire.retry_after.is_some().into(),
            retry_after: wire.retry_after.unwrap_or(0),
            code: kept.keep(wire.code),
            message: kept.keep(wire.message),
        }
    }
}

fn load(
    contract: Option<&mut MaybeUninit<*const kouling_contract>>,
    report: Option<&mut kouling_report>,
    start: impl FnOnce() -> Result<Contract, Failure>,
) -> u32 {
    let mut out = Out::cleared("contract", contract, ptr::null());
    answer(report, || {
        let place = out.place()?;
        *place = Arc::into_raw(Arc::new(kouling_contract { contract: start()?, kept: StringPool::default() }));
        Ok(())
    })
}

/// A contract that comes with the library: `idaas-ciam`.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_contract_built_in(
    name: kouling_text,
    contract: Option<&mut MaybeUninit<*const kouling_contract>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    load(contract, report, || {
        let name = name.text("name")?;
        let known = Contract::built_in(name);
        Ok(known.ok_or_else(|| Failure::argument("there is no built-in contract of this name"))??)
    })
}

/// Reads the contract in a file.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_contract_load(
    path: kouling_text,
    contract: Option<&mut MaybeUninit<*const kouling_contract>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    load(contract, report, || Ok(Contract::load(Start::Named(path.text("path")?), &Files)?))
}

/// What a host refuses by itself: `host.malformed`, `reset.old_password_refused`; a name that the contract does not have is
/// a fault. `answer` has its `struct_size` set; its texts live as long as the contract.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_contract_answer(
    contract: Option<&kouling_contract>,
    name: kouling_text,
    language: kouling_text,
    answer_out: *mut kouling_answer,
    report: Option<&mut kouling_report>,
) -> u32 {
    answer(report, || {
        // SAFETY: all of it may be zero; the conventions ask the rest of the caller.
        unsafe { options::write("answer", answer_out, std::mem::zeroed())? };
        let handle = given("contract", contract)?;
        let wire = handle.contract.host(name.text("name")?, Language::from_tag(language.text("language")?));
        // SAFETY: as above.
        unsafe { options::write("answer", answer_out, kouling_answer::of(wire, &handle.kept)) }
    })
}

/// Makes one owner more, who frees it too. NULL is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_contract_retain(contract: *const kouling_contract) {
    if !contract.is_null() {
        // SAFETY: the pointer came from `Arc::into_raw`, and its count is not nought while the caller owns it.
        unsafe { Arc::increment_strong_count(contract) };
    }
}

/// Frees a contract, when it is its last owner who does. NULL is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_contract_free(contract: *const kouling_contract) {
    if !contract.is_null() {
        // SAFETY: the pointer came from `Arc::into_raw`, and the caller gives up one count of his own.
        free(Some(unsafe { Arc::from_raw(contract) }));
    }
}
