//! `GET /api/v1/access-grants/me`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cellier_model::accounts::grants_of_caller;

use crate::http::credential::Caller;
use crate::http::grants::list::GrantList;
use crate::http::json::private_json;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::GrantView;
use crate::state::AppState;

/// The grants of the accounts that the caller acts for: one's own and those of one's organizations. They count together.
#[utoipa::path(
    get, path = "/api/v1/access-grants/me", operation_id = "listOwnGrants", tag = "accounts",
    responses(
        (status = 200, description = "The grants", body = GrantList),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Keys of this type act for no account", body = ProblemBody),
        (status = 404, description = "None of the accounts has a grant", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Response, Problem> {
    let grants = grants_of_caller(&state.context, &caller.0).await?;
    if grants.is_empty() {
        let detail = "none of your accounts has a grant: ask a superadmin for one";
        return Err(Problem::not_found(detail));
    }
    let list = GrantList {
        results: grants.iter().map(GrantView::from).collect(),
        next: None,
    };
    Ok(private_json(StatusCode::OK, &list))
}
