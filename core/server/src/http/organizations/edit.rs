//! `PATCH /api/v1/organizations/{name}`

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use cellier_model::AccountRef;
use cellier_model::accounts::{EditAccount, edit_account};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::accounts::account_name;
use crate::http::credential::Caller;
use crate::http::json::{private_json, read_json};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::AccountView;
use crate::state::AppState;

/// What to change of an organization; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganizationEdit {
    /// Whether it may do nothing: its members and keys have no rights by it until this is undone.
    disabled: Option<bool>,
}

/// Disables or enables an organization.
#[utoipa::path(
    patch, path = "/api/v1/organizations/{name}", operation_id = "editOrganization", tag = "accounts",
    request_body = OrganizationEdit, params(("name" = String, Path)),
    responses(
        (status = 200, description = "The organization as it is now", body = AccountView),
        (status = 400, description = "The body is malformed", body = ProblemBody),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Only superadmins change organizations", body = ProblemBody),
        (status = 404, description = "There is no such organization", body = ProblemBody),
        (status = 415, description = "The body is no JSON", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let edit: OrganizationEdit = read_json(request).await?;
    let account = AccountRef::organization(&account_name(&name)?);
    let edit = EditAccount {
        superadmin: None,
        disabled: edit.disabled,
    };
    let found = edit_account(&state.context, &caller.0, &account, edit).await?;
    Ok(private_json(StatusCode::OK, &AccountView::from(&found)))
}
