//! `GET /login`

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use cellier_model::web_login::waiting_web_login;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::json::read_query;
use crate::http::login::page::{self, Form};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::visit::Visit;
use crate::state::AppState;

/// The secret of the page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LoginQuery {
    /// The secret that the program was given.
    request: Option<String>,
}

/// The page on which somebody signs in for a program, such as `npm login`. It tells what the program gets. Looking at it
/// changes nothing.
#[utoipa::path(
    get, path = "/login", operation_id = "showLogin", tag = "accounts", params(LoginQuery),
    responses(
        (status = 200, description = "The form", body = String, content_type = "text/html"),
        (status = 400, description = "The query is malformed", body = ProblemBody),
        (status = 404, description = "The link is not right, has expired, or was used", body = String, content_type = "text/html"),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    Visit(visitor): Visit,
    uri: Uri,
) -> Result<Response, Problem> {
    let query: LoginQuery = read_query(&uri)?;
    let request = query.request.unwrap_or_default();
    let Some(pending) = waiting_web_login(&state.context, &request).await? else {
        return Ok(page::over());
    };
    let form = Form {
        request: &request,
        pending: &pending,
        looked_at_from: visitor.address,
        lifetime: state.context.sessions.token_lifetime,
        name: "",
    };
    Ok(form.show(StatusCode::OK, None))
}
