//! `GET /readyz`

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use crate::state::AppState;

/// How long a part may take to answer before it counts as down.
const PATIENCE: Duration = Duration::from_secs(3);

/// What answers and what does not.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Readiness {
    /// Whether all parts answer.
    ready: bool,
    /// `ok`, or what is wrong.
    database: &'static str,
    /// `ok`, or what is wrong.
    storage: &'static str,
    /// `ok`, or what is wrong.
    formats: &'static str,
}

/// Whether database, storage and every enabled format answer: what a load balancer should ask.
#[utoipa::path(
    get, path = "/readyz", operation_id = "getReadiness", tag = "operation",
    responses(
        (status = 200, description = "All parts answer", body = Readiness),
        (status = 503, description = "A part does not", body = Readiness),
    ),
)]
pub(crate) async fn handler(State(state): State<AppState>) -> Response {
    let context = &state.context;
    let (database, storage, formats) = tokio::join!(
        timeout(PATIENCE, context.catalog.check()),
        timeout(PATIENCE, context.blobs.check()),
        state.formats.check(PATIENCE),
    );
    let word = |fine: bool| if fine { "ok" } else { "does not answer" };
    let database = matches!(database, Ok(Ok(())));
    let storage = matches!(storage, Ok(Ok(())));
    let ready = database && storage && formats;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let readiness = Readiness {
        ready,
        database: word(database),
        storage: word(storage),
        formats: word(formats),
    };
    (status, Json(readiness)).into_response()
}
