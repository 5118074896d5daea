//! `PUT /api/v1/users/{name}/password`

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use cellier_model::accounts::{NewPassword, set_password};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::accounts::account_name;
use crate::http::credential::Caller;
use crate::http::json::read_json;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPassword)]
pub(crate) struct PasswordBody {
    /// The one that holds now; needed to change one's own.
    current: Option<String>,
    /// The one that is to hold: 12 to 1024 bytes.
    password: String,
}

/// Changes one's own password, or sets somebody's as a superadmin. Every other session of the user ends, and every token that
/// the user got by signing in with a client is revoked; keys that were made for the account go on until they are
/// revoked.
#[utoipa::path(
    put, path = "/api/v1/users/{name}/password", operation_id = "setPassword", tag = "accounts", request_body = PasswordBody,
    params(("name" = String, Path)),
    responses(
        (status = 204, description = "It is set"),
        (status = 400, description = "The body is malformed", body = ProblemBody),
        (status = 401, description = "Nobody has signed in", body = ProblemBody),
        (status = 403, description = "The current password is not right, or it is another user's", body = ProblemBody),
        (status = 404, description = "There is no such user", body = ProblemBody),
        (status = 415, description = "The body is no JSON", body = ProblemBody),
        (status = 422, description = "The new password is too weak", body = ProblemBody),
        (status = 429, description = "Too many wrong attempts: wait for `Retry-After` seconds", body = ProblemBody),
        (status = 503, description = "Too many people sign in at this moment", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let body: PasswordBody = read_json(request).await?;
    let wanted = NewPassword {
        user: account_name(&name)?,
        current: body.current,
        new: body.password,
    };
    set_password(&state.context, &state.sign_in, &caller.0, wanted).await?;
    Ok(StatusCode::NO_CONTENT)
}
