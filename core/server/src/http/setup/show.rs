//! `GET /setup`

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use cellier_model::accounts::setup_is_offered;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::json::read_query;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::setup::page;
use crate::state::AppState;

/// The secret of the link.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SetupQuery {
    /// The token that the server printed when it started.
    token: Option<String>,
}

/// The form with which the first superadmin is made, for whoever has the link that the server printed. Looking at it does
/// not use the link up.
#[utoipa::path(
    get, path = "/setup", operation_id = "showSetup", tag = "accounts", params(SetupQuery),
    responses(
        (status = 200, description = "The form", body = String, content_type = "text/html"),
        (status = 400, description = "The query is malformed", body = ProblemBody),
        (status = 404, description = "The link is not right, has expired, or was used", body = String, content_type = "text/html"),
    ),
)]
pub(crate) async fn handler(State(state): State<AppState>, uri: Uri) -> Result<Response, Problem> {
    let query: SetupQuery = read_query(&uri)?;
    let token = query.token.unwrap_or_default();
    if setup_is_offered(&state.context, &token).await? {
        Ok(page::form(StatusCode::OK, &token, "", None))
    } else {
        Ok(page::over())
    }
}
