//! The reference server of the Kouling password and reset policy engine.
//!
//! [`app`] turns an open [`Server`] into a router, so that most tests need no socket. In reading order: [`server`] holds
//! everything that an endpoint may use; [`protocol`] validates requests and writes responses; [`endpoints`] declares and
//! implements the endpoints; [`store`] is the database; [`mail`] composes and sends messages, which [`delivery`] takes from
//! the store.

pub mod background;
pub mod captcha;
pub mod delivery;
pub mod endpoints;
pub mod import;
pub mod keys;
pub mod loaded_policy;
pub mod mail;
pub mod observe;
pub mod openapi;
pub mod pages;
pub mod policies;
pub mod protocol;
pub mod random;
pub mod serve;
pub mod server;
pub mod settings;
pub mod site;
pub mod start_error;
pub mod store;
pub mod tokens;
pub mod worker_pool;

/// The examples of the manual compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Manual;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;

pub use server::{Server, Settings};
pub use start_error::StartError;

use protocol::Problem;

async fn refuse_route(State(server): State<Arc<Server>>, name: &'static str, request: Request) -> Response {
    let language = protocol::language(request.headers()).unwrap_or(kouling::Language::ENGLISH);
    protocol::refuse(&server.policies().main(), language, &Problem::Host(name), false)
}

/// Returns the router of every endpoint and asset.
pub fn app(server: Arc<Server>) -> Router {
    let routes = endpoints::endpoints()
        .into_iter()
        .fold(site::assets(), |routes, endpoint| routes.route(endpoint.path, endpoint.route));
    with_middleware(routes, server)
}

/// Adds what holds for every path: panics end in a response with status 500; every response has the security headers and is
/// counted and logged; unknown paths and methods are refused with the codes of the contract.
pub fn with_middleware(routes: Router<Arc<Server>>, server: Arc<Server>) -> Router {
    routes
        .fallback(|state, request| refuse_route(state, "host.no_such_path", request))
        .method_not_allowed_fallback(|state, request| refuse_route(state, "host.no_such_method", request))
        .layer(from_fn_with_state(server.clone(), observe::catch_panic))
        .layer(from_fn(site::add_security_headers))
        .layer(from_fn_with_state(server.clone(), observe::record))
        .with_state(server)
}
