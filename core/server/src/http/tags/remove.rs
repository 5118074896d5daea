//! `DELETE /api/v1/artefacts/{format}/{name}/tags/{tag}`

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use cellier_model::change::remove_tag;
use cellier_model::read::ArtefactAddress;

use crate::http::credential::Caller;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::tags::parse;
use crate::state::AppState;

/// Removes a tag; the version that it named stays.
#[utoipa::path(
    delete, path = "/api/v1/artefacts/{format}/{name}/tags/{tag}", operation_id = "removeTag", tag = "tags",
    params(("format" = String, Path), ("name" = String, Path), ("tag" = String, Path)),
    responses(
        (status = 204, description = "It is removed"),
        (status = 400, description = "It is latest, which moves by itself", body = ProblemBody),
        (status = 401, description = "A key is needed", body = ProblemBody),
        (status = 403, description = "The key does not cover it", body = ProblemBody),
        (status = 404, description = "There is no such tag, or none that the caller may see", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    address: &ArtefactAddress,
    tag: &str,
) -> Result<Response, Problem> {
    let tag = parse(tag)?;
    remove_tag(&state.context, &caller.0, address, &tag).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
