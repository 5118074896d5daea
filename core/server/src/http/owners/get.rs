//! `GET /api/v1/artefacts/{format}/{name}/owners`

use axum::http::StatusCode;
use axum::response::Response;
use cellier_model::access::Action;
use cellier_model::read::{ArtefactAddress, find_artefact};

use crate::http::credential::Caller;
use crate::http::json::private_json;
use crate::http::owners::Owners;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// Who owns an artefact; shown to its owners and to superadmins.
#[utoipa::path(
    get, path = "/api/v1/artefacts/{format}/{name}/owners", operation_id = "getOwners", tag = "artefacts",
    params(("format" = String, Path), ("name" = String, Path)),
    responses(
        (status = 200, description = "The owners", body = Owners),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "It is none of the caller's", body = ProblemBody),
        (status = 404, description = "There is none, or none that the caller may see", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    address: &ArtefactAddress,
) -> Result<Response, Problem> {
    let context = &state.context;
    let artefact = find_artefact(context, caller.actor(), Action::SeeInternals, address).await?;
    Ok(private_json(StatusCode::OK, &Owners::from(&*artefact)))
}
