//! `GET /api/v1/formats`

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::json::cacheable_json;
use crate::http::problem::Problem;
use crate::http::view::FormatView;
use crate::state::AppState;

/// The formats.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FormatList {
    /// All of them, disabled ones too, sorted by id.
    results: Vec<FormatView>,
    /// How many there are.
    count: usize,
}

/// Lists the formats of this server and how they are set up.
#[utoipa::path(
    get, path = "/api/v1/formats", operation_id = "listFormats", tag = "formats",
    responses((status = 200, description = "The formats", body = FormatList)),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    _caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let all = state.context.formats.all();
    let results: Vec<_> = all
        .iter()
        .map(|format| FormatView::new(format, state.formats.health(&format.id)))
        .collect();
    cacheable_json(
        &headers,
        &FormatList {
            count: results.len(),
            results,
        },
    )
}
