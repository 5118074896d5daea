//! `GET /api/v1/storage`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use cellier_model::read::space;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// How much space is taken. Bytes that several versions share are counted once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StorageUsage {
    /// All blobs.
    blobs: u64,
    /// Their size in bytes.
    bytes: u64,
    /// What nothing uses any more and the next sweeps free, when its grace period is over.
    reclaimable: Reclaimable,
}

/// Space that can be had back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reclaimable {
    /// Blobs that nothing uses.
    blobs: u64,
    /// Their size in bytes.
    bytes: u64,
}

/// Tells how much space is taken, and how much of it can be had back.
#[utoipa::path(
    get, path = "/api/v1/storage", operation_id = "getStorage", tag = "operation",
    responses(
        (status = 200, description = "How much space is taken", body = StorageUsage),
        (status = 401, description = "A key is needed", body = ProblemBody),
        (status = 403, description = "An admin key is needed", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Response, Problem> {
    let usage = space(&state.context, caller.actor()).await?;
    let body = StorageUsage {
        blobs: usage.blobs,
        bytes: usage.bytes,
        reclaimable: Reclaimable {
            blobs: usage.reclaimable_blobs,
            bytes: usage.reclaimable_bytes,
        },
    };
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(([no_store], Json(body)).into_response())
}
