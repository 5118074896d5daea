//! `DELETE /api/v1/session`

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use cellier_model::sessions::end_own_session;

use crate::http::credential::Caller;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// Signs out: the session is over on every replica, and the cookie is taken back.
#[utoipa::path(
    delete, path = "/api/v1/session", operation_id = "signOut", tag = "sessions",
    responses(
        (status = 204, description = "Signed out"),
        (status = 401, description = "Nobody has signed in, or the session has ended", body = ProblemBody),
        (status = 403, description = "A key has no session, or a page of another site asks", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Response, Problem> {
    end_own_session(&state.context, &caller.0).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::SET_COOKIE, state.cookie.clear());
    Ok(response)
}
