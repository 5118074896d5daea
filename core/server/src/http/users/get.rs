//! `GET /api/v1/users/{name}`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use cellier_model::AccountRef;
use cellier_model::accounts::find_account;

use crate::http::accounts::account_name;
use crate::http::credential::Caller;
use crate::http::json::private_json;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::AccountView;
use crate::state::AppState;

/// One user: oneself, or anybody for a superadmin.
#[utoipa::path(
    get, path = "/api/v1/users/{name}", operation_id = "getUser", tag = "accounts", params(("name" = String, Path)),
    responses(
        (status = 200, description = "The user", body = AccountView),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Keys of this type see no users", body = ProblemBody),
        (status = 404, description = "There is none, or none that the caller may see", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let account = AccountRef::user(&account_name(&name)?);
    let user = find_account(&state.context, &caller.0, &account).await?;
    Ok(private_json(StatusCode::OK, &AccountView::from(&user)))
}
