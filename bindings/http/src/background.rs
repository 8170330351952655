//! Periodic background tasks: reloading the policy and purging expired rows.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::observe;
use crate::server::Server;

/// How often the files of the policy are checked for changes.
const POLL: Duration = Duration::from_secs(1);
/// How often expired rows are deleted.
const PURGE: Duration = Duration::from_secs(600);

/// Reloads the policy and the contract. If either has an error, the current ones stay in use. Returns whether they were
/// replaced.
pub async fn reload(server: &Server, reason: &'static str) -> bool {
    let before = server.loaded().digest.clone();
    let loaded = tokio::task::block_in_place(|| server.reload());
    let result = match &loaded {
        Ok(_) => "ok",
        Err(_) => "failed",
    };
    metrics::counter!("kouling_policy_reloads_total", "result" => result).increment(1);
    match loaded {
        Ok(loaded) => {
            tracing::info!(
                reason,
                before,
                digest = loaded.digest,
                policy = loaded.policy.name(),
                "policy reloaded"
            );
            true
        }
        Err(error) => {
            for diagnostic in error.diagnostics() {
                tracing::error!(reason, "{diagnostic}");
            }
            tracing::error!(reason, digest = before, "the policy has errors; the previous one stays in use");
            false
        }
    }
}

/// Reloads the policy when one of its files changes.
pub async fn watch_files(server: &Server) {
    let mut ticks = interval(POLL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The stamps of the files at the last failed attempt, which is not repeated for the same files.
    let mut failed = None;
    loop {
        ticks.tick().await;
        let changed = tokio::task::block_in_place(|| server.loaded().changed());
        if changed.is_none() || changed == failed {
            continue;
        }
        failed = if reload(server, "a file changed").await { None } else { changed };
    }
}

/// Deletes expired rows every ten minutes.
pub async fn purge(server: &Server) {
    let mut ticks = interval(PURGE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        observe::upkeep();
        match server.store().purge(server.now()).await {
            Ok(rows) => tracing::debug!(rows, "expired rows were deleted"),
            Err(error) => tracing::error!(%error, "purging expired rows failed"),
        }
    }
}
