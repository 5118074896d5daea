//! `PATCH /api/v1/users/{name}`

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use cellier_model::AccountRef;
use cellier_model::accounts::{EditAccount, edit_account};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::accounts::account_name;
use crate::http::credential::Caller;
use crate::http::json::{private_json, read_json};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::AccountView;
use crate::state::AppState;

/// What to change of a user; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserEdit {
    /// Whether the user may do everything.
    superadmin: Option<bool>,
    /// Whether the user may do nothing: sessions end, keys and memberships are worth nothing until this is undone.
    disabled: Option<bool>,
}

/// Makes a user a superadmin or no longer one, disables or enables a user.
#[utoipa::path(
    patch, path = "/api/v1/users/{name}", operation_id = "editUser", tag = "accounts", request_body = UserEdit,
    params(("name" = String, Path)),
    responses(
        (status = 200, description = "The user as it is now", body = AccountView),
        (status = 400, description = "The body is malformed", body = ProblemBody),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Only superadmins change users", body = ProblemBody),
        (status = 404, description = "There is no such user", body = ProblemBody),
        (status = 409, description = "It is the last superadmin", body = ProblemBody),
        (status = 415, description = "The body is no JSON", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let edit: UserEdit = read_json(request).await?;
    let account = AccountRef::user(&account_name(&name)?);
    let edit = EditAccount {
        superadmin: edit.superadmin,
        disabled: edit.disabled,
    };
    let user = edit_account(&state.context, &caller.0, &account, edit).await?;
    Ok(private_json(StatusCode::OK, &AccountView::from(&user)))
}
