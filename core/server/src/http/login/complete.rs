//! `POST /login`

use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use cellier_model::sessions::SignInError;
use cellier_model::web_login::{WebLoginError, complete_web_login, waiting_web_login};
use utoipa::ToSchema;

use crate::http::form::read_form;
use crate::http::login::page::{self, Form};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::same_site::refuse_if_made_elsewhere;
use crate::http::visit::Visit;
use crate::state::AppState;

/// Who signs in for a program.
#[derive(ToSchema)]
#[schema(as = Login)]
pub(crate) struct LoginForm {
    /// The secret of the page.
    request: String,
    /// The user.
    name: String,
    /// The password.
    password: String,
}

/// Signs in for a program, which gets its token when it asks for the next time. The browser gets no session by this, and a
/// session that it has does not count: the password is asked for. Wrong ones count as with `POST /session`.
#[utoipa::path(
    post, path = "/login", operation_id = "completeLogin", tag = "accounts",
    request_body(content = LoginForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Signed in", body = String, content_type = "text/html"),
        (status = 400, description = "The form is malformed", body = ProblemBody),
        (status = 401, description = "The name or the password is not right: the form again", body = String, content_type = "text/html"),
        (status = 403, description = "A page of another site asks", body = ProblemBody),
        (status = 404, description = "The link is not right, has expired, or was used", body = String, content_type = "text/html"),
        (status = 413, description = "The form is too large", body = ProblemBody),
        (status = 429, description = "Too many wrong attempts: the form again; wait for `Retry-After` seconds", body = String, content_type = "text/html"),
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
    let request = Request::from_parts(parts, body);
    let [request, name, password] = read_form(request, ["request", "name", "password"]).await?;
    let form = LoginForm {
        request,
        name,
        password,
    };

    let context = &state.context;
    let typed = (form.name.as_str(), form.password.as_str());
    let completed = complete_web_login(context, &state.sign_in, &visitor, &form.request, typed);
    let refused: Problem = match completed.await {
        Ok(pending) => return Ok(page::done(&form.name, &pending.label)),
        Err(WebLoginError::Over) => return Ok(page::over()),
        Err(WebLoginError::SignIn(error @ (SignInError::Wrong | SignInError::TooMany { .. }))) => {
            error.into()
        }
        Err(error) => return Err(error.into()),
    };
    let Some(pending) = waiting_web_login(context, &form.request).await? else {
        return Ok(page::over());
    };
    let again = Form {
        request: &form.request,
        pending: &pending,
        looked_at_from: visitor.address,
        lifetime: context.sessions.token_lifetime,
        name: &form.name,
    };
    let mut response = again.show(refused.status(), Some(refused.detail()));
    let answer = refused.into_response();
    // The browser is asked by the form, not by a dialog of its own.
    if let Some(wait) = answer.headers().get(header::RETRY_AFTER) {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, wait.clone());
    }
    Ok(response)
}
