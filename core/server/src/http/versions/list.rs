//! `GET /api/v1/artefacts/{format}/{name}/versions`

use axum::http::request::Parts;
use axum::response::Response;
use cellier_model::access::Action;
use cellier_model::read::{ArtefactAddress, find_artefact, versions_of};
use cellier_sdk::OrderKey;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::credential::Caller;
use crate::http::cursor;
use crate::http::json::{cacheable_json, read_query};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::VersionView;
use crate::state::AppState;

/// Which page of the versions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct VersionsQuery {
    /// 1 to 100 versions a page; 20 if not said.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// A page of versions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionList {
    /// The versions, newest first, without their metadata.
    results: Vec<VersionView>,
    /// Where the next page starts; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Lists the versions of an artefact, newest first by the order of its format.
#[utoipa::path(
    get, path = "/api/v1/artefacts/{format}/{name}/versions", operation_id = "listVersions", tag = "versions",
    params(("format" = String, Path), ("name" = String, Path), VersionsQuery),
    responses(
        (status = 200, description = "A page of versions", body = VersionList),
        (status = 304, description = "The client has this page already"),
        (status = 400, description = "A parameter is malformed", body = ProblemBody),
        (status = 404, description = "There is no such artefact, or none that the caller may see", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    address: &ArtefactAddress,
    request: &Parts,
) -> Result<Response, Problem> {
    let query: VersionsQuery = read_query(&request.uri)?;
    let limit = cursor::page_size(query.limit)?;
    let below = query.cursor.as_deref().map(read_cursor).transpose()?;
    let artefact = find_artefact(&state.context, caller.actor(), Action::See, address).await?;
    let page = versions_of(&state.context, &artefact, below, limit).await?;
    let last = page.releases.last().filter(|_| page.more);
    let versions = VersionList {
        next: last.map(|release| cursor::encode(&[release.version.order.as_str()])),
        results: page
            .releases
            .iter()
            .filter_map(|release| VersionView::in_list(release, caller))
            .collect(),
    };
    cacheable_json(&request.headers, &versions)
}

fn read_cursor(text: &str) -> Result<OrderKey, Problem> {
    let [order] = cursor::decode(text)?;
    OrderKey::new(order).map_err(|_not_a_key| {
        Problem::bad_request(
            "bad_cursor",
            "the cursor is not one that this listing has given",
        )
    })
}
