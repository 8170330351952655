//! Where the pages are served, and the headers that every answer of the server carries.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::get;

use crate::pages::{ASSETS, SECURITY_POLICY, forgot, login};
use crate::server::Server;

/// Headers of every answer.
const HARDENING: [(&str, &str); 6] = [
    ("content-security-policy", SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

fn answer(media_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn page(server: &Server, page: fn(&str) -> String) -> Response {
    answer("text/html; charset=utf-8", Body::from(page(server.page_client().unwrap_or_default())))
}

/// The pages and what they load.
pub fn routes() -> Router<Arc<Server>> {
    let mut routes = Router::new()
        .route("/login", get(|State(server): State<Arc<Server>>| async move { page(&server, login) }))
        .route("/forgot", get(|State(server): State<Arc<Server>>| async move { page(&server, forgot) }));
    for asset in ASSETS {
        let path = format!("/assets/{}", asset.name);
        routes = routes.route(&path, get(|| async { answer(asset.content_type, Body::from(asset.bytes)) }));
    }
    routes
}

/// Puts the hardening headers on every answer.
pub async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HARDENING {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}
