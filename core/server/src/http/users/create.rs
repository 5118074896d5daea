//! `POST /api/v1/users`

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use cellier_model::accounts::{NewUser, create_user};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::json::{private_json, read_json};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::AccountView;
use crate::state::AppState;

/// The user to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewUser)]
pub(crate) struct NewUserBody {
    /// 1 to 64 of `a-z 0-9 . _ -`; it never changes, and no account ever had it.
    #[schema(example = "anna")]
    name: String,
    /// 12 to 1024 bytes. Without one the user cannot sign in until one is set.
    password: Option<String>,
    /// Whether the user may do everything.
    #[serde(default)]
    superadmin: bool,
}

/// Makes a user.
#[utoipa::path(
    post, path = "/api/v1/users", operation_id = "createUser", tag = "accounts", request_body = NewUserBody,
    responses(
        (status = 201, description = "The user", body = AccountView),
        (status = 400, description = "The body or the name is malformed", body = ProblemBody),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Only superadmins make users", body = ProblemBody),
        (status = 409, description = "The name is taken, or was once", body = ProblemBody),
        (status = 415, description = "The body is no JSON", body = ProblemBody),
        (status = 422, description = "The password is too weak", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    let wanted: NewUserBody = read_json(request).await?;
    let wanted = NewUser {
        name: wanted.name,
        password: wanted.password,
        superadmin: wanted.superadmin,
    };
    let user = create_user(&state.context, &caller.0, wanted).await?;
    Ok(private_json(StatusCode::CREATED, &AccountView::from(&user)))
}
