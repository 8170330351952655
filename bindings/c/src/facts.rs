//! Facts: what the host knows besides the password, such as the user, earlier passwords and the time.

use std::mem::{MaybeUninit, take};

use kouling::candidate::PasswordVerifier;
use kouling::{Facts, Moment, Previous, User};
use zeroize::Zeroizing;

use crate::boundary::{Out, free, required, run};
use crate::failure::Failure;
use crate::options;
use crate::status::kouling_status;
use crate::text::kouling_text;
use crate::verifier::{HostVerifier, kouling_verifier};

/// What the host knows besides the password: the user's attributes, earlier password hashes, the current password and the
/// time. One owner; once it is filled in, several threads may use it at the same time. What rules derive from the attributes,
/// such as the spellings of a name, is computed once for each policy and stored in the object: create one object for a user
/// and reuse it. Adding an attribute discards what was derived.
pub struct kouling_facts {
    user: User,
    previous: Vec<Previous>,
    current: Option<Zeroizing<Vec<u8>>>,
    verifier: Option<HostVerifier>,
    password_set: Option<Moment>,
    now: Moment,
}

impl kouling_facts {
    /// The facts as the engine reads them.
    pub(crate) fn as_facts(&self) -> Facts<'_> {
        Facts {
            user: &self.user,
            previous: &self.previous,
            current: self.current.as_ref().map(|current| current.as_slice()),
            verifier: self.verifier.as_ref().map(|verifier| verifier as &dyn PasswordVerifier),
            password_set: self.password_set,
            now: self.now,
        }
    }
}

fn change(
    facts: Option<&mut kouling_facts>,
    change: impl FnOnce(&mut kouling_facts) -> Result<(), Failure>,
) -> kouling_status {
    run(None, || change(required("facts", facts)?))
}

/// Creates empty facts. `now` is the time of the evaluation in seconds since 1970-01-01T00:00:00Z; the library does not
/// read a clock. `*facts` receives the object; the caller owns it and frees it by `kouling_facts_free`.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `facts` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_facts_new(
    now: i64,
    facts: Option<&mut MaybeUninit<*mut kouling_facts>>,
) -> kouling_status {
    let mut out = Out::owned("facts", facts);
    let now = Moment::from_unix(now);
    run(None, || {
        out.give(kouling_facts {
            user: User::new(),
            previous: Vec::new(),
            current: None,
            verifier: None,
            password_set: None,
            now,
        })
    })
}

/// Frees facts and overwrites the current password in them. Passing NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_facts_free(facts: Option<Box<kouling_facts>>) {
    free(facts);
}

/// Adds an attribute of the user: `username`, `name`, `phone`, `email`, or another one that a policy names. An attribute
/// may be added several times with different values. Both texts are copied. Of a value, the first 256 characters count.
/// Limits, which are checked by the evaluation: 64 attributes that rules of the policy read, and 512 in all.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
/// if `facts` is NULL or a text is invalid. Nothing is added on failure. Do not ignore the status: without the attribute
/// the evaluation is weaker.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_facts_add_attribute(
    facts: Option<&mut kouling_facts>,
    name: kouling_text,
    value: kouling_text,
) -> kouling_status {
    change(facts, |facts| {
        let (name, value) = (name.text("name")?, value.text("value")?);
        facts.user = take(&mut facts.user).with(name, value);
        Ok(())
    })
}

/// Adds the stored hash of an earlier password: the current one first, then newest to oldest. `set_at` is the time when
/// that password was set, in seconds since 1970-01-01T00:00:00Z; NULL if unknown. The hash is copied.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `hash` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
/// if `facts` is NULL or `hash` is invalid. Nothing is added on failure.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_facts_add_previous(
    facts: Option<&mut kouling_facts>,
    hash: kouling_text,
    set_at: Option<&i64>,
) -> kouling_status {
    change(facts, |facts| {
        let hash = hash.text("hash")?.to_owned();
        facts.previous.push(Previous { hash, at: set_at.copied().map(Moment::from_unix) });
        Ok(())
    })
}

/// Sets the current password in clear text, as the user typed it, if the host has it. Rules such as `similarity` compare
/// the new password with it. The password is copied, and overwritten when the facts are freed.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `facts` or the `data` of `password` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_facts_set_current(
    facts: Option<&mut kouling_facts>,
    password: kouling_text,
) -> kouling_status {
    change(facts, |facts| {
        facts.current = Some(Zeroizing::new(password.password("password")?.to_vec()));
        Ok(())
    })
}

/// Sets the host's verifier of stored hashes. It is called before the built-in formats are tried. The struct is copied;
/// its context must be valid as long as `facts`.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `facts` or `verifier` is NULL or `struct_size` is
/// not set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_facts_set_verifier(
    facts: Option<&mut kouling_facts>,
    verifier: *const kouling_verifier,
) -> kouling_status {
    change(facts, |facts| {
        // SAFETY: required of the caller by the conventions of the header.
        facts.verifier = HostVerifier::of(&unsafe { options::read("verifier", verifier)? });
        Ok(())
    })
}

/// Sets the time when the current password was set, in seconds since 1970-01-01T00:00:00Z, for a change by the user: then
/// `reset.min_password_age` of the policy applies. Do not call it for a first password and for a change that is required.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `facts` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_facts_set_password_set(
    facts: Option<&mut kouling_facts>,
    password_set: i64,
) -> kouling_status {
    change(facts, |facts| {
        facts.password_set = Some(Moment::from_unix(password_set));
        Ok(())
    })
}

/// Sets the time of the evaluation, in seconds since 1970-01-01T00:00:00Z, so that facts can be used again later.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `facts` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_facts_set_now(facts: Option<&mut kouling_facts>, now: i64) -> kouling_status {
    change(facts, |facts| {
        facts.now = Moment::from_unix(now);
        Ok(())
    })
}
