//! `GET /api/v1/users`

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use cellier_model::AccountKind;

use crate::http::accounts::{AccountList, list_of_kind};
use crate::http::credential::Caller;
use crate::http::cursor::PageQuery;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// Lists users by name.
#[utoipa::path(
    get, path = "/api/v1/users", operation_id = "listUsers", tag = "accounts", params(PageQuery),
    responses(
        (status = 200, description = "A page of users", body = AccountList),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Only superadmins list users", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    list_of_kind(&state, &caller, &uri, AccountKind::User).await
}
