//! `DELETE /api/v1/users/{name}`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use cellier_model::AccountRef;
use cellier_model::accounts::delete_account;

use crate::http::accounts::account_name;
use crate::http::credential::Caller;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// Deletes a user with sessions, keys, memberships and grant. What the user published stays; the name never comes back.
#[utoipa::path(
    delete, path = "/api/v1/users/{name}", operation_id = "deleteUser", tag = "accounts", params(("name" = String, Path)),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Only superadmins delete users", body = ProblemBody),
        (status = 404, description = "There is no such user", body = ProblemBody),
        (status = 409, description = "It is the last superadmin", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let account = AccountRef::user(&account_name(&name)?);
    delete_account(&state.context, &caller.0, &account).await?;
    Ok(StatusCode::NO_CONTENT)
}
