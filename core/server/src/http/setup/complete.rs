//! `POST /setup`

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use cellier_model::accounts::{AccountError, complete_setup};
use http_body_util::{BodyExt as _, Limited};
use utoipa::ToSchema;

use crate::http::problem::{Problem, ProblemBody};
use crate::http::same_site::refuse_if_made_elsewhere;
use crate::http::session::create::sign_in;
use crate::http::setup::page;
use crate::http::visit::Visit;
use crate::state::AppState;

/// Most bytes that the form may have.
const LONGEST_FORM: usize = 16 << 10;

/// The first superadmin.
#[derive(Default, ToSchema)]
#[schema(as = Setup)]
pub(crate) struct SetupForm {
    /// The token of the link.
    token: String,
    /// What the superadmin is called.
    name: String,
    /// The password.
    password: String,
    /// The password again.
    again: String,
}

/// Makes the first superadmin, signs it in, and uses the link up. Of two who try at the same time, one succeeds.
#[utoipa::path(
    post, path = "/setup", operation_id = "completeSetup", tag = "accounts",
    request_body(content = SetupForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 201, description = "Made, and signed in", body = String, content_type = "text/html"),
        (status = 400, description = "The form is malformed", body = ProblemBody),
        (status = 403, description = "A page of another site asks", body = ProblemBody),
        (status = 404, description = "The link is not right, has expired, or was used", body = String, content_type = "text/html"),
        (status = 413, description = "The form is too large", body = ProblemBody),
        (status = 422, description = "The name or the password is refused: the form again, with the reason", body = String, content_type = "text/html"),
        (status = 503, description = "Too many people sign in at this moment", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    Visit(visitor): Visit,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    refuse_if_made_elsewhere(&parts, state.public_url.as_ref())?;
    let form = read_form(Request::from_parts(parts, body)).await?;
    let again = |problem: &str| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Ok(page::form(status, &form.token, &form.name, Some(problem)))
    };
    if form.password != form.again {
        return again("the two passwords differ");
    }
    let (token, name, password) = (&form.token, &form.name, &form.password);
    match complete_setup(&state.context, &visitor, token, name, password).await {
        Ok(person) => {
            let signed_in = sign_in(&state, &person, &visitor, None).await?;
            let mut response = page::done(name);
            if let Some(cookie) = signed_in.headers().get(header::SET_COOKIE) {
                response
                    .headers_mut()
                    .insert(header::SET_COOKIE, cookie.clone());
            }
            Ok(response)
        }
        Err(AccountError::SetupOver) => Ok(page::over()),
        Err(
            error
            @ (AccountError::Name(_) | AccountError::NameTaken(_) | AccountError::Password(_)),
        ) => again(&error.to_string()),
        Err(error) => Err(error.into()),
    }
}

async fn read_form(request: Request) -> Result<SetupForm, Problem> {
    let body = Limited::new(request.into_body(), LONGEST_FORM)
        .collect()
        .await
        .map_err(|_too_long| {
            let status = StatusCode::PAYLOAD_TOO_LARGE;
            Problem::new(status, "too_large", "the form may have at most 16 KiB")
        })?;
    let mut form = SetupForm::default();
    for (name, value) in url::form_urlencoded::parse(&body.to_bytes()) {
        let field = match name.as_ref() {
            "token" => &mut form.token,
            "name" => &mut form.name,
            "password" => &mut form.password,
            "again" => &mut form.again,
            _ => {
                let detail = "the form has a field that is none of token, name, password, again";
                return Err(Problem::bad_request("bad_form", detail));
            }
        };
        *field = value.into_owned();
    }
    Ok(form)
}
