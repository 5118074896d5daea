//! `DELETE /api/v1/artefacts/{format}/{name}`

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use cellier_model::change::delete_artefact;
use cellier_model::read::ArtefactAddress;

use crate::http::artefacts::get::revision_of_if_match;
use crate::http::credential::Caller;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// Deletes an artefact with all its versions. They never come back: publishing one of them again is a 409.
#[utoipa::path(
    delete, path = "/api/v1/artefacts/{format}/{name}", operation_id = "deleteArtefact", tag = "artefacts",
    params(("format" = String, Path), ("name" = String, Path)),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 401, description = "A key is needed", body = ProblemBody),
        (status = 403, description = "An admin key is needed", body = ProblemBody),
        (status = 404, description = "There is none, or none that the caller may see", body = ProblemBody),
        (status = 412, description = "Somebody else changed it since (If-Match)", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    address: &ArtefactAddress,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let seen_revision = revision_of_if_match(headers)?;
    delete_artefact(&state.context, &caller.0, address, seen_revision).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
