//! `DELETE /api/v1/access-grants/{id}`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use cellier_model::Id;
use cellier_model::accounts::withdraw_grant;

use crate::http::credential::Caller;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// Takes a grant away; read keys of the account stop reading at once.
#[utoipa::path(
    delete, path = "/api/v1/access-grants/{id}", operation_id = "deleteGrant", tag = "accounts", params(("id" = String, Path)),
    responses(
        (status = 204, description = "It is taken away"),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Only superadmins take grants away", body = ProblemBody),
        (status = 404, description = "There is no such grant", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = id.parse().unwrap_or_else(|_not_an_id| Id::nil());
    withdraw_grant(&state.context, &caller.0, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
