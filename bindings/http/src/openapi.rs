//! `/openapi.json`.
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::server::Server;

/// x
pub async fn show(State(_): State<Arc<Server>>) -> Response {
    Response::default()
}
