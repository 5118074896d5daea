//! From a staged upload to the answer.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use cellier_model::StagedBlob;
use cellier_model::publish::{Door, PublishRequest, Published, publish};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::problem::Problem;
use crate::http::request_id::carried;
use crate::http::upload::{JobId, JobState, TextParts};
use crate::http::view::{ArtefactView, VersionView};
use crate::state::AppState;

/// What was published.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublishAnswer {
    /// The artefact as it is now.
    artefact: ArtefactView,
    /// The version, with what its format found.
    version: VersionView,
}

/// Publishes a staged upload, and answers at once if the client prefers that.
pub(crate) async fn publish_staged(
    state: &AppState,
    caller: &Caller,
    door: Door,
    name: &str,
    (texts, staged): (TextParts, StagedBlob),
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    if let (Door::Format(in_path), Some(format)) = (&door, &texts.claims.format)
        && in_path != format
    {
        let detail = format!("the path says format {in_path}, the text part says {format}");
        return Err(Problem::bad_request("bad_part", detail));
    }
    let request = PublishRequest {
        origin: caller.0.clone(),
        door,
        name: name.to_owned(),
        claims: texts.claims,
        staged,
    };
    let work = finish(state.clone(), caller.clone(), request);
    if prefers_async(headers) {
        return Ok(answer_later(state, caller, work));
    }
    // In a task of its own: a client that goes away must not leave a publish half way.
    match state.tasks.spawn(carried(work)).await {
        Ok(outcome) => outcome.map(into_response),
        Err(error) => Err(Problem::unavailable(&error)),
    }
}

struct Answer {
    status: StatusCode,
    location: String,
    body: PublishAnswer,
}

async fn finish(
    state: AppState,
    caller: Caller,
    request: PublishRequest,
) -> Result<Answer, Problem> {
    let outcome = publish(&state.context, &request).await;
    drop(request);
    let published = outcome?;
    note_published(&published);
    let Published {
        artefact,
        release,
        already_there,
    } = published;
    let file = release
        .files
        .first()
        .ok_or_else(|| Problem::not_found("the version was deleted meanwhile"))?;
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    Ok(Answer {
        status: if already_there {
            StatusCode::OK
        } else {
            StatusCode::CREATED
        },
        location: format!(
            "/api/v1/artefacts/{}/{}/versions/{}",
            artefact.format,
            encoded(artefact.name.as_str()),
            encoded(release.version.version.as_str()),
        ),
        body: PublishAnswer {
            version: VersionView::whole(&release, file, &caller),
            artefact: ArtefactView::new(&artefact, &caller),
        },
    })
}

/// Counts and logs what was published, by whichever way it came.
pub(crate) fn note_published(published: &Published) {
    let Published {
        artefact,
        release,
        already_there,
    } = published;
    let format = artefact.format.to_string();
    let size = release.files.iter().map(|file| file.size).sum();
    metrics::counter!("cellier_uploads_total", "format" => format.clone()).increment(1);
    metrics::counter!("cellier_upload_bytes_total", "format" => format).increment(size);
    tracing::info!(
        format = %artefact.format, name = %artefact.name, version = %release.version.version, already_there,
        "published {}/{}@{}", artefact.format, artefact.name, release.version.version,
    );
}

fn into_response(answer: Answer) -> Response {
    let mut response = (answer.status, Json(answer.body)).into_response();
    if let Ok(location) = HeaderValue::from_str(&answer.location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn prefers_async(headers: &HeaderMap) -> bool {
    headers
        .get_all("prefer")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| {
            value
                .split(',')
                .any(|preference| preference.trim().eq_ignore_ascii_case("respond-async"))
        })
}

fn answer_later(
    state: &AppState,
    caller: &Caller,
    work: impl Future<Output = Result<Answer, Problem>> + Send + 'static,
) -> Response {
    let id = JobId::random();
    let location = format!("/api/v1/uploads/{}", id.as_str());
    let context = state.context.clone();
    let jobs = std::sync::Arc::clone(&state.jobs);
    jobs.begin(id.clone(), caller.actor().identity(), context.clock.now());
    state.tasks.spawn(carried(async move {
        let outcome = match work.await {
            Ok(answer) => serde_json::to_value(answer.body).map(|result| JobState::Published {
                result,
                already_there: answer.status == StatusCode::OK,
            }),
            Err(problem) => serde_json::to_value(problem.body()).map(|problem| JobState::Refused { problem }),
        };
        match outcome {
            Ok(outcome) => jobs.end(&id, outcome, context.clock.now()),
            Err(error) => tracing::error!(%error, "the outcome of an upload could not be written as JSON: {error}"),
        }
    }));
    let mut response = (StatusCode::ACCEPTED, Json(JobState::Pending)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        "preference-applied",
        HeaderValue::from_static("respond-async"),
    );
    if let Ok(location) = HeaderValue::from_str(&location) {
        headers.insert(header::LOCATION, location);
    }
    response
}
