//! HTTP: one endpoint, one file. A handler extracts, calls one use case, answers.
//!
//! # To add an endpoint
//!
//! 1. `http/<noun>/<verb>.rs` with its types, its documentation (`#[utoipa::path]`) and its handler.
//! 2. A line in the router below, or in `artefacts/route.rs` for what lies below an artefact.
//! 3. A line in `openapi.rs`; the snapshot of the OpenAPI document shows the change.

mod around;
mod artefacts;
mod audit;
mod client_address;
mod credential;
mod cursor;
mod download;
mod formats;
mod host;
mod incoming;
mod json;
mod keys;
mod observe;
mod openapi;
mod operation;
mod problem;
mod problem_from;
mod protocol;
mod request_id;
mod tags;
mod upload;
mod versions;
mod view;
mod wrong_keys;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, delete, get};

use crate::http::problem::Problem;
use crate::state::AppState;

pub(crate) use self::client_address::Peer;
pub(crate) use self::download::Redirects;
pub(crate) use self::upload::Jobs;
pub(crate) use self::wrong_keys::WrongKeys;

/// All that the server answers.
pub(crate) fn router(state: AppState) -> Router {
    Router::new()
        .route("/api/v1/artefacts", any(artefacts::route_root))
        .route("/api/v1/artefacts/{*path}", any(artefacts::route))
        .route(
            "/api/v1/uploads/{id}",
            get(operation::upload_status::handler),
        )
        .route(
            "/api/v1/api-keys",
            get(keys::list::handler).post(keys::create::handler),
        )
        .route("/api/v1/api-keys/{id}", delete(keys::revoke::handler))
        .route("/api/v1/formats", get(formats::list::handler))
        .route("/api/v1/formats/{id}", get(formats::get::handler))
        .route("/api/v1/audit", get(audit::list::handler))
        .route("/api/v1/storage", get(operation::storage::handler))
        .route("/api/v1/openapi.json", get(operation::docs::openapi))
        .route("/api/docs", get(operation::docs::docs))
        .route("/healthz", get(operation::healthz::handler))
        .route("/readyz", get(operation::readyz::handler))
        .route("/metrics", get(operation::metrics::handler))
        .fallback(protocol::handler)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(state.clone(), around::around))
        .with_state(state)
}

async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "the method is not allowed here",
    )
}
