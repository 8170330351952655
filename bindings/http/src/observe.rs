//! What an operator sees: health, figures, one log line a request. None of it holds a secret, an address or a name.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde_json::{Value, json};

use crate::server::Server;
use crate::wire::{self, Problem, RefusalCode};

/// Bounds of the histogram of durations, in seconds.
const DURATIONS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

static FIGURES: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Begins to count; more than once is as good as once.
pub fn begin() {
    FIGURES.get_or_init(|| {
        let matcher = Matcher::Full("kouling_http_request_duration_seconds".to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(matcher, &DURATIONS).ok()?;
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).ok().map(|()| handle)
    });
}

/// Tidies the figures up; to be called now and then.
pub fn upkeep() {
    if let Some(Some(handle)) = FIGURES.get() {
        handle.run_upkeep();
    }
}

fn answer(status: StatusCode, media_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn answer_json(status: StatusCode, body: &Value) -> Response {
    answer(status, "application/json", body.to_string())
}

/// `GET /healthz`: the process answers.
pub async fn health() -> Response {
    answer_json(StatusCode::OK, &json!({ "status": "ok" }))
}

/// `GET /readyz`: it can do its work.
pub async fn readiness(State(server): State<Arc<Server>>) -> Response {
    let live = server.live();
    let store = server.store().ping().await;
    if let Err(error) = &store {
        tracing::error!(%error, "not ready");
    }
    let (status, word) = match store {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    };
    let body = json!({
        "status": word,
        "store": word,
        "policy": live.policy.name(),
        "digest": live.digest,
        "contract": live.contract.name(),
    });
    answer_json(status, &body)
}

/// `GET /metrics`: Prometheus's text format.
pub async fn metrics() -> Response {
    begin();
    let text = FIGURES.get().and_then(Option::as_ref).map(PrometheusHandle::render);
    answer(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", text.unwrap_or_default())
}

/// `GET /.well-known/jwks.json`: the key that id tokens are verified with.
pub async fn key_set(State(server): State<Arc<Server>>) -> Response {
    let mut response = answer_json(StatusCode::OK, &server.tokens().key_set());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}

/// Counts and logs every request. The path is the route's, never the one that was asked for.
pub async fn watch(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let path = path.unwrap_or_else(|| "none".to_owned());
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST") => known.to_owned(),
        _ => "other".to_owned(),
    };
    let response = next.run(request).await;
    let (status, seconds) = (response.status().as_u16(), began.elapsed().as_secs_f64());
    let code = response.extensions().get::<RefusalCode>().map_or("", |code| code.0.as_str());
    let digest = server.live().digest.get(..12).unwrap_or_default().to_owned();
    tracing::info!(method, path, status, code, ms = (seconds * 1e5).round() / 1e2, policy = digest, "request");
    metrics::counter!("kouling_http_requests_total",
        "method" => method, "path" => path.clone(), "status" => status.to_string(), "code" => code.to_owned())
    .increment(1);
    metrics::histogram!("kouling_http_request_duration_seconds", "path" => path).record(seconds);
    response
}

/// A panic is our bug: 500, and nothing of it to the client.
pub async fn catch_panic(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let language = wire::language(request.headers()).unwrap_or(kouling::Language::ENGLISH);
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("a call panicked");
            metrics::counter!("kouling_panics_total").increment(1);
            wire::refuse(&server.live(), language, &Problem::Fault, false)
        }
    }
}
