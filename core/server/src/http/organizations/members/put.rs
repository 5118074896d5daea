//! `PUT /api/v1/organizations/{name}/members/{user}`

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use cellier_model::accounts::{Role, add_member};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::accounts::account_name;
use crate::http::credential::Caller;
use crate::http::json::{private_json, read_json};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::MemberView;
use crate::state::AppState;

/// What the user may do in the organization.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Membership {
    /// `member`, or `admin`, who also adds and removes members.
    #[schema(value_type = String, example = "member")]
    role: Role,
}

/// Makes a user a member, or gives a member another role. The organization's rights are the user's at once.
#[utoipa::path(
    put, path = "/api/v1/organizations/{name}/members/{user}", operation_id = "putMember", tag = "accounts",
    request_body = Membership, params(("name" = String, Path), ("user" = String, Path)),
    responses(
        (status = 200, description = "The member", body = MemberView),
        (status = 400, description = "The body is malformed", body = ProblemBody),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Only an admin of the organization, or a superadmin, adds members", body = ProblemBody),
        (status = 404, description = "There is no such organization, or none that the caller may see", body = ProblemBody),
        (status = 415, description = "The body is no JSON", body = ProblemBody),
        (status = 422, description = "There is no such user", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    Path((name, user)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let Membership { role } = read_json(request).await?;
    let (organization, user) = (account_name(&name)?, account_name(&user)?);
    let member = add_member(&state.context, &caller.0, &organization, &user, role).await?;
    Ok(private_json(StatusCode::OK, &MemberView::from(&member)))
}
