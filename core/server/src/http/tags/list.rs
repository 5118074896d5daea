//! `GET /api/v1/artefacts/{format}/{name}/tags`

use std::collections::BTreeMap;

use axum::http::request::Parts;
use axum::response::Response;
use cellier_model::Tag;
use cellier_model::access::Action;
use cellier_model::read::{ArtefactAddress, find_artefact};

use crate::http::credential::Caller;
use crate::http::json::cacheable_json;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// The tags of an artefact and the versions that they name, `latest` among them.
#[utoipa::path(
    get, path = "/api/v1/artefacts/{format}/{name}/tags", operation_id = "listTags", tag = "tags",
    params(("format" = String, Path), ("name" = String, Path)),
    responses(
        (status = 200, description = "Tag to version", body = BTreeMap<String, String>),
        (status = 404, description = "There is no such artefact, or none that the caller may see", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    address: &ArtefactAddress,
    request: &Parts,
) -> Result<Response, Problem> {
    let artefact = find_artefact(&state.context, caller.actor(), Action::See, address).await?;
    let tags = state.context.catalog.tags(artefact.id).await?;
    let by_hand = tags
        .iter()
        .map(|(tag, version)| (tag.as_str(), version.as_str()));
    let latest = artefact
        .latest
        .iter()
        .map(|version| (Tag::LATEST, version.as_str()));
    let tags: BTreeMap<_, _> = by_hand.chain(latest).collect();
    cacheable_json(&request.headers, &tags)
}
