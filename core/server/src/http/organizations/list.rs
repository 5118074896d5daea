//! `GET /api/v1/organizations`

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use cellier_model::AccountKind;

use crate::http::accounts::{AccountList, list_of_kind};
use crate::http::credential::Caller;
use crate::http::cursor::PageQuery;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// Lists organizations by name: all of them for superadmins, those that they belong to for others.
#[utoipa::path(
    get, path = "/api/v1/organizations", operation_id = "listOrganizations", tag = "accounts", params(PageQuery),
    responses(
        (status = 200, description = "A page of organizations", body = AccountList),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Keys of this type list no organizations", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    list_of_kind(&state, &caller, &uri, AccountKind::Organization).await
}
