//! `GET /api/v1/uploads/{id}`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use crate::http::credential::Caller;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::upload::{JobId, JobState, Outcome, PublishAnswer};
use crate::state::AppState;

/// What became of an upload that was answered with 202. Kept for an hour by the server that took it.
#[utoipa::path(
    get, path = "/api/v1/uploads/{id}", operation_id = "getUpload", tag = "publishing", params(("id" = String, Path)),
    responses(
        (status = 200, description = "Pending, published or refused", body = JobState),
        (status = 404, description = "There is none, it is another's, or what it published is gone", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let asks = caller.actor().identity();
    let found =
        JobId::parse(&id).and_then(|id| state.jobs.look(&id, asks.as_deref(), caller.is_admin()));
    let outcome =
        found.ok_or_else(|| Problem::not_found("there is no such upload, or it is another's"))?;
    let told = match outcome {
        Outcome::Pending => JobState::Pending,
        Outcome::Refused(problem) => JobState::Refused { problem },
        Outcome::Published(published) => JobState::Published {
            result: Box::new(PublishAnswer::of(&published, &state, &caller).await?),
            already_there: published.already_there,
        },
    };
    let mut response = Json(told).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
