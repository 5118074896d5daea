//! From a staged upload to the answer.

use std::sync::Arc;

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use cellier_model::access::Action;
use cellier_model::publish::{Door, PublishRequest, Published, publish};
use cellier_model::read::{ArtefactAddress, find_artefact, resolve};
use cellier_model::{Artefact, Release, StagedBlob};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use tokio_util::task::TaskTracker;
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::problem::Problem;
use crate::http::request_id::carried;
use crate::http::upload::{JobId, JobState, Outcome, PublishedFile, TextParts};
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
    let work = in_a_task(state.tasks.clone(), finish(state.clone(), request));
    if prefers_async(headers) {
        return Ok(answer_later(state, caller, work));
    }
    let published = work.await?;
    let answer = PublishAnswer::new(&published.artefact, &published.release, caller)?;
    Ok(into_response(&published, answer))
}

/// Does work in a task of its own: a client that goes away must not leave a publish half way. A panic of it is an error.
async fn in_a_task<T: Send + 'static>(
    tasks: TaskTracker,
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    match tasks.spawn(carried(work)).await {
        Ok(outcome) => outcome,
        Err(error) => Err(Problem::unavailable(&error)),
    }
}

async fn finish(state: AppState, request: PublishRequest) -> Result<Published, Problem> {
    let outcome = publish(&state.context, &request).await;
    drop(request);
    let published = outcome?;
    note_published(&published);
    Ok(published)
}

impl PublishAnswer {
    /// What the caller is told of a version with the file that was published alone.
    fn new(artefact: &Artefact, release: &Release, caller: &Caller) -> Result<Self, Problem> {
        let file = release
            .files
            .first()
            .ok_or_else(|| Problem::not_found("the version was deleted meanwhile"))?;
        Ok(Self {
            version: VersionView::whole(release, file, caller),
            artefact: ArtefactView::new(artefact, caller),
        })
    }

    /// What the caller is told now of what was published before.
    pub(crate) async fn of(
        published: &PublishedFile,
        state: &AppState,
        caller: &Caller,
    ) -> Result<Self, Problem> {
        let context = &state.context;
        let address = ArtefactAddress::Exact {
            format: published.format.clone(),
            name: published.name.clone(),
        };
        let artefact = find_artefact(context, caller.actor(), Action::See, &address).await?;
        let mut release = resolve(context, &artefact, published.version.as_str()).await?;
        release.files.retain(|file| file.id == published.file);
        Self::new(&artefact, &release, caller)
    }
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

fn into_response(published: &Published, answer: PublishAnswer) -> Response {
    let status = if published.already_there {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let location = format!(
        "/api/v1/artefacts/{}/{}/versions/{}",
        published.artefact.format,
        encoded(published.artefact.name.as_str()),
        encoded(published.release.version.version.as_str()),
    );
    let mut response = (status, Json(answer)).into_response();
    if let Ok(location) = HeaderValue::from_str(&location) {
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
    work: impl Future<Output = Result<Published, Problem>> + Send + 'static,
) -> Response {
    let context = state.context.clone();
    let id = JobId::fresh(context.clock.as_ref(), context.random.as_ref());
    let location = format!("/api/v1/uploads/{}", id.as_str());
    let jobs = Arc::clone(&state.jobs);
    jobs.begin(id.clone(), caller.actor().identity(), context.clock.now());
    state.tasks.spawn(carried(async move {
        let outcome = Outcome::of(work.await);
        jobs.end(&id, outcome, context.clock.now());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_panics_ends_as_a_refusal() {
        let work = in_a_task(
            TaskTracker::new(),
            std::future::poll_fn(|_| panic!("on purpose")),
        );
        let Outcome::Refused(problem) = Outcome::of(work.await) else {
            panic!("nothing is published");
        };
        assert_eq!(problem["code"], "unavailable");
        assert_eq!(problem["status"], 503);
    }
}
