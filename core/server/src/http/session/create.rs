//! `POST /api/v1/session`

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use cellier_model::access::Acting;
use cellier_model::sessions::{SessionToken, Visitor, open_session};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::json::{private_json, read_json};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::same_site::refuse_if_made_elsewhere;
use crate::http::view::WhoView;
use crate::http::visit::Visit;
use crate::state::AppState;

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    /// The user.
    #[schema(example = "anna")]
    name: String,
    /// The password.
    password: String,
}

/// Signs in: the session is in the cookie of the answer. One that the browser had before ends.
///
/// A wrong name and a wrong password are told the same way, in the same time. Each wrong attempt beyond the first few makes
/// the next one wait longer, by address and by account.
#[utoipa::path(
    post, path = "/api/v1/session", operation_id = "signIn", tag = "sessions", request_body = Credentials,
    responses(
        (status = 201, description = "Signed in", body = WhoView),
        (status = 400, description = "The body is malformed", body = ProblemBody),
        (status = 401, description = "The name or the password is not right", body = ProblemBody),
        (status = 403, description = "A page of another site asks", body = ProblemBody),
        (status = 415, description = "The body is not JSON", body = ProblemBody),
        (status = 429, description = "Too many wrong attempts: wait for `Retry-After` seconds", body = ProblemBody),
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
    let before = state.cookie.read(&parts.headers);
    let wanted: Credentials = read_json(Request::from_parts(parts, body)).await?;
    let person = state
        .sign_in
        .sign_in(&state.context, &visitor, &wanted.name, &wanted.password)
        .await?;
    sign_in(&state, &person, &visitor, before.as_deref()).await
}

/// Opens a session for somebody who has proved to be that person, and answers with its cookie.
pub(crate) async fn sign_in(
    state: &AppState,
    person: &Acting,
    visitor: &Visitor,
    cookie_before: Option<&str>,
) -> Result<Response, Problem> {
    let replaced = cookie_before.and_then(SessionToken::parse);
    let opened = open_session(&state.context, person, visitor, replaced.as_ref()).await?;
    let cookie = opened.and_then(|opened| state.cookie.set(&opened.token));
    let (Some(cookie), Some(who)) = (cookie, WhoView::new(person)) else {
        return Err(Problem::unauthorized(
            "sign_in_failed",
            "only people sign in, and with the password that they have now",
        ));
    };
    let mut response = private_json(StatusCode::CREATED, &who);
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}
