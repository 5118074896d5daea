//! `PUT /api/v1/artefacts/{format}/{name}/owners`

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use cellier_model::change::set_owners;
use cellier_model::read::ArtefactAddress;

use crate::http::credential::Caller;
use crate::http::json::{private_json, read_json};
use crate::http::owners::Owners;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// Says who owns an artefact: its owners may, and so may superadmins, who alone may leave it without any.
#[utoipa::path(
    put, path = "/api/v1/artefacts/{format}/{name}/owners", operation_id = "setOwners", tag = "artefacts", request_body = Owners,
    params(("format" = String, Path), ("name" = String, Path)),
    responses(
        (status = 200, description = "The owners as they are now", body = Owners),
        (status = 400, description = "The body is malformed", body = ProblemBody),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "It is none of the caller's", body = ProblemBody),
        (status = 404, description = "There is none, or none that the caller may see", body = ProblemBody),
        (status = 415, description = "The body is no JSON", body = ProblemBody),
        (status = 422, description = "There is no such account, or no owner is named", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    address: &ArtefactAddress,
    request: Request,
) -> Result<Response, Problem> {
    let wanted: Owners = read_json(request).await?;
    let owners = wanted.owners.into_iter().map(Into::into).collect();
    let artefact = set_owners(&state.context, &caller.0, address, owners).await?;
    Ok(private_json(StatusCode::OK, &Owners::from(&artefact)))
}
