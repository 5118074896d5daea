//! HTTP: one endpoint, one file. A handler extracts, calls one use case, answers.
//!
//! # To add an endpoint
//!
//! 1. `http/<noun>/<verb>.rs` with its types, its documentation (`#[utoipa::path]`) and its handler.
//! 2. A line in the router below, or in `artefacts/route.rs` for what lies below an artefact.
//! 3. A line in `openapi.rs`; the snapshot of the OpenAPI document shows the change.

mod accounts;
mod artefacts;
mod audit;
mod client_address;
mod credential;
mod cursor;
mod download;
mod formats;
mod grants;
mod json;
mod keys;
mod observe;
mod openapi;
mod operation;
mod organizations;
mod owners;
mod problem;
mod problem_from;
mod problem_from_accounts;
mod protocol;
mod request_id;
mod same_site;
mod session;
mod session_cookie;
mod sessions;
mod setup;
mod tags;
mod upload;
mod users;
mod versions;
mod view;
mod visit;
mod wrong_keys;

use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, put};
use axum::{Router, extract::Request};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::http::problem::Problem;
use crate::state::AppState;

pub(crate) use self::client_address::Peer;
pub(crate) use self::session_cookie::SessionCookie;
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
        .merge(people())
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
        .layer(from_fn(request_id::assign))
        .layer(from_fn_with_state(state.clone(), head_without_body))
        .with_state(state)
}

/// What is answered about people: sessions, users, organizations, grants, and the first superadmin.
fn people() -> Router<AppState> {
    Router::new()
        .route(
            "/setup",
            get(setup::show::handler).post(setup::complete::handler),
        )
        .route(
            "/api/v1/session",
            get(session::get::handler)
                .post(session::create::handler)
                .delete(session::end::handler),
        )
        .route("/api/v1/sessions", get(sessions::list::handler))
        .route("/api/v1/sessions/{id}", delete(sessions::end::handler))
        .route(
            "/api/v1/users",
            get(users::list::handler).post(users::create::handler),
        )
        .route(
            "/api/v1/users/{name}",
            get(users::get::handler)
                .patch(users::edit::handler)
                .delete(users::delete::handler),
        )
        .route(
            "/api/v1/users/{name}/password",
            put(users::password::handler),
        )
        .route(
            "/api/v1/organizations",
            get(organizations::list::handler).post(organizations::create::handler),
        )
        .route(
            "/api/v1/organizations/{name}",
            get(organizations::get::handler)
                .patch(organizations::edit::handler)
                .delete(organizations::delete::handler),
        )
        .route(
            "/api/v1/organizations/{name}/members",
            get(organizations::members::list::handler),
        )
        .route(
            "/api/v1/organizations/{name}/members/{user}",
            put(organizations::members::put::handler)
                .delete(organizations::members::remove::handler),
        )
        .route(
            "/api/v1/access-grants",
            get(grants::list::handler).post(grants::create::handler),
        )
        .route("/api/v1/access-grants/me", get(grants::mine::handler))
        .route(
            "/api/v1/access-grants/{id}",
            get(grants::get::handler)
                .patch(grants::edit::handler)
                .delete(grants::delete::handler),
        )
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
