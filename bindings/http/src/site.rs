//! Routes of the pages, and the security headers of every response.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::get;
use kouling::language::LANGUAGES;

use crate::endpoints::{Content, Endpoint};
use crate::pages::{ASSETS, SECURITY_POLICY, forgot, login, texts};
use crate::server::Server;

/// Headers of every response.
const SECURITY_HEADERS: [(&str, &str); 6] = [
    ("content-security-policy", SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

fn response(media_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn page(server: &Server, page: fn(&str) -> String) -> Response {
    response("text/html; charset=utf-8", Body::from(page(server.page_client().unwrap_or_default())))
}

/// Returns the endpoints of the pages.
pub(crate) fn endpoints() -> [Endpoint; 2] {
    let (html, sign_in, reset) = (Content::Text("text/html"), get(login_page), get(forgot_page));
    [
        Endpoint::operation("/login", "loginPage", html, sign_in).summary("Returns the page to sign in"),
        Endpoint::operation("/forgot", "forgotPage", html, reset)
            .summary("Returns the page to set a new password"),
    ]
}

async fn login_page(State(server): State<Arc<Server>>) -> Response {
    page(&server, login)
}

async fn forgot_page(State(server): State<Arc<Server>>) -> Response {
    page(&server, forgot)
}

/// Returns the routes of the files under `/assets/`.
pub(crate) fn assets() -> Router<Arc<Server>> {
    let files = ASSETS.iter().fold(Router::new(), |routes, asset| {
        let path = format!("/assets/{}", asset.name);
        routes.route(&path, get(|| async { response(asset.content_type, Body::from(asset.bytes)) }))
    });
    LANGUAGES.into_iter().fold(files, |routes, language| {
        let path = format!("/assets/{}.json", language.tag());
        routes.route(&path, get(move || async move { response("application/json", Body::from(texts(language))) }))
    })
}

/// Adds the security headers to every response.
pub async fn add_security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}
