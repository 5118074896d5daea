//! `PATCH /api/v1/access-grants/{id}`

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use cellier_model::Id;
use cellier_model::accounts::{EditGrant, edit_grant};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::grants::scopes;
use crate::http::json::{private_json, read_json};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::{GrantView, ScopeBody};
use crate::state::AppState;

/// What to change of a grant; what is left out stays, what is given replaces what was there.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantEdit {
    /// What the account may download, as far as it may see it.
    download: Option<Vec<ScopeBody>>,
    /// What the account may publish.
    publish: Option<Vec<ScopeBody>>,
}

/// Changes what a grant allows; it holds at once.
#[utoipa::path(
    patch, path = "/api/v1/access-grants/{id}", operation_id = "editGrant", tag = "accounts", request_body = GrantEdit,
    params(("id" = String, Path)),
    responses(
        (status = 200, description = "The grant as it is now", body = GrantView),
        (status = 400, description = "The body is malformed", body = ProblemBody),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Only superadmins change grants", body = ProblemBody),
        (status = 404, description = "There is no such grant", body = ProblemBody),
        (status = 415, description = "The body is no JSON", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let edit: GrantEdit = read_json(request).await?;
    let edit = EditGrant {
        download: edit.download.map(scopes).transpose()?,
        publish: edit.publish.map(scopes).transpose()?,
    };
    let id = id.parse().unwrap_or_else(|_not_an_id| Id::nil());
    let grant = edit_grant(&state.context, &caller.0, id, edit).await?;
    Ok(private_json(StatusCode::OK, &GrantView::from(&grant)))
}
