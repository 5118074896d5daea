//! `POST /api/v1/access-grants`

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use cellier_model::accounts::{Granted, grant_access};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::grants::scopes;
use crate::http::json::{private_json, read_json};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::{AccountRefBody, GrantView, ScopeBody};
use crate::state::AppState;

/// The grant to give.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewGrant {
    /// Who gets it.
    account: AccountRefBody,
    /// What the account may download, as far as it may see it; everything if not said.
    download: Option<Vec<ScopeBody>>,
    /// What the account may publish; nothing if not said.
    #[serde(default)]
    publish: Vec<ScopeBody>,
}

/// Gives an account its grant. An account has at most one.
#[utoipa::path(
    post, path = "/api/v1/access-grants", operation_id = "createGrant", tag = "accounts", request_body = NewGrant,
    responses(
        (status = 201, description = "The grant", body = GrantView),
        (status = 400, description = "The body is malformed", body = ProblemBody),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Only superadmins give grants", body = ProblemBody),
        (status = 409, description = "The account has one already", body = ProblemBody),
        (status = 415, description = "The body is no JSON", body = ProblemBody),
        (status = 422, description = "There is no such account", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    let wanted: NewGrant = read_json(request).await?;
    let everything = || vec![ScopeBody::default()];
    let granted = Granted {
        download: scopes(wanted.download.unwrap_or_else(everything))?,
        publish: scopes(wanted.publish)?,
    };
    let account = wanted.account.into();
    let grant = grant_access(&state.context, &caller.0, &account, granted).await?;
    Ok(private_json(StatusCode::CREATED, &GrantView::from(&grant)))
}
