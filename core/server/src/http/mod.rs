//! HTTP: one endpoint, one file. A handler extracts, calls one use case, answers.
//!
//! # To add an endpoint
//!
//! 1. `http/<noun>/<verb>.rs` with its types, its documentation (`#[utoipa::path]`) and its handler.
//! 2. A line in the router below, or in `artefacts/route.rs` for what lies below an artefact.
//! 3. A line in `openapi.rs`; the snapshot of the OpenAPI document shows the change.

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

use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get};
use axum::{Router, extract::Request};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::http::problem::Problem;
use crate::state::AppState;

pub(crate) use self::client_address::Peer;
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
        .route("/api/v1/openapi.json", get(operation::docs::openapi))
        .route("/api/docs", get(operation::docs::docs))
        .route("/healthz", get(operation::healthz::handler))
        .route("/readyz", get(operation::readyz::handler))
        .route("/metrics", get(operation::metrics::handler))
        .fallback(protocol::handler)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn(observe::measure))
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(from_fn(host::require_one))
        .layer(from_fn_with_state(state.clone(), incoming::limit))
        .layer(from_fn(request_id::assign))
        .layer(from_fn_with_state(state.clone(), head_without_body))
        .with_state(state)
}

/// The answer to `HEAD` is that to `GET` without its body, the length of which stays in the header.
async fn head_without_body(
    _state: axum::extract::State<AppState>,
    request: Request,
    next: axum::middleware::Next,
) -> Response {
    let is_head = request.method() == axum::http::Method::HEAD;
    let response = next.run(request).await;
    if is_head {
        response.map(|_body| axum::body::Body::empty())
    } else {
        response
    }
}

async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "the method is not allowed here",
    )
}

/// A panic is a defect of ours: the client gets a clear error, the log gets the reason.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer hands it over by value"
)]
fn answer_panic(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let reason = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no reason given");
    tracing::error!(reason, "a handler panicked: {reason}");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "something in the registry is broken; please report it",
    )
    .into_response()
}
