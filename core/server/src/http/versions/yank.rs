//! `POST /api/v1/artefacts/{format}/{name}/versions/{version}/yank`

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use cellier_model::change::yank_version;
use cellier_model::read::ArtefactAddress;

use crate::http::credential::Caller;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// Yanks a version: from now on only the exact selector finds it, and tags that named it are gone.
#[utoipa::path(
    post, path = "/api/v1/artefacts/{format}/{name}/versions/{version}/yank", operation_id = "yankVersion", tag = "versions",
    params(("format" = String, Path), ("name" = String, Path), ("version" = String, Path)),
    responses(
        (status = 204, description = "Yanked, now or before"),
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
    yank_version(&state.context, &caller.0, address, version).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
