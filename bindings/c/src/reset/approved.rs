//! Approvals: the authorization to set one password. Only the flow creates one.

use std::mem::MaybeUninit;

use kouling::flow::Approved;

use crate::boundary::{Out, free, lookup, required, run};
use crate::failure::{Failure, kouling_report};
use crate::reset::effects::kouling_effects;
use crate::status::kouling_status;
use crate::text::kouling_text;

/// Authorization to set one password, once. The password in it is overwritten when the approval is used or freed. One
/// owner.
pub struct kouling_approved {
    approved: Option<Box<Approved>>,
    /// A copy, so that a view stays valid when the approval is used.
    account: String,
}

impl kouling_approved {
    pub(crate) fn new(approved: Box<Approved>) -> kouling_approved {
        kouling_approved { account: approved.account().to_owned(), approved: Some(approved) }
    }
}

/// Returns the identifier of the account that gets the password. The view is owned by `approved`. Empty if the approval
/// was used or `approved` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_approved_account(approved: Option<&kouling_approved>) -> kouling_text {
    lookup(|| {
        let approved = approved?;
        approved.approved.is_some().then(|| kouling_text::view(&approved.account))
    })
}

/// Returns the password exactly as it was evaluated. Hash all of it. The view is valid until `kouling_approved_effects` or
/// `kouling_approved_free`. Empty if the approval was used or `approved` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_approved_password(approved: Option<&kouling_approved>) -> kouling_text {
    lookup(|| Some(kouling_text::view(approved?.approved.as_ref()?.password().expose())))
}

/// Uses an approval: gives the effects that set the password. `hash` is the host's hash of `kouling_approved_password`; it
/// is copied. `*effects` receives the effects; the caller owns them and frees them by `kouling_effects_free`. `report` may
/// be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `hash` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
/// `approved` or `effects` is NULL, `hash` is empty or the approval was used. `*effects` is NULL on failure, and the
/// approval stays unused.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_approved_effects(
    approved: Option<&mut kouling_approved>,
    hash: kouling_text,
    effects: Option<&mut MaybeUninit<*mut kouling_effects>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("effects", effects);
    run(report, || {
        out.place()?;
        let handle = required("approved", approved)?;
        let hash = hash.text("hash")?;
        if hash.is_empty() {
            return Err(Failure::argument("`hash` is empty"));
        }
        let approved = handle.approved.take().ok_or_else(|| Failure::argument("`approved` was already used"))?;
        out.give(kouling_effects::new(approved.effects(hash.to_owned())))
    })
}

/// Frees an approval and overwrites the password in it. Passing NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_approved_free(approved: Option<Box<kouling_approved>>) {
    free(approved);
}
