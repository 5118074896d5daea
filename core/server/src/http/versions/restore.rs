//! `POST /api/v1/artefacts/{format}/{name}/versions/{version}/restore`

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use cellier_model::change::restore_version;
use cellier_model::read::ArtefactAddress;

use crate::http::credential::Caller;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// Restores a yanked version: selectors find it again. Tags do not come back by themselves.
#[utoipa::path(
    post, path = "/api/v1/artefacts/{format}/{name}/versions/{version}/restore", operation_id = "restoreVersion", tag = "versions",
    params(("format" = String, Path), ("name" = String, Path), ("version" = String, Path)),
    responses(
        (status = 204, description = "Not yanked, now or before"),
        (status = 401, description = "A key is needed", body = ProblemBody),
        (status = 403, description = "The key does not cover it", body = ProblemBody),
        (status = 404, description = "There is no such version, or none that the caller may see", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    address: &ArtefactAddress,
    version: &str,
) -> Result<Response, Problem> {
    restore_version(&state.context, &caller.0, address, version).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
