//! From a listening socket to answers, and to an orderly end.

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
use crate::{app, delivery, reload};

/// How long requests may go on after the end was asked for.
const FAREWELL: Duration = Duration::from_secs(10);
/// How long a client may take to say what it wants; also how long a connection may be kept for another request.
const HEADERS: Duration = Duration::from_secs(30);
/// How many connections are open at once; the next ones wait in the system's queue.
const MAX_CONNECTIONS: usize = 8192;
/// How long to wait when no connection can be accepted.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// Serves until SIGTERM or SIGINT; SIGHUP reloads the policy. Requests that are under way are finished, within ten
/// seconds.
///
/// # Errors
/// When signals cannot be waited for, or what is done beside the calls has stopped.
pub async fn serve(server: Arc<Server>, listener: TcpListener) -> io::Result<()> {
    let (mut terminated, mut interrupted) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut hung_up = signal(SignalKind::hangup())?;
    let graceful = GracefulShutdown::new();

    let mut background = tokio::task::JoinSet::new();
    let shared = server.clone();
    background.spawn(async move { delivery::deliver_for_ever(&shared).await });
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

    let ended = tokio::select! {
        () = accept(&server, &listener, &graceful) => Ok(()),
        _ = terminated.recv() => Ok(()),
        _ = interrupted.recv() => Ok(()),
        // They go on for ever: one that ended has panicked, and a server without mail is none.
        _ = background.join_next() => Err(io::Error::other("what is done beside the calls has stopped")),
    };
    // From here on nobody is let in; who is in may finish.
    drop(listener);
    tracing::info!("ending");
    if tokio::time::timeout(FAREWELL, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were cut off");
    }
    background.shutdown().await;
    server.store().close().await;
    ended
}

/// Lets connections in, for ever.
async fn accept(server: &Arc<Server>, listener: &TcpListener, graceful: &GracefulShutdown) {
    let router = app(server.clone());
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // A client that left, or no descriptors left: neither ends the server.
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(AFTER_FAILURE).await;
                continue;
            }
        };
        // Answers are small, and somebody waits for each.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone().layer(Extension(ConnectInfo(peer))));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS)
            .serve_connection(TokioIo::new(stream), service);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            // How a client ends its connection is its own affair.
            let _ = watched.await;
            drop(place);
        });
    }
}
