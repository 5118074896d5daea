//! `DELETE /api/v1/artefacts/{format}/{name}/versions/{version}`

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use cellier_model::change::delete_version;
use cellier_model::read::ArtefactAddress;

use crate::http::credential::Caller;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// Deletes a version. It never comes back: publishing it again is a 409. To hide it only, yank it.
#[utoipa::path(
    delete, path = "/api/v1/artefacts/{format}/{name}/versions/{version}", operation_id = "deleteVersion", tag = "versions",
    params(("format" = String, Path), ("name" = String, Path), ("version" = String, Path)),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 401, description = "A key is needed", body = ProblemBody),
        (status = 403, description = "An admin key is needed", body = ProblemBody),
        (status = 404, description = "There is no such version, or none that the caller may see", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    address: &ArtefactAddress,
    version: &str,
) -> Result<Response, Problem> {
    delete_version(&state.context, &caller.0, address, version).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
