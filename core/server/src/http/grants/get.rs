//! `GET /api/v1/access-grants/{id}`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use cellier_model::Id;
use cellier_model::accounts::find_grant;

use crate::http::credential::Caller;
use crate::http::json::private_json;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::GrantView;
use crate::state::AppState;

/// One grant.
#[utoipa::path(
    get, path = "/api/v1/access-grants/{id}", operation_id = "getGrant", tag = "accounts", params(("id" = String, Path)),
    responses(
        (status = 200, description = "The grant", body = GrantView),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Only superadmins see the grants of others", body = ProblemBody),
        (status = 404, description = "There is no such grant", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = id.parse().unwrap_or_else(|_not_an_id| Id::nil());
    let grant = find_grant(&state.context, &caller.0, id).await?;
    Ok(private_json(StatusCode::OK, &GrantView::from(&grant)))
}
