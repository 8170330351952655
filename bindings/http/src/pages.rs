//! The pages, embedded: `/login`, `/forgot`, and what they load. Nothing comes from elsewhere.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::get;

use crate::server::Server;

/// Everything the pages may do: load from here, ask here, and nothing else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers of every answer.
const HARDENING: [(&str, &str); 6] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Where a page says which client it is.
const CLIENT: &str = "<meta name=\"kouling-client-id\" content=\"";

type Asset = (&'static str, &'static [u8]);

/// A file of a folder of `pages`.
macro_rules! assets {
    ($($folder:literal / $name:literal),* $(,)?) => {
        &[$((concat!("/assets/", $name), include_bytes!(concat!("../pages/", $folder, "/", $name)).as_slice())),*]
    };
}

const ASSETS: &[Asset] = assets![];

const PAGES: &[(&str, &str)] = &[];

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

fn answer(media_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// The pages and what they load.
pub fn routes() -> Router<Arc<Server>> {
    let mut routes = Router::new();
    for (path, html) in PAGES {
        routes = routes.route(
            path,
            get(move |State(server): State<Arc<Server>>| async move {
                let client = server.page_client().map(escaped).unwrap_or_default();
                let page = html.replacen(CLIENT, &format!("{CLIENT}{client}"), 1);
                answer("text/html; charset=utf-8", Body::from(page))
            }),
        );
    }
    for (path, bytes) in ASSETS {
        routes = routes.route(path, get(move || async move { answer(media_type(path), Body::from(*bytes)) }));
    }
    routes
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

/// Puts the hardening headers on every answer.
pub async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HARDENING {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}
