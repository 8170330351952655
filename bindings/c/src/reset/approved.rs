//! Approved is leave to set a password. Only the flow makes one.

use std::mem::MaybeUninit;

use kouling::flow::Approved;

use crate::boundary::{Out, answer, free, given, lookup};
use crate::report::kouling_report;
use crate::reset::effects::kouling_effects;
use crate::status::Failure;
use crate::text::kouling_text;

/// Leave to set a password, once. The password in it is overwritten when it is spent or freed.
pub struct kouling_approved {
    approved: Option<Box<Approved>>,
    /// Beside the leave, so that a view of it lives when that is spent.
    account: String,
}

impl kouling_approved {
    pub(crate) fn new(approved: Box<Approved>) -> kouling_approved {
        kouling_approved { account: approved.account().to_owned(), approved: Some(approved) }
    }
}

/// The identifier of the account whose password is set. Empty when the leave is spent.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_approved_account(approved: Option<&kouling_approved>) -> kouling_text {
    lookup(|| {
        let approved = approved?;
        approved.approved.is_some().then(|| kouling_text::view(&approved.account))
    })
}

/// The password exactly as it was judged: this is what must be hashed, all of it. A view until the leave is spent.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_approved_password(approved: Option<&kouling_approved>) -> kouling_text {
    lookup(|| Some(kouling_text::view(approved?.approved.as_ref()?.password().expose())))
}

/// Spends the leave: what to do, given the hash of its password. The caller owns the effects and frees them.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_approved_effects(
    approved: Option<&mut kouling_approved>,
    hash: kouling_text,
    effects: Option<&mut MaybeUninit<*mut kouling_effects>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::owned("effects", effects);
    answer(report, || {
        out.place()?;
        let handle = given("approved", approved)?;
        let hash = hash.text("hash")?;
        if hash.is_empty() {
            return Err(Failure::argument("`hash` is empty"));
        }
        let approved = handle.approved.take().ok_or_else(|| Failure::argument("`approved` is spent"))?;
        out.give(kouling_effects::new(approved.effects(hash.to_owned())))
    })
}

/// Frees a leave.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_approved_free(approved: Option<Box<kouling_approved>>) {
    free(approved);
}
