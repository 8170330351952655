//! Periodic background tasks: reloading policies and purging expired rows.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::observe;
use crate::server::Server;

/// How often the files of the policy are checked for changes.
const POLL: Duration = Duration::from_secs(1);
/// How often expired rows are deleted.
const PURGE: Duration = Duration::from_secs(600);

/// Reloads every policy and the contract. Those with errors stay as they are. Returns whether all of them were replaced.
pub async fn reload(server: &Server, reason: &'static str) -> bool {
    run(server, false, reason).await
}

/// Reloads the policies whose files have changed, every second.
pub async fn watch_files(server: &Server) {
    let mut ticks = interval(POLL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        run(server, true, "a file changed").await;
    }
}

async fn run(server: &Server, only_changed: bool, reason: &'static str) -> bool {
    match server.reload(only_changed).await {
        Ok(reloaded) => {
            // Every error is logged, also after the first.
            let failed = reloaded.iter().filter(|reloaded| !reloaded.log(reason)).count();
            failed == 0
        }
        Err(error) => {
            tracing::error!(%error, "the policies cannot be reloaded");
            false
        }
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
        if let Err(error) = server.count_lacking_attributes().await {
            tracing::error!(%error, "accounts cannot be counted");
        }
    }
}
