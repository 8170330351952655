//! A contract is what existing clients expect to read: their code for each violation.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use kouling::Contract;
use kouling::policy::Files;
use kouling::policy::document::Start;

use crate::boundary::{Out, answer, free};
use crate::report::kouling_report;
use crate::status::Failure;
use crate::text::kouling_text;

/// A contract. Every thread may use it at once; it is freed as a policy is.
pub struct kouling_contract {
    pub(crate) contract: Contract,
}

fn load(
    contract: Option<&mut MaybeUninit<*const kouling_contract>>,
    report: Option<&mut kouling_report>,
    start: impl FnOnce() -> Result<Contract, Failure>,
) -> u32 {
    let mut out = Out::cleared("contract", contract, ptr::null());
    answer(report, || {
        let place = out.place()?;
        *place = Arc::into_raw(Arc::new(kouling_contract { contract: start()? }));
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
