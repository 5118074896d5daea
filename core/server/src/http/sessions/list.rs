//! `GET /api/v1/sessions`

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use cellier_model::access::Actor;
use cellier_model::sessions::list_sessions;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::accounts::account_name;
use crate::http::credential::Caller;
use crate::http::cursor;
use crate::http::json::{private_json, read_query};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::SessionView;
use crate::state::AppState;

/// Whose sessions, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SessionsQuery {
    /// Those of this user, for a superadmin; one's own if not said.
    user: Option<String>,
    /// 1 to 100 sessions a page; 20 if not said.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// A page of sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionList {
    /// The sessions that hold, newest first.
    results: Vec<SessionView>,
    /// Where the next page starts; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Lists one's own sessions; a superadmin lists those of anybody.
#[utoipa::path(
    get, path = "/api/v1/sessions", operation_id = "listSessions", tag = "sessions", params(SessionsQuery),
    responses(
        (status = 200, description = "A page of sessions", body = SessionList),
        (status = 401, description = "Nobody has signed in", body = ProblemBody),
        (status = 403, description = "A key has no sessions, or these are another user's", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    let query: SessionsQuery = read_query(&uri)?;
    let limit = cursor::page_size(query.limit)?;
    let before = cursor::id(query.cursor.as_deref())?;
    let of = query.user.as_deref().map(account_name).transpose()?;
    let sessions = list_sessions(&state.context, &caller.0, of.as_ref(), before, limit + 1).await?;
    let (sessions, next) = cursor::cut(sessions, limit, |last| last.id.to_string());
    let asks = match caller.actor() {
        Actor::Account(acting) => Some(acting.as_ref()),
        _ => None,
    };
    let list = SessionList {
        results: sessions
            .iter()
            .map(|session| SessionView::new(session, asks))
            .collect(),
        next,
    };
    Ok(private_json(StatusCode::OK, &list))
}
