//! `GET /api/v1/session`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cellier_model::access::Actor;

use crate::http::credential::Caller;
use crate::http::json::private_json;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::WhoView;
use crate::state::AppState;

/// Who has signed in.
#[utoipa::path(
    get, path = "/api/v1/session", operation_id = "getSession", tag = "sessions",
    responses(
        (status = 200, description = "Whose session it is", body = WhoView),
        (status = 401, description = "Nobody has signed in, or the session has ended", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(_state): State<AppState>,
    caller: Caller,
) -> Result<Response, Problem> {
    let who = match caller.actor() {
        Actor::Account(acting) => WhoView::new(acting),
        _ => None,
    };
    match who {
        Some(who) => Ok(private_json(StatusCode::OK, &who)),
        None => Err(Problem::unauthorized(
            "session_missing",
            "nobody has signed in: POST name and password to /api/v1/session",
        )),
    }
}
