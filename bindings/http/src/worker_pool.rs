//! Dear work: hashing, verifying and judging with history. No more of it runs at once than there are cores, so that a
//! flood of it slows itself down and nothing else; who waits too long is told to come back.

use std::sync::Arc;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use kouling::Policy;
use kouling::flow::Secret;
use kouling::knowledge::stored_hash;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::random;

/// How long a call waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Memory of the hash in KiB, passes, lanes: 19 MiB, 2, 1 (OWASP Password Storage Cheat Sheet).
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// Why work was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDone {
    /// Its turn did not come.
    Late,
    /// It failed; how, stands in the log.
    Failed,
}

/// Does dear work in turn.
#[derive(Clone, Debug)]
pub struct Workshop {
    turns: Arc<Semaphore>,
    /// The hash of a password that nobody has: what an unknown user's password is verified against.
    nobody: Arc<str>,
}

impl Workshop {
    /// As many benches as there are cores.
    ///
    /// # Panics
    /// When Argon2 refuses its own recommended parameters.
    #[allow(clippy::expect_used)]
    pub fn new() -> Workshop {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let nobody = hash(&random::letters(32)).expect("argon2 takes its recommended parameters");
        Workshop { turns: Arc::new(Semaphore::new(cores)), nobody: nobody.into() }
    }

    /// Does `work` aside, in turn.
    ///
    /// # Errors
    /// When its turn did not come, or it panicked.
    pub async fn aside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, NotDone> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned());
        let Ok(Ok(turn)) = turn.await else { return Err(NotDone::Late) };
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await.map_err(|error| {
            tracing::error!(panicked = error.is_panic(), "dear work failed");
            NotDone::Failed
        })
    }

    /// Does `work` here, in turn; for work that borrows. The runtime's other tasks move to another thread meanwhile.
    ///
    /// # Errors
    /// When its turn did not come.
    pub async fn here<T>(&self, work: impl FnOnce() -> T) -> Result<T, NotDone> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.acquire());
        let Ok(Ok(turn)) = turn.await else { return Err(NotDone::Late) };
        let done = tokio::task::block_in_place(work);
        drop(turn);
        Ok(done)
    }

    /// The hash to store for a password.
    ///
    /// # Errors
    /// When its turn did not come or Argon2 failed.
    pub async fn hash(&self, password: Secret) -> Result<String, NotDone> {
        let hashed = self.aside(move || hash(password.expose())).await?;
        hashed.ok_or_else(|| {
            tracing::error!("a password could not be hashed");
            NotDone::Failed
        })
    }

    /// Whether a password is the one stored, as the policy prepares it or, for imported hashes, as it was typed.
    /// Without a stored one the same work is done, and the answer is no.
    ///
    /// # Errors
    /// When its turn did not come, or the stored hash cannot be verified.
    pub async fn verify(
        &self,
        policy: &Policy,
        password: Zeroizing<String>,
        stored: Option<String>,
    ) -> Result<bool, NotDone> {
        let prepared = policy.prepare(password.as_bytes()).ok();
        let prepared = prepared.map(|candidate| Zeroizing::new(candidate.text().to_owned()));
        let nobody = self.nobody.clone();
        let verified = self.aside(move || {
            let (hash, is_somebody) = match &stored {
                Some(hash) => (hash.as_str(), true),
                None => (nobody.as_ref(), false),
            };
            let other = prepared.as_ref().filter(|prepared| ***prepared != **password);
            let right = stored_hash::verify(password.as_bytes(), hash)?;
            let right_prepared = match other {
                Some(prepared) => stored_hash::verify(prepared.as_bytes(), hash)?,
                None => false,
            };
            Ok::<bool, stored_hash::HashError>(is_somebody && (right || right_prepared))
        });
        verified.await?.map_err(|error| {
            tracing::error!(%error, "a stored hash cannot be verified");
            NotDone::Failed
        })
    }
}

impl Default for Workshop {
    fn default() -> Workshop {
        Workshop::new()
    }
}

/// Argon2id in the PHC string format; `None` when it refuses, which it does for no password of a policy's length.
pub fn hash(password: &str) -> Option<String> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).ok()?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_with_salt(password.as_bytes(), &random::bytes::<16>()).ok().map(|hash| hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn unknown_users_cost_the_same_and_are_refused() {
        let (workshop, policy) = (Workshop::new(), Policy::preset("minimal").unwrap());
        let verify = |password: &str, stored: Option<String>| {
            let password = Zeroizing::new(password.to_owned());
            workshop.verify(&policy, password, stored)
        };
        let stored = hash("Kouling-demo-2026").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("Kouling-demo-2026", Some(stored.clone())).await.unwrap());
        assert!(!verify("kouling-demo-2026", Some(stored)).await.unwrap());
        assert!(!verify("Kouling-demo-2026", None).await.unwrap());
        // Typed in decomposed form, stored as the policy prepares it.
        assert!(verify("pass\u{65}\u{301}phrase", Some(hash("pass\u{e9}phrase").unwrap())).await.unwrap());
    }
}
