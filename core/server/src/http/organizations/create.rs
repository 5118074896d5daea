//! `POST /api/v1/organizations`

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use cellier_model::accounts::create_organization;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::json::{private_json, read_json};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::AccountView;
use crate::state::AppState;

/// The organization to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOrganization {
    /// 1 to 64 of `a-z 0-9 . _ -`; it never changes, and no account ever had it.
    #[schema(example = "acme")]
    name: String,
    /// A user who becomes its first admin.
    #[schema(example = "anna")]
    admin: Option<String>,
}

/// Makes an organization.
#[utoipa::path(
    post, path = "/api/v1/organizations", operation_id = "createOrganization", tag = "accounts", request_body = NewOrganization,
    responses(
        (status = 201, description = "The organization", body = AccountView),
        (status = 400, description = "The body or the name is malformed", body = ProblemBody),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Only superadmins make organizations", body = ProblemBody),
        (status = 409, description = "The name is taken, or was once", body = ProblemBody),
        (status = 415, description = "The body is no JSON", body = ProblemBody),
        (status = 422, description = "There is no such user", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    let wanted: NewOrganization = read_json(request).await?;
    let (name, admin) = (&wanted.name, wanted.admin.as_deref());
    let made = create_organization(&state.context, &caller.0, name, admin).await?;
    Ok(private_json(StatusCode::CREATED, &AccountView::from(&made)))
}
