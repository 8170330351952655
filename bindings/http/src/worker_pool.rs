//! CPU-bound work (password hashing, verification, history checks), limited to one job per core. A flood of it slows only
//! itself down, and a call that waits too long is answered with 503.

use std::sync::Arc;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use kouling::Policy;
use kouling::candidate::{Candidate, Findings, Preparation};
use kouling::flow::Secret;
use kouling::knowledge::stored_hash::{self, HashError, HashErrorKind};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::random;

/// How long a job waits for a free core.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(5);

/// Argon2id parameters: memory in KiB, passes, lanes. 19 MiB, 2 and 1 (OWASP Password Storage Cheat Sheet).
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// Why a job has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkError {
    /// No core became free in time.
    Timeout,
    /// The job failed. The reason is in the log.
    Failed,
}

/// Runs CPU-bound jobs, one per core.
#[derive(Clone, Debug)]
pub struct WorkerPool {
    permits: Arc<Semaphore>,
    /// The hash of a random password: the password of an unknown user is verified against it.
    dummy_hash: Arc<str>,
}

impl WorkerPool {
    /// Creates a pool with as many permits as cores.
    ///
    /// # Panics
    /// Argon2 rejects its recommended parameters.
    #[allow(clippy::expect_used)]
    pub fn new() -> WorkerPool {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let dummy_hash = hash(&random::letters(32)).expect("argon2 accepts its recommended parameters");
        WorkerPool { permits: Arc::new(Semaphore::new(cores)), dummy_hash: dummy_hash.into() }
    }

    /// Runs `job` on another thread.
    ///
    /// # Errors
    /// No core became free in time, or the job panicked.
    pub async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, WorkError> {
        let permit = tokio::time::timeout(QUEUE_TIMEOUT, self.permits.clone().acquire_owned());
        let Ok(Ok(permit)) = permit.await else { return Err(WorkError::Timeout) };
        let done = tokio::task::spawn_blocking(move || {
            let done = job();
            drop(permit);
            done
        });
        done.await.map_err(|error| {
            tracing::error!(panicked = error.is_panic(), "background job failed");
            WorkError::Failed
        })
    }

    /// Runs `job`, which may borrow, on this thread. The runtime moves its other tasks to another thread.
    ///
    /// # Errors
    /// No core became free in time.
    pub async fn run_in_place<T>(&self, job: impl FnOnce() -> T) -> Result<T, WorkError> {
        let permit = tokio::time::timeout(QUEUE_TIMEOUT, self.permits.acquire());
        let Ok(Ok(permit)) = permit.await else { return Err(WorkError::Timeout) };
        let done = tokio::task::block_in_place(job);
        drop(permit);
        Ok(done)
    }

    /// Returns the hash to store for a password.
    ///
    /// # Errors
    /// No core became free in time, or Argon2 failed.
    pub async fn hash(&self, password: Secret) -> Result<String, WorkError> {
        let hashed = self.run(move || hash(password.expose())).await?;
        hashed.ok_or_else(|| {
            tracing::error!("a password could not be hashed");
            WorkError::Failed
        })
    }

    /// Returns whether a password matches the stored hash: as the policy normalizes it or, for imported hashes, as it was typed.
    /// Without a stored hash, the same work is done and the result is `false`.
    ///
    /// # Errors
    /// No core became free in time, or the stored hash cannot be verified.
    pub async fn verify(
        &self,
        policy: &Policy,
        password: Zeroizing<String>,
        stored: Option<String>,
    ) -> Result<bool, WorkError> {
        // Of the settings only the normalization counts: a password that the limits refuse now may be the stored one.
        let preparation = Preparation {
            refuses_invisible: false,
            max_bytes: usize::MAX,
            hash_limit_bytes: None,
            ..*policy.preparation()
        };
        let prepared = Candidate::new(password.as_bytes(), &preparation, &mut Findings::default()).ok().flatten();
        let prepared = prepared.map(|candidate| Zeroizing::new(candidate.text().to_owned()));
        let dummy_hash = self.dummy_hash.clone();
        let verified = self.run(move || {
            let Some(stored) = stored else {
                return verify_any(&password, prepared.as_deref(), &dummy_hash).map(|_| false);
            };
            verify_any(&password, prepared.as_deref(), &stored).and_then(|result| match result {
                Some(is_right) => Ok(is_right),
                // Wrong, and as expensive as the wrong password of an unknown user.
                None => verify_any(&password, prepared.as_deref(), &dummy_hash).map(|_| false),
            })
        });
        verified.await?.map_err(|error| {
            tracing::error!(%error, "a stored hash cannot be verified");
            WorkError::Failed
        })
    }
}

/// Verifies a password as it was typed and, if that differs, as the policy prepares it. `None` if the scheme takes neither:
/// the password is too long for it or contains NUL, and so cannot be the one that was hashed.
fn verify_any(typed: &str, prepared: Option<&String>, stored: &str) -> Result<Option<bool>, HashError> {
    let prepared = prepared.map(String::as_str).filter(|prepared| *prepared != typed);
    let mut result = None;
    for password in [Some(typed), prepared].into_iter().flatten() {
        match stored_hash::verify(password.as_bytes(), stored) {
            Ok(is_right) => result = Some(result.unwrap_or(false) | is_right),
            Err(error)
                if matches!(error.kind(), HashErrorKind::PasswordTooLong | HashErrorKind::PasswordHasNul) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(result)
}

impl Default for WorkerPool {
    fn default() -> WorkerPool {
        WorkerPool::new()
    }
}

/// Hashes a password by Argon2id, in the PHC string format. `None` if Argon2 fails, which it does not for passwords of any
/// length that a policy accepts.
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
    async fn unknown_user_is_refused_after_the_same_work() {
        let (pool, policy) = (WorkerPool::new(), Policy::preset("minimal").unwrap());
        let verify = |password: &str, stored: Option<String>| {
            let password = Zeroizing::new(password.to_owned());
            pool.verify(&policy, password, stored)
        };
        let stored = hash("Kouling-demo-2026").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("Kouling-demo-2026", Some(stored.clone())).await.unwrap());
        assert!(!verify("kouling-demo-2026", Some(stored)).await.unwrap());
        assert!(!verify("Kouling-demo-2026", None).await.unwrap());
        // Typed in decomposed form, stored as the policy prepares it.
        assert!(verify("pass\u{65}\u{301}phrase", Some(hash("pass\u{e9}phrase").unwrap())).await.unwrap());
        // Stored under another policy, whose limit is higher.
        let long = |letter: &str| format!("{letter}{}", "x".repeat(policy.preparation().max_bytes));
        assert!(verify(&long("\u{65}\u{301}"), Some(hash(&long("\u{e9}")).unwrap())).await.unwrap());
    }

    #[tokio::test]
    async fn password_that_a_scheme_cannot_take_is_wrong() {
        let (pool, policy) = (WorkerPool::new(), Policy::preset("minimal").unwrap());
        let bcrypt = "$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2";
        let sha256 = "$5$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC";
        assert!(stored_hash::check(bcrypt).is_ok() && stored_hash::check(sha256).is_ok());
        for stored in [bcrypt, sha256] {
            for password in ["a".repeat(73), "a".repeat(600), "a\0b".to_owned()] {
                let verified = pool.verify(&policy, Zeroizing::new(password), Some(stored.to_owned())).await;
                assert_eq!(verified, Ok(false));
            }
        }
    }
}
