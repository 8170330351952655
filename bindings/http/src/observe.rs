//! Health, readiness, metrics, and one log line per request. None of it contains a secret, an address or a name.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::protocol::{self, PolicyDigest, Problem, RefusalCode};
use crate::server::Server;

/// Bounds of the histogram of durations, in seconds.
const DURATIONS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

static PROMETHEUS: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts to collect metrics. Further calls have no effect.
pub fn start_metrics() {
    PROMETHEUS.get_or_init(|| {
        let matcher = Matcher::Full("kouling_http_request_duration_seconds".to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(matcher, &DURATIONS).ok()?;
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).ok()?;
        describe_metrics();
        Some(handle)
    });
}

fn describe_metrics() {
    metrics::describe_counter!(
        "kouling_http_requests_total",
        "Requests by method, route, status and error code of the contract."
    );
    metrics::describe_histogram!(
        "kouling_http_request_duration_seconds",
        metrics::Unit::Seconds,
        "Duration of requests by route."
    );
    metrics::describe_counter!(
        "kouling_messages_total",
        "Delivery attempts by channel and result: delivered, postponed or dropped."
    );
    metrics::describe_gauge!("kouling_messages_waiting", "Messages that are neither delivered nor dropped.");
    metrics::describe_gauge!(
        "kouling_messages_oldest_seconds",
        metrics::Unit::Seconds,
        "Age of the oldest waiting message; 0 if none waits."
    );
    metrics::describe_counter!(
        "kouling_store_errors_total",
        "Failed store operations by kind: full, busy, io or unavailable."
    );
    metrics::describe_counter!("kouling_policy_reloads_total", "Reloads of policies by result: ok or failed.");
    metrics::describe_gauge!(
        "kouling_policies_with_errors",
        "Policies whose files have errors, so that an earlier version is in use."
    );
    metrics::describe_gauge!(
        "kouling_accounts_without_attribute",
        "Accounts that lack an attribute that a policy needs, by attribute."
    );
    metrics::describe_counter!("kouling_panics_total", "Requests that ended in an internal error (a bug).");
}

/// Bounds the memory of the histograms. To be called regularly.
pub fn upkeep() {
    if let Some(Some(handle)) = PROMETHEUS.get() {
        handle.run_upkeep();
    }
}

/// Returns the metrics in Prometheus's text format.
pub async fn render_metrics(server: &Server) -> String {
    start_metrics();
    // Read on demand, so that a scrape shows the moment. On an error the gauges keep their last values, and the counter of
    // store errors grows.
    match server.store().outbox_status().await {
        Ok(status) => {
            let age = status.oldest.and_then(|oldest| server.now().since(oldest)).unwrap_or(0);
            metrics::gauge!("kouling_messages_waiting").set(status.waiting as f64);
            metrics::gauge!("kouling_messages_oldest_seconds").set(age as f64);
        }
        Err(error) => tracing::error!(%error, "the outbox cannot be counted"),
    }
    metrics::gauge!("kouling_policies_with_errors").set(server.policies().with_errors().len() as f64);
    PROMETHEUS.get().and_then(Option::as_ref).map(PrometheusHandle::render).unwrap_or_default()
}

/// Counts and logs every request. The path is that of the route, never the one that was requested.
pub async fn record(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let path = path.unwrap_or_else(|| "none".to_owned());
    let method = match request.method().as_str() {
        method @ ("GET" | "HEAD" | "POST") => method.to_owned(),
        _ => "other".to_owned(),
    };
    let response = next.run(request).await;
    let (status, seconds) = (response.status().as_u16(), start.elapsed().as_secs_f64());
    let code = response.extensions().get::<RefusalCode>().map_or("", |code| code.0.as_str());
    let digest = match response.extensions().get::<PolicyDigest>() {
        Some(used) => used.0.clone(),
        None => server.policies().main().digest.clone(),
    };
    let digest = digest.get(..12).unwrap_or_default();
    tracing::info!(method, path, status, code, ms = (seconds * 1e5).round() / 1e2, policy = digest, "request");
    metrics::counter!("kouling_http_requests_total",
        "method" => method, "path" => path.clone(), "status" => status.to_string(), "code" => code.to_owned())
    .increment(1);
    metrics::histogram!("kouling_http_request_duration_seconds", "path" => path).record(seconds);
    response
}

/// Turns a panic, which is a bug, into a response with status 500 and without details.
pub async fn catch_panic(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let language = protocol::language(request.headers()).unwrap_or(kouling::Language::ENGLISH);
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("a request panicked");
            metrics::counter!("kouling_panics_total").increment(1);
            protocol::refuse(&server.policies().main(), language, &Problem::Internal, false)
        }
    }
}
