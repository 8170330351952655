//! Accounts and secrets as the host passes them.

use kouling::Moment;
use kouling::flow::{Account, Secret};

use crate::boundary::required;
use crate::facts::kouling_facts;
use crate::failure::Failure;
use crate::options::{self, Options};
use crate::text::kouling_text;
use crate::verifier::{HostVerifier, kouling_verifier};

/// An account as the host stores it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_account {
    /// Set to `sizeof(struct kouling_account)`.
    pub struct_size: usize,
    /// Identifier of the account. Required.
    pub id: kouling_text,
    /// 1 if the account is active, else 0. The password of an inactive account is not reset.
    pub is_active: u32,
    /// 1 if `password_set` is set, else 0.
    pub has_password_set: u32,
    /// Time when the current password was set, in seconds since 1970-01-01T00:00:00Z.
    pub password_set: i64,
    /// The user's attributes and the stored hashes, the current one first. Other facts in it are ignored, also a verifier,
    /// which the request has. Required.
    pub facts: *const kouling_facts,
}

// SAFETY: `repr(C)` with the size first; texts, numbers and pointers may be zero.
unsafe impl Options for kouling_account {}

/// Reads an account.
///
/// # Safety
/// As for [`options::read`], and `facts` is NULL or valid.
pub(crate) unsafe fn account(account: *const kouling_account) -> Result<Account, Failure> {
    // SAFETY: the caller guarantees it.
    let options = unsafe { options::read("account", account)? };
    // SAFETY: as above.
    let facts = required("facts", unsafe { options.facts.as_ref() })?.as_facts();
    let id = options.id.text("id")?;
    if id.is_empty() {
        return Err(Failure::argument("the `id` of the account is empty"));
    }
    Ok(Account {
        id: id.to_owned(),
        is_active: options.is_active != 0,
        user: facts.user.clone(),
        previous: facts.previous.to_vec(),
        password_set: (options.has_password_set != 0).then(|| Moment::from_unix(options.password_set)),
    })
}

/// Reads a password or a code. `name` is the field, for the error message.
pub(crate) fn secret(name: &str, text: &kouling_text) -> Result<Secret, Failure> {
    text.text(name).map(Secret::new)
}

/// Reads the verifier of a request; `None` if the pointer is NULL.
///
/// # Safety
/// As for [`options::read`].
pub(crate) unsafe fn verifier(verifier: *const kouling_verifier) -> Result<Option<HostVerifier>, Failure> {
    if verifier.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller guarantees it.
    Ok(HostVerifier::of(&unsafe { options::read("verifier", verifier)? }))
}
