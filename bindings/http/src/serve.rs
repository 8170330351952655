//! Accepts connections, and shuts down in order.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;

use crate::server::Server;
use crate::{app, background, delivery};

/// How long open requests may continue after the shutdown began.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client may take to send its headers; also how long an idle connection stays open.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// Maximum number of open connections; further ones wait in the system's queue.
const MAX_CONNECTIONS: usize = 8192;
/// The pause after a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until SIGTERM or SIGINT. SIGHUP reloads the policy. Open requests are finished within ten seconds.
///
/// # Errors
/// Signal handlers cannot be installed, or a background task stopped unexpectedly.
pub async fn serve(server: Arc<Server>, listener: TcpListener) -> io::Result<()> {
    let (mut terminated, mut interrupted) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut hung_up = signal(SignalKind::hangup())?;
    let graceful = GracefulShutdown::new();

    let (stop, stopping) = tokio::sync::watch::channel(false);
    let mut workers = delivery::start_workers(&server, &stopping);
    let mut tasks = tokio::task::JoinSet::new();
    let shared = server.clone();
    tasks.spawn(async move { background::watch_files(&shared).await });
    let shared = server.clone();
    tasks.spawn(async move { background::purge(&shared).await });
    let shared = server.clone();
    tasks.spawn(async move {
        while hung_up.recv().await.is_some() {
            background::reload(&shared, "SIGHUP").await;
        }
    });

    let ended = tokio::select! {
        () = accept(&server, &listener, &graceful) => Ok(()),
        _ = terminated.recv() => Ok(()),
        _ = interrupted.recv() => Ok(()),
        // The tasks never end by themselves: one of them panicked.
        _ = tasks.join_next() => Err(io::Error::other("a background task stopped unexpectedly")),
        _ = workers.join_next() => Err(io::Error::other("a delivery worker stopped unexpectedly")),
    };
    // No new connections; open requests may finish.
    drop(listener);
    tracing::info!("shutting down");
    if tokio::time::timeout(SHUTDOWN_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("open requests were aborted");
    }
    tasks.shutdown().await;
    // A message that is being sent is finished. If that takes too long, its claim expires and it is sent after the next start.
    let _ = stop.send(true);
    let finished = async { while workers.join_next().await.is_some() {} };
    if tokio::time::timeout(SHUTDOWN_TIMEOUT, finished).await.is_err() {
        tracing::warn!("deliveries were aborted");
        workers.shutdown().await;
    }
    server.store().close().await;
    ended
}

/// Accepts connections. Never returns.
async fn accept(server: &Arc<Server>, listener: &TcpListener, graceful: &GracefulShutdown) {
    let router = app(server.clone());
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(permit) = permits.clone().acquire_owned().await else { return };
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // The client is gone, or no file descriptor is free.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // Responses are small: do not wait for more data.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone().layer(Extension(ConnectInfo(peer))));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            // Errors of a connection concern its client only.
            let _ = watched.await;
            drop(permit);
        });
    }
}
