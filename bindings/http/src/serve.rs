//! From a listening socket to answers, and to an orderly end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::server::Server;
use crate::{app, mail, reload};

/// How long requests may go on after the end was asked for.
const FAREWELL: Duration = Duration::from_secs(10);

/// Serves until SIGTERM or SIGINT; SIGHUP reloads the policy. Requests that are under way are finished, within ten
/// seconds.
///
/// # Errors
/// When signals cannot be waited for.
pub async fn serve(server: Arc<Server>, listener: TcpListener) -> io::Result<()> {
    let (mut terminated, mut interrupted) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut hung_up = signal(SignalKind::hangup())?;
    let (ends, end) = tokio::sync::watch::channel(false);

    let mut background = tokio::task::JoinSet::new();
    let shared = server.clone();
    background.spawn(async move { mail::deliver_for_ever(&shared).await });
    let shared = server.clone();
    background.spawn(async move { reload::watch_files(&shared).await });
    let shared = server.clone();
    background.spawn(async move { reload::sweep(&shared).await });
    let shared = server.clone();
    background.spawn(async move {
        while hung_up.recv().await.is_some() {
            reload::reload(&shared, "SIGHUP").await;
        }
    });

    let service = app(server.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let mut asked = end.clone();
    let graceful = axum::serve(listener, service).with_graceful_shutdown(async move {
        // Ends also when nobody is left to ask.
        let _ = asked.wait_for(|end| *end).await;
    });
    let serving = tokio::spawn(graceful.into_future());
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    tracing::info!("ending");
    let _ = ends.send(true);
    if tokio::time::timeout(FAREWELL, serving).await.is_err() {
        tracing::warn!("requests were cut off");
    }
    background.shutdown().await;
    server.store().close().await;
    Ok(())
}
