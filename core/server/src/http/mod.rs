//! HTTP: one endpoint, one file. A handler extracts, calls one use case, answers.
//!
//! # To add an endpoint
//!
//! 1. `http/<noun>/<verb>.rs` with its types, its documentation (`#[utoipa::path]`) and its handler.
//! 2. A line in the router below, or in `artefacts/route.rs` for artefacts and what lies below them.
//! 3. A line in `openapi.rs`; the snapshot of the OpenAPI document shows the change.

mod accounts;
mod around;
mod artefacts;
mod audit;
mod client_address;
mod credential;
mod cursor;
mod download;
mod form;
mod formats;
mod front;
mod grants;
mod host;
mod incoming;
mod json;
mod keys;
mod login;
mod observe;
mod openapi;
mod operation;
mod organizations;
mod owners;
mod page;
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

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{delete, get, put};

use crate::http::problem::Problem;
use crate::state::AppState;

pub(crate) use self::client_address::Peer;
pub(crate) use self::download::{Described, Redirects};
pub(crate) use self::front::Front;
pub(crate) use self::protocol::{CrossOrigin, HostRoots, Memo};
pub(crate) use self::session_cookie::SessionCookie;
pub(crate) use self::upload::Jobs;
pub(crate) use self::wrong_keys::WrongKeys;

/// What the server answers at paths that are known beforehand; see [`front`] for all others.
fn router() -> Router<AppState> {
    Router::new()
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
        .route("/api/v1/storage", get(operation::storage::handler))
        .route("/api/v1/openapi.json", get(operation::docs::openapi))
        .route("/api/docs", get(operation::docs::docs))
        .route("/healthz", get(operation::healthz::handler))
        .route("/readyz", get(operation::readyz::handler))
        .route("/metrics", get(operation::metrics::handler))
        .fallback(nothing)
        .method_not_allowed_fallback(method_not_allowed)
}

/// What is answered about people: sessions, users, organizations, grants, and the first superadmin.
fn people() -> Router<AppState> {
    Router::new()
        .route(
            "/setup",
            get(setup::show::handler).post(setup::complete::handler),
        )
        .route(
            "/login",
            get(login::show::handler).post(login::complete::handler),
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

async fn nothing() -> Problem {
    Problem::not_found("there is nothing at this path")
}

async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "the method is not allowed here",
    )
}
