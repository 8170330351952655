//! The reference server of the Kouling password and reset policy engine.
//!
//! [`app`] turns an opened [`Server`] into a router, so that most tests need no socket. In reading order: [`server`] holds
//! everything that a call may use; [`wire`] checks what comes in and writes every answer; [`calls`] are the calls of
//! the contract; [`store`] remembers; [`mail`] writes and carries messages, which [`delivery`] takes from the store; the rest
//! is small.

pub mod calls;
pub mod captcha;
pub mod delivery;
pub mod import;
pub mod keys;
pub mod live;
pub mod mail;
pub mod observe;
pub mod openapi;
pub mod options;
pub mod pages;
pub mod random;
pub mod reload;
pub mod serve;
pub mod server;
pub mod site;
pub mod start_error;
pub mod store;
pub mod tokens;
pub mod wire;
pub mod worker_pool;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};

pub use server::{Server, Settings};
pub use start_error::StartError;
use wire::{Call, CallRequirements, Problem, Reply, answer};

/// A call of the contract that is signed by the device headers and has a body.
const CONTRACT: CallRequirements = CallRequirements { caller: true, body: true };
/// The same without a body.
const CONTRACT_READ: CallRequirements = CallRequirements { caller: true, body: false };
/// A call of ours, which asks for no headers.
const OURS: CallRequirements = CallRequirements { caller: false, body: true };
/// The same without a body.
const OURS_READ: CallRequirements = CallRequirements { caller: false, body: false };

type Routes = MethodRouter<Arc<Server>>;

fn reads<F, A>(form: CallRequirements, call: F) -> Routes
where
    F: FnOnce(Arc<Server>, Call) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Result<Reply, Problem>> + Send + 'static,
{
    get(move |State(server): State<Arc<Server>>, request: Request| answer(server, form, call, request))
}

fn writes<F, A>(form: CallRequirements, call: F) -> Routes
where
    F: FnOnce(Arc<Server>, Call) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Result<Reply, Problem>> + Send + 'static,
{
    post(move |State(server): State<Arc<Server>>, request: Request| answer(server, form, call, request))
}

async fn no_such(State(server): State<Arc<Server>>, name: &'static str, request: Request) -> Response {
    let language = wire::language(request.headers()).unwrap_or(kouling::Language::ENGLISH);
    wire::refuse(&server.live(), language, &Problem::Host(name), false)
}

/// Every path of the server.
pub fn app(server: Arc<Server>) -> Router {
    let sdk = Router::new()
        .route("/captcha", reads(CONTRACT_READ, calls::captcha::show))
        .route("/captcha/verify", writes(CONTRACT, calls::captcha::verify))
        .route("/email/send", writes(CONTRACT, calls::send::by_email))
        .route("/sms/send", writes(CONTRACT, calls::send::by_mobile))
        .route("/pwd/update-by-email", writes(CONTRACT, calls::redeem::by_email))
        .route("/pwd/update-by-mobile", writes(CONTRACT, calls::redeem::by_mobile))
        .route("/pwd/check-exist", reads(CONTRACT_READ, calls::sign_in::has_password))
        .route("/pwd/change", writes(CONTRACT, calls::change::exchange))
        .route("/login/auth", writes(CONTRACT, calls::sign_in::authenticate))
        .route("/pwd/check", writes(OURS, calls::judge::check))
        .route("/pwd/policy", reads(OURS_READ, calls::judge::describe));
    let routes = Router::new()
        .nest("/api/v2/sdk", sdk)
        .route("/healthz", get(observe::health))
        .route("/readyz", get(observe::readiness))
        .route("/metrics", get(observe::metrics))
        .route("/openapi.json", get(openapi::show))
        .route("/.well-known/jwks.json", get(observe::key_set))
        .merge(site::routes());
    surround(routes, server)
}

/// What holds for every path: no panic gets through, every answer is hardened, counted and logged; what is no path or no
/// method of one is refused like everything else.
pub fn surround(routes: Router<Arc<Server>>, server: Arc<Server>) -> Router {
    routes
        .fallback(|state, request| no_such(state, "host.no_such_path", request))
        .method_not_allowed_fallback(|state, request| no_such(state, "host.no_such_method", request))
        .layer(from_fn_with_state(server.clone(), observe::catch_panic))
        .layer(from_fn(site::harden))
        .layer(from_fn_with_state(server.clone(), observe::watch))
        .with_state(server)
}
