//! Facts are what the host knows beside the password: who the user is, which passwords came before, what time it is.

use std::mem::{MaybeUninit, take};

use kouling::candidate::PasswordVerifier;
use kouling::{Facts, Moment, Previous, User};
use zeroize::Zeroizing;

use crate::boundary::{Out, answer, free, given};
use crate::options;
use crate::status::Failure;
use crate::text::kouling_text;
use crate::verifier::{HostVerifier, kouling_verifier};

/// The facts of one judgement or of many. One owner, who fills it; then every thread may judge by it at once.
pub struct kouling_facts {
    user: User,
    previous: Vec<Previous>,
    current: Option<Zeroizing<Vec<u8>>>,
    verifier: Option<HostVerifier>,
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
            now: self.now,
        }
    }
}

fn add(facts: Option<&mut kouling_facts>, change: impl FnOnce(&mut kouling_facts) -> Result<(), Failure>) -> u32 {
    answer(None, || change(given("facts", facts)?))
}

/// Makes facts about nobody, at a moment: seconds since 1970-01-01T00:00:00Z. The library has no clock.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_facts_new(now: i64, facts: Option<&mut MaybeUninit<*mut kouling_facts>>) -> u32 {
    let mut out = Out::owned("facts", facts);
    let now = Moment::from_unix(now);
    answer(None, || {
        out.give(kouling_facts { user: User::new(), previous: Vec::new(), current: None, verifier: None, now })
    })
}

/// Frees facts; the current password in them is overwritten.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_facts_free(facts: Option<Box<kouling_facts>>) {
    free(facts);
}

/// Adds an attribute of the user: `username`, `name`, `phone`, `email`, or one that a policy names. One name may come
/// more than once. Beyond 64 attributes of 256 characters no judgement is made.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_facts_add_attribute(
    facts: Option<&mut kouling_facts>,
    name: kouling_text,
    value: kouling_text,
) -> u32 {
    add(facts, |facts| {
        let (name, value) = (name.text("name")?, value.text("value")?);
        facts.user = take(&mut facts.user).with(name, value);
        Ok(())
    })
}

/// Adds an earlier password as it is stored, a hash: the current one first, then newest to oldest. `set_at` is when it
/// was set, in seconds since 1970-01-01T00:00:00Z; NULL where that is not known.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_facts_add_previous(
    facts: Option<&mut kouling_facts>,
    hash: kouling_text,
    set_at: Option<&i64>,
) -> u32 {
    add(facts, |facts| {
        let hash = hash.text("hash")?.to_owned();
        facts.previous.push(Previous { hash, at: set_at.copied().map(Moment::from_unix) });
        Ok(())
    })
}

/// Sets the current password itself, as its owner typed it, where the host has it. It is copied.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_facts_set_current(facts: Option<&mut kouling_facts>, password: kouling_text) -> u32 {
    add(facts, |facts| {
        facts.current = Some(Zeroizing::new(password.password("password")?.to_vec()));
        Ok(())
    })
}

/// Sets the host's own verifier of stored hashes; it is asked before the forms that the library knows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_facts_set_verifier(
    facts: Option<&mut kouling_facts>,
    verifier: *const kouling_verifier,
) -> u32 {
    add(facts, |facts| {
        // SAFETY: the conventions ask it of the caller.
        facts.verifier = HostVerifier::of(&unsafe { options::read("verifier", verifier)? });
        Ok(())
    })
}

/// Sets the moment of judging, so that the same facts serve later.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_facts_set_now(facts: Option<&mut kouling_facts>, now: i64) -> u32 {
    add(facts, |facts| {
        facts.now = Moment::from_unix(now);
        Ok(())
    })
}
