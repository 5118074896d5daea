//! `GET /api/v1/artefacts/{format}/{name}`

use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cellier_model::access::Action;
use cellier_model::read::{ArtefactAddress, find_artefact, newest_release, resolve, versions_of};
use cellier_model::{Artefact, Release};

use crate::http::credential::Caller;
use crate::http::json::tagged_json;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::{ArtefactDetails, VersionView};
use crate::state::AppState;

/// How many of the newest versions are shown with an artefact.
const NEWEST: u32 = 20;

/// One artefact with its tags and newest versions.
///
/// The short form `/api/v1/artefacts/{name}` means the oldest artefact of that name that the caller may see;
/// `{name}@{selector}` narrows the versions to the one that the selector means.
#[utoipa::path(
    get, path = "/api/v1/artefacts/{format}/{name}", operation_id = "getArtefact", tag = "artefacts",
    params(
        ("format" = String, Path, description = "The id of a format"),
        ("name" = String, Path, description = "The name, percent-encoded: `@scope%2Fname`"),
    ),
    responses(
        (status = 200, description = "The artefact; its ETag is what If-Match takes", body = ArtefactDetails),
        (status = 304, description = "The client has it already"),
        (status = 400, description = "The selector cannot be read", body = ProblemBody),
        (status = 404, description = "There is none, or none that the caller may see", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    address: &ArtefactAddress,
    selector: Option<String>,
    request: &Parts,
) -> Result<Response, Problem> {
    let context = &state.context;
    let artefact = find_artefact(context, caller.actor(), Action::See, address).await?;
    let (shown, releases) = if let Some(selector) = &selector {
        let release = resolve(context, &artefact, selector).await?;
        (Some(release.clone()), vec![release])
    } else {
        let page = versions_of(context, &artefact, None, NEWEST).await?;
        (newest_release(context, &artefact).await?, page.releases)
    };
    let tags = context.catalog.tags(artefact.id).await?;
    let metadata = shown.and_then(first_metadata).unwrap_or_default();
    let versions = releases
        .iter()
        .filter_map(|release| VersionView::in_list(release, caller))
        .collect();
    let details = ArtefactDetails::new(&artefact, caller, tags, metadata, versions);
    let body = serde_json::to_vec(&details).map_err(|error| Problem::unavailable(&error))?;
    let view = match (caller.is_admin(), caller.sees_internals_of(&artefact)) {
        (true, _) => "a",
        (false, true) => "o",
        (false, false) => "v",
    };
    let narrowed = selector
        .map(|selector| URL_SAFE_NO_PAD.encode(selector).replace('-', "."))
        .unwrap_or_default();
    let etag = etag_of(&artefact, &format!("{view}{narrowed}"));
    tagged_json(&request.headers, &etag, body)
}

fn first_metadata(release: Release) -> Option<serde_json::Map<String, serde_json::Value>> {
    release
        .files
        .into_iter()
        .next()
        .map(|file| file.details.metadata)
}

/// The entity tag of an artefact: it changes with every change of it.
pub(crate) fn etag_of(artefact: &Artefact, view: &str) -> String {
    format!("\"{}-{}-{view}\"", artefact.id, artefact.revision)
}

/// The revision that an `If-Match` header tells of; `None` if there is no such header or it is `*`.
pub(crate) fn revision_of_if_match(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get(axum::http::header::IF_MATCH) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let revision = text
        .trim_matches('"')
        .rsplit('-')
        .nth(1)
        .and_then(|revision| revision.parse().ok());
    revision.map(Some).ok_or_else(|| {
        let detail = "If-Match must be the ETag of the artefact as you read it";
        Problem::new(
            StatusCode::PRECONDITION_FAILED,
            "precondition_failed",
            detail,
        )
    })
}
