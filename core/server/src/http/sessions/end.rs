//! `DELETE /api/v1/sessions/{id}`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use cellier_model::Id;
use cellier_model::sessions::end_session;

use crate::http::credential::Caller;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// Ends a session of one's own, at once and on every replica; a superadmin ends anybody's.
#[utoipa::path(
    delete, path = "/api/v1/sessions/{id}", operation_id = "endSession", tag = "sessions", params(("id" = String, Path)),
    responses(
        (status = 204, description = "It is over"),
        (status = 401, description = "Nobody has signed in", body = ProblemBody),
        (status = 403, description = "A key ends no sessions", body = ProblemBody),
        (status = 404, description = "There is no such session of one's own", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    // What is no identifier is the identifier of no session, and only those who may end some are told.
    let id = id.parse().unwrap_or_else(|_not_an_id| Id::nil());
    end_session(&state.context, &caller.0, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
