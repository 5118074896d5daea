//! `GET /api/v1/organizations/{name}`

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

/// One organization: one that the caller belongs to, or any for a superadmin.
#[utoipa::path(
    get, path = "/api/v1/organizations/{name}", operation_id = "getOrganization", tag = "accounts",
    params(("name" = String, Path)),
    responses(
        (status = 200, description = "The organization", body = AccountView),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Keys of this type see no organizations", body = ProblemBody),
        (status = 404, description = "There is none, or none that the caller may see", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let account = AccountRef::organization(&account_name(&name)?);
    let found = find_account(&state.context, &caller.0, &account).await?;
    Ok(private_json(StatusCode::OK, &AccountView::from(&found)))
}
