//! `DELETE /api/v1/organizations/{name}/members/{user}`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use cellier_model::accounts::remove_member;

use crate::http::accounts::account_name;
use crate::http::credential::Caller;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// Ends a membership. What the user had by it is gone at once.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{name}/members/{user}", operation_id = "removeMember", tag = "accounts",
    params(("name" = String, Path), ("user" = String, Path)),
    responses(
        (status = 204, description = "The user is no member any more"),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Only an admin of the organization, or a superadmin, removes members", body = ProblemBody),
        (status = 404, description = "There is no such organization or member", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    Path((name, user)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let (organization, user) = (account_name(&name)?, account_name(&user)?);
    remove_member(&state.context, &caller.0, &organization, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}
