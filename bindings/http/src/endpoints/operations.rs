//! Endpoints for operators and applications: health, readiness, metrics, keys, and the description of the API.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Content, Endpoint};
use crate::protocol::json_response;
use crate::server::Server;
use crate::store::StoreErrorKind;
use crate::tokens::KeySet;
use crate::{observe, openapi};

/// Returns the endpoints of this module.
pub(super) fn endpoints() -> [Endpoint; 5] {
    [
        Endpoint::operation("/healthz", "health", Endpoint::json::<Health>(), get(health))
            .summary("Returns 200 while the process is running"),
        Endpoint::operation("/readyz", "readiness", Endpoint::json::<Readiness>(), get(readiness))
            .summary("Returns 200 if the store accepts writes")
            .also(&[503]),
        Endpoint::operation("/metrics", "metrics", Content::Text("text/plain"), get(metrics))
            .summary("Returns metrics in Prometheus's text format"),
        Endpoint::operation("/openapi.json", "describe", Endpoint::json::<AnyObject>(), get(describe))
            .summary("Returns this document"),
        Endpoint::operation("/.well-known/jwks.json", "keySet", Endpoint::json::<KeySet>(), get(key_set))
            .summary("Returns the key that verifies id tokens"),
    ]
}

/// The state of the process.
#[derive(Serialize, JsonSchema)]
struct Health {
    /// Always `ok`.
    status: &'static str,
}

/// Whether the server can do its work.
#[derive(Serialize, JsonSchema)]
struct Readiness {
    /// `ok` or `unavailable`.
    status: &'static str,
    /// `ok`, or what keeps the store from writing: `full`, `busy`, `io` or `unavailable`.
    store: &'static str,
    /// The name of the policy, or of the policy set.
    policy: String,
    /// Its digest.
    digest: String,
    /// The name of the contract.
    contract: String,
    /// The policies, of the server or of an app, whose files have errors, so that an earlier version is in use: presets or
    /// paths.
    policies_with_errors: Vec<String>,
}

/// An object of any form.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Any")]
struct AnyObject {}

async fn health() -> Response {
    json_response(StatusCode::OK, &Health { status: "ok" }, None)
}

async fn readiness(State(server): State<Arc<Server>>) -> Response {
    let ready = server.check_ready().await;
    let loaded = server.policies().main();
    let (status, word) = match ready {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    };
    let body = Readiness {
        status: word,
        store: ready.err().map_or("ok", StoreErrorKind::name),
        policy: loaded.name().to_owned(),
        digest: loaded.digest.clone(),
        contract: loaded.contract.name().to_owned(),
        policies_with_errors: server.policies().with_errors(),
    };
    json_response(status, &body, None)
}

async fn metrics(State(server): State<Arc<Server>>) -> Response {
    let mut response = Response::new(Body::from(observe::render_metrics(&server).await));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn describe() -> Response {
    let mut response = Response::new(Body::from(openapi::bytes()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

async fn key_set(State(server): State<Arc<Server>>) -> Response {
    let mut response = json_response(StatusCode::OK, &server.tokens().key_set(), None);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}
