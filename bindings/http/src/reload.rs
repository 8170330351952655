//! What is done again and again beside the calls: reloading the policy, forgetting what has expired.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::observe;
use crate::server::Server;

/// How often the policy's files are looked at.
const GLANCE: Duration = Duration::from_secs(1);
/// How often what has expired is forgotten.
const SWEEP: Duration = Duration::from_secs(600);

/// Reloads the policy and the contract. The last good ones stay when anything is wrong; whether it was.
pub async fn reload(server: &Server, reason: &'static str) -> bool {
    let before = server.live().digest.clone();
    let loaded = tokio::task::block_in_place(|| server.reload());
    let result = match &loaded {
        Ok(_) => "ok",
        Err(_) => "failed",
    };
    metrics::counter!("kouling_policy_reloads_total", "result" => result).increment(1);
    match loaded {
        Ok(live) => {
            tracing::info!(reason, before, digest = live.digest, policy = live.policy.name(), "policy reloaded");
            true
        }
        Err(error) => {
            for diagnostic in error.diagnostics() {
                tracing::error!(reason, "{diagnostic}");
            }
            tracing::error!(reason, digest = before, "the policy is wrong; the last good one stays");
            false
        }
    }
}

/// Looks at the policy's files every second and reloads when one looks different.
pub async fn watch_files(server: &Server) {
    let mut glances = interval(GLANCE);
    glances.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // How the files looked when the last attempt failed: no second attempt at the same.
    let mut failed = None;
    loop {
        glances.tick().await;
        let looks = tokio::task::block_in_place(|| server.live().changed_looks());
        if looks.is_none() || looks == failed {
            continue;
        }
        failed = if reload(server, "a file changed").await { None } else { looks };
    }
}

/// Forgets what has expired, every ten minutes.
pub async fn sweep(server: &Server) {
    let mut sweeps = interval(SWEEP);
    sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        sweeps.tick().await;
        observe::upkeep();
        match server.store().purge(server.now()).await {
            Ok(rows) => tracing::debug!(rows, "swept"),
            Err(error) => tracing::error!(%error, "nothing was swept"),
        }
    }
}
